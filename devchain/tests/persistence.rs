//! A chain on disk: goes on after a restart and after `kill -9`, and refuses what it cannot read.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use salus_devchain::{
    Chain,
    chain::{ChainError, Config, StoreError},
    genesis::Genesis,
    runtime::System,
};
use sp_keyring::Sr25519Keyring::{Alice, Bob};
use support::transfer;

fn open(path: &Path) -> Result<Chain, ChainError> {
    Chain::start(&Config {
        path: Some(path.to_owned()),
        ..Default::default()
    })
}

fn nonce(chain: &Chain) -> u32 {
    let state = chain.state(chain.best().hash).unwrap();
    state.execute(|| System::account_nonce(Alice.to_account_id())).unwrap()
}

#[test]
fn goes_on_where_it_was_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("chain.redb");
    let (best, time) = {
        let chain = open(&path).unwrap();
        chain.advance_time(3_600_000);
        for n in 0..3 {
            chain.submit(&transfer(&chain, Alice, n, 0, Bob, 5)).unwrap();
        }
        (chain.best(), chain.best_time().unwrap())
    };
    let chain = open(&path).unwrap();
    assert_eq!((chain.best(), chain.finalized(), nonce(&chain)), (best, best, 3));
    assert!(chain.next_time().unwrap() > time, "time does not run backwards");
    chain.submit(&transfer(&chain, Alice, 3, 0, Bob, 5)).unwrap();
    assert_eq!(chain.best().number, 4);
    assert_eq!(
        chain.block(chain.best().hash).unwrap().unwrap().header.parent_hash,
        best.hash
    );
}

#[test]
fn survives_kill_9_with_whole_blocks_only() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("chain.redb");
    let mut reached = 0;
    for round in 0..4 {
        // This same test binary, run again as the process to be killed: see `writes_until_killed`.
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["writes_until_killed", "--exact", "--ignored", "--nocapture"])
            .env("SALUS_TEST_CHAIN", &path)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut sealed = 0;
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            if let Some(number) = line.unwrap().strip_prefix("sealed ") {
                sealed = number.parse().unwrap();
                if sealed >= reached + 10 + round {
                    break;
                }
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let chain = open(&path).unwrap();
        assert!(chain.best().number >= sealed, "block {sealed} was reported and is lost");
        assert_eq!(nonce(&chain), chain.best().number, "each block holds one transfer");
        let mut at = chain.best();
        while at.number > 0 {
            let block = chain.block(at.hash).unwrap().unwrap();
            assert_eq!(chain.hash_at(at.number).unwrap(), Some(at.hash));
            chain.state(at.hash).unwrap().execute(System::block_number).unwrap();
            at = salus_devchain::chain::Head {
                hash: block.header.parent_hash,
                number: at.number - 1,
            };
        }
        reached = chain.best().number;
    }
}

#[test]
#[ignore = "not a test: the process that `survives_kill_9_with_whole_blocks_only` kills"]
fn writes_until_killed() {
    let Some(path) = std::env::var_os("SALUS_TEST_CHAIN") else {
        return;
    };
    let chain = open(Path::new(&path)).unwrap();
    let first = nonce(&chain);
    for n in first..first + 10_000 {
        chain.submit(&transfer(&chain, Alice, n, 0, Bob, 5)).unwrap();
        println!("sealed {}", chain.best().number);
    }
}

#[test]
fn refuses_the_database_of_another_chain() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("chain.redb");
    open(&path).unwrap();
    let genesis = Genesis {
        sudo: None,
        ..Genesis::default()
    };
    let other = Chain::start(&Config {
        genesis,
        path: Some(path),
        ..Default::default()
    });
    assert!(matches!(other.err(), Some(ChainError::Store(StoreError::OtherChain))));
}

#[test]
fn refuses_what_is_no_database_or_is_in_use() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("chain.redb");
    let _held = open(&path).unwrap();
    assert!(matches!(
        open(&path).err(),
        Some(ChainError::Store(StoreError::Database(_)))
    ));
    let rubbish = dir.path().join("rubbish");
    std::fs::write(&rubbish, [7; 5_000]).unwrap();
    assert!(matches!(
        open(&rubbish).err(),
        Some(ChainError::Store(StoreError::Database(_)))
    ));
}
