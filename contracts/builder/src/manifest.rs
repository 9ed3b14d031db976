//! `manifest.json`: which code the repository vouches for, and which toolchain made it.

use crate::artifact::{Artifact, hex};
use crate::settings;
use crate::toolchain::Identity;
use crate::workspace::Workspace;
use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

pub(crate) const FILE_NAME: &str = "manifest.json";
const SCHEMA_VERSION: u32 = 1;

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Manifest {
    schema_version: u32,
    pub(crate) toolchain: Identity,
    ink: String,
    rust_flags: Vec<String>,
    static_buffer_size: usize,
    pub(crate) contracts: BTreeMap<String, Entry>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    package: String,
    version: String,
    code_hash: String,
    code_size: usize,
    files: BTreeMap<String, File>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct File {
    sha256: String,
    size: usize,
}

impl Manifest {
    /// The manifest in `folder`.
    pub(crate) fn load(folder: &Path) -> Result<Self> {
        let path = folder.join(FILE_NAME);
        let json = fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        let version: Versioned =
            serde_json::from_slice(&json).with_context(|| format!("{} is no manifest", path.display()))?;
        if version.schema_version != SCHEMA_VERSION {
            bail!(
                "{} has schema version {}; this builder knows {SCHEMA_VERSION}",
                path.display(),
                version.schema_version
            );
        }
        serde_json::from_slice(&json).with_context(|| format!("{} is no manifest", path.display()))
    }

    /// The manifest in `folder`, or an empty one where there is none yet.
    pub(crate) fn load_or_new(folder: &Path, toolchain: &Identity) -> Result<Self> {
        if folder.join(FILE_NAME).exists() {
            return Self::load(folder);
        }
        Ok(Self {
            schema_version: SCHEMA_VERSION,
            toolchain: toolchain.clone(),
            ink: String::new(),
            rust_flags: Vec::new(),
            static_buffer_size: 0,
            contracts: BTreeMap::new(),
        })
    }

    /// Takes in what was built, keeps what was not, and drops what is no contract of this workspace any more.
    ///
    /// # Errors
    /// If what is kept was built by another toolchain: one toolchain vouches for everything in a manifest.
    pub(crate) fn update(&mut self, built: &[Artifact], toolchain: &Identity, workspace: &Workspace) -> Result<()> {
        let is_built = |name: &str| built.iter().any(|artifact| artifact.name == name);
        self.contracts
            .retain(|name, _| workspace.contracts().iter().any(|contract| contract.name == *name));
        if self.toolchain != *toolchain && self.contracts.keys().any(|name| !is_built(name)) {
            bail!(
                "the other artefacts were built by {}; build all of them",
                self.toolchain
            );
        }
        self.toolchain = toolchain.clone();
        self.ink.clone_from(&workspace.ink);
        self.rust_flags = settings::code_flags();
        self.static_buffer_size = settings::STATIC_BUFFER_SIZE;
        for artifact in built {
            self.contracts.insert(artifact.name.clone(), Entry::of(artifact));
        }
        Ok(())
    }

    pub(crate) fn write(&self, folder: &Path) -> Result<()> {
        let path = folder.join(FILE_NAME);
        let mut json = serde_json::to_vec_pretty(self)?;
        json.push(b'\n');
        fs::write(&path, json).with_context(|| format!("{} cannot be written", path.display()))
    }
}

/// What every version of the manifest has.
#[derive(Deserialize)]
struct Versioned {
    schema_version: u32,
}

impl Entry {
    pub(crate) fn of(artifact: &Artifact) -> Self {
        let files = artifact.files().into_iter().map(|(name, content)| {
            let sha256 = hex(&Sha256::digest(&content)).trim_start_matches("0x").to_owned();
            (
                name,
                File {
                    sha256,
                    size: content.len(),
                },
            )
        });
        Self {
            package: artifact.package.clone(),
            version: artifact.version.clone(),
            code_hash: artifact.code_hash(),
            code_size: artifact.code.len(),
            files: files.collect(),
        }
    }
}
