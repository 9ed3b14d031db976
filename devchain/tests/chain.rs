//! What `Chain` promises: queue, sealing, finality, history, forks, snapshots, time.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use salus_devchain::{
    Chain,
    chain::{ChainError, ChainEvent, Config, Finality, PoolError, Sealing, SubmitError, TransactionStatus},
    runtime::{Balances, Hash, Revive, System},
};
use sp_keyring::Sr25519Keyring::{self, Alice, Bob, Charlie};
use sp_runtime::transaction_validity::InvalidTransaction;
use support::{manual, transfer};
use tokio::sync::broadcast::Receiver;

fn nonce(chain: &Chain, at: Hash, who: Sr25519Keyring) -> u32 {
    chain
        .state(at)
        .unwrap()
        .execute(|| System::account_nonce(who.to_account_id()))
        .unwrap()
}

fn balance(chain: &Chain, at: Hash, who: Sr25519Keyring) -> u128 {
    chain
        .state(at)
        .unwrap()
        .execute(|| Balances::free_balance(who.to_account_id()))
        .unwrap()
}

fn seal(chain: &Chain, blocks: u32) {
    for _ in 0..blocks {
        chain.seal().unwrap();
    }
}

fn drain(events: &mut Receiver<ChainEvent>) -> Vec<ChainEvent> {
    std::iter::from_fn(|| events.try_recv().ok()).collect()
}

#[test]
fn instant_sealing_puts_each_transaction_into_its_block_at_once() {
    let chain = Chain::start(&Config::default()).unwrap();
    for n in 0..3 {
        chain.submit(&transfer(&chain, Alice, n, 0, Bob, 5)).unwrap();
        assert_eq!(chain.best().number, n + 1);
    }
    assert_eq!(chain.finalized(), chain.best());
    assert_eq!(nonce(&chain, chain.best().hash, Alice), 3);
}

#[test]
fn headers_link_up_and_commit_to_the_state_and_the_extrinsics() {
    let chain = manual();
    chain.submit(&transfer(&chain, Alice, 0, 0, Bob, 5)).unwrap();
    let (first, second) = (chain.seal().unwrap(), chain.seal().unwrap());
    let (a, b) = (
        chain.block(first.hash).unwrap().unwrap(),
        chain.block(second.hash).unwrap().unwrap(),
    );
    assert_eq!(
        (a.header.parent_hash, b.header.parent_hash),
        (chain.genesis_hash(), first.hash)
    );
    assert_eq!((a.extrinsics.len(), b.extrinsics.len()), (2, 1));
    assert_ne!(a.header.extrinsics_root, b.header.extrinsics_root);
    assert_eq!(chain.state(first.hash).unwrap().root(), a.header.state_root);
    assert_ne!(a.header.state_root, b.header.state_root);
}

#[test]
fn the_runtime_accepts_the_block_when_it_checks_it_again() {
    use codec::{Decode, Encode};
    let chain = manual();
    chain.submit(&transfer(&chain, Alice, 0, 0, Bob, 5)).unwrap();
    let head = chain.seal().unwrap();
    let block = chain.block(head.hash).unwrap().unwrap();
    let mut encoded = block.header.encode();
    codec::Compact(u32::try_from(block.extrinsics.len()).unwrap()).encode_to(&mut encoded);
    block
        .extrinsics
        .iter()
        .for_each(|extrinsic| encoded.extend_from_slice(extrinsic));
    let parent = chain.state(chain.genesis_hash()).unwrap();
    parent.call("Core_execute_block", &encoded).unwrap();
    // And refuses the same block with another state root.
    let mut forged = block.header.clone();
    forged.state_root = Hash::repeat_byte(1);
    let forged = [forged.encode(), encoded[block.header.encoded_size()..].to_vec()].concat();
    parent.call("Core_execute_block", &forged).unwrap_err();
    assert!(u32::decode(&mut &encoded[..]).is_ok());
}

#[test]
fn one_block_takes_a_sender_s_transactions_in_nonce_order() {
    let chain = manual();
    for n in [2, 0, 1] {
        chain
            .submit(&transfer(&chain, Alice, n, 0, Bob, u128::from(n) + 1))
            .unwrap();
    }
    let head = chain.seal().unwrap();
    assert_eq!(chain.block(head.hash).unwrap().unwrap().extrinsics.len(), 4);
    assert_eq!(nonce(&chain, head.hash, Alice), 3);
    assert!(chain.pending().is_empty());
}

#[test]
fn a_nonce_gap_waits_until_it_is_filled() {
    let chain = Chain::start(&Config::default()).unwrap();
    let mut events = chain.subscribe();
    let later = chain.submit(&transfer(&chain, Alice, 1, 0, Bob, 5)).unwrap();
    assert_eq!(chain.best().number, 0);
    assert_eq!(
        drain(&mut events),
        [ChainEvent::Transaction {
            hash: later,
            status: TransactionStatus::Future
        }]
    );
    chain.submit(&transfer(&chain, Alice, 0, 0, Bob, 5)).unwrap();
    assert_eq!(nonce(&chain, chain.best().hash, Alice), 2);
}

