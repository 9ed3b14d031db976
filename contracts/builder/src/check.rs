//! Compares committed artefacts with built ones.

use crate::artifact::Artifact;
use crate::manifest::{self, Entry, Manifest};
use crate::toolchain::Identity;
use crate::ui;
use crate::workspace::Workspace;
use anyhow::Result;
use std::fs;
use std::path::Path;

/// One line for each difference; empty when everything in `folder` is as `built`.
pub(crate) fn compare(
    folder: &Path,
    built: &[Artifact],
    toolchain: &Identity,
    workspace: &Workspace,
) -> Result<Vec<String>> {
    let committed = Manifest::load(folder)?;
    if committed.toolchain != *toolchain {
        ui::step("note", &format!("the artefacts were built by {}", committed.toolchain));
        ui::step("note", "another toolchain may build other code from the same source");
    }
    let mut differences = Vec::new();
    for name in committed.contracts.keys() {
        if !workspace.contracts().iter().any(|contract| contract.name == *name) {
            differences.push(format!("{}: there is no contract `{name}`", manifest::FILE_NAME));
        }
    }
    for artifact in built {
        for (name, content) in artifact.files() {
            if let Some(how) = difference(&folder.join(&name), &content) {
                differences.push(format!("{name}: {how}"));
            }
        }
        if committed.contracts.get(&artifact.name) != Some(&Entry::of(artifact)) {
            differences.push(format!("{}: the entry `{}`", manifest::FILE_NAME, artifact.name));
        }
    }
    Ok(differences)
}

pub(crate) fn difference(path: &Path, expected: &[u8]) -> Option<String> {
    match fs::read(path) {
        Ok(content) if content == expected => None,
        Ok(content) => {
            let at = content.iter().zip(expected).take_while(|(a, b)| a == b).count();
            Some(format!(
                "{} bytes committed, {} built, the first difference at byte {at}",
                content.len(),
                expected.len()
            ))
        }
        Err(error) => Some(format!("cannot be read: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_file_a_shortened_one_and_a_missing_one_are_told_apart() {
        let folder = std::env::temp_dir().join(format!("salus-check-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("a");
        fs::write(&file, b"abc").unwrap();
        assert_eq!(difference(&file, b"abc"), None);
        assert!(difference(&file, b"abX").unwrap().ends_with("byte 2"));
        assert!(difference(&file, b"abcd").unwrap().ends_with("byte 3"));
        assert!(
            difference(&folder.join("b"), b"")
                .unwrap()
                .starts_with("cannot be read")
        );
        fs::remove_dir_all(&folder).unwrap();
    }
}
