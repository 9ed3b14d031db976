//! A user at a terminal.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Output},
};

use serde_json::Value;

/// A user with empty directories of their own.
pub(crate) struct User {
    home: tempfile::TempDir,
}

impl User {
    pub(crate) fn new() -> Self {
        Self {
            home: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Writes a file and answers its path as an argument.
    pub(crate) fn file(&self, name: &str, content: &str) -> String {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().into()
    }

    pub(crate) fn salus(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// The program with arguments, not started yet.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_salus"));
        command
            .args(args)
            .env_clear()
            .env("HOME", self.home.path())
            .stdin(std::process::Stdio::null())
            .current_dir(self.home.path());
        command
    }

    /// Runs with `--json` and answers the exit code and the envelope.
    pub(crate) fn json(&self, args: &[&str]) -> (i32, Value) {
        let output = self.salus(&[&["--json"], args].concat());
        let envelope = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stdout)));
        (output.status.code().unwrap(), envelope)
    }

    /// Runs with `--json`, which has to succeed, and answers the result.
    pub(crate) fn done(&self, args: &[&str]) -> Value {
        let (code, mut envelope) = self.json(args);
        assert_eq!(code, 0, "{args:?}: {envelope}");
        envelope["result"].take()
    }

    /// Runs with `--json`, which has to fail, and answers the exit code, the error's code and its message.
    pub(crate) fn refused(&self, args: &[&str]) -> (i32, String, String) {
        let (code, envelope) = self.json(args);
        assert_eq!(envelope["ok"], false, "{args:?}: {envelope}");
        let text = |field: &str| envelope["error"][field].as_str().unwrap().to_string();
        (code, text("code"), text("message"))
    }
}

/// A file of the FHIR fixtures.
pub(crate) fn fixture(name: &str) -> String {
    format!("{}/../client/tests/fixtures/fhir/{name}", env!("CARGO_MANIFEST_DIR"))
}