#[test]
fn a_higher_tip_replaces_and_the_loser_is_told() {
    let chain = manual();
    let cheap = chain.submit(&transfer(&chain, Alice, 0, 1_000, Bob, 5)).unwrap();
    let mut events = chain.subscribe();
    let dear = chain
        .submit(&transfer(&chain, Alice, 0, 1_000_000_000, Bob, 6))
        .unwrap();
    assert_eq!(
        drain(&mut events)[0],
        ChainEvent::Transaction {
            hash: cheap,
            status: TransactionStatus::Usurped(dear)
        }
    );
    let lower = chain.submit(&transfer(&chain, Alice, 0, 10, Bob, 7)).unwrap_err();
    assert!(
        matches!(lower, SubmitError::Pool(PoolError::TooLowPriority { .. })),
        "{lower}"
    );
    let before = balance(&chain, chain.genesis_hash(), Bob);
    let head = chain.seal().unwrap();
    assert_eq!(balance(&chain, head.hash, Bob), before + 6);
}

#[test]
fn refuses_what_can_never_be_valid_and_changes_nothing() {
    let chain = Chain::start(&Config::default()).unwrap();
    let good = transfer(&chain, Alice, 0, 0, Bob, 5);
    chain.submit(&good).unwrap();
    let at = chain.best();
    let refused = |extrinsic: &[u8]| chain.submit(extrinsic).unwrap_err();
    assert!(matches!(
        refused(&good),
        SubmitError::Invalid(InvalidTransaction::Stale)
    ));
    assert!(matches!(refused(b"rubbish"), SubmitError::Malformed));
    assert!(matches!(refused(&[]), SubmitError::Malformed));
    assert!(matches!(refused(&good[..good.len() - 1]), SubmitError::Malformed));
    let mut forged = transfer(&chain, Alice, 1, 0, Bob, 5);
    forged[60] ^= 1; // in the middle of the signature
    assert!(matches!(
        refused(&forged),
        SubmitError::Invalid(InvalidTransaction::BadProof)
    ));
    let unpaid = transfer(&chain, Sr25519Keyring::One, 0, 0, Bob, 5);
    assert!(matches!(
        refused(&unpaid),
        SubmitError::Invalid(InvalidTransaction::Payment)
    ));
    assert_eq!((chain.best(), chain.pending().len()), (at, 0));
}

#[test]
fn a_transaction_for_another_chain_is_refused() {
    let other = salus_devchain::genesis::Genesis {
        endowed: vec![],
        sudo: None,
    };
    let other = Chain::start(&Config {
        genesis: other,
        ..Default::default()
    })
    .unwrap();
    let chain = manual();
    let error = chain.submit(&transfer(&other, Alice, 0, 0, Bob, 5)).unwrap_err();
    assert!(
        matches!(error, SubmitError::Invalid(InvalidTransaction::BadProof)),
        "{error}"
    );
}

#[test]
fn finality_follows_at_its_depth_and_old_states_stay_readable() {
    let chain = manual();
    let start = balance(&chain, chain.genesis_hash(), Bob);
    let mut hashes = vec![chain.genesis_hash()];
    for n in 0..6 {
        chain.submit(&transfer(&chain, Alice, n, 0, Bob, 10)).unwrap();
        hashes.push(chain.seal().unwrap().hash);
        assert_eq!(chain.finalized().number, (n + 1).saturating_sub(3));
    }
    for (n, hash) in (0u128..).zip(&hashes) {
        assert_eq!(balance(&chain, *hash, Bob), start + 10 * n);
        assert_eq!(chain.hash_at(u32::try_from(n).unwrap()).unwrap(), Some(*hash));
    }
}

#[test]
fn finality_by_hand_announces_each_block_once() {
    let config = Config {
        sealing: Sealing::Manual,
        finality: Finality::Manual,
        ..Default::default()
    };
    let chain = Chain::start(&config).unwrap();
    let heads: Vec<_> = (0..4).map(|_| chain.seal().unwrap()).collect();
    assert_eq!(chain.finalized().number, 0);
    let mut events = chain.subscribe();
    chain.finalize(2).unwrap();
    chain.finalize(2).unwrap();
    chain.finalize(3).unwrap();
    let finalized = |range: std::ops::Range<usize>| ChainEvent::Finalized {
        finalized: heads[range].to_vec(),
        pruned: vec![],
    };
    assert_eq!(drain(&mut events), [finalized(0..2), finalized(2..3)]);
    assert!(matches!(chain.finalize(9), Err(ChainError::UnknownBlock(_))));
}

