//! A plain escrow in Solidity: a consultation that is booked, held, claimed, accepted and withdrawn, and others that are called off or settled.

use alloy_core::primitives::{Address, B256, U256};
use anyhow::{Context, Result, ensure};

use super::{Bookings, DAY, FEE, HOUR, ITelehealth::*, People, SERVICE, approval, opened};
use crate::{
    checkout::Checkout,
    ledger::Row,
    meter::{Meter, word},
};

/// Measures it on both machines.
pub(super) fn measure(checkout: &Checkout) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for machine in 0..2 {
        let (mut visits, people) = opened(checkout, |input| {
            let twins = checkout.twin("Escrow")?.implementations(&input);
            twins.into_iter().nth(machine).context("two of them")
        })?;
        life(&mut visits, &people).with_context(|| visits.maker().name())?;
        rows.extend(visits.into_rows());
    }
    // It has a part of the contract, so its deployment is no comparison.
    rows.retain(|row| row.message != "deploy");
    Ok(rows)
}

/// As ours lives, by the same calls in the same state.
fn life(visits: &mut Meter, people: &People) -> Result<()> {
    let People {
        patient,
        provider,
        passer_by,
        ..
    } = people;
    let approval = approval(visits, U256::MAX);
    visits.elsewhere(patient, people.token, approval)?;
    let mut bookings = Bookings::from(visits, people);
    let first = bookings.next();
    visits.prepare(patient, &bookCall { booking: first })?;
    let booking = bookings.next();
    let id = visits.measure("book", patient, &bookCall { booking })?;

    let (start, cancel) = (bookings.start, cancelCall { visitId: id });
    visits.measure_aside("cancel, funded", patient, &cancel)?;
    visits.measure("confirm", provider, &confirmCall { visitId: id })?;
    visits.measure_aside("cancel, confirmed", patient, &cancel)?;
    visits.advance_to(start + HOUR / 4);
    visits.measure("start", provider, &startCall { visitId: id })?;
    visits.advance_to(start + HOUR);
    let complete = completeCall {
        visitId: id,
        recordId: B256::ZERO,
    };
    visits.measure_aside("complete, by the patient", patient, &complete)?;
    visits.measure("complete, by the provider", provider, &complete)?;
    visits.aside(|visits| {
        visits.advance_to(start + 8 * DAY);
        visits.measure("settle, not contested", passer_by, &settleCall { visitId: id })
    })?;
    visits.measure("accept", patient, &acceptCall { visitId: id })?;
    let token: Address = word(people.token);
    let sent = visits.measure("withdraw", provider, &withdrawCall { token })?;
    ensure!(sent == U256::from(FEE), "the provider is not paid in full");
    views(visits, people)
}

fn views(visits: &mut Meter, people: &People) -> Result<()> {
    let (provider, token): (Address, Address) = (word(people.provider.address()), word(people.token));
    visits.measure_aside("termsVersion", &people.patient, &termsVersionCall { provider })?;
    let fee = feeOfCall {
        provider,
        service: SERVICE,
        token,
    };
    visits.measure_aside("feeOf", &people.patient, &fee)?;
    let due = withdrawableCall {
        account: provider,
        token,
    };
    visits.measure_aside("withdrawable", &people.patient, &due)?;
    Ok(())
}
