//! What a consent takes in storage, beside the same facts in clear.

use std::{fmt, iter};

use alloy_core::{
    primitives::{B256, keccak256},
    sol,
    sol_types::SolCall,
};
use anyhow::{Context, Result};
use pallet_revive::AccountInfo;
use salus_devchain::{Session, runtime::Runtime, session::Actor};
use serde::Serialize;
use sp_core::H160;

use crate::{
    checkout::Checkout,
    consent::{self, policy},
    meter::{Implementation, word},
};

sol!(
    interface IClearConsent {
        function grantInClear(bytes32 consentId, bytes32 subject, address grantee, uint64 validFrom, uint64 validUntil, bytes policy) external;
    }
);

/// Nodes of the policies that are kept in clear.
const NODES: [usize; 4] = [1, 10, 20, 50];

/// What one consent adds to the state.
#[derive(Debug, Serialize)]
pub(crate) struct Stored {
    /// `commitment`: ours; `in_clear`: the whole policy, in Solidity on the EVM.
    kept: &'static str,
    /// The policy's length; none where it is not kept, so that any costs the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    policy_bytes: Option<usize>,
    /// Entries of storage.
    items: u32,
    /// Bytes in them.
    bytes: u32,
    /// In the native coin's smallest unit.
    deposit: i128,
}

impl fmt::Display for Stored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.policy_bytes {
            None => write!(f, "a commitment to any policy")?,
            Some(bytes) => write!(f, "a policy of {bytes} bytes in clear")?,
        }
        let Self {
            items, bytes, deposit, ..
        } = self;
        write!(f, ": {bytes} bytes in {items} entries, deposit {deposit}")
    }
}

/// Grants, with our contract and with one that keeps the policy.
pub(crate) fn measure(checkout: &Checkout) -> Result<Vec<Stored>> {
    let [in_clear, _] = checkout.twin("ClearConsent")?.implementations(&[]);
    let in_clear = NODES.into_iter().map(|nodes| of_policy(&in_clear, nodes));
    iter::once(of_commitment(checkout)).chain(in_clear).collect()
}

/// The subject, which is there before, is not counted.
fn of_commitment(checkout: &Checkout) -> Result<Stored> {
    let mut session = Session::new();
    let contract = session.deploy(&checkout.code("consent")?, Vec::new())?.address;
    session.set_caller(Actor::ethereum(1));
    session.call(contract, consent::registration().abi_encode())?;
    let grant = consent::grant(session.timestamp(), B256::repeat_byte(0xcc));
    stored(&mut session, contract, grant.abi_encode(), None)
}

fn of_policy(implementation: &Implementation, nodes: usize) -> Result<Stored> {
    let mut session = Session::new();
    let contract = session
        .deploy(&implementation.code, implementation.input.clone())?
        .address;
    let now = session.timestamp();
    let policy = policy::of_nodes(nodes, now).encode()?;
    let length = policy.len();
    let grant = IClearConsent::grantInClearCall {
        consentId: keccak256("a consent"),
        subject: keccak256("a subject"),
        grantee: word(Actor::ethereum(2).address()),
        validFrom: now,
        validUntil: u64::MAX,
        policy: policy.into(),
    };
    stored(&mut session, contract, grant.abi_encode(), Some(length))
}

fn stored(session: &mut Session, contract: H160, input: Vec<u8>, policy_bytes: Option<usize>) -> Result<Stored> {
    let before = usage(session, contract)?;
    let deposit = session.call(contract, input)?.cost.deposit;
    let after = usage(session, contract)?;
    Ok(Stored {
        kept: if policy_bytes.is_none() {
            "commitment"
        } else {
            "in_clear"
        },
        policy_bytes,
        items: after.0 - before.0,
        bytes: after.1 - before.1,
        deposit,
    })
}

/// How many entries a contract has, and bytes in them.
fn usage(session: &mut Session, contract: H160) -> Result<(u32, u32)> {
    let info = session.execute(|| AccountInfo::<Runtime>::load_contract(&contract));
    let info = info.context("the contract is gone")?;
    Ok((info.storage_items, info.storage_bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_consent_takes_less_than_its_policy_in_clear_and_the_same_whatever_it_says() {
        let stored = measure(&Checkout::of_tests()).unwrap();
        let (ours, in_clear) = stored.split_first().unwrap();
        assert_eq!((ours.items, ours.kept), (2, "commitment"));
        assert_eq!(in_clear.len(), NODES.len());
        for other in in_clear {
            assert!(
                ours.bytes < other.bytes && ours.deposit < other.deposit,
                "{ours:?} {other:?}"
            );
        }
        assert!(in_clear.is_sorted_by(|one, next| one.deposit < next.deposit));
    }
}
