//! Contracts in Solidity that ours are measured against: the twins of ours in `bench/solidity`, and OpenZeppelin's token.
//!
//! Their compiled code is committed, so that the ledger is complete and the same everywhere, without Node.js.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use sp_io::hashing::sha2_256;

use crate::{
    checkout::read,
    meter::{Implementation, Maker},
};

/// What `compile.mjs` writes about one contract.
#[derive(Debug, Deserialize)]
pub(crate) struct Twin {
    sources_sha256: String,
    /// Versions, by the compiler's or the library's name.
    pub(crate) compilers: BTreeMap<String, String>,
    evm: Evm,
    polkavm: PolkaVm,
}

#[derive(Debug, Deserialize)]
struct Evm {
    #[serde(with = "hex::serde")]
    creation_code: Vec<u8>,
    deployed_bytes: usize,
}

#[derive(Debug, Deserialize)]
struct PolkaVm {
    #[serde(with = "hex::serde")]
    code: Vec<u8>,
}

impl Twin {
    /// Reads what the sources in `folder` were compiled to. Refuses what other sources, another compiler's version or other
    /// settings gave.
    pub(crate) fn read(folder: &Path, contract: &str) -> Result<Self> {
        let path = folder.join("artifacts").join(contract).with_extension("json");
        let twin: Self = serde_json::from_slice(&read(&path)?)
            .with_context(|| format!("{} is not what compile.mjs writes", path.display()))?;
        ensure!(
            twin.sources_sha256 == sources_sha256(folder)?,
            "{} is not what the sources beside it compile to: `scripts/bench --compile` makes it anew",
            path.display()
        );
        Ok(twin)
    }

    /// It on both machines, with its constructor's `input`.
    pub(crate) fn implementations(&self, input: &[u8]) -> [Implementation; 2] {
        let polkavm = Implementation {
            maker: Maker::SolidityPolkavm,
            deployed_bytes: self.polkavm.code.len(),
            code: self.polkavm.code.clone(),
            input: input.to_vec(),
        };
        // For EVM byte code, the constructor's input is the end of the code.
        let evm = Implementation {
            maker: Maker::SolidityEvm,
            deployed_bytes: self.evm.deployed_bytes,
            code: [&self.evm.creation_code, input].concat(),
            input: Vec::new(),
        };
        [evm, polkavm]
    }
}

/// The checksum of everything that decides what is compiled, as `compile.mjs` computes it: `sha256sum *.sol compile.mjs
/// package-lock.json | sha256sum`, the names in the order of their bytes.
fn sources_sha256(folder: &Path) -> Result<String> {
    let mut lines = BTreeMap::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.ends_with(".sol") || name == "compile.mjs" || name == "package-lock.json" {
            let line = format!("{}  {name}\n", hex::encode(sha2_256(&read(&path)?)));
            lines.insert(name, line);
        }
    }
    let list: String = lines.into_values().collect();
    Ok(hex::encode(sha2_256(list.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkout::Checkout;

    #[test]
    fn every_committed_twin_is_what_the_sources_compile_to() {
        let folder = Checkout::of_tests().0.join("bench/solidity");
        let mut twins = 0;
        for entry in fs::read_dir(folder.join("artifacts")).unwrap() {
            let path = entry.unwrap().path();
            let twin = Twin::read(&folder, path.file_stem().unwrap().to_str().unwrap()).unwrap();
            assert!(twin.evm.deployed_bytes > 0 && !twin.polkavm.code.is_empty());
            twins += 1;
        }
        assert!(twins > 0);
    }

    #[test]
    fn a_twin_of_other_sources_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let of_tests = Checkout::of_tests().0.join("bench/solidity");
        fs::create_dir(folder.path().join("artifacts")).unwrap();
        let artifact = Path::new("artifacts/Batches.json");
        fs::copy(of_tests.join(artifact), folder.path().join(artifact)).unwrap();
        for entry in fs::read_dir(&of_tests).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
            }
        }
        Twin::read(folder.path(), "Batches").unwrap();
        let source = folder.path().join("Batches.sol");
        fs::write(&source, [read(&source).unwrap(), b"\n".to_vec()].concat()).unwrap();
        let refused = Twin::read(folder.path(), "Batches").unwrap_err();
        assert!(refused.to_string().contains("scripts/bench --compile"), "{refused}");
    }
}
