//! Where a password comes from: a prompt on the terminal, a file, or an open file descriptor. Never an argument.

use std::{
    fs::File,
    io::{self, Read},
    path::PathBuf,
};

use zeroize::Zeroizing;

use super::KeystoreError;

/// Longer input is no password but a wrong file.
const MAX_LENGTH: u64 = 4096;

/// Where to read a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PasswordSource {
    /// Ask on the terminal, without echo.
    Prompt,
    /// The first line of a file.
    File(PathBuf),
    /// The first line of what an open file descriptor gives.
    Descriptor(u32),
}

impl PasswordSource {
    /// The password of an existing key. `prompt` is shown on the terminal if one is asked.
    pub fn read(&self, prompt: &str) -> Result<Zeroizing<String>, KeystoreError> {
        match self {
            Self::Prompt => ask(prompt),
            Self::File(path) => first_line(path),
            // The file system's view of open descriptors spares an `unsafe` conversion.
            Self::Descriptor(number) => first_line(&PathBuf::from(format!("/dev/fd/{number}"))),
        }
    }

    /// The password for a new key: asked twice on a terminal, and never empty.
    pub fn read_new(&self, prompt: &str) -> Result<Zeroizing<String>, KeystoreError> {
        let password = self.read(prompt)?;
        if password.is_empty() {
            return Err(KeystoreError::Password(
                "it is empty; a new key needs a password".into(),
            ));
        }
        if *self == Self::Prompt && *ask("Once more: ")? != *password {
            return Err(KeystoreError::Password("the two are not the same".into()));
        }
        Ok(password)
    }
}

fn ask(prompt: &str) -> Result<Zeroizing<String>, KeystoreError> {
    let config = rpassword::ConfigBuilder::new().password_feedback_hide().build();
    rpassword::prompt_password_with_config(prompt, config)
        .map(Zeroizing::new)
        .map_err(|error| KeystoreError::Password(format!("there is no terminal to ask on ({error})")))
}

fn first_line(path: &std::path::Path) -> Result<Zeroizing<String>, KeystoreError> {
    let failed = |error: io::Error| KeystoreError::Password(format!("{}: {error}", path.display()));
    // Reserved in full, so that no copy of a part is left behind by growing.
    let mut text = Zeroizing::new(String::with_capacity(MAX_LENGTH as usize + 1));
    File::open(path)
        .and_then(|file| file.take(MAX_LENGTH + 1).read_to_string(&mut text))
        .map_err(failed)?;
    if text.len() as u64 > MAX_LENGTH {
        return Err(KeystoreError::Password(format!(
            "{} is longer than {MAX_LENGTH} bytes",
            path.display()
        )));
    }
    // Editors end a file with a line break that is no part of the password.
    let line = text.lines().next().unwrap_or_default();
    Ok(Zeroizing::new(line.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn file(content: &[u8]) -> (tempfile::TempDir, PasswordSource) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("password");
        fs::write(&path, content).unwrap();
        (directory, PasswordSource::File(path))
    }

    #[test]
    fn the_first_line_of_a_file_is_the_password() {
        for content in [
            "correct horse\n",
            "correct horse\r\n",
            "correct horse",
            "correct horse\nsecond line\n",
        ] {
            let (_directory, source) = file(content.as_bytes());
            assert_eq!(*source.read("").unwrap(), "correct horse");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_descriptor_is_read() {
        use std::os::fd::AsRawFd;
        let (_directory, PasswordSource::File(path)) = file(b"from a descriptor\n") else {
            unreachable!()
        };
        let open = fs::File::open(path).unwrap();
        let number = u32::try_from(open.as_raw_fd()).unwrap();
        assert_eq!(
            *PasswordSource::Descriptor(number).read("").unwrap(),
            "from a descriptor"
        );
    }

    #[test]
    fn a_new_key_needs_a_password() {
        let (_directory, source) = file(b"\n");
        assert!(source.read("").unwrap().is_empty());
        assert!(matches!(source.read_new(""), Err(KeystoreError::Password(_))));
    }

    #[test]
    fn a_file_that_cannot_be_a_password_is_refused() {
        for content in [vec![b'x'; 5000], vec![0xFF; 8]] {
            let (_directory, source) = file(&content);
            assert!(matches!(source.read(""), Err(KeystoreError::Password(_))));
        }
        let missing = PasswordSource::File("/nonexistent/password".into());
        assert!(matches!(missing.read(""), Err(KeystoreError::Password(_))));
    }
}
