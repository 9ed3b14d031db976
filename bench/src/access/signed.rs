//! What is signed by one and sent by another.

use alloy_core::{
    primitives::{Address, B256, U256},
    sol,
    sol_types::{Eip712Domain, SolCall, SolStruct},
};
use anyhow::{Result, ensure};
use salus_devchain::{runtime::CHAIN_ID, session::Actor};
use sp_core::{Pair as _, ecdsa};

use super::IAccess;
use crate::{meter::Meter, token::owner_of};

sol! {
    struct InvalidateUnorderedNonces { uint256 wordPos; uint256 mask; uint256 nonce; uint256 deadline; }
    struct EmergencyAccess { bytes32 subject; address actor; uint256 nonce; uint256 deadline; }
}

/// A key whose account sends nothing.
pub(super) struct Key(ecdsa::Pair);

impl Key {
    pub(super) fn new() -> Self {
        Self(ecdsa::Pair::from_seed(&[7; 32]))
    }

    pub(super) fn address(&self) -> Result<Address> {
        owner_of(&self.0)
    }

    fn sign(&self, contract: Address, typed: &impl SolStruct) -> (U256, B256, B256) {
        let domain = Eip712Domain::new(
            Some("Salus Access".into()),
            Some("1".into()),
            Some(U256::from(CHAIN_ID)),
            Some(contract),
            None,
        );
        let signature = self.0.sign_prehashed(&typed.eip712_signing_hash(&domain).0).0;
        let half = |at: usize| B256::from_slice(&signature[at..at + 32]);
        (U256::from(signature[64] + 27), half(0), half(32))
    }

    /// `call`, which is `actor`'s, at once.
    pub(super) fn open(
        &self,
        contract: Address,
        call: &IAccess::breakGlassCall,
        actor: Address,
    ) -> IAccess::breakGlassWithKeyCall {
        let (nonce, deadline) = (U256::ZERO, U256::MAX);
        let typed = EmergencyAccess {
            subject: call.subject,
            actor,
            nonce,
            deadline,
        };
        let (v, r, s) = self.sign(contract, &typed);
        IAccess::breakGlassWithKeyCall {
            subject: call.subject,
            role: call.role,
            purpose: call.purpose,
            reviewer: call.reviewer,
            evidence: call.evidence,
            duration: call.duration,
            nonce,
            deadline,
            v,
            r,
            s,
        }
    }
}

/// Measures what a signature costs beside the message that it is for, and what there is around it.
pub(super) fn measure(access: &mut Meter, relayer: &Actor) -> Result<()> {
    let (key, contract) = (Key::new(), access.address());
    let (nonce, deadline) = (U256::from(1) << 8, U256::MAX);
    let call = IAccess::invalidateUnorderedNoncesCall {
        wordPos: U256::ZERO,
        mask: U256::MAX,
    };
    access.measure_aside("invalidateUnorderedNonces", relayer, &call)?;
    let typed = InvalidateUnorderedNonces {
        wordPos: call.wordPos,
        mask: call.mask,
        nonce,
        deadline,
    };
    let (v, r, s) = key.sign(contract, &typed);
    let act = IAccess::actBySigCall {
        signer: key.address()?,
        call: call.abi_encode().into(),
        nonce,
        deadline,
        v,
        r,
        s,
    };
    access.measure("actBySig, invalidateUnorderedNonces", relayer, &act)?;
    let asked = IAccess::nonceBitmapCall {
        owner: act.signer,
        wordPos: U256::ZERO,
    };
    ensure!(
        access.measure_aside("nonceBitmap", relayer, &asked)? == U256::MAX,
        "the nonces are not used up"
    );
    access.measure_aside("DOMAIN_SEPARATOR", relayer, &IAccess::DOMAIN_SEPARATORCall {})?;
    access.measure_aside("eip712Domain", relayer, &IAccess::eip712DomainCall {})?;
    Ok(())
}
