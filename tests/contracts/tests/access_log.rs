//! Anchored logs of accesses: a patient shows that an entry is in one, or that it is not.

use alloy_core::primitives::{B256, keccak256};
use salus_core::{
    access::log::{Basis, Entry, Proof, SortedTree},
    codes::{Action, Purpose, ResourceClass},
    hash::Hash,
};
use salus_tests_contracts::{
    access::{IAccess::*, SUBJECT, Ward, doctor, patient, stranger},
    events, refusal,
};

fn hash(bytes: &[u8]) -> Hash {
    keccak256(bytes).0
}

/// An access of the doctor at a second.
fn entry(at: u64) -> Hash {
    let entry = Entry {
        subject: SUBJECT.0,
        actor: doctor().into_array(),
        at,
        purpose: Purpose::TREAT,
        class: ResourceClass::OBSERVATION,
        action: Action::ACCESS,
        basis: Basis::Permit,
        decided_by: [7; 32],
    };
    entry.leaf(&hash(&at.to_be_bytes()), hash)
}

fn anchored(ward: &mut Ward, entries: impl IntoIterator<Item = u64>) -> SortedTree {
    let tree = SortedTree::new(entries.into_iter().map(entry).collect(), hash).expect("there are entries");
    let call = batch(ward, &tree);
    ward.send(doctor(), &call).expect("the batch is anchored");
    tree
}

fn batch(ward: &mut Ward, tree: &SortedTree) -> anchorLogCall {
    let now = ward.now();
    anchorLogCall {
        root: tree.root().into(),
        count: tree.count(),
        from: now - 100,
        until: now,
    }
}

fn words(proof: &[Hash]) -> Vec<B256> {
    proof.iter().map(|hash| B256::from(*hash)).collect()
}

/// What is shown of a value by the tree of batch 0: that it is logged, and that it is not.
fn shown(ward: &mut Ward, tree: &SortedTree, value: Hash) -> (bool, bool) {
    match tree.prove(&value) {
        Proof::Logged { index, proof } => {
            let call = isLoggedCall {
                author: doctor(),
                batch: 0,
                leaf: value.into(),
                index,
                proof: words(&proof),
            };
            (ward.view(&call), false)
        }
        absent => (false, ward.view(&absence(value, absent))),
    }
}

fn absence(value: Hash, proof: Proof) -> isNotLoggedCall {
    let Proof::NotLogged { position, left, right } = proof else {
        panic!("it is there");
    };
    let (left, right) = (left.unwrap_or_default(), right.unwrap_or_default());
    isNotLoggedCall {
        author: doctor(),
        batch: 0,
        leaf: value.into(),
        position,
        left: left.0.into(),
        leftProof: words(&left.1),
        right: right.0.into(),
        rightProof: words(&right.1),
    }
}

#[test]
fn a_batch_is_announced_numbered_and_readable() {
    let mut ward = Ward::new();
    let tree = SortedTree::new(vec![entry(1), entry(2)], hash).unwrap();
    let call = batch(&mut ward, &tree);
    let done = ward.send(doctor(), &call).unwrap();
    assert_eq!(done.value, 0);
    let expected = LogAnchored {
        root: call.root,
        author: doctor(),
        batch: 0,
        count: 2,
        from: call.from,
        until: call.until,
    };
    assert_eq!(events::<LogAnchored>(ward.contract, &done.logs), [expected]);
    let expected = batchOfReturn {
        root: call.root,
        count: 2,
        from: call.from,
        until: call.until,
        anchoredAt: ward.now(),
    };
    let of = |author, batch| batchOfCall { author, batch };
    assert_eq!(ward.view(&of(doctor(), 0)), expected);
    for nothing in [of(doctor(), 1), of(stranger(), 0)] {
        assert_eq!(ward.view(&nothing).count, 0);
    }
    let error = refusal::<BatchAlreadyAnchored>(ward.send(doctor(), &call));
    assert_eq!((error.root, error.batch), (call.root, 0));
    assert_eq!(ward.send(stranger(), &call).unwrap().value, 0, "a root is nobody's");
    let another = anchorLogCall {
        root: B256::repeat_byte(1),
        ..call
    };
    assert_eq!(ward.send(doctor(), &another).unwrap().value, 1);
    assert_eq!(ward.view(&batchCountCall { author: doctor() }), 2);
    assert_eq!(ward.view(&batchCountCall { author: patient() }), 0);
}

