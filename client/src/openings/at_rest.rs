//! Openings at rest: sealed to the vault's key, if the directory has one.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use alloy_core::primitives::B256;
use zeroize::Zeroizing;

use super::{Head, OpeningError, Openings, SCHEMA_VERSION, named};
use crate::{
    files::{self, Access},
    keystore::{Cost, password::PasswordSource},
    vault::{DecryptionKey, EncryptionKey, Envelope, VaultError, VaultKey},
};

/// The vault's key, beside the openings.
const KEY_FILE: &str = "vault.json";

/// What seals the openings of a directory, and opens them.
#[derive(Debug, Clone)]
pub(super) struct AtRest {
    key_file: PathBuf,
    pub(super) password: PasswordSource,
    pub(super) cost: Cost,
    /// The password is asked for once.
    unlocked: Arc<OnceLock<DecryptionKey>>,
}

/// What making a vault did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Initialised {
    /// To whom openings are sealed from now on.
    pub encryption_key: EncryptionKey,
    /// Whether the key was made now. Else what was left in clear, by an earlier try, was sealed to it.
    pub is_new: bool,
    /// How many openings lay in clear and do no longer.
    pub sealed: usize,
}

impl AtRest {
    pub(super) fn new(directory: &Path) -> Self {
        Self {
            key_file: directory.join(KEY_FILE),
            password: PasswordSource::Prompt,
            cost: Cost::STANDARD,
            unlocked: Arc::default(),
        }
    }

    /// The vault's key; `None` if there is no vault.
    pub(super) fn key(&self) -> Result<Option<VaultKey>, VaultError> {
        VaultKey::load(&self.key_file)
    }

    /// Opens what [`seal`] sealed.
    pub(super) fn open(
        &self,
        envelope: &Envelope,
        kind: &str,
        commitment: B256,
    ) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let key = match self.unlocked.get() {
            Some(key) => key,
            None => {
                let locked = self.key()?.ok_or_else(|| VaultError::Io {
                    path: self.key_file.clone(),
                    source: io::ErrorKind::NotFound.into(),
                })?;
                let key = locked.unlock(&self.password.read("Password of the vault: ")?)?;
                self.unlocked.get_or_init(|| key)
            }
        };
        envelope.open(key, &associated(kind, commitment))
    }
}

/// The document that is written in the place of one in clear.
pub(super) fn seal(
    key: &VaultKey,
    kind: &str,
    commitment: B256,
    text: &[u8],
) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    let envelope = Envelope::seal(&key.encryption_key(), &associated(kind, commitment), text)?;
    let head = Head {
        schema_version: SCHEMA_VERSION,
        kind: kind.into(),
        envelope: Some(envelope),
    };
    let json = serde_json::to_vec_pretty(&head).expect("string keys and plain data always serialise");
    Ok(Zeroizing::new(json))
}

/// HPKE's associated data: under another name, an opening is not opened.
fn associated(kind: &str, commitment: B256) -> Vec<u8> {
    [b"salus/opening\x01".as_slice(), kind.as_bytes(), commitment.as_slice()].concat()
}

impl Openings {
    /// Makes a vault's key under a new password, unless there is one, and seals each opening that lies in clear. A file is
    /// replaced as a whole: a crash leaves it in clear or sealed, and doing this again goes on from there, without a password.
    ///
    /// What was overwritten may still be found on the disk, as after any deletion.
    ///
    /// # Errors
    /// [`OpeningError::Vault`] if the key cannot be made or read; [`OpeningError::Io`]. What was sealed by then stays sealed.
    pub fn init_vault(&self) -> Result<Initialised, OpeningError> {
        let (key, is_new) = match self.at_rest.key()? {
            Some(key) => (key, false),
            None => {
                let password = self.at_rest.password.read_new("Password for the new vault: ");
                let password = password.map_err(VaultError::from)?;
                (
                    VaultKey::create(&self.at_rest.key_file, &password, self.at_rest.cost)?,
                    true,
                )
            }
        };
        let _lock = self.lock()?;
        let mut sealed = 0;
        for name in self.names()? {
            let path = self.directory.join(&name);
            let failed = |source| OpeningError::Io {
                path: path.clone(),
                source,
            };
            if let Some((kind, commitment)) = named(&name) {
                let text = std::fs::read(&path).map(Zeroizing::new).map_err(failed)?;
                // Whatever it holds, be it damaged, is kept to the byte.
                if !is_sealed(&text) {
                    let text = seal(&key, kind, commitment, &text)?;
                    files::write(&path, &text, Access::Private).map_err(failed)?;
                    sealed += 1;
                }
            } else if files::is_left_behind(&name, |of| named(of).is_some()) {
                // Of a process that was killed before it kept the opening, or sent what it opens.
                files::remove(&path).map_err(failed)?;
            }
        }
        Ok(Initialised {
            encryption_key: key.encryption_key(),
            is_new,
            sealed,
        })
    }

