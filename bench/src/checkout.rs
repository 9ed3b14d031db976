//! Where everything is that is measured, and where what was measured is kept.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::solidity::Twin;

/// The repository's root folder.
#[derive(Clone, Debug)]
pub(crate) struct Checkout(pub(crate) PathBuf);

impl Checkout {
    /// The built code of one of our contracts.
    pub(crate) fn code(&self, contract: &str) -> Result<Vec<u8>> {
        read(&self.interfaces().join(contract).with_extension("polkavm"))
    }

    /// Where the contracts' code and interfaces are.
    pub(crate) fn interfaces(&self) -> PathBuf {
        self.0.join("contracts/artifacts")
    }

    /// A contract in Solidity, compiled.
    pub(crate) fn twin(&self, contract: &str) -> Result<Twin> {
        Twin::read(&self.0.join("bench/solidity"), contract)
    }

    /// A contract on the bare host functions, if there is one of this name.
    pub(crate) fn yardstick(&self, contract: &str) -> Result<Option<Vec<u8>>> {
        let path = self.0.join("bench/limit").join(contract).with_extension("polkavm");
        path.exists().then(|| read(&path)).transpose()
    }

    /// What our messages are known to cost.
    pub(crate) fn baseline(&self) -> PathBuf {
        self.0.join("bench/baseline.json")
    }

    /// The page for authors of contracts.
    pub(crate) fn page(&self) -> PathBuf {
        self.0.join("docs/contract-cost.md")
    }
}

/// Reads a file; the error names it.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

#[cfg(test)]
impl Checkout {
    /// The one that the tests were built from.
    pub(crate) fn of_tests() -> Self {
        Self(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
    }
}
