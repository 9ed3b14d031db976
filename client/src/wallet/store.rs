//! The files of wallets: `<name>.json`, for their owner alone, encrypted under a password as key files are. The numbers and
//! labels of relationships are encrypted with the secret: they say whom a patient sees.

use std::{fs, io, path::PathBuf};

use super::{Wallet, WalletError};
use crate::{
    files::{self, Access},
    keystore::{self, Cost, DecryptError, KeystoreError, SecretFile},
};

/// What the files say they are.
const KIND: &str = "wallet";

/// A wallet found in a directory.
#[derive(Debug)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// Its file, or why that cannot be used.
    pub file: Result<PathBuf, WalletError>,
}

/// A directory of wallets.
#[derive(Debug, Clone)]
pub struct Wallets {
    directory: PathBuf,
    cost: Cost,
}

impl Wallets {
    /// Those in `directory`, which is made when the first one is stored.
    pub fn new(directory: PathBuf) -> Self {
        Self {
            directory,
            cost: Cost::STANDARD,
        }
    }

    /// Stores with another cost of guessing. Less than [`Cost::STANDARD`] is for tests.
    #[must_use]
    pub fn with_cost(mut self, cost: Cost) -> Self {
        self.cost = cost;
        self
    }

    /// Where the file of a wallet is.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.join(format!("{name}.json"))
    }

    /// Whether a new wallet may have this name: before a password is asked for.
    ///
    /// # Errors
    /// [`WalletError::Name`], [`WalletError::Exists`].
    pub fn check_new(&self, name: &str) -> Result<(), WalletError> {
        check_name(name)?;
        if self.path(name).exists() {
            return Err(WalletError::Exists(name.into()));
        }
        Ok(())
    }

    /// Encrypts a wallet and stores it under a new name; answers its file. An existing one is never replaced.
    ///
    /// # Errors
    /// As [`Self::check_new`]; [`WalletError::Io`].
    pub fn store(&self, name: &str, wallet: &Wallet, password: &str) -> Result<PathBuf, WalletError> {
        self.check_new(name)?;
        let path = self.path(name);
        match files::create(&path, &self.encrypt(wallet, password)?, Access::Private) {
            Ok(()) => Ok(path),
            // A file in the place of the directory is one that exists already, too.
            Err(_) if path.exists() => Err(WalletError::Exists(name.into())),
            Err(source) => Err(WalletError::Io { path, source }),
        }
    }

    /// Whether there is a wallet of this name that can be read: before a password is asked for.
    ///
    /// # Errors
    /// [`WalletError::Name`], [`WalletError::NotFound`], [`WalletError::Malformed`], [`WalletError::Io`].
    pub fn check(&self, name: &str) -> Result<(), WalletError> {
        self.load(name).map(|_| ())
    }

    /// Decrypts a wallet.
    ///
    /// # Errors
    /// As [`Self::check`]; [`WalletError::WrongPassword`].
    pub fn unlock(&self, name: &str, password: &str) -> Result<Wallet, WalletError> {
        let malformed = |reason| WalletError::Malformed {
            path: self.path(name),
            reason,
        };
        let content = self.load(name)?.decrypt(password).map_err(|error| match error {
            DecryptError::WrongPassword => WalletError::WrongPassword(name.into()),
            DecryptError::Unsupported(reason) => malformed(reason),
        })?;
        Wallet::from_content(&content).ok_or_else(|| malformed("what is encrypted in it is no wallet".into()))
    }

    /// Changes a wallet, while no other process does, and stores it; answers what `change` does. If that fails, the file stays
    /// as it is.
    ///
    /// # Errors
    /// As [`Self::unlock`]; those of `change`.
    pub fn change<T>(
        &self,
        name: &str,
        password: &str,
        change: impl FnOnce(&mut Wallet) -> Result<T, WalletError>,
    ) -> Result<(Wallet, T), WalletError> {
        self.check(name)?;
        // Two processes that both began relationship 7 would give one subject to two grantees.
        let _lock = files::lock(&self.directory, Access::Private).map_err(|source| WalletError::Io {
            path: self.directory.clone(),
            source,
        })?;
        let mut wallet = self.unlock(name, password)?;
        let done = change(&mut wallet)?;
        let path = self.path(name);
        files::write(&path, &self.encrypt(&wallet, password)?, Access::Private)
            .map_err(|source| WalletError::Io { path, source })?;
        Ok((wallet, done))
    }

    /// Every wallet, sorted by name.
    ///
    /// # Errors
    /// [`WalletError::Io`] if the directory cannot be read; that there is none is no error.
    pub fn list(&self) -> Result<Vec<Listed>, WalletError> {
        let unreadable = |source| WalletError::Io {
            path: self.directory.clone(),
            source,
        };
        let entries = match fs::read_dir(&self.directory) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(unreadable)?,
        };
        let mut names = Vec::new();
        for entry in entries {
            let file_name = entry.map_err(unreadable)?.file_name();
            let name = file_name.to_str().and_then(|name| name.strip_suffix(".json"));
            names.extend(name.filter(|name| keystore::is_name(name)).map(str::to_owned));
        }
        names.sort();
        Ok(names
            .into_iter()
            .map(|name| Listed {
                file: self.check(&name).map(|()| self.path(&name)),
                name,
            })
            .collect())
    }

    fn load(&self, name: &str) -> Result<SecretFile, WalletError> {
        check_name(name)?;
        let path = self.path(name);
        match fs::read(&path) {
            Ok(json) => SecretFile::from_json(KIND, &json).map_err(|reason| WalletError::Malformed { path, reason }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(WalletError::NotFound {
                name: name.into(),
                directory: self.directory.clone(),
            }),
            Err(source) => Err(WalletError::Io { path, source }),
        }
    }

    fn encrypt(&self, wallet: &Wallet, password: &str) -> Result<Vec<u8>, WalletError> {
        let file = SecretFile::encrypt(KIND, None, &wallet.to_content(), password, self.cost)
            .map_err(|error| KeystoreError::Randomness(error.to_string()))?;
        Ok(file.to_json())
    }
}

