//! Generated chains for tests: blocks with the logs of all contracts, and some that nobody knows.

#![allow(non_snake_case, reason = "fields are called as in the ABI")]

mod access;
mod consent;
mod credentials;
pub(super) mod telehealth;

use std::sync::Arc;

use alloy_core::{
    json_abi,
    primitives::{Address, B256, U256, keccak256},
    sol,
    sol_types::SolEvent,
};
use rand::{Rng, SeedableRng, rngs::StdRng};

use super::{
    catalogue::Catalogue,
    log::{Block, RawLog},
    store::{Batch, Followed, IndexedLog},
};

sol! {
    event Transfer(address indexed from, address indexed to, uint256 value);

    event RecordAnchored(bytes32 indexed recordId, address indexed author, bytes32 commitment);
    event RecordVersionAdded(bytes32 indexed recordId, address indexed author, uint32 version, bytes32 commitment);
    event RecordEnteredInError(bytes32 indexed recordId, address indexed author, uint32 version);
    event BatchAnchored(bytes32 indexed root, address indexed author, uint64 leafCount, bytes32 reference);
}

const RECORDS: [&str; 4] = [
    "event RecordAnchored(bytes32 indexed recordId, address indexed author, bytes32 commitment)",
    "event RecordVersionAdded(bytes32 indexed recordId, address indexed author, uint32 version, bytes32 commitment)",
    "event RecordEnteredInError(bytes32 indexed recordId, address indexed author, uint32 version)",
    "event BatchAnchored(bytes32 indexed root, address indexed author, uint64 leafCount, bytes32 reference)",
];
const TOKEN: [&str; 1] = ["event Transfer(address indexed from, address indexed to, uint256 value)"];

/// The generated contracts, by name.
pub(super) const CONTRACTS: [(&str, Address); 6] = [
    ("consent", Address::repeat_byte(0xC0)),
    ("records", Address::repeat_byte(0xEC)),
    ("token", Address::repeat_byte(0x70)),
    ("telehealth", Address::repeat_byte(0x7E)),
    ("credentials", Address::repeat_byte(0xCE)),
    ("access", Address::repeat_byte(0xAC)),
];

pub(super) const GENESIS: B256 = B256::repeat_byte(0x6E);

/// An ABI as JSON, of events as people write them.
pub(super) fn abi_json(events: &[&str]) -> String {
    let events = events.iter().map(|event| json_abi::Event::parse(event).unwrap());
    let mut abi = json_abi::JsonAbi::new();
    for event in events {
        abi.events.entry(event.name.clone()).or_default().push(event);
    }
    serde_json::to_string(&abi).unwrap()
}

pub(super) fn catalogue() -> Catalogue {
    let (records, token) = (abi_json(&RECORDS), abi_json(&TOKEN));
    let built = ["consent", "telehealth", "credentials", "access"];
    let built = built.map(|name| (name, crate::contracts::artifact(name).unwrap().abi));
    Catalogue::new([("records", &*records), ("token", &*token)].into_iter().chain(built)).unwrap()
}

/// The generated contracts, followed from a block on.
pub(super) fn followed(first_block: u64) -> Vec<Followed> {
    let followed = |(name, address): (&str, Address)| Followed {
        name: name.into(),
        address,
        first_block,
    };
    CONTRACTS.map(followed).to_vec()
}

/// A log as a contract emits it.
pub(super) fn log(address: Address, event: &impl SolEvent) -> RawLog {
    let data = event.encode_log_data();
    let (topics, data) = (data.topics().to_vec(), data.data.to_vec());
    RawLog {
        block: 0,
        index: 0,
        extrinsic: None,
        address,
        topics,
        data,
    }
}

/// A whole chain, the same for the same seed.
#[derive(Debug, Clone)]
pub(super) struct Generated {
    pub(super) blocks: Vec<Block>,
    pub(super) logs: Vec<RawLog>,
}

impl Generated {
    /// Blocks 1 to `blocks`, with up to `most` logs each.
    pub(super) fn new(seed: u64, blocks: u64, most: u32) -> Self {
        let mut writer = Writer {
            random: StdRng::seed_from_u64(seed),
            consents: consent::Consents::default(),
            records: vec![],
            credentials: credentials::Credentials::default(),
            accesses: access::Accesses::default(),
            visits: telehealth::Visits::default(),
        };
        let hash = |number: u64| keccak256([seed.to_be_bytes(), number.to_be_bytes()].concat());
        let mut chain = Self {
            blocks: vec![],
            logs: vec![],
        };
        for number in 1..=blocks {
            let parent_hash = if number == 1 { GENESIS } else { hash(number - 1) };
            chain.blocks.push(Block {
                number,
                hash: hash(number),
                parent_hash,
                timestamp: 6_000 * number,
            });
            for position in 0..writer.random.gen_range(0..=most) {
                let extrinsic = (position % 7 != 0).then_some(position / 2);
                // Events of pallets come between.
                chain.logs.push(RawLog {
                    block: number,
                    index: 3 * position + 2,
                    extrinsic,
                    ..writer.log()
                });
            }
        }
        chain
    }

