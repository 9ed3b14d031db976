//! What events add up to.

#![allow(non_snake_case, reason = "fields are called as in the ABI")]

mod access;
mod consent;
mod credentials;
mod telehealth;

use std::collections::BTreeMap;

use alloy_core::{
    primitives::{U256, aliases::I512, keccak256},
    sol_types::SolEvent,
};

use super::*;
use crate::indexer::{
    log::Block,
    store::query::{BalanceFilter, EventFilter, RecordFilter},
    testing::{BatchAnchored, RecordAnchored, RecordEnteredInError, RecordVersionAdded, Transfer, log},
};

const RECORDS: Address = CONTRACTS[1].1;
const TOKEN: Address = CONTRACTS[2].1;

fn word(byte: u8) -> B256 {
    B256::repeat_byte(byte)
}

fn account(byte: u8) -> Address {
    Address::repeat_byte(byte)
}

/// A chain with one log a block.
fn chain(logs: Vec<RawLog>) -> Generated {
    let hash = |number: u64| {
        if number == 0 {
            GENESIS
        } else {
            keccak256(number.to_be_bytes())
        }
    };
    let numbers = 1..=logs.len() as u64;
    let block = |number: u64| Block {
        number,
        hash: hash(number),
        parent_hash: hash(number - 1),
        timestamp: 6_000 * number,
    };
    let logs = numbers
        .clone()
        .zip(logs)
        .map(|(block, log)| RawLog {
            block,
            extrinsic: Some(1),
            ..log
        })
        .collect();
    Generated {
        blocks: numbers.map(block).collect(),
        logs,
    }
}

/// Indexes a chain in one range, and in one range a block, and answers readers of both.
async fn readers(logs: Vec<RawLog>) -> Vec<(Home, Reader)> {
    let chain = chain(logs);
    let mut readers = Vec::new();
    for step in [1, chain.blocks.len() as u64] {
        let home = Home::new();
        store_all(&mut home.store().await, &chain, step).await;
        let reader = Reader::open(&home.location()).await.unwrap();
        readers.push((home, reader));
    }
    readers
}

#[tokio::test]
async fn records_have_their_versions_and_batches_their_roots() {
    let (recordId, author) = (word(1), account(3));
    let flagged = RecordEnteredInError {
        recordId,
        author,
        version: 1,
    };
    let batch = BatchAnchored {
        root: word(9),
        author,
        leafCount: 1_000_000,
        reference: word(8),
    };
    let logs = vec![
        log(
            RECORDS,
            &RecordAnchored {
                recordId,
                author,
                commitment: word(0x11),
            },
        ),
        log(
            RECORDS,
            &RecordVersionAdded {
                recordId,
                author,
                version: 2,
                commitment: word(0x12),
            },
        ),
        log(RECORDS, &flagged),
        log(
            RECORDS,
            &RecordVersionAdded {
                recordId,
                author,
                version: 3,
                commitment: word(0x13),
            },
        ),
        log(RECORDS, &batch),
    ];
    for (_home, mut reader) in readers(logs).await {
        let by_author = RecordFilter {
            author: Some(author),
            ..Default::default()
        };
        let records = reader.records(&by_author, 10).await.unwrap();
        let [record] = &records[..] else { panic!("{records:?}") };
        assert_eq!((record.record_id, record.latest_version), (recordId, 3));
        assert_eq!((record.anchored_block, record.changed_block), (1, 4));
        let versions = reader.record_versions(recordId, 10).await.unwrap();
        let versions: Vec<_> = versions
            .iter()
            .map(|v| (v.version, v.commitment, &*v.status, v.block))
            .collect();
        let expected = [
            (1, word(0x11), "entered_in_error", 1),
            (2, word(0x12), "anchored", 2),
            (3, word(0x13), "anchored", 4),
        ];
        assert_eq!(versions, expected);
        let batches = reader
            .batches(
                &RecordFilter {
                    root: Some(word(9)),
                    ..Default::default()
                },
                10,
            )
            .await
            .unwrap();
        assert_eq!(
            (batches[0].leaf_count, batches[0].reference, batches[0].block),
            (1_000_000, word(8), 5)
        );
    }
}

#[tokio::test]
async fn balances_are_exact_beyond_what_sqlite_counts() {
    let transfer = |from, to, value| log(TOKEN, &Transfer { from, to, value });
    let logs = vec![
        transfer(Address::ZERO, account(1), U256::MAX),
        transfer(account(1), account(2), U256::MAX - U256::ONE),
        transfer(account(2), account(2), U256::from(5)),
        transfer(account(2), Address::ZERO, U256::from(3)),
    ];
    for (_home, mut reader) in readers(logs).await {
        let balances = reader.balances(&BalanceFilter::default(), 10).await.unwrap();
        let balances: Vec<_> = balances.iter().map(|row| (row.holder, row.balance.clone())).collect();
        let expected = [
            (account(1), "1".to_string()),
            (account(2), (U256::MAX - U256::from(4)).to_string()),
        ];
        assert_eq!(balances, expected);
    }
}

#[tokio::test]
async fn balances_are_the_sum_of_all_transfers() {
    let chain = Generated::new(11, 100, 100);
    let home = Home::new();
    store_all(&mut home.store().await, &chain, 13).await;
    let mut expected: BTreeMap<Address, I512> = BTreeMap::new();
    for log in chain.logs.iter().filter(|log| log.address == TOKEN) {
        let Ok(transfer) = Transfer::decode_raw_log(log.topics.iter().copied(), &log.data) else {
            continue;
        };
        let amount = I512::from_raw(transfer.value.to());
        *expected.entry(transfer.from).or_default() -= amount;
        *expected.entry(transfer.to).or_default() += amount;
    }
    expected.remove(&Address::ZERO);
    let mut reader = Reader::open(&home.location()).await.unwrap();
    let balances = reader.balances(&BalanceFilter::default(), 100).await.unwrap();
    assert!(balances.len() > 10);
    let balances: BTreeMap<_, I512> = balances
        .into_iter()
        .map(|row| (row.holder, row.balance.parse().unwrap()))
        .collect();
    assert_eq!(balances, expected);
}

#[tokio::test]
async fn events_are_told_in_the_order_of_the_chain() {
    let chain = Generated::new(12, 50, 40);
    let home = Home::new();
    store_all(&mut home.store().await, &chain, 50).await;
    let mut reader = Reader::open(&home.location()).await.unwrap();
    let events = reader.events(&EventFilter::default(), 10_000).await.unwrap();
    let known: Vec<_> = chain
        .logs
        .iter()
        .filter(|log| {
            CONTRACTS
                .iter()
                .any(|(name, _)| catalogue().decode(name, log).is_ok() && name_of(log) == *name)
        })
        .map(|log| (log.block, u64::from(log.index)))
        .collect();
    assert_eq!(
        events
            .iter()
            .map(|event| (event.block, event.index))
            .collect::<Vec<_>>(),
        known
    );
    assert!(events.iter().all(|event| event.timestamp == 6_000 * event.block));

    let filter = EventFilter {
        contract: Some("consent".into()),
        name: Some("ConsentGranted".into()),
        from: Some(10),
        to: Some(20),
    };
    let some = reader.events(&filter, 10_000).await.unwrap();
    let matching = |event: &&crate::indexer::Event| event.name == "ConsentGranted" && (10..=20).contains(&event.block);
    assert_eq!(some.len(), events.iter().filter(matching).count());
    assert!(!some.is_empty());
}

fn name_of(log: &RawLog) -> &'static str {
    CONTRACTS.iter().find(|(_, address)| *address == log.address).unwrap().0
}
