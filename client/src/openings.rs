//! What opens the commitments that are on chain: salts, and what they were put to. It is kept in private files, one a
//! commitment, and never goes into a log, a transaction or a result.
//!
//! Whoever has the file can show what was committed to. Whoever destroys every copy of it has erased that: what is left
//! on chain says nothing any more.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use alloy_core::primitives::{Address, B256, keccak256};
use salus_core::consent::{Policy, PolicyView, policy_commitment};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};
use zeroize::Zeroizing;

use crate::{
    contracts::ContractError,
    error::{Error, Exit, Fault},
    fhir::Salt,
    files::{self, Access},
};

/// The schema of the files that this version writes and reads.
const SCHEMA_VERSION: u32 = 1;

/// Why an opening cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpeningError {
    /// There is none for this commitment: it was made elsewhere, or erased.
    #[error("nothing here opens the commitment {commitment}: there is no {}", path.display())]
    NotFound {
        /// What is to be opened.
        commitment: B256,
        /// Where the file should be.
        path: PathBuf,
    },
    /// The file is damaged, or was not written by Salus.
    #[error("cannot use the opening {}: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it. Never a part of its content.
        reason: String,
    },
    /// The file cannot be read or written.
    #[error("cannot access the opening {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Fault for OpeningError {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "no_opening",
            Self::Malformed { .. } => "opening_malformed",
            Self::Io { .. } => "opening_io",
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Malformed { .. } => Exit::Document,
            Self::NotFound { .. } | Self::Io { .. } => Exit::Failure,
        }
    }

    fn hint(&self) -> Option<String> {
        matches!(self, Self::NotFound { .. }).then(|| {
            "openings travel between the parties: put the file there, or name its directory with --openings".into()
        })
    }
}

/// What opens the commitment to a consent's policy.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyOpening {
    /// What is on chain.
    pub commitment: B256,
    /// The salt.
    #[serde(with = "salt")]
    pub salt: Salt,
    /// The policy's canonical encoding.
    #[serde(with = "hex::serde")]
    pub policy: Vec<u8>,
    /// Whose data it is about.
    pub subject: B256,
    /// To whom consent is given.
    pub grantee: Address,
}

/// What opens the commitment to one version of a record. The record itself is kept elsewhere.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordOpening {
    /// What is on chain.
    pub commitment: B256,
    /// The salt.
    #[serde(with = "salt")]
    pub salt: Salt,
    /// The record's identifier on chain.
    pub record_id: B256,
    /// The resource: `Type/id`.
    pub resource: String,
}

/// What opens the commitments of a batch. The records themselves are kept elsewhere.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchOpening {
    /// The Merkle root, which is on chain.
    pub root: B256,
    /// Who anchors it.
    pub author: Address,
    /// The leaves, in the tree's order.
    pub leaves: Vec<Leaf>,
}

/// One record of a batch.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leaf {
    /// The resource: `Type/id`, or its entry's `fullUrl`.
    pub resource: String,
    /// The commitment to it.
    pub commitment: B256,
    /// The salt.
    #[serde(with = "salt")]
    pub salt: Salt,
}

/// A document that is kept under what it opens.
pub trait Opening: Serialize + DeserializeOwned {
    /// The first part of its file's name.
    const KIND: &'static str;

    /// What it opens.
    fn opens(&self) -> B256;
}

impl Opening for PolicyOpening {
    const KIND: &'static str = "policy";

    fn opens(&self) -> B256 {
        self.commitment
    }
}

impl Opening for RecordOpening {
    const KIND: &'static str = "record";

    fn opens(&self) -> B256 {
        self.commitment
    }
}

impl Opening for BatchOpening {
    const KIND: &'static str = "batch";

    fn opens(&self) -> B256 {
        self.root
    }
}

#[derive(Serialize, Deserialize)]
struct Document<T> {
    schema_version: u32,
    kind: String,
    opening: T,
}

/// A directory of openings: `<kind>-<commitment>.json`, for their owner alone.
#[derive(Debug, Clone)]
pub struct Openings {
    directory: PathBuf,
}