    /// A range as it would be fetched, for these contracts.
    pub(super) fn batch(&self, catalogue: &Catalogue, first: u64, last: u64, contracts: &[Address]) -> Batch {
        let blocks = self
            .blocks
            .iter()
            .filter(|block| (first..=last).contains(&block.number))
            .copied();
        let wanted = |log: &&RawLog| (first..=last).contains(&log.block) && contracts.contains(&log.address);
        let logs = self.logs.iter().filter(wanted).map(|log| {
            let name: Arc<str> = CONTRACTS
                .iter()
                .find(|(_, address)| *address == log.address)
                .unwrap()
                .0
                .into();
            IndexedLog::new(catalogue, &name, log.clone())
        });
        Batch {
            contracts: contracts.to_vec(),
            blocks: blocks.collect(),
            logs: logs.collect(),
        }
    }
}

/// Makes logs that follow from those before, as contracts do.
struct Writer {
    random: StdRng,
    consents: consent::Consents,
    /// Records with their latest version.
    records: Vec<(B256, u32)>,
    credentials: credentials::Credentials,
    accesses: access::Accesses,
    visits: telehealth::Visits,
}

impl Writer {
    fn log(&mut self) -> RawLog {
        let [consent, records, token, telehealth, credentials, access] = CONTRACTS.map(|(_, address)| address);
        match self.random.gen_range(0..100) {
            0..12 => self.visits.log(&mut self.random, telehealth),
            12..30 => {
                let (from, to) = (self.holder(), self.holder());
                log(
                    token,
                    &Transfer {
                        from,
                        to,
                        value: U256::from(self.random.r#gen::<u64>()),
                    },
                )
            }
            30..58 => self.consents.log(&mut self.random, consent),
            58..68 => self.credentials.log(&mut self.random, credentials),
            68..80 => self.accesses.log(&mut self.random, access),
            80..88 => {
                let (recordId, author, commitment) = (self.word(), self.account(), self.word());
                self.records.push((recordId, 1));
                log(
                    records,
                    &RecordAnchored {
                        recordId,
                        author,
                        commitment,
                    },
                )
            }
            88..94 if !self.records.is_empty() => {
                let position = self.random.gen_range(0..self.records.len());
                self.records[position].1 += 1;
                let (recordId, version) = self.records[position];
                let (author, commitment) = (self.account(), self.word());
                log(
                    records,
                    &RecordVersionAdded {
                        recordId,
                        author,
                        version,
                        commitment,
                    },
                )
            }
            94..96 if !self.records.is_empty() => {
                let position = self.random.gen_range(0..self.records.len());
                let (recordId, latest) = self.records[position];
                let (author, version) = (self.account(), self.random.gen_range(1..=latest));
                log(
                    records,
                    &RecordEnteredInError {
                        recordId,
                        author,
                        version,
                    },
                )
            }
            96..98 => {
                let (root, author, reference) = (self.word(), self.account(), self.word());
                log(
                    records,
                    &BatchAnchored {
                        root,
                        author,
                        leafCount: self.random.r#gen(),
                        reference,
                    },
                )
            }
            _ => RawLog {
                topics: (0..self.random.gen_range(0..=4)).map(|_| self.word()).collect(),
                data: (0..self.random.gen_range(0..100))
                    .map(|_| self.random.r#gen())
                    .collect(),
                ..log(
                    token,
                    &Transfer {
                        from: Address::ZERO,
                        to: Address::ZERO,
                        value: U256::ZERO,
                    },
                )
            },
        }
    }

    fn word(&mut self) -> B256 {
        word(&mut self.random)
    }

    fn account(&mut self) -> Address {
        account(&mut self.random)
    }

    /// Mints and burns are transfers from and to nobody.
    fn holder(&mut self) -> Address {
        Address::repeat_byte(self.random.gen_range(0..=20))
    }
}

fn word(random: &mut StdRng) -> B256 {
    random.r#gen::<[u8; 32]>().into()
}

/// One of few, so that they meet again.
fn account(random: &mut StdRng) -> Address {
    Address::repeat_byte(random.gen_range(1..=20))
}

/// Nobody, now and then.
fn somebody(random: &mut StdRng) -> Address {
    Address::repeat_byte(random.gen_range(0..=4))
}

/// A second, or an open end.
fn end(random: &mut StdRng) -> u64 {
    if random.r#gen() {
        u64::MAX
    } else {
        random.r#gen::<u32>().into()
    }
}

/// A set of bits, or all of them.
fn limit(random: &mut StdRng) -> u64 {
    if random.r#gen() { u64::MAX } else { random.r#gen() }
}
