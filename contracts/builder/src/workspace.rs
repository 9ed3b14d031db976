//! What cargo knows: which packages are contracts, and where things are.

use crate::command;
use crate::options::Options;
use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use std::path::PathBuf;

pub(crate) struct Workspace {
    pub(crate) target_dir: PathBuf,
    /// The version of ink! that Cargo.toml pins.
    pub(crate) ink: String,
    contracts: Vec<Contract>,
    yardsticks: Vec<Yardstick>,
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

/// A binary of a package with `package.metadata.salus.yardstick`, see [`crate::yardstick`].
#[derive(Debug, Clone)]
pub(crate) struct Yardstick {
    pub(crate) package: String,
    pub(crate) binary: String,
    /// The file of code carries it: the binary's name, without `limit-`.
    pub(crate) name: String,
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
    metadata: Option<serde_json::Value>,
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
        let yardsticks = metadata.packages.iter().flat_map(Yardstick::of).collect();
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
            yardsticks,
        })
    }

    /// Every contract there is, by name.
    pub(crate) fn contracts(&self) -> &[Contract] {
        &self.contracts
    }

    /// Every yardstick there is.
    pub(crate) fn yardsticks(&self) -> &[Yardstick] {
        &self.yardsticks
    }

    /// The contracts and yardsticks called `names`, or all of them when there are none.
    pub(crate) fn select(&self, names: &[String]) -> Result<(Vec<&Contract>, Vec<&Yardstick>)> {
        let known: Vec<_> = self.contracts.iter().map(|contract| contract.name.as_str()).collect();
        let known = [
            known,
            self.yardsticks
                .iter()
                .map(|yardstick| yardstick.binary.as_str())
                .collect(),
        ]
        .concat();
        if let Some(name) = names.iter().find(|name| !known.contains(&name.as_str())) {
            bail!("there is no contract `{name}`, only {}", known.join(", "));
        }
        let is_selected = |name: &String| names.is_empty() || names.contains(name);
        Ok((
            self.contracts
                .iter()
                .filter(|contract| is_selected(&contract.name))
                .collect(),
            self.yardsticks
                .iter()
                .filter(|yardstick| is_selected(&yardstick.binary))
                .collect(),
        ))
    }
}

impl Yardstick {
    fn of(package: &Package) -> Vec<Self> {
        let binaries = package
            .targets
            .iter()
            .filter(|target| package.is_yardstick() && target.kind == ["bin"]);
        binaries
            .map(|target| {
                let name = target.name.strip_prefix("limit-").unwrap_or(&target.name);
                Self {
                    package: package.name.clone(),
                    binary: target.name.clone(),
                    name: name.to_owned(),
                }
            })
            .collect()
    }
}

impl Package {
    fn is_yardstick(&self) -> bool {
        self.metadata
            .as_ref()
            .is_some_and(|metadata| metadata["salus"]["yardstick"] == true)
    }
}

impl Contract {
    fn of(package: &Package) -> Option<Self> {
        if package.is_yardstick() {
            return None;
        }
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
