//! What cargo knows: which packages are contracts, and where things are.

use crate::command;
use crate::options::Options;
use anyhow::{Context as _, Result};
use serde::Deserialize;
use std::path::PathBuf;

pub(crate) struct Workspace {
    pub(crate) target_dir: PathBuf,
    /// The version of ink! that Cargo.toml pins.
    pub(crate) ink: String,
    contracts: Vec<Contract>,
}

/// A package that compiles to a contract: one that depends on ink!, by way of `salus-ink`, and has a binary.
#[derive(Debug, Clone)]
pub(crate) struct Contract {
    /// The binary's name, which the artefacts carry.
    pub(crate) name: String,
    pub(crate) package: String,
    pub(crate) version: String,
    pub(crate) description: String,
    pub(crate) license: String,
}

#[derive(Deserialize)]
struct CargoMetadata {
    packages: Vec<Package>,
    target_directory: PathBuf,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    description: Option<String>,
    license: Option<String>,
    dependencies: Vec<Dependency>,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    req: String,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

impl Workspace {
    pub(crate) fn load(options: &Options) -> Result<Self> {
        let json = command::output(
            command::clean(&options.cargo)
                .args(["metadata", "--no-deps", "--locked", "--format-version", "1"])
                .current_dir(&options.workspace),
        )?;
        let metadata: CargoMetadata = serde_json::from_str(&json).context("`cargo metadata` is not as expected")?;
        let mut contracts: Vec<Contract> = metadata.packages.iter().filter_map(Contract::of).collect();
        contracts.sort_by(|a, b| a.name.cmp(&b.name));
        let ink = metadata
            .packages
            .iter()
            .flat_map(|package| &package.dependencies)
            .find(|dependency| dependency.name == "ink")
            .map(|dependency| dependency.req.trim_start_matches('=').to_owned())
            .context("nothing here depends on ink!")?;
        Ok(Self {
            target_dir: metadata.target_directory,
            ink,
            contracts,
        })
    }

    /// Every contract there is, by name.
    pub(crate) fn contracts(&self) -> &[Contract] {
        &self.contracts
    }

    /// The contracts called `names`, or all of them when there are none.
    pub(crate) fn select(&self, names: &[String]) -> Result<Vec<&Contract>> {
        if names.is_empty() {
            return Ok(self.contracts.iter().collect());
        }
        names
            .iter()
            .map(|name| {
                self.contracts
                    .iter()
                    .find(|contract| contract.name == *name)
                    .with_context(|| {
                        let known: Vec<_> = self.contracts.iter().map(|c| c.name.as_str()).collect();
                        format!("there is no contract `{name}`, only {}", known.join(", "))
                    })
            })
            .collect()
    }
}

impl Contract {
    fn of(package: &Package) -> Option<Self> {
        package
            .dependencies
            .iter()
            .find(|dependency| dependency.name == "salus-ink")?;
        let binary = package.targets.iter().find(|target| target.kind == ["bin"])?;
        Some(Self {
            name: binary.name.clone(),
            package: package.name.clone(),
            version: package.version.clone(),
            description: package.description.clone().unwrap_or_default(),
            license: package.license.clone().unwrap_or_default(),
        })
    }
}
