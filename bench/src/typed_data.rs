//! What EIP-712 hashes for a permit: a contract made as ours are, which does only that, beside its twin in Solidity.

use alloy_core::{
    primitives::{Address, U256},
    sol,
    sol_types::SolStruct,
};
use anyhow::{Result, ensure};
use salus_devchain::{Session, session::Actor};
use salus_tests_contracts::permits::{Permit, domain_of};

use crate::{
    checkout::Checkout,
    ledger::Row,
    meter::{Implementation, Meter},
    token::NAME,
};

sol! {
    #[derive(Debug)]
    interface TypedData {
        function permitDigest(address owner, address spender, uint256 value, uint256 nonce, uint256 deadline) external view returns (bytes32);
    }
}

/// Measures the three hashes of a permit: domain separator, struct, digest.
pub(crate) fn measure(checkout: &Checkout) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    let ours = checkout.yardstick("probe-typed-data")?;
    let ours = ours.map(|code| Implementation::salus(code, Vec::new()));
    for implementation in ours.into_iter().chain(checkout.twin("TypedData")?.implementations(&[])) {
        let mut meter = Meter::deploy(Session::new(), "typed-data", &implementation)?;
        let domain = domain_of(NAME, meter.address());
        let permit = Permit {
            owner: Address::repeat_byte(1),
            spender: Address::repeat_byte(2),
            value: U256::from(3),
            nonce: U256::from(4),
            deadline: U256::from(5),
        };
        let call = TypedData::permitDigestCall {
            owner: permit.owner,
            spender: permit.spender,
            value: permit.value,
            nonce: permit.nonce,
            deadline: permit.deadline,
        };
        let digest = meter.measure("permitDigest", &Actor::ethereum(0), &call)?;
        ensure!(
            digest == permit.eip712_signing_hash(&domain),
            "the digest is not what EIP-712 says"
        );
        rows.extend(meter.into_rows());
    }
    Ok(rows)
}