impl Openings {
    /// Those in a directory, which is made when something is saved.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self {
            directory: directory.into(),
        }
    }

    /// Where the opening of a commitment is.
    pub fn path<T: Opening>(&self, commitment: B256) -> PathBuf {
        self.directory.join(format!("{}-{commitment}.json", T::KIND))
    }

    /// Another private file that is kept beside them.
    pub fn file(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// Keeps an opening; answers its file. Done *before* what it opens goes on chain: a salt that is lost opens nothing.
    ///
    /// # Errors
    /// [`OpeningError::Io`]; also if there is one for this commitment, since a salt is used once.
    pub fn save<T: Opening>(&self, opening: &T) -> Result<PathBuf, OpeningError> {
        self.put(opening, files::create)
    }

    /// Keeps an opening in the place of one for the same commitment, or as a new one; answers its file.
    ///
    /// # Errors
    /// [`OpeningError::Io`]
    pub fn replace<T: Opening>(&self, opening: &T) -> Result<PathBuf, OpeningError> {
        self.put(opening, files::write)
    }

    fn put<T: Opening>(
        &self,
        opening: &T,
        write: fn(&Path, &[u8], Access) -> io::Result<()>,
    ) -> Result<PathBuf, OpeningError> {
        let path = self.path::<T>(opening.opens());
        let document = Document {
            schema_version: SCHEMA_VERSION,
            kind: T::KIND.into(),
            opening,
        };
        let text =
            Zeroizing::new(serde_json::to_vec_pretty(&document).expect("string keys and plain data always serialise"));
        match write(&path, &text, Access::Private) {
            Ok(()) => Ok(path),
            Err(source) => Err(OpeningError::Io { path, source }),
        }
    }

    /// Destroys the opening of a commitment. If it was the last copy, nobody can open the commitment any more.
    ///
    /// # Errors
    /// [`OpeningError::NotFound`], [`OpeningError::Io`].
    pub fn erase<T: Opening>(&self, commitment: B256) -> Result<(), OpeningError> {
        let path = self.path::<T>(commitment);
        match fs::remove_file(&path) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(OpeningError::NotFound { commitment, path }),
            Err(source) => Err(OpeningError::Io { path, source }),
        }
    }

    /// Passes on what became of the transaction that should have put a commitment on chain. If it surely did not, the
    /// opening opens nothing and is removed; if that is not known, it is kept.
    ///
    /// # Errors
    /// Those of the transaction.
    pub fn settle<T: Opening, R>(&self, commitment: B256, sent: Result<R, Error>) -> Result<R, Error> {
        let is_without_effect = match &sent {
            Err(Error::Contract(ContractError::Chain(error))) => error.is_without_effect(),
            // What could not be signed cannot be sent either.
            Err(Error::Signed(_)) => true,
            _ => false,
        };
        if is_without_effect {
            // That it stays, if it cannot be removed, does no harm.
            let _ = self.erase::<T>(commitment);
        }
        sent
    }

    /// All openings of a kind, by the names of their files.
    ///
    /// # Errors
    /// [`OpeningError`] if the directory or one of them cannot be read; that there is no directory is no error.
    pub fn all<T: Opening>(&self) -> Result<Vec<T>, OpeningError> {
        let unreadable = |source| OpeningError::Io {
            path: self.directory.clone(),
            source,
        };
        let entries = match fs::read_dir(&self.directory) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(unreadable)?,
        };
        let mut commitments = Vec::new();
        for entry in entries {
            let name = entry.map_err(unreadable)?.file_name();
            let commitment = name.to_str().and_then(|name| {
                let (kind, rest) = name.strip_suffix(".json")?.split_once('-')?;
                (kind == T::KIND).then(|| rest.parse::<B256>().ok()).flatten()
            });
            commitments.extend(commitment);
        }
        commitments.sort_unstable();
        commitments
            .into_iter()
            .map(|commitment| self.load(commitment))
            .collect()
    }

    /// The opening of a commitment.
    ///
    /// # Errors
    /// [`OpeningError`] if there is none, or if the file is not one.
    pub fn load<T: Opening>(&self, commitment: B256) -> Result<T, OpeningError> {
        let path = self.path::<T>(commitment);
        let opening: T = match read(&path) {
            Err(OpeningError::Io { source, path }) if source.kind() == io::ErrorKind::NotFound => {
                return Err(OpeningError::NotFound { commitment, path });
            }
            other => other?,
        };
        if opening.opens() != commitment {
            let reason = format!("it opens {}", opening.opens());
            return Err(OpeningError::Malformed { path, reason });
        }
        Ok(opening)
    }
}

impl Openings {
    /// The policy that a commitment is to.
    ///
    /// # Errors
    /// [`OpeningError`] if there is no opening, or if it does not open the commitment.
    pub fn policy(&self, commitment: B256) -> Result<Policy, OpeningError> {
        let opening: PolicyOpening = self.load(commitment)?;
        let opened = policy_commitment(opening.salt.as_bytes(), &opening.policy, |bytes| keccak256(bytes).0);
        let malformed = |reason: String| OpeningError::Malformed {
            path: self.path::<PolicyOpening>(commitment),
            reason,
        };
        if commitment != opened {
            return Err(malformed("it does not open the commitment".into()));
        }
        let policy = PolicyView::parse(&opening.policy).map_err(|error| malformed(error.to_string()))?;
        Ok(policy.to_policy())
    }
}

