//! Those who take part, and the contracts that the escrow asks.

use alloy_core::{
    primitives::{Address, B256, U256},
    sol_types::{SolCall, SolValue},
};
use anyhow::Result;
use salus_core::codes::Role;
use salus_devchain::{Session, session::Actor};
use salus_tests_contracts::{h160, permits::Wallet};
use sp_core::H160;

use crate::{checkout::Checkout, credentials::ICredentials, meter::word, token};

/// Who owns the contracts issues credentials as well.
pub(super) struct People {
    pub(super) owner: Actor,
    pub(super) provider: Actor,
    pub(super) arbiter: Actor,
    pub(super) passer_by: Actor,
    pub(super) patient: Actor,
    /// The patient's key.
    pub(super) wallet: Wallet,
    pub(super) consent: H160,
    pub(super) credentials: H160,
    pub(super) records: H160,
    pub(super) token: H160,
}

impl People {
    pub(super) fn new(checkout: &Checkout, session: &mut Session) -> Result<Self> {
        let owner = Actor::ethereum(0);
        let arbiter = Actor::ethereum(2);
        let wallet = Wallet::new(9);
        let patient = Actor::from(h160(wallet.address()));
        session.set_caller(owner.clone());
        // Ten coins, for what is stored.
        session.call_with_value(
            patient.address(),
            Vec::new(),
            U256::from(10).pow(U256::from(19)).to::<u128>().into(),
        )?;
        let consent = session.deploy(&checkout.code("consent")?, Vec::new())?.address;
        let records = session.deploy(&checkout.code("records")?, Vec::new())?.address;
        let address: Address = word(owner.address());
        let credentials = session
            .deploy(&checkout.code("credentials")?, address.abi_encode())?
            .address;
        let admit = ICredentials::admitIssuerCall { issuer: address };
        session.call(credentials, admit.abi_encode())?;
        let issue = ICredentials::issueCredentialCall {
            holder: word(arbiter.address()),
            role: Role::LIC.bit(),
            jurisdiction: B256::repeat_byte(1),
            licenceHash: B256::repeat_byte(2),
            validFrom: 0,
            validUntil: u64::MAX,
        };
        session.call(credentials, issue.abi_encode())?;
        let token = session
            .deploy(&checkout.code("token")?, token::constructor(patient.address()))?
            .address;
        Ok(Self {
            owner,
            provider: Actor::ethereum(1),
            arbiter,
            passer_by: Actor::ethereum(3),
            patient,
            wallet,
            consent,
            credentials,
            records,
            token,
        })
    }
}
