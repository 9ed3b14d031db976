//! From source to an ELF file for the target.

use crate::command;
use crate::options::Options;
use crate::settings;
use crate::toolchain::Toolchain;
use crate::workspace::Workspace;
use anyhow::{Context as _, Result};
use serde::Deserialize;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// Compiles `binary` of `package` and answers the ELF file.
///
/// Contracts are compiled one by one: features are unified over what is built together, so a contract's code would
/// otherwise depend on its company.
pub(crate) fn on_chain(
    options: &Options,
    toolchain: &Toolchain,
    workspace: &Workspace,
    package: &str,
    binary: &str,
) -> Result<Vec<u8>> {
    let tools = workspace.target_dir.join("salus-tools");
    write_if_changed(
        &tools.join(format!("{}.json", settings::TARGET)),
        settings::TARGET_SPECIFICATION.as_bytes(),
    )?;
    let path = linker_on_path(&tools, &toolchain.linker)?;

    let host_flags = serde_json::to_string(&settings::ABI_FLAGS)?;

    let messages = command::output(
        toolchain
            .cargo()
            .args(["build", "--release", "--locked", "--no-default-features"])
            .args(["--package", package, "--bin", binary])
            .args(["--target", settings::TARGET])
            .args(settings::CARGO_ARGUMENTS)
            .args(["--config", &format!("host.rustflags={host_flags}")])
            .args(["--message-format", "json-render-diagnostics"])
            .current_dir(&options.workspace)
            .env("RUST_TARGET_PATH", &tools)
            .env("PATH", path)
            .env("CARGO_ENCODED_RUSTFLAGS", settings::code_flags().join("\x1f"))
            .env("INK_STATIC_BUFFER_SIZE", settings::STATIC_BUFFER_SIZE.to_string()),
    )?;
    let elf = executable(&messages, binary)?;
    fs::read(&elf).with_context(|| format!("{} cannot be read", elf.display()))
}

/// A message of cargo, of which only those about finished artefacts name an executable.
#[derive(Deserialize)]
struct Message {
    executable: Option<PathBuf>,
    target: Option<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

pub(crate) fn executable(messages: &str, name: &str) -> Result<PathBuf> {
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Message>(line).ok())
        .filter(|message| message.target.as_ref().is_some_and(|target| target.name == name))
        .find_map(|message| message.executable)
        .context("cargo built no executable")
}

/// The target's specification names its linker `rust-lld`, which only rustup's toolchains have under that name.
fn linker_on_path(tools: &Path, linker: &Path) -> Result<OsString> {
    let folder = tools.join("bin");
    fs::create_dir_all(&folder)?;
    let link = folder.join("rust-lld");
    if fs::read_link(&link).ok().as_deref() != Some(linker) {
        if link.symlink_metadata().is_ok() {
            fs::remove_file(&link)?;
        }
        std::os::unix::fs::symlink(linker, &link).with_context(|| format!("{} cannot be made", link.display()))?;
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(folder).chain(std::env::split_paths(&path));
    Ok(std::env::join_paths(folders)?)
}

/// Leaves an unchanged file alone, so that cargo sees nothing newer.
fn write_if_changed(path: &Path, content: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|present| present == content) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, content).with_context(|| format!("{} cannot be written", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_executable_of_the_named_target_is_found_among_cargos_messages() {
        let messages = r#"{"reason":"compiler-artifact","target":{"name":"salus_token"},"executable":null}
{"reason":"compiler-artifact","target":{"name":"other"},"executable":"/t/other"}
{"reason":"compiler-artifact","target":{"name":"token"},"executable":"/t/token"}
{"reason":"build-finished","success":true}"#;
        assert_eq!(executable(messages, "token").unwrap(), PathBuf::from("/t/token"));
        assert!(executable(messages, "salus_token").is_err());
    }
}
