//! The command line.

use anyhow::{Result, bail};
use std::ffi::OsString;
use std::path::PathBuf;

pub(crate) const HELP: &str = "\
Builds the contracts, or checks the committed artefacts. Called by scripts/build-contracts.

Usage: salus-contract-builder --workspace DIR --cargo FILE --rustc FILE --linker FILE --out DIR
                              --yardsticks DIR [--check] [NAME...]

  --workspace DIR  the folder of the contracts' Cargo.toml
  --cargo FILE     cargo for the target; its rustc must come with the sources of `core` and `alloc`
  --rustc FILE     rustc for the target
  --linker FILE    LLVM's lld, the linker of the target
  --out DIR        where the artefacts are
  --yardsticks DIR where the code of those is that only exist to measure others against (`limit-NAME`)
  --check          write nothing; compare the artefacts in DIR with what is built, and fail if any differs
  NAME             a contract or yardstick (its binary target's name); all of them when none is named

The target directory is CARGO_TARGET_DIR, or what cargo chooses without it.";

/// What the command line asks for.
pub(crate) enum Action {
    Help,
    Run(Options),
}

pub(crate) struct Options {
    pub(crate) workspace: PathBuf,
    pub(crate) cargo: PathBuf,
    pub(crate) rustc: PathBuf,
    pub(crate) linker: PathBuf,
    pub(crate) out: PathBuf,
    pub(crate) yardsticks: PathBuf,
    pub(crate) check: bool,
    pub(crate) contracts: Vec<String>,
}

pub(crate) fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Action> {
    let mut arguments = arguments;
    let (mut workspace, mut cargo, mut rustc, mut linker, mut out, mut yardsticks) =
        (None, None, None, None, None, None);
    let mut check = false;
    let mut contracts = Vec::new();

    while let Some(argument) = arguments.next() {
        let Some(argument) = argument.to_str() else {
            bail!("{} is not UTF-8", argument.display());
        };
        let slot = match argument {
            "-h" | "--help" => return Ok(Action::Help),
            "--check" => {
                check = true;
                continue;
            }
            "--workspace" => &mut workspace,
            "--cargo" => &mut cargo,
            "--rustc" => &mut rustc,
            "--linker" => &mut linker,
            "--out" => &mut out,
            "--yardsticks" => &mut yardsticks,
            option if option.starts_with('-') => bail!("unknown option `{option}`; see --help"),
            name => {
                contracts.push(name.to_owned());
                continue;
            }
        };
        let Some(value) = arguments.next() else {
            bail!("`{argument}` needs a value; see --help");
        };
        *slot = Some(PathBuf::from(value));
    }

    let required =
        |value: Option<PathBuf>, name: &str| value.ok_or_else(|| anyhow::anyhow!("`{name}` is missing; see --help"));
    Ok(Action::Run(Options {
        workspace: required(workspace, "--workspace")?.canonicalize()?,
        cargo: required(cargo, "--cargo")?,
        rustc: required(rustc, "--rustc")?,
        linker: required(linker, "--linker")?,
        out: required(out, "--out")?,
        yardsticks: required(yardsticks, "--yardsticks")?,
        check,
        contracts,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_words(words: &[&str]) -> Result<Action> {
        parse(words.iter().map(OsString::from))
    }

    const REQUIRED: [&str; 12] = [
        "--workspace",
        ".",
        "--cargo",
        "c",
        "--rustc",
        "r",
        "--linker",
        "l",
        "--yardsticks",
        "y",
        "--out",
        "o",
    ];

    #[test]
    fn names_and_switches_may_come_in_any_order() {
        let words = [&["token"][..], &REQUIRED, &["--check", "consent"]].concat();
        let Action::Run(options) = parse_words(&words).unwrap() else {
            panic!("help was not asked for");
        };
        assert!(options.check);
        assert_eq!(options.contracts, ["token", "consent"]);
    }

    #[test]
    fn an_unknown_option_is_refused_by_name() {
        let error = parse_words(&["--chekc"]).err().unwrap().to_string();
        assert!(error.contains("--chekc"), "{error}");
    }

    #[test]
    fn a_missing_value_is_refused_by_name() {
        let error = parse_words(&["--out"]).err().unwrap().to_string();
        assert!(error.contains("--out"), "{error}");
    }

    #[test]
    fn a_missing_option_is_refused_by_name() {
        let error = parse_words(&REQUIRED[..10]).err().unwrap().to_string();
        assert!(error.contains("--out"), "{error}");
    }
}
