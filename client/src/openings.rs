//! What opens the commitments that are on chain: salts, and what they were put to. It is kept in private files, one a
//! commitment, and never goes into a log, a transaction or a result.
//!
//! Whoever has the file can show what was committed to. Whoever destroys every copy of it has erased that: what is left
//! on chain says nothing any more.
//!
//! Where the directory has a vault's key ([`Openings::init_vault`]), nothing is written in clear: files are sealed to the
//! key's public half, and reading one needs the password of the secret half, once.

mod access;
mod at_rest;
mod error;
mod kinds;

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use alloy_core::primitives::{B256, keccak256};
use salus_core::consent::{Policy, PolicyView, policy_commitment};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use self::at_rest::AtRest;
pub(crate) use self::kinds::salt;
pub use self::{
    access::{EvidenceOpening, LicenceOpening, LogLeaf, LogOpening, RequestOpening},
    at_rest::Initialised,
    error::OpeningError,
    kinds::{BatchOpening, Leaf, Opening, PolicyOpening, RecordOpening},
};
use crate::{
    contracts::ContractError,
    error::Error,
    files::{self, Access},
    keystore::{Cost, password::PasswordSource},
    vault::{Envelope, VaultError},
};

/// The schema of the files that this version writes and reads.
const SCHEMA_VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Document<T> {
    schema_version: u32,
    kind: String,
    opening: T,
}

/// What a file says first: in clear, or sealed.
#[derive(Serialize, Deserialize)]
struct Head {
    schema_version: u32,
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    envelope: Option<Envelope>,
}

/// A directory of openings: `<kind>-<commitment>.json`, for their owner alone.
#[derive(Debug, Clone)]
pub struct Openings {
    directory: PathBuf,
    at_rest: AtRest,
}

