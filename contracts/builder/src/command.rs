//! Child processes: with an environment of their own, and with errors that say what was run.

use anyhow::{Context as _, Result, bail};
use std::path::Path;
use std::process::{Command, Stdio};

/// A command without the variables by which a surrounding cargo, rustup or user would change what it builds.
///
/// What stays of theirs: where cargo and rustup keep their files, and how they reach the network.
pub(crate) fn clean(program: &Path) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let Some(text) = name.to_str() else { continue };
        let foreign = ["CARGO", "RUST", "CLIPPY", "INK_", "__CARGO"]
            .iter()
            .any(|prefix| text.starts_with(prefix));
        let kept = ["CARGO_HOME", "RUSTUP_HOME", "CARGO_TARGET_DIR", "RUST_BACKTRACE"].contains(&text)
            || text.starts_with("CARGO_NET")
            || text.starts_with("CARGO_HTTP")
            || text.starts_with("CARGO_REGISTRIES");
        if foreign && !kept {
            command.env_remove(&name);
        }
    }
    command
}

/// Runs `command` and answers its standard output; its standard error goes through.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let program = command.get_program().to_owned();
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("`{}` could not be run", program.display()))?;
    if !output.status.success() {
        bail!("`{}` failed: {}", program.display(), output.status);
    }
    String::from_utf8(output.stdout)
        .with_context(|| format!("`{}` wrote something that is not UTF-8", program.display()))
}