#[test]
fn batches_that_cannot_be_are_refused() {
    let mut ward = Ward::new();
    let now = ward.now();
    let good = anchorLogCall {
        root: B256::repeat_byte(1),
        count: 1,
        from: now,
        until: now,
    };
    let root = B256::ZERO;
    refusal::<InvalidRoot>(ward.send(doctor(), &anchorLogCall { root, ..good.clone() }));
    let error = refusal::<EmptyBatch>(ward.send(
        doctor(),
        &anchorLogCall {
            count: 0,
            ..good.clone()
        },
    ));
    assert_eq!(error.root, good.root);
    for (from, until) in [(now, now - 1), (now, now + 1), (u64::MAX, u64::MAX)] {
        let call = anchorLogCall {
            from,
            until,
            ..good.clone()
        };
        let error = refusal::<InvalidRange>(ward.send(doctor(), &call));
        assert_eq!((error.from, error.until, error.currentTime), (from, until, now));
    }
    assert_eq!(ward.view(&batchCountCall { author: doctor() }), 0);
    ward.send(doctor(), &good).unwrap();
}

#[test]
fn what_is_logged_and_what_is_not_is_shown_on_chain() {
    for count in [1, 2, 5, 33] {
        let mut ward = Ward::new();
        let tree = anchored(&mut ward, 0..count);
        for at in 0..count + 8 {
            let is_in = at < count;
            assert_eq!(shown(&mut ward, &tree, entry(at)), (is_in, !is_in), "{at} of {count}");
        }
        for end in [[0; 32], [0xff; 32]] {
            assert_eq!(shown(&mut ward, &tree, end), (false, true), "beyond all of {count}");
        }
    }
}

#[test]
fn proofs_that_do_not_fit_show_nothing() {
    let mut ward = Ward::new();
    let tree = anchored(&mut ward, 0..20);
    let Proof::Logged { index, proof } = tree.prove(&entry(3)) else {
        panic!("it is there");
    };
    let good = isLoggedCall {
        author: doctor(),
        batch: 0,
        leaf: entry(3).into(),
        index,
        proof: words(&proof),
    };
    assert!(ward.view(&good));
    let mut short = good.clone();
    short.proof.pop();
    let mut long = good.clone();
    long.proof.resize(65, B256::ZERO);
    let mut altered = good.clone();
    altered.proof[0][0] ^= 1;
    let wrong = [
        short,
        long,
        altered,
        isLoggedCall {
            index: index ^ 1,
            ..good.clone()
        },
        isLoggedCall {
            leaf: entry(4).into(),
            ..good.clone()
        },
        isLoggedCall {
            batch: 1,
            ..good.clone()
        },
        isLoggedCall {
            author: stranger(),
            ..good
        },
    ];
    for call in wrong {
        assert!(!ward.view(&call), "{call:?}");
    }

    let value = (100..)
        .map(entry)
        .find(|value| {
            matches!(
                tree.prove(value),
                Proof::NotLogged {
                    left: Some(_),
                    right: Some(_),
                    ..
                }
            )
        })
        .expect("some entry lies between two");
    let good = absence(value, tree.prove(&value));
    assert!(ward.view(&good));
    let wrong = [
        isNotLoggedCall {
            leaf: good.left,
            ..good.clone()
        },
        isNotLoggedCall {
            leaf: good.right,
            ..good.clone()
        },
        isNotLoggedCall {
            position: good.position + 1,
            ..good.clone()
        },
        isNotLoggedCall {
            position: 0,
            ..good.clone()
        },
        isNotLoggedCall {
            position: 20,
            ..good.clone()
        },
        isNotLoggedCall {
            left: good.right,
            leftProof: good.rightProof.clone(),
            ..good.clone()
        },
        isNotLoggedCall {
            batch: 1,
            ..good.clone()
        },
        isNotLoggedCall {
            author: stranger(),
            ..good
        },
    ];
    for call in wrong {
        assert!(!ward.view(&call), "{call:?}");
    }
}