/// Reads an opening from a file of any name.
fn read<T: Opening>(path: &Path) -> Result<T, OpeningError> {
    let malformed = |reason: String| OpeningError::Malformed {
        path: path.into(),
        reason,
    };
    let text = fs::read(path).map(Zeroizing::new).map_err(|source| OpeningError::Io {
        path: path.into(),
        source,
    })?;
    // The words of the parser may quote what is in the file: only the place is told.
    let place =
        |error: serde_json::Error| malformed(format!("wrong at line {}, column {}", error.line(), error.column()));
    let document: Document<serde_json::Value> = serde_json::from_slice(&text).map_err(place)?;
    if document.schema_version != SCHEMA_VERSION {
        return Err(malformed(format!(
            "its schema_version is {}, this version reads {SCHEMA_VERSION}",
            document.schema_version
        )));
    }
    if document.kind != T::KIND {
        return Err(malformed(format!("it is not of kind `{}`", T::KIND)));
    }
    let document: Document<T> = serde_json::from_slice(&text).map_err(place)?;
    Ok(document.opening)
}

/// Salts as `0x` and 64 hexadecimal digits.
pub(crate) mod salt {
    use super::{B256, Deserialize, Deserializer, Salt, Serialize, Serializer};

    pub(crate) fn serialize<S: Serializer>(salt: &Salt, serializer: S) -> Result<S::Ok, S::Error> {
        B256::from(*salt.as_bytes()).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Salt, D::Error> {
        Ok(Salt::from_bytes(B256::deserialize(deserializer)?.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opening() -> PolicyOpening {
        PolicyOpening {
            commitment: B256::repeat_byte(1),
            salt: Salt::from_bytes([0xab; 32]),
            policy: vec![1, 2, 3],
            subject: B256::repeat_byte(2),
            grantee: Address::repeat_byte(3),
        }
    }

    #[test]
    fn what_is_saved_is_loaded_and_never_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let openings = Openings::new(directory.path().join("openings"));
        let path = openings.save(&opening()).unwrap();
        let loaded: PolicyOpening = openings.load(B256::repeat_byte(1)).unwrap();
        assert_eq!((loaded.salt, loaded.policy), (opening().salt, vec![1, 2, 3]));
        assert!(matches!(openings.save(&opening()), Err(OpeningError::Io { .. })));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn all_of_a_kind_are_found_and_nothing_else() {
        let directory = tempfile::tempdir().unwrap();
        let openings = Openings::new(directory.path().join("openings"));
        assert!(openings.all::<PolicyOpening>().unwrap().is_empty());
        let mut other = opening();
        other.commitment = B256::ZERO;
        openings.save(&opening()).unwrap();
        openings.save(&other).unwrap();
        fs::write(directory.path().join("openings/policy-notes.json"), "mine").unwrap();
        let found: Vec<PolicyOpening> = openings.all().unwrap();
        let commitments: Vec<B256> = found.iter().map(Opening::opens).collect();
        assert_eq!(commitments, [B256::ZERO, B256::repeat_byte(1)]);
        assert!(openings.all::<RecordOpening>().unwrap().is_empty());

        other.policy = vec![9];
        openings.replace(&other).unwrap();
        assert_eq!(openings.load::<PolicyOpening>(B256::ZERO).unwrap().policy, [9]);
    }

    #[test]
    fn one_that_is_not_there_is_told_with_its_file() {
        let directory = tempfile::tempdir().unwrap();
        let error = Openings::new(directory.path())
            .load::<RecordOpening>(B256::repeat_byte(1))
            .unwrap_err();
        assert_eq!(error.code(), "no_opening");
        assert!(error.to_string().contains("record-0x0101"), "{error}");
    }

    #[test]
    fn a_salt_is_shown_neither_by_debug_nor_by_an_error() {
        assert!(!format!("{:?}", opening()).contains("abab"));
        let directory = tempfile::tempdir().unwrap();
        let openings = Openings::new(directory.path());
        let path = openings.save(&opening()).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replace("\"subject\"", "\"subjekt\"")).unwrap();
        let error = openings.load::<PolicyOpening>(B256::repeat_byte(1)).unwrap_err();
        assert_eq!(error.exit(), Exit::Document);
        assert!(!error.to_string().contains("abab"), "{error}");
    }

    #[test]
    fn an_opening_under_another_name_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let openings = Openings::new(directory.path());
        let path = openings.save(&opening()).unwrap();
        fs::rename(path, openings.path::<PolicyOpening>(B256::repeat_byte(9))).unwrap();
        assert!(matches!(
            openings.load::<PolicyOpening>(B256::repeat_byte(9)),
            Err(OpeningError::Malformed { .. })
        ));
    }
}
