//! Batches of a log of accesses, and proofs that an entry is in one, or that it is not.

use std::{
    collections::BTreeMap,
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use alloy_core::primitives::{Address, keccak256};
use salus_core::{
    access::log::{Batch, SortedTree},
    hash::Hash,
};
use serde::Deserialize;
use serde_json::Value;

use super::{AccessError, LogProof, Logged, proof};
use crate::{
    Error,
    contracts::access::Access,
    fhir::{FhirError, Limits, Salt, json, read_file},
    openings::{LogLeaf, LogOpening, salt},
};

/// Where the salts of recorded AuditEvents are, by their events: see [`crate::audit::AuditLog`].
#[derive(Debug, Clone)]
pub struct EventSalts {
    path: PathBuf,
    by_event: BTreeMap<String, Salt>,
}

#[derive(Deserialize)]
struct EventSalt {
    event: String,
    #[serde(with = "salt")]
    salt: Salt,
}

/// Entries with their tree.
#[derive(Debug, Clone)]
pub struct LogBatch {
    opening: LogOpening,
    tree: SortedTree,
}

fn keccak(bytes: &[u8]) -> Hash {
    keccak256(bytes).0
}

impl EventSalts {
    /// Those in a file; none if there is none.
    ///
    /// # Errors
    /// [`AccessError::Io`].
    pub fn load(path: PathBuf) -> Result<Self, AccessError> {
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            Err(source) => return Err(AccessError::Io { path, source }),
        };
        // A line that a power cut left unfinished is that of an event which was not recorded.
        let known = text
            .lines()
            .filter_map(|line| serde_json::from_str::<EventSalt>(line).ok());
        let by_event = known.map(|known| (known.event, known.salt)).collect();
        Ok(Self { path, by_event })
    }
}

/// Reads a log: an entry or an AuditEvent a line, plain or gzipped.
///
/// # Errors
/// [`FhirError`] if the file cannot be read; [`AccessError::Line`] with the first line that is neither.
pub fn read(path: &Path) -> Result<Vec<(Logged, Option<Salt>)>, Error> {
    let limits = Limits::default();
    let text = read_file(path, &limits)?;
    let lines = text.split(|byte| *byte == b'\n').enumerate();
    let lines = lines.filter(|(_, line)| !line.trim_ascii().is_empty());
    let entries = lines.map(|(number, line)| {
        let read = json::parse(line, &limits).map_err(FhirError::from);
        read.and_then(|document| Logged::from_json(&document))
            .map_err(|source| AccessError::Line {
                line: number.saturating_add(1),
                source,
            })
    });
    Ok(entries.collect::<Result<_, _>>()?)
}

impl LogBatch {
    /// Commits to entries for `author` to anchor: each with its own salt, an AuditEvent with the one that it was recorded with, or else
    /// with a new one.
    ///
    /// # Errors
    /// [`AccessError::Empty`], [`AccessError::NoSalt`].
    pub fn commit(
        author: Address,
        entries: &[(Logged, Option<Salt>)],
        events: &EventSalts,
    ) -> Result<Self, AccessError> {
        let mut leaves = Vec::new();
        for (logged, salt) in entries {
            let salt = match (logged, salt) {
                (_, Some(salt)) => salt.clone(),
                (Logged::Entry(_), None) => Salt::random(),
                (Logged::Event { id, .. }, None) => {
                    let known = events.by_event.get(id).cloned();
                    known.ok_or_else(|| AccessError::NoSalt {
                        event: id.clone(),
                        salts: events.path.clone(),
                    })?
                }
            };
            let leaf = logged.leaf(&salt);
            leaves.push(LogLeaf { leaf, salt });
        }
        Self::new(author, leaves)
    }

    fn new(author: Address, leaves: Vec<LogLeaf>) -> Result<Self, AccessError> {
        let values = leaves.iter().map(|leaf| leaf.leaf.0).collect();
        let tree = SortedTree::new(values, keccak).ok_or(AccessError::Empty)?;
        let root = tree.root().into();
        Ok(Self {
            opening: LogOpening { root, author, leaves },
            tree,
        })
    }

