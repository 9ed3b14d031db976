//! What a patient signs: bookings, and steps that somebody else sends.

use alloy_core::primitives::U256;
use anyhow::{Result, ensure};
use salus_tests_contracts::{
    authorizations::Authorization,
    permits::{Permit, domain_of},
    signed::{InvalidateUnorderedNonces, signed},
};

use super::{ITelehealth::*, People};
use crate::{
    meter::{Meter, word},
    token::NAME,
};

/// A booking by permit, and one by authorization, which anybody sends.
pub(super) fn bookings(visits: &mut Meter, people: &People, booking: &Booking) -> Result<()> {
    let (patient, escrow) = (word(people.patient.address()), visits.address());
    let of_token = domain_of(NAME, booking.token);
    let permit = Permit {
        owner: patient,
        spender: escrow,
        value: booking.fee,
        nonce: U256::ZERO,
        deadline: U256::MAX,
    };
    let permit = people.wallet.sign(&permit, &of_token);
    let call = bookWithPermitCall {
        booking: booking.clone(),
        deadline: permit.deadline,
        v: permit.v,
        r: permit.r,
        s: permit.s,
    };
    visits.measure_aside("bookWithPermit", &people.patient, &call)?;
    let asked = visitIdOfCall {
        patient,
        booking: booking.clone(),
    };
    let authorization = Authorization {
        from: patient,
        to: escrow,
        value: booking.fee,
        valid_after: U256::ZERO,
        valid_before: U256::MAX,
        nonce: visits.prepare(&people.patient, &asked)?,
    };
    let received = authorization.receive(&people.wallet, &of_token);
    let call = bookWithAuthorizationCall {
        patient,
        booking: booking.clone(),
        validAfter: received.validAfter,
        validBefore: received.validBefore,
        v: received.v,
        r: received.r,
        s: received.s,
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
    let domain = domain_of("Salus Telehealth", visits.address());
    let act = signed(&people.wallet, &domain, &call, &typed, (nonce, deadline));
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
