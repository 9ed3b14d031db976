//! Which logs are wanted: by emitter and by topics.

use std::collections::HashSet;

use pallet_revive::evm::{Bloom, BloomInput};
use serde::Deserialize;
use sp_core::{H160, H256};

use crate::rpc::eth::receipts::Log;

/// Most topics that a log has.
const MAX_TOPICS: usize = 4;

/// One value, or a list of alternatives.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(in crate::rpc::eth) enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

impl<T> OneOrMany<T> {
    fn into_vec(self) -> Vec<T> {
        match self {
            Self::One(value) => vec![value],
            Self::Many(values) => values,
        }
    }
}

/// Conditions on a log. An empty set of alternatives asks for nothing in particular.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::rpc::eth) struct Criteria {
    addresses: HashSet<H160>,
    /// By position.
    topics: Vec<HashSet<H256>>,
}

impl Criteria {
    /// As Ethereum JSON-RPC gives them: `null`, an empty list, or `null` among alternatives all mean "any".
    ///
    /// # Errors
    /// When there are more positions than a log has topics.
    pub(in crate::rpc::eth) fn new(
        address: Option<OneOrMany<H160>>,
        topics: Option<Vec<Option<OneOrMany<Option<H256>>>>>,
    ) -> Result<Self, &'static str> {
        let topics = topics.unwrap_or_default();
        if topics.len() > MAX_TOPICS {
            return Err("a log has at most four topics");
        }
        let alternatives = |position: Option<OneOrMany<Option<H256>>>| {
            let listed = position.map(OneOrMany::into_vec).unwrap_or_default();
            // One `null` among them lets everything pass.
            listed
                .into_iter()
                .collect::<Option<HashSet<H256>>>()
                .unwrap_or_default()
        };
        Ok(Self {
            addresses: address
                .map(OneOrMany::into_vec)
                .unwrap_or_default()
                .into_iter()
                .collect(),
            topics: topics.into_iter().map(alternatives).collect(),
        })
    }

    pub(in crate::rpc::eth) fn matches(&self, log: &Log) -> bool {
        let address = self.addresses.is_empty() || self.addresses.contains(&log.address);
        let mut wanted = self.topics.iter().enumerate();
        let topic = |at: usize, alternatives: &HashSet<H256>| {
            alternatives.is_empty() || log.topics.get(at).is_some_and(|topic| alternatives.contains(topic))
        };
        address && wanted.all(|(at, alternatives)| topic(at, alternatives))
    }

    /// `false` if no log of a block with this bloom filter can match.
    pub(in crate::rpc::eth) fn may_match(&self, bloom: &Bloom) -> bool {
        let contains = |bytes: &[u8]| bloom.contains_input(BloomInput::Raw(bytes));
        let address = self.addresses.is_empty() || self.addresses.iter().any(|address| contains(address.as_bytes()));
        address
            && self.topics.iter().all(|alternatives| {
                alternatives.is_empty() || alternatives.iter().any(|topic| contains(topic.as_bytes()))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: H160 = H160::repeat_byte(0xA);
    const B: H160 = H160::repeat_byte(0xB);

    fn topic(byte: u8) -> H256 {
        H256::repeat_byte(byte)
    }

    fn log(address: H160, topics: &[u8]) -> Log {
        Log {
            address,
            block_hash: H256::zero(),
            block_number: 0.into(),
            data: Vec::new().into(),
            log_index: 0.into(),
            removed: false,
            topics: topics.iter().copied().map(topic).collect(),
            transaction_hash: H256::zero(),
            transaction_index: 0.into(),
        }
    }

    fn criteria(json: &serde_json::Value) -> Criteria {
        let address = serde_json::from_value(json["address"].clone()).unwrap();
        let topics = serde_json::from_value(json["topics"].clone()).unwrap();
        Criteria::new(address, topics).unwrap()
    }

    #[test]
    fn without_conditions_every_log_matches() {
        for any in [
            serde_json::json!({}),
            serde_json::json!({ "address": [], "topics": [null, [], [null, topic(1)]] }),
        ] {
            assert!(criteria(&any).matches(&log(A, &[])), "{any}");
            assert!(criteria(&any).matches(&log(B, &[9, 8, 7, 6])), "{any}");
        }
    }

    #[test]
    fn addresses_are_alternatives() {
        let one = criteria(&serde_json::json!({ "address": A }));
        assert!(one.matches(&log(A, &[])) && !one.matches(&log(B, &[])));
        let two = criteria(&serde_json::json!({ "address": [A, B] }));
        assert!(two.matches(&log(A, &[])) && two.matches(&log(B, &[])));
    }

    #[test]
    fn topics_are_by_position_and_each_may_have_alternatives() {
        let wanted = criteria(&serde_json::json!({ "topics": [topic(1), null, [topic(3), topic(4)]] }));
        assert!(wanted.matches(&log(A, &[1, 9, 3])));
        assert!(wanted.matches(&log(A, &[1, 2, 4, 5])));
        assert!(!wanted.matches(&log(A, &[1, 9, 5])), "another third topic");
        assert!(!wanted.matches(&log(A, &[1, 9])), "no third topic");
        assert!(!wanted.matches(&log(A, &[2, 9, 3])), "another first topic");
    }

    #[test]
    fn a_bloom_filter_never_hides_a_log_that_matches() {
        let emitted = log(A, &[1, 2]);
        let mut bloom = Bloom::zero();
        bloom.accrue(BloomInput::Raw(emitted.address.as_bytes()));
        for topic in &emitted.topics {
            bloom.accrue(BloomInput::Raw(topic.as_bytes()));
        }
        for wanted in [
            serde_json::json!({ "address": A }),
            serde_json::json!({ "address": [B, A], "topics": [[topic(7), topic(1)], null] }),
            serde_json::json!({ "topics": [null, topic(2)] }),
        ] {
            assert!(
                criteria(&wanted).matches(&emitted) && criteria(&wanted).may_match(&bloom),
                "{wanted}"
            );
        }
        assert!(!criteria(&serde_json::json!({ "address": B })).may_match(&bloom));
        assert!(!criteria(&serde_json::json!({ "topics": [topic(7)] })).may_match(&bloom));
    }
}