    /// Destroys all that is kept here for a commitment, a root or an import; answers of which kinds it was. No password is
    /// needed.
    ///
    /// # Errors
    /// [`OpeningError::NotFound`]; [`OpeningError::Io`].
    pub fn destroy(&self, commitment: B256) -> Result<Vec<String>, OpeningError> {
        let kind_of = |name: &str| {
            named(name)
                .filter(|(_, of)| *of == commitment)
                .map(|(kind, _)| kind.to_owned())
        };
        let _lock = self.lock()?;
        let mut kinds = Vec::new();
        for name in self.names()? {
            let kind = kind_of(&name);
            if kind.is_some() || files::is_left_behind(&name, |of| kind_of(of).is_some()) {
                let path = self.directory.join(&name);
                files::remove(&path).map_err(|source| OpeningError::Io { path, source })?;
            }
            kinds.extend(kind);
        }
        if kinds.is_empty() {
            let path = self.path_of("*", commitment);
            return Err(OpeningError::NotFound { commitment, path });
        }
        Ok(kinds)
    }
}

fn is_sealed(text: &[u8]) -> bool {
    serde_json::from_slice::<Head>(text).is_ok_and(|head| head.envelope.is_some())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use alloy_core::primitives::Address;

    use super::*;
    use crate::{
        error::{Exit, Fault as _},
        fhir::Salt,
        openings::{Opening as _, PolicyOpening, RecordOpening},
    };

    const LIGHT: Cost = Cost { log_n: 4, r: 8, p: 1 };

    struct World {
        directory: tempfile::TempDir,
    }

    impl World {
        fn new() -> Self {
            Self {
                directory: tempfile::tempdir().unwrap(),
            }
        }

        fn path(&self, name: &str) -> PathBuf {
            self.directory.path().join(name)
        }

        fn openings(&self, password: &str) -> Openings {
            let file = self.path(&format!("password-{password}"));
            fs::write(&file, password).unwrap();
            Openings::new(self.path("openings"))
                .with_cost(LIGHT)
                .with_password(PasswordSource::File(file))
        }
    }

    fn opening(byte: u8) -> PolicyOpening {
        PolicyOpening {
            commitment: B256::repeat_byte(byte),
            salt: Salt::from_bytes([0xab; 32]),
            policy: vec![1, 2, 3],
            subject: B256::repeat_byte(2),
            grantee: Address::repeat_byte(3),
        }
    }

    fn load(openings: &Openings, byte: u8) -> Result<PolicyOpening, OpeningError> {
        openings.load(B256::repeat_byte(byte))
    }

    fn in_clear(directory: &Path) -> Vec<String> {
        let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap());
        entries
            .filter(|entry| fs::read_to_string(entry.path()).unwrap().contains("abab"))
            .map(|entry| entry.file_name().into_string().unwrap())
            .collect()
    }

    #[test]
    fn what_lay_in_clear_is_sealed_and_nothing_is_written_in_clear_again() {
        let world = World::new();
        let openings = world.openings("right");
        let path = openings.save(&opening(1)).unwrap();
        assert_eq!(in_clear(&world.path("openings")).len(), 1);
        // What a killed process left on the way.
        fs::copy(
            &path,
            world.path(&format!("openings/.policy-{}.json.1.0.tmp", B256::ZERO)),
        )
        .unwrap();

        let made = openings.init_vault().unwrap();
        assert_eq!((made.is_new, made.sealed), (true, 1));
        openings.save(&opening(2)).unwrap();
        openings.replace(&opening(2)).unwrap();
        assert_eq!(in_clear(&world.path("openings")), [""; 0]);
        let all: Vec<PolicyOpening> = openings.all().unwrap();
        assert_eq!(all.len(), 2);
        assert!(all.iter().all(|opening| *opening.salt.as_bytes() == [0xab; 32]));
        assert!(
            matches!(openings.save(&opening(1)), Err(OpeningError::Io { .. })),
            "a salt is used once"
        );

        let again = world.openings("").init_vault().unwrap();
        assert_eq!((again.is_new, again.sealed), (false, 0));
        assert_eq!(again.encryption_key, made.encryption_key);
    }

    #[test]
    fn plain_files_beside_a_vault_stay_readable_and_are_sealed_next_time() {
        let world = World::new();
        let openings = world.openings("right");
        openings.init_vault().unwrap();
        let elsewhere = Openings::new(world.path("elsewhere"));
        let plain = elsewhere.save(&opening(1)).unwrap();
        let here = openings.path::<PolicyOpening>(B256::repeat_byte(1));
        fs::copy(plain, &here).unwrap();
        assert_eq!(
            load(&world.openings("wrong"), 1).unwrap().policy,
            [1, 2, 3],
            "it needs no password"
        );
        assert_eq!(openings.init_vault().unwrap().sealed, 1);
        assert_eq!(load(&openings, 1).unwrap().policy, [1, 2, 3]);
    }

    #[test]
    fn the_wrong_password_or_none_reads_nothing_and_still_writes() {
        let world = World::new();
        world.openings("right").init_vault().unwrap();
        let other = world.openings("wrong");
        other.save(&opening(1)).unwrap();
        let error = load(&other, 1).unwrap_err();
        assert_eq!((error.code(), error.exit()), ("wrong_password", Exit::Keystore));
        let nothing = other.with_password(PasswordSource::File("/nonexistent/password".into()));
        assert_eq!(load(&nothing, 1).unwrap_err().code(), "no_password");
        assert_eq!(load(&world.openings("right"), 1).unwrap().policy, [1, 2, 3]);
        assert!(
            matches!(World::new().openings("").init_vault(), Err(OpeningError::Vault(_))),
            "a vault needs one"
        );
    }

    #[test]
    fn a_changed_moved_or_truncated_file_is_refused() {
        let world = World::new();
        let openings = world.openings("right");
        openings.init_vault().unwrap();
        let path = openings.save(&opening(1)).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        let digit = text.rfind("\"\n").unwrap() - 1;
        let mut tampered = text.clone();
        tampered.replace_range(digit..=digit, if &text[digit..=digit] == "0" { "1" } else { "0" });
        for changed in [
            tampered,
            text[..text.len() - 30].to_owned(),
            text.replace("\"schema_version\": 1", "\"schema_version\": 2"),
            text.replace("ChaCha20Poly1305", "ROT13"),
        ] {
            fs::write(&path, &changed).unwrap();
            let error = load(&openings, 1).unwrap_err();
            assert_eq!(error.exit(), Exit::Document, "{changed}");
        }
        // The same file under the name of another opening, and of another kind.
        fs::write(openings.path::<PolicyOpening>(B256::repeat_byte(9)), &text).unwrap();
        assert!(matches!(load(&openings, 9), Err(OpeningError::Malformed { .. })));
        let record = openings.path::<RecordOpening>(B256::repeat_byte(1));
        fs::write(record, text.replace("\"policy\"", "\"record\"")).unwrap();
        let error = openings.load::<RecordOpening>(B256::repeat_byte(1)).unwrap_err();
        assert!(matches!(error, OpeningError::Malformed { .. }));
    }

    #[test]
    fn a_damaged_file_is_sealed_as_it_is() {
        let world = World::new();
        let openings = world.openings("right");
        let path = openings.save(&opening(1)).unwrap();
        fs::write(&path, "abab half a file").unwrap();
        assert_eq!(openings.init_vault().unwrap().sealed, 1);
        assert!(matches!(load(&openings, 1), Err(OpeningError::Malformed { .. })));
        let head: Head = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let kept = openings
            .at_rest
            .open(&head.envelope.unwrap(), "policy", B256::repeat_byte(1))
            .unwrap();
        assert_eq!(*kept, b"abab half a file");
    }

    #[test]
    fn a_damaged_key_file_lets_nothing_be_written_in_clear() {
        let world = World::new();
        let openings = world.openings("right");
        openings.init_vault().unwrap();
        fs::write(world.path("openings/vault.json"), "{").unwrap();
        assert!(matches!(openings.save(&opening(1)), Err(OpeningError::Vault(_))));
        assert!(matches!(openings.init_vault(), Err(OpeningError::Vault(_))));
        assert!(!openings.path::<PolicyOpening>(opening(1).opens()).exists());
    }

    #[test]
    fn a_sealed_opening_without_the_vaults_key_is_told() {
        let world = World::new();
        let openings = world.openings("right");
        openings.init_vault().unwrap();
        openings.save(&opening(1)).unwrap();
        fs::remove_file(world.path("openings/vault.json")).unwrap();
        let error = load(&openings, 1).unwrap_err();
        assert!(error.to_string().contains("vault.json"), "{error}");
    }

    #[test]
    fn what_is_destroyed_is_gone_with_all_its_copies() {
        let world = World::new();
        let openings = world.openings("right");
        let path = openings.save(&opening(1)).unwrap();
        openings.save(&opening(2)).unwrap();
        let left = world.path(&format!("openings/.policy-{}.json.1.0.tmp", B256::repeat_byte(1)));
        fs::copy(&path, &left).unwrap();
        assert_eq!(openings.destroy(B256::repeat_byte(1)).unwrap(), ["policy"]);
        assert!(!path.exists() && !left.exists());
        assert!(load(&openings, 2).is_ok());
        assert!(matches!(
            openings.destroy(B256::repeat_byte(1)),
            Err(OpeningError::NotFound { .. })
        ));
    }
}
