//! The telehealth contract's messages, paid in our token.

mod people;
mod series;
mod signed;
mod twin;
pub(crate) mod ways;

use alloy_core::{
    primitives::{Address, B256, U256},
    sol,
    sol_types::{SolCall, SolConstructor},
};
use anyhow::{Result, ensure};
use salus_core::codes::Role;
use salus_devchain::Session;

use self::people::People;
use crate::{
    checkout::Checkout,
    ledger::Row,
    meter::{Implementation, Meter, word},
    token::Token,
};

sol!(
    #[derive(Debug)]
    #[allow(clippy::too_many_arguments, reason = "as many as the message has")]
    ITelehealth,
    "../contracts/artifacts/telehealth.abi.json"
);

use ITelehealth::*;

const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;
const FEE: u64 = 5_000;
const SERVICE: B256 = B256::repeat_byte(0x5e);
const EVIDENCE: B256 = B256::repeat_byte(0xe1);

/// Measures a consultation that takes place, and the other ways in which one ends, beside those of the twin.
pub(crate) fn measure(checkout: &Checkout) -> Result<Vec<Row>> {
    let mut rows = of_ours(checkout)?;
    rows.extend(twin::measure(checkout)?);
    Ok(rows)
}

/// An escrow with the terms and the fee of a provider.
fn opened(
    checkout: &Checkout,
    implementation: impl FnOnce(Vec<u8>) -> Result<Implementation>,
) -> Result<(Meter, People)> {
    let mut session = Session::new();
    let people = People::new(checkout, &mut session)?;
    let constructor = constructorCall {
        initialOwner: word(people.owner.address()),
        consent: word(people.consent),
        credentials: word(people.credentials),
        records: word(people.records),
        arbiterRole: Role::LIC.bit(),
    };
    let implementation = implementation(constructor.abi_encode())?;
    let mut visits = Meter::deploy(session, "telehealth", &implementation)?;
    publish(&mut visits, &people)?;
    Ok((visits, people))
}

fn ours(checkout: &Checkout) -> Result<(Meter, People)> {
    opened(checkout, |input| {
        Ok(Implementation::salus(checkout.code("telehealth")?, input))
    })
}

/// Lets the escrow take so much from the patient.
fn approval(visits: &Meter, value: U256) -> Vec<u8> {
    let approve = Token::approveCall {
        spender: visits.address(),
        value,
    };
    approve.abi_encode()
}

fn of_ours(checkout: &Checkout) -> Result<Vec<Row>> {
    let (mut visits, people) = ours(checkout)?;
    let approval = approval(&visits, U256::MAX);
    visits.elsewhere(&people.patient, people.token, approval)?;
    offers(&mut visits, &people)?;
    let mut bookings = Bookings::from(&mut visits, &people);
    // Whoever comes first pays for the entries that all share.
    let first = bookings.next();
    visits.prepare(&people.patient, &bookCall { booking: first })?;

    let booking = bookings.next();
    let call = bookCall {
        booking: booking.clone(),
    };
    visits.measure_aside("book", &people.patient, &call)?;
    signed::bookings(&mut visits, &people, &booking)?;
    series::measure(&mut visits, &people, &booking)?;
    let call = requestVisitCall {
        booking: booking.clone(),
    };
    let id = visits.measure("requestVisit", &people.patient, &call)?;
    let asked = visitIdOfCall {
        patient: word(people.patient.address()),
        booking,
    };
    ensure!(visits.measure_aside("visitIdOf", &people.patient, &asked)? == id);
    visits.measure("fund", &people.patient, &fundCall { visitId: id })?;
    life(&mut visits, &people, id, bookings.start)?;
    views(&mut visits, &people, id)?;
    owner(&mut visits, &people)?;
    signed::actions(&mut visits, &people)?;
    Ok(visits.into_rows())
}

/// Bookings, each another one.
struct Bookings<'a> {
    people: &'a People,
    start: u64,
    count: u8,
}

impl<'a> Bookings<'a> {
    fn from(visits: &mut Meter, people: &'a People) -> Self {
        Self {
            people,
            start: visits.now() + 2 * DAY,
            count: 0,
        }
    }

    fn next(&mut self) -> Booking {
        self.count += 1;
        Booking {
            provider: word(self.people.provider.address()),
            service: SERVICE,
            token: word(self.people.token),
            fee: U256::from(FEE),
            termsVersion: 1,
            startTime: self.start,
            endTime: self.start + HOUR,
            confirmBy: self.start,
            arbiter: word(self.people.arbiter.address()),
            conditions: Conditions {
                role: u8::MAX,
                record: false,
                subject: B256::ZERO,
            },
            detailsHash: B256::repeat_byte(self.count),
        }
    }
}

fn publish(visits: &mut Meter, people: &People) -> Result<()> {
    let provider = &people.provider;
    let terms = setTermsCall {
        notices: vec![86_400, 3_600],
        refunds: vec![10_000, 5_000],
        grace: 900,
        noShowShare: 10_000,
        claimWindow: 86_400,
        objectionWindow: 604_800,
        decisionWindow: 1_814_400,
        defaultShare: 5_000,
    };
    visits.measure("setTerms", provider, &terms)?;
    let fee = setFeeCall {
        service: SERVICE,
        token: word(people.token),
        fee: U256::from(FEE),
    };
    visits.measure("setFee", provider, &fee)?;
    Ok(())
}

