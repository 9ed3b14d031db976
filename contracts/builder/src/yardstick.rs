//! Contracts that only exist to measure others against: their code and its hash, in a folder of their own.
//!
//! A package says that its binaries are such by `package.metadata.salus.yardstick`. What is written by hand as a limit is
//! called `limit-NAME`, and its code `NAME`.

use crate::artifact::hex;
use crate::check::difference;
use crate::link;
use crate::toolchain::{Identity, Toolchain};
use crate::workspace::{Workspace, Yardstick};
use crate::{compile, options::Options, settings, ui};
use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const MANIFEST: &str = "manifest.json";
const SCHEMA_VERSION: u32 = 1;

/// Which code the numbers are of, and which toolchain made it.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Manifest {
    schema_version: u32,
    toolchain: Identity,
    rust_flags: Vec<String>,
    yardsticks: BTreeMap<String, Entry>,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    code_hash: String,
    code_size: usize,
}

/// Code by the name of its file.
pub(crate) type Built = BTreeMap<String, Vec<u8>>;

/// Builds `yardsticks`.
pub(crate) fn build(
    options: &Options,
    toolchain: &Toolchain,
    workspace: &Workspace,
    yardsticks: &[&Yardstick],
) -> Result<Built> {
    let mut built = Built::new();
    for Yardstick { package, binary, name } in yardsticks {
        let code = compile::on_chain(options, toolchain, workspace, package, binary)
            .and_then(|elf| link::link(&elf))
            .with_context(|| format!("yardstick `{binary}` was not built"))?;
        let hash = hex(&link::code_hash(&code));
        ui::step(binary, &format!("{} bytes, code hash {hash}", code.len()));
        built.insert(name.clone(), code);
    }
    Ok(built)
}

/// Writes what was built, and the manifest of all that is there.
pub(crate) fn write(folder: &Path, built: &Built, toolchain: &Identity, workspace: &Workspace) -> Result<()> {
    fs::create_dir_all(folder)?;
    for (name, code) in built {
        let path = folder.join(file_name(name));
        fs::write(&path, code).with_context(|| format!("{} cannot be written", path.display()))?;
    }
    let manifest = serde_json::to_vec_pretty(&Manifest::of(folder, toolchain, workspace)?)?;
    let path = folder.join(MANIFEST);
    fs::write(&path, [&manifest[..], b"\n"].concat()).with_context(|| format!("{} cannot be written", path.display()))
}

/// One line for each difference; empty when everything in `folder` is as `built`.
pub(crate) fn compare(folder: &Path, built: &Built, workspace: &Workspace) -> Result<Vec<String>> {
    let mut differences: Vec<_> = built
        .iter()
        .filter_map(|(name, code)| {
            let name = file_name(name);
            difference(&folder.join(&name), code).map(|how| format!("{name}: {how}"))
        })
        .collect();
    let path = folder.join(MANIFEST);
    let json = fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    let committed: Manifest =
        serde_json::from_slice(&json).with_context(|| format!("{} is no manifest", path.display()))?;
    // Another build of the compiler that gives the same code is as good; the artefacts' check says that it is another.
    if committed != Manifest::of(folder, &committed.toolchain, workspace)? {
        differences.push(format!("{} is about other code or flags", path.display()));
    }
    Ok(differences)
}

impl Manifest {
    /// Of the yardsticks of `workspace` whose code is in `folder`.
    fn of(folder: &Path, toolchain: &Identity, workspace: &Workspace) -> Result<Self> {
        let mut yardsticks = BTreeMap::new();
        for Yardstick { name, .. } in workspace.yardsticks() {
            let path = folder.join(file_name(name));
            let code = fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
            let entry = Entry {
                code_hash: hex(&link::code_hash(&code)),
                code_size: code.len(),
            };
            yardsticks.insert(name.clone(), entry);
        }
        Ok(Self {
            schema_version: SCHEMA_VERSION,
            toolchain: toolchain.clone(),
            rust_flags: settings::code_flags(),
            yardsticks,
        })
    }
}

fn file_name(name: &str) -> String {
    format!("{name}.polkavm")
}