fn check_name(name: &str) -> Result<(), WalletError> {
    if keystore::is_name(name) {
        Ok(())
    } else {
        Err(WalletError::Name(name.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIGHT: Cost = Cost { log_n: 4, r: 8, p: 1 };

    fn wallets() -> (tempfile::TempDir, Wallets) {
        let directory = tempfile::tempdir().unwrap();
        let wallets = Wallets::new(directory.path().join("wallets")).with_cost(LIGHT);
        (directory, wallets)
    }

    #[test]
    fn a_stored_wallet_is_unlocked_with_its_relationships() {
        let (_directory, wallets) = wallets();
        let mut wallet = Wallet::generate().unwrap();
        wallet.begin(Some("Dr. House".into())).unwrap();
        let path = wallets.store("me", &wallet, "right").unwrap();
        let unlocked = wallets.unlock("me", "right").unwrap();
        assert_eq!(*unlocked.mnemonic(), *wallet.mnemonic());
        assert_eq!((unlocked.count().unwrap(), unlocked.label(0)), (1, Some("Dr. House")));
        let text = fs::read_to_string(&path).unwrap();
        assert!(!text.contains("House") && !text.contains("relationships"), "{text}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_wrong_password_changes_nothing() {
        let (_directory, wallets) = wallets();
        let path = wallets.store("me", &Wallet::generate().unwrap(), "right").unwrap();
        let before = fs::read(&path).unwrap();
        let refused = wallets.change("me", "wrong", |wallet| wallet.begin(None));
        assert!(matches!(refused, Err(WalletError::WrongPassword(name)) if name == "me"));
        let refused = wallets.change("me", "right", |wallet| wallet.begin(Some(String::new())));
        assert!(matches!(refused, Err(WalletError::Label)));
        assert_eq!(fs::read(&path).unwrap(), before);
        let (_, index) = wallets.change("me", "right", |wallet| wallet.begin(None)).unwrap();
        assert_eq!((index, wallets.unlock("me", "right").unwrap().count().unwrap()), (0, 1));
    }

    #[test]
    fn a_wallet_is_never_replaced() {
        let (_directory, wallets) = wallets();
        let path = wallets.store("me", &Wallet::generate().unwrap(), "p").unwrap();
        let before = fs::read(&path).unwrap();
        let refused = wallets.store("me", &Wallet::generate().unwrap(), "p");
        assert!(matches!(refused, Err(WalletError::Exists(_))));
        assert_eq!(fs::read(&path).unwrap(), before);
    }

    #[test]
    fn two_at_a_time_begin_two_relationships() {
        let (_directory, wallets) = wallets();
        wallets.store("me", &Wallet::generate().unwrap(), "p").unwrap();
        let begin = || wallets.change("me", "p", |wallet| wallet.begin(None)).unwrap().1;
        let mut begun: Vec<u32> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(begin)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        begun.sort_unstable();
        assert_eq!(begun, [0, 1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(wallets.unlock("me", "p").unwrap().count().unwrap(), 8);
    }

    #[test]
    fn damaged_and_foreign_files_are_refused_and_listed_as_such() {
        let (_directory, wallets) = wallets();
        assert!(wallets.list().unwrap().is_empty());
        let path = wallets.store("good", &Wallet::generate().unwrap(), "p").unwrap();
        let text = fs::read_to_string(path).unwrap();
        for (name, changed) in [
            ("cut", text[..text.len() / 2].to_owned()),
            ("newer", text.replace("\"schema_version\": 1", "\"schema_version\": 2")),
            ("other", text.replace("\"wallet\"", "\"vault-key\"")),
        ] {
            fs::write(wallets.path(name), changed).unwrap();
            assert!(
                matches!(wallets.unlock(name, "p"), Err(WalletError::Malformed { .. })),
                "{name}"
            );
        }
        // The standard's code authenticates the ciphertext, not the counter that it starts from.
        let iv = text.find("\"iv\": \"").unwrap() + 7;
        let mut changed = text.clone();
        changed.replace_range(iv..iv + 2, if &text[iv..iv + 2] == "00" { "01" } else { "00" });
        fs::write(wallets.path("counter"), changed).unwrap();
        assert!(matches!(
            wallets.unlock("counter", "p"),
            Err(WalletError::Malformed { .. })
        ));
        fs::write(wallets.path("not a wallet"), "mine").unwrap();

        let list = wallets.list().unwrap();
        let usable: Vec<_> = list
            .iter()
            .map(|listed| (listed.name.as_str(), listed.file.is_ok()))
            .collect();
        let expected = [
            ("counter", true),
            ("cut", false),
            ("good", true),
            ("newer", false),
            ("other", false),
        ];
        assert_eq!(usable, expected);
    }

    #[test]
    fn a_missing_wallet_and_a_bad_name_are_told_before_a_password_is_needed() {
        let (_directory, wallets) = wallets();
        assert!(matches!(wallets.check("nobody"), Err(WalletError::NotFound { .. })));
        for name in ["", "../x", "a/b", "Alice", "0xab"] {
            assert!(matches!(wallets.check(name), Err(WalletError::Name(_))), "{name}");
            assert!(matches!(wallets.check_new(name), Err(WalletError::Name(_))), "{name}");
        }
    }

    #[test]
    fn a_directory_that_cannot_be_written_is_told() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("wallets");
        fs::write(&file, "in the way").unwrap();
        let wallets = Wallets::new(file).with_cost(LIGHT);
        let refused = wallets.store("me", &Wallet::generate().unwrap(), "p");
        assert!(matches!(refused, Err(WalletError::Io { .. })));
    }
}