    /// A batch from its kept openings.
    ///
    /// # Errors
    /// [`AccessError::OpeningAltered`] if they do not give the root any more.
    pub fn open(opening: LogOpening) -> Result<Self, AccessError> {
        let batch = Self::new(opening.author, opening.leaves)?;
        if batch.opening.root == opening.root {
            Ok(batch)
        } else {
            Err(AccessError::OpeningAltered { root: opening.root })
        }
    }

    /// What to keep, before the root is anchored.
    pub fn opening(&self) -> &LogOpening {
        &self.opening
    }

    /// How many leaves the tree has: equal ones count once.
    pub fn count(&self) -> u64 {
        self.tree.count()
    }

    /// The salt of an entry, if the batch has it.
    fn salt_of(&self, logged: &Logged) -> Option<&Salt> {
        let mut leaves = self.opening.leaves.iter();
        leaves
            .find(|leaf| logged.leaf(&leaf.salt) == leaf.leaf)
            .map(|leaf| &leaf.salt)
    }

    /// The proof that the entry in a document is in the batch, which the contract has under the number `batch`, or, if the entry comes
    /// with its salt, that it is not.
    ///
    /// # Errors
    /// [`FhirError`] if it is no entry; [`AccessError::NoSuchEntry`].
    pub fn prove(&self, mut entry: Value, access: &Access, batch: u64) -> Result<LogProof, Error> {
        let (logged, salt) = Logged::from_json(&entry)?;
        let root = self.opening.root;
        let salt = salt.as_ref().or_else(|| self.salt_of(&logged));
        let salt = salt.ok_or(AccessError::NoSuchEntry { root })?.clone();
        if let Some(members) = entry.as_object_mut() {
            members.remove("salt");
        }
        Ok(LogProof {
            schema_version: proof::SCHEMA_VERSION,
            chain_id: access.contract().chain().chain_id(),
            contract: access.contract().address(),
            author: self.opening.author,
            batch,
            proof: self.tree.prove(&logged.leaf(&salt).0).into(),
            entry,
            salt,
        })
    }
}

/// An author's batch.
///
/// # Errors
/// [`AccessError::NotAnchored`].
pub async fn anchored(access: &Access, author: Address, batch: u64) -> Result<Batch, Error> {
    let found = access.batch(author, batch).await?;
    Ok(found.ok_or(AccessError::NotAnchored { author, batch })?)
}

#[cfg(test)]
mod tests {
    use alloy_core::primitives::B256;
    use serde_json::json;

    use super::*;

    const AUTHOR: Address = Address::repeat_byte(4);

    fn entry(at: u64) -> Logged {
        let (logged, _) = Logged::from_json(&json!({
            "subject": B256::repeat_byte(0x5a),
            "actor": Address::repeat_byte(0x0b),
            "at": at,
            "purpose": "TREAT",
            "class": "Observation",
            "action": "access",
            "basis": "NO_CONSENT",
        }))
        .unwrap();
        logged
    }

    fn commit(entries: &[(Logged, Option<Salt>)]) -> Result<LogBatch, AccessError> {
        LogBatch::commit(AUTHOR, entries, &EventSalts::load("missing".into())?)
    }

    #[test]
    fn equal_entries_have_different_leaves_unless_they_come_with_one_salt() {
        assert_eq!(commit(&[(entry(1), None), (entry(1), None)]).unwrap().count(), 2);
        let salted = (entry(1), Some(Salt::from_bytes([7; 32])));
        assert_eq!(commit(&[salted.clone(), salted]).unwrap().count(), 1);
    }

    #[test]
    fn an_entry_is_found_again_by_what_it_says() {
        let batch = commit(&[(entry(1), None), (entry(2), None)]).unwrap();
        let batch = LogBatch::open(batch.opening().clone()).unwrap();
        let salt = batch.salt_of(&entry(2)).unwrap();
        assert_eq!(entry(2).leaf(salt), batch.opening().leaves[1].leaf);
        assert!(batch.salt_of(&entry(3)).is_none());
    }

    #[test]
    fn altered_openings_are_found_out() {
        let mut opening = commit(&[(entry(1), None), (entry(2), None)]).unwrap().opening().clone();
        opening.leaves.pop();
        let altered = LogBatch::open(opening);
        assert!(matches!(altered, Err(AccessError::OpeningAltered { .. })));
        assert!(matches!(commit(&[]), Err(AccessError::Empty)));
    }
}
