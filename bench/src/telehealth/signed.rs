//! What a patient signs: bookings, and steps that somebody else sends.

use alloy_core::{
    primitives::{B256, U256},
    sol,
    sol_types::{Eip712Domain, SolCall, SolStruct},
};
use anyhow::{Result, ensure};
use salus_devchain::runtime::CHAIN_ID;

use super::{ITelehealth::*, People};
use crate::{
    meter::{Meter, word},
    token::signed::{Permit, ReceiveWithAuthorization, sign},
};

sol! {
    struct InvalidateUnorderedNonces { uint256 wordPos; uint256 mask; uint256 nonce; uint256 deadline; }
}

/// A booking by permit, and one by authorization, which anybody sends.
pub(super) fn bookings(visits: &mut Meter, people: &People, booking: &Booking) -> Result<()> {
    let (patient, escrow) = (word(people.patient.address()), visits.address());
    let permit = Permit {
        owner: patient,
        spender: escrow,
        value: booking.fee,
        nonce: U256::ZERO,
        deadline: U256::MAX,
    };
    let (v, r, s) = sign(&people.key, booking.token, &permit);
    let call = bookWithPermitCall {
        booking: booking.clone(),
        deadline: permit.deadline,
        v,
        r,
        s,
    };
    visits.measure_aside("bookWithPermit", &people.patient, &call)?;
    let asked = visitIdOfCall {
        patient,
        booking: booking.clone(),
    };
    let authorization = ReceiveWithAuthorization {
        from: patient,
        to: escrow,
        value: booking.fee,
        validAfter: U256::ZERO,
        validBefore: U256::MAX,
        nonce: visits.prepare(&people.patient, &asked)?,
    };
    let (v, r, s) = sign(&people.key, booking.token, &authorization);
    let call = bookWithAuthorizationCall {
        patient,
        booking: booking.clone(),
        validAfter: authorization.validAfter,
        validBefore: authorization.validBefore,
        v,
        r,
        s,
    };
    visits.measure_aside("bookWithAuthorization", &people.passer_by, &call)?;
    Ok(())
}

/// What a signature costs beside the message that it is for, and what there is around it.
pub(super) fn actions(visits: &mut Meter, people: &People) -> Result<()> {
    let (relayer, nonce, deadline) = (&people.passer_by, U256::from(1) << 8, U256::MAX);
    let call = invalidateUnorderedNoncesCall {
        wordPos: U256::ZERO,
        mask: U256::MAX,
    };
    visits.measure_aside("invalidateUnorderedNonces", relayer, &call)?;
    let typed = InvalidateUnorderedNonces {
        wordPos: call.wordPos,
        mask: call.mask,
        nonce,
        deadline,
    };
    let domain = Eip712Domain::new(
        Some("Salus Telehealth".into()),
        Some("1".into()),
        Some(U256::from(CHAIN_ID)),
        Some(visits.address()),
        None,
    );
    let signature = people.key.sign_prehashed(&typed.eip712_signing_hash(&domain).0).0;
    let act = actBySigCall {
        signer: word(people.patient.address()),
        call: call.abi_encode().into(),
        nonce,
        deadline,
        v: U256::from(signature[64] + 27),
        r: B256::from_slice(&signature[..32]),
        s: B256::from_slice(&signature[32..64]),
    };
    visits.measure("actBySig, invalidateUnorderedNonces", relayer, &act)?;
    let asked = nonceBitmapCall {
        owner: act.signer,
        wordPos: U256::ZERO,
    };
    ensure!(
        visits.measure_aside("nonceBitmap", relayer, &asked)? == U256::MAX,
        "the nonces are not used up"
    );
    visits.measure_aside("DOMAIN_SEPARATOR", relayer, &DOMAIN_SEPARATORCall {})?;
    visits.measure_aside("eip712Domain", relayer, &eip712DomainCall {})?;
    Ok(())
}