impl Openings {
    /// Those in a directory, which is made when something is saved. The vault's password, if it comes to that, is asked for.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        let directory = directory.into();
        Self {
            at_rest: AtRest::new(&directory),
            directory,
        }
    }

    /// Reads the vault's password from elsewhere.
    #[must_use]
    pub fn with_password(mut self, source: PasswordSource) -> Self {
        self.at_rest.password = source;
        self
    }

    /// Makes a vault's key with another cost of guessing. Less than [`Cost::STANDARD`] is for tests.
    #[must_use]
    pub fn with_cost(mut self, cost: Cost) -> Self {
        self.at_rest.cost = cost;
        self
    }

    /// Where the opening of a commitment is.
    pub fn path<T: Opening>(&self, commitment: B256) -> PathBuf {
        self.path_of(T::KIND, commitment)
    }

    fn path_of(&self, kind: &str, commitment: B256) -> PathBuf {
        self.directory.join(format!("{kind}-{commitment}.json"))
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
        let (commitment, path) = (opening.opens(), self.path::<T>(opening.opens()));
        let text = in_clear(opening);
        let _lock = self.lock()?;
        let sealed = match self.at_rest.key()? {
            Some(key) => Some(at_rest::seal(&key, T::KIND, commitment, &text)?),
            None => None,
        };
        match write(&path, sealed.as_ref().unwrap_or(&text), Access::Private) {
            Ok(()) => Ok(path),
            Err(source) => Err(OpeningError::Io { path, source }),
        }
    }

    /// Writes an opening in clear to a new file, for whoever else is to have it.
    ///
    /// # Errors
    /// [`OpeningError::Io`]; also if there is a file.
    pub fn hand_over<T: Opening>(opening: &T, path: &Path) -> Result<(), OpeningError> {
        files::create(path, &in_clear(opening), Access::Private).map_err(|source| OpeningError::Io {
            path: path.into(),
            source,
        })
    }

    /// Destroys the opening of a commitment. If it was the last copy, nobody can open the commitment any more.
    ///
    /// # Errors
    /// [`OpeningError::NotFound`], [`OpeningError::Io`].
    pub fn erase<T: Opening>(&self, commitment: B256) -> Result<(), OpeningError> {
        let path = self.path::<T>(commitment);
        let _lock = self.lock()?;
        match files::remove(&path) {
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
        self.names()?
            .iter()
            .filter_map(|name| named(name))
            .filter(|(kind, _)| *kind == T::KIND)
            .map(|(_, commitment)| self.load(commitment))
            .collect()
    }

    /// The opening of a commitment.
    ///
    /// # Errors
    /// [`OpeningError`] if there is none, or if the file is not one.
    pub fn load<T: Opening>(&self, commitment: B256) -> Result<T, OpeningError> {
        self.read(self.path::<T>(commitment), commitment)
    }

    /// The opening of a commitment, from a file that came from elsewhere.
    ///
    /// # Errors
    /// [`OpeningError`] if it is not there, or is not the opening of this commitment.
    pub fn read<T: Opening>(&self, path: PathBuf, commitment: B256) -> Result<T, OpeningError> {
        let text = match fs::read(&path) {
            Ok(text) => Zeroizing::new(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(OpeningError::NotFound { commitment, path });
            }
            Err(source) => return Err(OpeningError::Io { path, source }),
        };
        let opening: T = self.parse(&path, commitment, text)?;
        if opening.opens() != commitment {
            let reason = format!("it opens {}", opening.opens());
            return Err(OpeningError::Malformed { path, reason });
        }
        Ok(opening)
    }

    fn parse<T: Opening>(
        &self,
        path: &Path,
        commitment: B256,
        mut text: Zeroizing<Vec<u8>>,
    ) -> Result<T, OpeningError> {
        let malformed = |reason: String| OpeningError::Malformed {
            path: path.into(),
            reason,
        };
        // The words of the parser may quote what is in the file: only the place is told.
        let place =
            |error: serde_json::Error| malformed(format!("wrong at line {}, column {}", error.line(), error.column()));
        let check = |version: u32, kind: &str| match (version, kind) {
            (SCHEMA_VERSION, kind) if kind == T::KIND => Ok(()),
            (SCHEMA_VERSION, _) => Err(malformed(format!("it is not of kind `{}`", T::KIND))),
            (other, _) => Err(malformed(format!(
                "its schema_version is {other}, this version reads {SCHEMA_VERSION}"
            ))),
        };
        let head: Head = serde_json::from_slice(&text).map_err(place)?;
        check(head.schema_version, &head.kind)?;
        if let Some(envelope) = head.envelope {
            let opened = self.at_rest.open(&envelope, T::KIND, commitment);
            text = opened.map_err(|error| match error {
                VaultError::NotOpened => malformed("the vault's key does not open it, or it was changed".into()),
                other => other.into(),
            })?;
        }
        let document: Document<T> = serde_json::from_slice(&text).map_err(place)?;
        check(document.schema_version, &document.kind)?;
        Ok(document.opening)
    }

    /// The names of all files in the directory, in order.
    fn names(&self) -> Result<Vec<String>, OpeningError> {
        let unreadable = |source| OpeningError::Io {
            path: self.directory.clone(),
            source,
        };
        let entries = match fs::read_dir(&self.directory) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(unreadable)?,
        };
        let mut names = Vec::new();
        for entry in entries {
            names.extend(entry.map_err(unreadable)?.file_name().into_string().ok());
        }
        names.sort_unstable();
        Ok(names)
    }

    /// Keeps other processes from writing in the directory, lest one seals again what the other replaced or erased.
    fn lock(&self) -> Result<File, OpeningError> {
        files::lock(&self.directory, Access::Private).map_err(|source| OpeningError::Io {
            path: self.directory.clone(),
            source,
        })
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

/// An opening's document in clear.
fn in_clear<T: Opening>(opening: &T) -> Zeroizing<Vec<u8>> {
    let document = Document {
        schema_version: SCHEMA_VERSION,
        kind: T::KIND.into(),
        opening,
    };
    Zeroizing::new(serde_json::to_vec_pretty(&document).expect("string keys and plain data always serialise"))
}

/// The kind and the commitment that an opening's file is named by.
fn named(name: &str) -> Option<(&str, B256)> {
    let (kind, commitment) = name.strip_suffix(".json")?.split_once('-')?;
    Some((kind, commitment.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use alloy_core::primitives::Address;

    use super::*;
    use crate::{
        error::{Exit, Fault as _},
        fhir::Salt,
    };

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
    fn what_is_handed_over_opens_elsewhere_and_nothing_else() {
        let directory = tempfile::tempdir().unwrap();
        let licence = LicenceOpening {
            salt: Salt::random(),
            number: "4711".into(),
            holder: Address::repeat_byte(3),
        };
        let file = directory.path().join("for-holder.json");
        Openings::hand_over(&licence, &file).unwrap();
        assert!(Openings::hand_over(&licence, &file).is_err(), "a file is not replaced");
        let elsewhere = Openings::new(directory.path().join("elsewhere"));
        let read: LicenceOpening = elsewhere.read(file.clone(), licence.opens()).unwrap();
        assert_eq!(read.number, "4711");
        let other = elsewhere.read::<LicenceOpening>(file, B256::ZERO);
        assert!(matches!(other, Err(OpeningError::Malformed { .. })));
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
