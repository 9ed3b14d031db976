//! What is signed by one and sent by another.

use alloy_core::{
    primitives::{Address, U256},
    sol,
    sol_types::SolStruct as _,
};
use anyhow::{Result, ensure};
use salus_devchain::session::Actor;
use salus_tests_contracts::{
    permits::{Wallet, domain_of},
    signed::{InvalidateUnorderedNonces, signed},
};

use super::IAccess;
use crate::meter::Meter;

sol! {
    struct EmergencyAccess { bytes32 subject; address actor; uint256 nonce; uint256 deadline; }
}

const NAME: &str = "Salus Access";

/// A key whose account sends nothing.
pub(super) fn wallet() -> Wallet {
    Wallet::new(7)
}

/// `call`, which is `actor`'s, at once.
pub(super) fn open(
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
    let (v, r, s) = wallet().sign_digest(&typed.eip712_signing_hash(&domain_of(NAME, contract)));
    IAccess::breakGlassWithKeyCall {
        subject: call.subject,
        role: call.role,
        purpose: call.purpose,
        reviewer: call.reviewer,
        evidence: call.evidence,
        duration: call.duration,
        nonce,
        deadline,
        v: U256::from(v),
        r,
        s,
    }
}

/// Measures what a signature costs beside the message that it is for, and what there is around it.
pub(super) fn measure(access: &mut Meter, relayer: &Actor) -> Result<()> {
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
    let domain = domain_of(NAME, access.address());
    let act = signed(&wallet(), &domain, &call, &typed, (nonce, deadline));
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
