//! A provider, a patient and an arbiter, on a chain of their own.

use serde_json::{Value, json};

use crate::world::{World, text};

pub(crate) const PROVIDER: &str = "dev:baltathar";
pub(crate) const ARBITER: &str = "dev:charlie";

/// `dev:alice`, the patient, has tokens; `dev:baltathar`, the provider, has terms and a fee; `dev:charlie` may decide disputes.
pub(crate) struct Practice {
    pub(crate) world: World,
}

impl Practice {
    pub(crate) fn new() -> Self {
        let world = World::new();
        world.done(&["credential", "admit-issuer", "dev:alice", "--from", "dev:alice"]);
        let issue = ["credential", "issue", ARBITER, "--role", "LIC", "--from", "dev:alice"];
        world.done(&[&issue[..], &["--jurisdiction", "CH", "--licence", "1"]].concat());
        let practice = Self { world };
        practice.done(&["terms", "set", "--from", PROVIDER]);
        practice.done(&["fee", "set", "--service", "1", "--fee", "25.5", "--from", PROVIDER]);
        practice
    }

    /// What has to succeed, and its result.
    pub(crate) fn done(&self, args: &[&str]) -> Value {
        self.world.done(&[&["visit"], args].concat())
    }

    /// What it says to people.
    pub(crate) fn said(&self, args: &[&str]) -> String {
        self.world.said(&[&["visit"], args].concat())
    }

    /// What the contract has to refuse: the error in words.
    pub(crate) fn reverted(&self, args: &[&str]) -> String {
        let (code, error, message) = self.world.refused(&[&["visit"], args].concat());
        assert_eq!((code, error.as_str()), (1, "reverted"), "{message}");
        message
    }

    /// What is no use of the command: why.
    pub(crate) fn misused(&self, args: &[&str]) -> String {
        let (code, error, message) = self.world.refused(&[&["visit"], args].concat());
        assert_eq!((code, error.as_str()), (2, "usage"), "{message}");
        message
    }

    /// What books a consultation in an hour.
    pub(crate) fn booking<'a>(step: &'a str, fee: &'a str, more: &[&'a str]) -> Vec<&'a str> {
        let what = [step, "--provider", PROVIDER, "--service", "1", "--fee", fee];
        let when = ["--start", "+3600", "--confirm-by", "+1800", "--arbiter", ARBITER];
        [&what[..], &when, more].concat()
    }

    /// A consultation that `dev:alice` has booked and paid for.
    pub(crate) fn booked(&self) -> String {
        let booked = self.done(&Self::booking("book", "25.5", &["--from", "dev:alice"]));
        text(&booked["visit"]).to_owned()
    }

    /// One that has begun, too.
    pub(crate) fn begun(&self) -> String {
        let visit = self.booked();
        self.done(&["confirm", &visit, "--from", PROVIDER]);
        self.world.node.advance(3_700);
        self.done(&["start", &visit, "--from", PROVIDER]);
        visit
    }

    pub(crate) fn tokens(&self, account: &str) -> String {
        let balance = self.world.done(&["token", "balance", account]);
        text(&balance["amount"]).to_owned()
    }

    pub(crate) fn block(&self) -> Value {
        self.world.node.ethereum("eth_blockNumber", &json!([]))
    }
}

/// What a step released to the patient, the provider and the platform.
pub(crate) fn released(stepped: &Value) -> [&str; 3] {
    ["to_patient", "to_provider", "to_platform"].map(|to| text(&stepped["released"][to]["amount"]))
}
