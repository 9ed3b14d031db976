//! `salus up` in the background.

use std::{
    io::BufReader,
    process::{Child, Stdio},
};

use serde_json::Value;

use crate::user::User;

/// A running `salus up`. It is stopped when it is dropped.
pub(crate) struct Node {
    child: Child,
    /// The result that it printed when it was ready.
    pub(crate) ready: Value,
}

impl Node {
    /// Starts it on free ports and waits until it says that it is ready.
    pub(crate) fn start(user: &User, args: &[&str]) -> Self {
        let up = ["--json", "up", "--substrate-port", "0", "--ethereum-port", "0"];
        let mut child = user
            .command(&[&up, args].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        // The document is complete before the program ends.
        let mut documents = serde_json::Deserializer::from_reader(stdout).into_iter::<Value>();
        let mut envelope = documents.next().unwrap().unwrap();
        assert_eq!(envelope["ok"], true, "{envelope}");
        let ready = envelope["result"].take();
        Self { child, ready }
    }

    /// Where its Substrate RPC is.
    pub(crate) fn url(&self) -> &str {
        self.ready["substrate_rpc"].as_str().unwrap()
    }

    /// Kills it, as a power cut would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to end, and answers its exit code.
    pub(crate) fn terminate(mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        let asked = std::process::Command::new("kill").args(["-TERM", &pid]).status();
        assert!(asked.unwrap().success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // It may have been killed already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