#[test]
fn a_reorganisation_replaces_blocks_and_keeps_their_transactions_if_told() {
    for keep in [true, false] {
        let chain = manual();
        chain.seal().unwrap();
        let sent = chain.submit(&transfer(&chain, Alice, 0, 0, Bob, 5)).unwrap();
        let old: Vec<_> = (0..2).map(|_| chain.seal().unwrap()).collect();
        let mut events = chain.subscribe();
        let best = chain.reorganise(2, keep).unwrap();
        assert_eq!(best.number, old[1].number + 1);
        assert_eq!(nonce(&chain, best.hash, Alice), u32::from(keep));
        assert!(!chain.is_canonical(old[0]).unwrap());
        assert_eq!(
            nonce(&chain, old[0].hash, Alice),
            1,
            "the abandoned state stays readable"
        );
        let events = drain(&mut events);
        let retracted = events.iter().find_map(|event| match event {
            ChainEvent::Best { retracted, enacted, .. } => Some((retracted.clone(), enacted.len())),
            _ => None,
        });
        assert_eq!(retracted, Some((vec![old[1].hash, old[0].hash], 3)));
        let gone = ChainEvent::Transaction {
            hash: sent,
            status: TransactionStatus::Retracted(old[0].hash),
        };
        assert!(events.contains(&gone));
        let again = events.iter().any(|event| {
            matches!(event, ChainEvent::Transaction { hash, status: TransactionStatus::InBlock(..) } if *hash == sent)
        });
        assert_eq!(again, keep);
    }
}

#[test]
fn a_reorganisation_never_touches_finalized_blocks() {
    let chain = manual();
    seal(&chain, 5);
    let best = chain.best();
    assert!(matches!(
        chain.reorganise(4, true),
        Err(ChainError::TooDeep { depth: 4, possible: 3 })
    ));
    assert_eq!(chain.best(), best);
    chain.reorganise(3, true).unwrap();
}

#[test]
fn pruned_forks_are_named_when_their_height_becomes_final() {
    let chain = manual();
    let loser = chain.seal().unwrap();
    chain.reorganise(1, false).unwrap();
    let mut events = chain.subscribe();
    seal(&chain, 3);
    let pruned: Vec<Hash> = drain(&mut events)
        .into_iter()
        .filter_map(|event| match event {
            ChainEvent::Finalized { pruned, .. } => Some(pruned),
            _ => None,
        })
        .flatten()
        .collect();
    assert_eq!(pruned, [loser.hash]);
}

#[test]
fn a_snapshot_brings_back_blocks_time_and_queue_once() {
    let chain = manual();
    chain.submit(&transfer(&chain, Alice, 0, 0, Bob, 5)).unwrap();
    let (id, at) = (chain.snapshot(), chain.best());
    let later = chain.snapshot();
    chain.advance_time(1_000_000);
    seal(&chain, 5);
    assert!(chain.revert(id).unwrap());
    assert_eq!(
        (chain.best(), chain.finalized().number, chain.pending().len()),
        (at, 0, 1)
    );
    assert_eq!(chain.hash_at(1).unwrap(), None);
    assert!(!chain.revert(id).unwrap() && !chain.revert(later).unwrap());
    assert!(chain.next_time().unwrap() < chain.best_time().unwrap() + 1_000_000 || chain.best_time().unwrap() == 0);
    chain.seal().unwrap();
    assert_eq!(nonce(&chain, chain.best().hash, Alice), 1);
}

#[test]
fn time_can_be_forced_and_moved_but_never_back() {
    let chain = manual();
    chain.seal().unwrap();
    let last = chain.best_time().unwrap();
    assert!(matches!(
        chain.set_next_time(last),
        Err(ChainError::TimeBackwards { .. })
    ));
    chain.set_next_time(last + 5_000_000).unwrap();
    chain.seal().unwrap();
    assert_eq!(chain.best_time().unwrap(), last + 5_000_000);
    chain.advance_time(7_000_000);
    chain.seal().unwrap();
    assert!(chain.best_time().unwrap() >= last + 12_000_000);
}

#[test]
fn ethereum_hashes_find_their_blocks() {
    let chain = manual();
    let head = chain.seal().unwrap();
    let block = chain.block(head.hash).unwrap().unwrap();
    assert_eq!(chain.hash_by_eth_hash(block.eth_hash).unwrap(), Some(head.hash));
    chain.seal().unwrap();
    let recorded = chain
        .state(chain.best().hash)
        .unwrap()
        .execute(|| Revive::eth_block_hash_from_number(1.into()))
        .unwrap();
    assert_eq!(recorded, Some(block.eth_hash));
}

#[test]
fn many_threads_may_submit_at_once() {
    let chain = Chain::start(&Config::default()).unwrap();
    let senders = [Alice, Bob, Charlie];
    std::thread::scope(|scope| {
        for sender in senders {
            let chain = chain.clone();
            scope.spawn(move || {
                for n in 0..10 {
                    chain
                        .submit(&transfer(&chain, sender, n, 0, Sr25519Keyring::Dave, 1))
                        .unwrap();
                }
            });
        }
    });
    assert!(
        senders
            .iter()
            .all(|sender| nonce(&chain, chain.best().hash, *sender) == 10)
    );
    assert_eq!(chain.best().number, 30);
}
