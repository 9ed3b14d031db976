//! What a relayer is willing to send, and to pay.

use std::collections::BTreeSet;

use alloy_core::json_abi::JsonAbi;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::RelayError;
use crate::{chain::Weight, contracts::artifact};

/// What a relayer is willing to send, and to pay. What is not given has its default.
///
/// Costs are a fee and the deposit for storage, in native units; the defaults are for a coin of 12 decimals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// What is sent: `consent.grantConsent`, or `consent.*` for all that can be signed for a contract.
    pub allow: BTreeSet<String>,
    /// How long a window is, in seconds. A signer's begins with the signer's first message, and so does that of all of them together.
    pub window: u64,
    /// The most messages of a signer in a window.
    pub messages_per_signer: u32,
    /// The most that the messages of a signer may cost in a window.
    pub cost_per_signer: u64,
    /// The most messages of a signer in a window that are refused when they are tried.
    pub refusals_per_signer: u32,
    /// The most that all messages may cost in a window.
    pub cost_in_total: u64,
    /// The most that one message may cost.
    pub max_cost: u64,
    /// The most weight of one message.
    pub max_weight: Weight,
    /// The most messages that wait to be sent, or for their block.
    pub max_pending: u32,
    /// How many seconds a message has to be valid still when it is handed in.
    pub min_rest: u64,
    /// The most messages in one transaction.
    pub max_batch: u32,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            allow: ["access.*", "consent.*", "telehealth.*", "token.*"]
                .map(String::from)
                .into(),
            window: 3_600,
            messages_per_signer: 30,
            cost_per_signer: 5_000_000_000_000,
            refusals_per_signer: 10,
            cost_in_total: 100_000_000_000_000,
            max_cost: 1_000_000_000_000,
            max_weight: Weight {
                ref_time: 50_000_000_000,
                proof_size: 1_000_000,
            },
            max_pending: 1_000,
            min_rest: 30,
            max_batch: 50,
        }
    }
}

impl Policy {
    /// Reads it from JSON.
    ///
    /// # Errors
    /// [`RelayError::Policy`] if it is malformed, names nothing that there is, or lets nothing be sent.
    pub fn parse(json: &[u8]) -> Result<Self, RelayError> {
        // By itself, a struct may be written as an array, too.
        let policy = serde_json::from_slice::<Map<String, Value>>(json)
            .and_then(|members| serde_json::from_value::<Self>(Value::Object(members)));
        let policy = policy.map_err(|error| RelayError::Policy(error.to_string()))?;
        policy.check()?;
        Ok(policy)
    }

    /// Refuses a policy that cannot be meant.
    ///
    /// # Errors
    /// [`RelayError::Policy`]
    pub fn check(&self) -> Result<(), RelayError> {
        let least_one = [
            ("window", self.window),
            ("messages_per_signer", self.messages_per_signer.into()),
            ("cost_per_signer", self.cost_per_signer),
            ("refusals_per_signer", self.refusals_per_signer.into()),
            ("cost_in_total", self.cost_in_total),
            ("max_cost", self.max_cost),
            ("max_pending", self.max_pending.into()),
            ("max_batch", self.max_batch.into()),
        ];
        if let Some((name, _)) = least_one.iter().find(|(_, limit)| *limit == 0) {
            return Err(RelayError::Policy(format!("{name}: with 0, nothing could be sent")));
        }
        match self.allow.iter().find(|entry| !is_known(entry)) {
            Some(entry) => Err(RelayError::Policy(format!(
                "allow: `{entry}` is no message of a contract, such as consent.grantConsent, nor all of them, such as consent.*"
            ))),
            None => Ok(()),
        }
    }

    /// Whether a message of a contract is sent.
    pub fn allows(&self, contract: &str, name: &str) -> bool {
        let has = |name: &str| self.allow.contains(&format!("{contract}.{name}"));
        has(name) || has("*")
    }
}

/// Whether there is such a message.
fn is_known(entry: &str) -> bool {
    let Some((contract, name)) = entry.split_once('.') else {
        return false;
    };
    let abi = artifact(contract).and_then(|artifact| serde_json::from_str::<JsonAbi>(artifact.abi).ok());
    abi.is_some_and(|abi| name == "*" || abi.functions.contains_key(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_can_be_meant_and_is_what_an_empty_policy_says() {
        Policy::default().check().unwrap();
        assert_eq!(Policy::parse(b"{}").unwrap(), Policy::default());
        let json = serde_json::to_vec(&Policy::default()).unwrap();
        assert_eq!(Policy::parse(&json).unwrap(), Policy::default());
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for malformed in [
            "",
            "[]",
            r#"{"windows": 5}"#,
            r#"{"window": 0}"#,
            r#"{"window": -1}"#,
            r#"{"window": 1.5}"#,
            r#"{"messages_per_signer": 4294967296}"#,
            r#"{"messages_per_signer": 0}"#,
            r#"{"cost_in_total": 0}"#,
            r#"{"max_cost": "5"}"#,
            r#"{"max_weight": {"ref_time": 5}}"#,
            r#"{"max_weight": {"ref_time": 5, "proof_size": 5, "gas": 5}}"#,
            r#"{"max_batch": 0}"#,
            r#"{"allow": ["consent"]}"#,
            r#"{"allow": ["consent.grantEverything"]}"#,
            r#"{"allow": ["nothing.*"]}"#,
            r#"{"allow": "*"}"#,
        ] {
            let refused = Policy::parse(malformed.as_bytes());
            assert!(matches!(refused, Err(RelayError::Policy(_))), "{malformed}");
        }
    }

    #[test]
    fn what_is_allowed_is_a_message_or_all_of_a_contract() {
        let policy = Policy::parse(br#"{"allow": ["consent.revokeConsent", "token.*"]}"#).unwrap();
        for (contract, name, allowed) in [
            ("consent", "revokeConsent", true),
            ("consent", "grantConsent", false),
            ("token", "transferWithAuthorization", true),
            ("telehealth", "confirm", false),
        ] {
            assert_eq!(policy.allows(contract, name), allowed, "{contract}.{name}");
        }
        let nothing = Policy::parse(br#"{"allow": []}"#).unwrap();
        assert!(!nothing.allows("consent", "revokeConsent"));
    }
}
