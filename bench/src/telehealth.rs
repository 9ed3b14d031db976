//! The telehealth contract's messages, paid in our token.

use alloy_core::{
    primitives::{Address, B256, U256},
    sol,
    sol_types::{SolCall, SolValue},
};
use anyhow::{Result, ensure};
use salus_devchain::{Session, session::Actor};

use crate::{
    checkout::Checkout,
    ledger::Row,
    meter::{Implementation, Meter, word},
    token::{self, Token},
};

sol!(
    #[derive(Debug)]
    #[allow(clippy::too_many_arguments, reason = "as many as the message has")]
    ITelehealth,
    "../contracts/artifacts/telehealth.abi.json"
);

const DAY: u64 = 86_400;
const FEE: u64 = 5_000;

/// Measures a consultation that takes place, and the other ways in which one ends.
pub(crate) fn measure(checkout: &Checkout) -> Result<Vec<Row>> {
    let (patient, provider, passer_by) = (Actor::ethereum(0), Actor::ethereum(1), Actor::ethereum(2));
    let mut session = Session::new();
    session.set_caller(patient.clone());
    let token = session
        .deploy(&checkout.code("token")?, token::constructor(patient.address()))?
        .address;
    let ours = Implementation::salus(checkout.code("telehealth")?, U256::from(DAY).abi_encode());
    let mut visits = Meter::deploy(session, "telehealth", &ours)?;
    let approve = Token::approveCall {
        spender: visits.address(),
        value: U256::MAX,
    };
    visits.elsewhere(&patient, token, approve.abi_encode())?;
    let start = visits.now() + DAY;
    let request = ITelehealth::requestVisitCall {
        provider: word(provider.address()),
        token: word(token),
        fee: U256::from(FEE),
        startTime: start,
        confirmBy: start,
        detailsHash: B256::repeat_byte(0xde),
    };
    // Whoever comes first pays for the entries that all share.
    let visit = visits.prepare(&patient, &request)?;
    visits.prepare(&patient, &ITelehealth::fundCall { visitId: visit })?;

    let id = visits.measure("requestVisit", &patient, &request)?;
    let cancel = ITelehealth::cancelCall { visitId: id };
    visits.measure_aside("cancel, not funded", &patient, &cancel)?;
    visits.measure("fund", &patient, &ITelehealth::fundCall { visitId: id })?;
    visits.measure_aside("cancel, funded", &patient, &cancel)?;
    visits.measure_aside("decline", &provider, &ITelehealth::declineCall { visitId: id })?;
    visits.measure("confirm", &provider, &ITelehealth::confirmCall { visitId: id })?;
    visits.measure_aside("visit", &patient, &ITelehealth::visitCall { visitId: id })?;
    visits.measure_aside("visitCount", &patient, &ITelehealth::visitCountCall {})?;
    visits.measure_aside("completionWindow", &patient, &ITelehealth::completionWindowCall {})?;

    visits.advance_to(start);
    visits.aside(|visits| {
        visits.advance_to(start + 2 * DAY);
        visits.measure("expire", &passer_by, &ITelehealth::expireCall { visitId: id })
    })?;
    visits.measure("complete", &provider, &ITelehealth::completeCall { visitId: id })?;
    let (account, token): (Address, Address) = (word(provider.address()), word(token));
    let due = ITelehealth::withdrawableCall { account, token };
    ensure!(
        visits.measure_aside("withdrawable", &provider, &due)? == U256::from(FEE),
        "the provider is not paid"
    );
    let sent = visits.measure("withdraw", &provider, &ITelehealth::withdrawCall { token })?;
    ensure!(sent == U256::from(FEE), "the provider is not paid in full");
    visits.measure_aside("totals", &patient, &ITelehealth::totalsCall { token })?;
    Ok(visits.into_rows())
}
