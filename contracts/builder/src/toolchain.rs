//! Which compiler and linkers are used, as they say themselves.

use crate::command;
use crate::options::Options;
use crate::settings;
use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) struct Toolchain {
    cargo: PathBuf,
    rustc: PathBuf,
    pub(crate) linker: PathBuf,
    pub(crate) identity: Identity,
}

/// What has to be the same for the same code to come out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    /// Release and commit: the source of the compiler.
    pub(crate) rustc: String,
    /// The whole first line of `rustc --version`, which tells one builder's binaries from another's.
    pub(crate) rustc_build: String,
    /// The version of LLVM inside rustc.
    pub(crate) llvm: String,
    /// The linker of ELF files.
    pub(crate) lld: String,
    /// The linker from ELF to PolkaVM.
    pub(crate) polkavm_linker: String,
}

impl std::fmt::Display for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            rustc_build,
            llvm,
            lld,
            polkavm_linker,
            ..
        } = self;
        write!(f, "{rustc_build}, LLVM {llvm}, {lld}, polkavm-linker {polkavm_linker}")
    }
}

impl Toolchain {
    pub(crate) fn probe(options: &Options) -> Result<Self> {
        let rustc = &options.rustc;
        let version = command::output(command::clean(rustc).arg("-vV"))?;
        let sysroot = command::output(command::clean(rustc).args(["--print", "sysroot"]))?;
        require_sources(Path::new(sysroot.trim()))?;
        let lld = command::output(command::clean(&options.linker).args(["-flavor", "gnu", "--version"]))?;
        Ok(Self {
            cargo: options.cargo.clone(),
            rustc: rustc.clone(),
            linker: options.linker.clone(),
            identity: Identity::from_versions(&version, &lld)?,
        })
    }
}

impl Toolchain {
    /// A cargo command that compiles by this toolchain, whatever surrounds it.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = command::clean(&self.cargo);
        // `-Z` flags on a stable compiler.
        command
            .env("RUSTC", &self.rustc)
            .env("RUSTC_BOOTSTRAP", "1")
            .arg(settings::FRESHNESS);
        command
    }
}

impl Identity {
    fn from_versions(rustc: &str, lld: &str) -> Result<Self> {
        let field = |name: &str| {
            rustc
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
                .with_context(|| format!("`rustc -vV` names no {name}"))
        };
        let build = rustc.lines().next().context("`rustc -vV` printed nothing")?;
        let lld = lld.lines().next().context("lld printed no version")?;
        Ok(Self {
            rustc: format!("{} ({})", field("release")?, field("commit-hash")?),
            rustc_build: build.to_owned(),
            llvm: field("LLVM version")?.to_owned(),
            lld: lld.split(" (").next().unwrap_or(lld).to_owned(),
            polkavm_linker: settings::LINKER_VERSION.to_owned(),
        })
    }
}

/// Fails early, with a sentence, where cargo would fail late and with a page.
fn require_sources(sysroot: &Path) -> Result<()> {
    let sources = sysroot.join("lib/rustlib/src/rust/library/core/Cargo.toml");
    anyhow::ensure!(
        sources.exists(),
        "the compiler in {} has no sources of `core` and `alloc` (rustup's component rust-src, Debian's rust-web-src)",
        sysroot.display()
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEBIAN: &str = "rustc 1.96.0 (ac68faa20 2026-05-25) (built from a source tarball)\nbinary: rustc\n\
        commit-hash: ac68faa20c58cbccd01ee7208bf3b6e93a7d7f96\ncommit-date: 2026-05-25\n\
        host: x86_64-unknown-linux-gnu\nrelease: 1.96.0\nLLVM version: 22.1.8\n";

    #[test]
    fn two_builds_of_one_release_share_the_release_and_not_the_build() {
        let rustup = DEBIAN.replace(" (built from a source tarball)", "");
        let lld = "LLD 22.1.8 (compatible with GNU linkers)\n";
        let debian = Identity::from_versions(DEBIAN, lld).unwrap();
        let rustup = Identity::from_versions(&rustup, lld).unwrap();
        assert_eq!(debian.rustc, rustup.rustc);
        assert_eq!(debian.rustc, "1.96.0 (ac68faa20c58cbccd01ee7208bf3b6e93a7d7f96)");
        assert_ne!(debian.rustc_build, rustup.rustc_build);
        assert_eq!(debian.lld, "LLD 22.1.8");
    }

    #[test]
    fn a_compiler_that_hides_its_commit_is_refused() {
        let version = DEBIAN.replace("commit-hash", "commit");
        let error = Identity::from_versions(&version, "LLD 22.1.8").unwrap_err();
        assert!(error.to_string().contains("commit-hash"), "{error}");
    }
}
