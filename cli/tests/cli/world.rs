//! A user with a chain of their own.

use serde_json::Value;

use crate::{node::Node, user::User};

pub(crate) struct World {
    pub(crate) user: User,
    pub(crate) node: Node,
}

impl World {
    pub(crate) fn new() -> Self {
        let user = User::new();
        let node = Node::start(&user, &[]);
        Self { user, node }
    }

    /// What has to succeed, and its result.
    pub(crate) fn done(&self, args: &[&str]) -> Value {
        self.user.done(&[&["--network", self.node.url()], args].concat())
    }

    /// What has to succeed, and what it says to people.
    pub(crate) fn said(&self, args: &[&str]) -> String {
        let output = self.user.salus(&[&["--network", self.node.url()], args].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// What has to fail: the exit code, the error's code and its message.
    pub(crate) fn refused(&self, args: &[&str]) -> (i32, String, String) {
        self.user.refused(&[&["--network", self.node.url()], args].concat())
    }

    /// What a contract has to refuse with an error of this name; answers the hint.
    pub(crate) fn reverted(&self, args: &[&str], name: &str) -> String {
        let (code, envelope) = self.user.json(&[&["--network", self.node.url()], args].concat());
        let error = &envelope["error"];
        assert_eq!((code, error["code"].as_str()), (1, Some("reverted")), "{envelope}");
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(&format!("refused: {name}(")), "{message}");
        error["hint"].as_str().unwrap_or_default().to_owned()
    }

    /// The address of a key without coins, which is made here.
    pub(crate) fn pauper(&self, name: &str) -> String {
        self.user.file("password", "correct horse battery staple\n");
        let made = self.done(&[&["account", "new", name, "--kind", "ethereum"][..], &PASSWORD].concat());
        made["address"].as_str().unwrap().into()
    }

    /// Has an action of `access` signed, and sent by `dev:ferdie`; answers what signing gave.
    pub(crate) fn by_relay(&self, args: &[&str], file: &str) -> Value {
        let signed = self.done(&[args, &["--sign-to", file]].concat());
        assert!(signed["transaction"].is_null(), "{signed}");
        let relayed = self.done(&["relay", file, "--from", "dev:ferdie"]);
        assert_eq!(relayed["contract"], "access");
        signed
    }

    /// A new subject, which an account controls.
    pub(crate) fn subject(&self, controller: &str) -> String {
        let registered = self.done(&["consent", "register", "--from", controller]);
        text(&registered["subject"]).to_owned()
    }
}

/// What signs with a key that [`World::pauper`] made.
pub(crate) const PASSWORD: [&str; 2] = ["--password-file", "password"];

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}