fn offers(visits: &mut Meter, people: &People) -> Result<()> {
    let provider = &people.provider;
    let quote = setQuoteCall {
        patient: word(people.patient.address()),
        service: SERVICE,
        token: word(people.token),
        fee: U256::from(FEE - 1),
        validUntil: u64::MAX,
    };
    visits.measure_aside("setQuote", provider, &quote)?;
    let availability = setAvailabilityCall {
        availability: B256::repeat_byte(0xaf),
    };
    visits.measure_aside("setAvailability", provider, &availability)?;
    Ok(())
}

/// A visit that is paid for, and from each of its statuses the ways out.
fn life(visits: &mut Meter, people: &People, id: B256, start: u64) -> Result<()> {
    let People {
        patient,
        provider,
        arbiter,
        passer_by,
        ..
    } = people;
    let (cancel, settle) = (cancelCall { visitId: id }, settleCall { visitId: id });
    visits.measure_aside("cancel, funded", patient, &cancel)?;
    visits.measure_aside("decline", provider, &declineCall { visitId: id })?;
    visits.measure("confirm", provider, &confirmCall { visitId: id })?;
    visits.measure_aside("cancel, confirmed", patient, &cancel)?;
    visits.advance_to(start + HOUR / 4);
    let no_show = claimNoShowCall {
        visitId: id,
        evidence: EVIDENCE,
    };
    visits.measure_aside("claimNoShow", provider, &no_show)?;
    visits.measure("start", provider, &startCall { visitId: id })?;
    let failure = claimTechnicalFailureCall {
        visitId: id,
        evidence: EVIDENCE,
    };
    visits.measure_aside("claimTechnicalFailure", patient, &failure)?;
    visits.advance_to(start + HOUR);
    let complete = completeCall {
        visitId: id,
        recordId: B256::ZERO,
    };
    visits.measure_aside("complete, by the patient", patient, &complete)?;
    visits.measure("complete, by the provider", provider, &complete)?;
    visits.measure_aside("accept", patient, &acceptCall { visitId: id })?;
    visits.aside(|visits| {
        visits.advance_to(start + 8 * DAY);
        visits.measure("settle, not contested", passer_by, &settle)
    })?;
    let contest = contestCall {
        visitId: id,
        evidence: EVIDENCE,
    };
    visits.measure("contest", patient, &contest)?;
    let evidence = submitEvidenceCall {
        visitId: id,
        evidence: EVIDENCE,
    };
    visits.measure_aside("submitEvidence", provider, &evidence)?;
    visits.aside(|visits| {
        visits.advance_to(start + 23 * DAY);
        visits.measure("settle, not decided", passer_by, &settle)
    })?;
    let decide = decideCall {
        visitId: id,
        providerShare: 10_000,
        reasons: EVIDENCE,
    };
    visits.measure("decide", arbiter, &decide)?;
    let token: Address = word(people.token);
    let sent = visits.measure("withdraw", provider, &withdrawCall { token })?;
    ensure!(sent == U256::from(FEE), "the provider is not paid in full");
    Ok(())
}

fn views(visits: &mut Meter, people: &People, id: B256) -> Result<()> {
    let (token, asker): (Address, _) = (word(people.token), &people.patient);
    let (provider, patient) = (word(people.provider.address()), word(people.patient.address()));
    visits.measure_aside("visit", asker, &visitCall { visitId: id })?;
    visits.measure_aside("progressOf", asker, &progressOfCall { visitId: id })?;
    visits.measure_aside("termsVersion", asker, &termsVersionCall { provider })?;
    visits.measure_aside("termsOf", asker, &termsOfCall { provider, version: 1 })?;
    let fee = feeOfCall {
        provider,
        service: SERVICE,
        token,
    };
    visits.measure_aside("feeOf", asker, &fee)?;
    let quote = quoteOfCall {
        provider,
        patient,
        service: SERVICE,
        token,
    };
    visits.measure_aside("quoteOf", asker, &quote)?;
    visits.measure_aside("availabilityOf", asker, &availabilityOfCall { provider })?;
    let due = withdrawableCall {
        account: provider,
        token,
    };
    visits.measure_aside("withdrawable", asker, &due)?;
    visits.measure_aside("totals", asker, &totalsCall { token })?;
    visits.measure_aside("registries", asker, &registriesCall {})?;
    visits.measure_aside("platformFee", asker, &platformFeeCall {})?;
    visits.measure_aside("owner", asker, &ownerCall {})?;
    visits.measure_aside("pendingOwner", asker, &pendingOwnerCall {})?;
    Ok(())
}

fn owner(visits: &mut Meter, people: &People) -> Result<()> {
    let collector: Address = word(people.passer_by.address());
    let announce = announcePlatformFeeCall { fee: 250, collector };
    visits.measure_aside("announcePlatformFee", &people.owner, &announce)?;
    visits.aside(|visits| {
        let offer = transferOwnershipCall { newOwner: collector };
        visits.measure("transferOwnership", &people.owner, &offer)?;
        visits.measure("acceptOwnership", &people.passer_by, &acceptOwnershipCall {})
    })?;
    Ok(())
}
