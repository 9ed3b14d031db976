//! What the contract keeps. The layout of slots is described in `salus_slots`.

use ink::{Address, H256, U256};
use salus_core::{
    codes::Role,
    telehealth::{
        Conditions, FeeChange, PlatformFee, RefundStep, Side, Status, Terms, Visit,
        escrow::{Books, Quote},
    },
};
use salus_env::signed::Actions;
use salus_slots::{EntryMap, Immutable, WordMap};

use crate::booking::NO_ROLE;

/// What is fixed.
pub(crate) const FIXED: Immutable<StoredFixed> = Immutable::new();
/// By identifier.
pub(crate) const VISITS: EntryMap<[u8; 32], StoredVisit> = EntryMap::new(1);
/// By account and token.
pub(crate) const WITHDRAWABLE: WordMap<(Address, Address), U256> = WordMap::new(2);
/// By token: paid in, paid out, in escrow, owed.
pub(crate) const BOOKS: EntryMap<Address, (U256, U256, U256, U256)> = EntryMap::new(3);
/// By provider: the number of the terms.
pub(crate) const TERMS_VERSIONS: EntryMap<Address, u32> = EntryMap::new(4);
/// By provider and number.
pub(crate) const TERMS: EntryMap<(Address, u32), StoredTerms> = EntryMap::new(5);
/// By provider, service, token, and how many visits are booked together: the fee of each.
pub(crate) const FEES: WordMap<(Address, H256, Address, u32), U256> = WordMap::new(6);
/// By provider, patient, service and token: the fee, and the last second.
pub(crate) const QUOTES: EntryMap<QuoteKey, (U256, u64)> = EntryMap::new(7);
/// By provider.
pub(crate) const AVAILABILITIES: EntryMap<Address, [u8; 32]> = EntryMap::new(8);
/// Fee and collector before, fee and collector after, and the second between.
pub(crate) const PLATFORM: EntryMap<[u8; 0], (u32, Address, u32, Address, u64)> = EntryMap::new(9);
/// The owner, and to whom the office is offered, which is the zero address when it is to nobody.
pub(crate) const OWNERSHIP: EntryMap<[u8; 0], ([u8; 20], [u8; 20])> = EntryMap::new(10);
/// What is signed: the domain that wallets show, and the slot of nonces.
pub(crate) const ACTIONS: Actions = Actions::new("Salus Telehealth", 11);

/// The contracts `consent`, `credentials` and `records`, and the role of arbiters.
pub(crate) type StoredFixed = (Address, Address, Address, u8);
/// Provider, patient, service and token.
type QuoteKey = (Address, Address, [u8; 32], Address);
/// Patient, provider, arbiter and token; fee; beginning, end, the time to confirm, and the deadline; the number of the terms and the
/// platform's fee; role, record and subject; status, and who said that it began; the claim and who made it, or zeros.
pub(crate) type StoredVisit = (
    (Address, Address, Address, Address),
    U256,
    (u64, u64, u64, u64),
    (u32, u32),
    (u8, bool, [u8; 32]),
    (u8, u8),
    (u8, u8),
);
/// Notice and refund of each step; grace, claim window, objection window and decision window; the shares of a no-show and by default.
pub(crate) type StoredTerms = (StoredSteps, (u32, u32, u32, u32), (u32, u32));
type StoredSteps = ((u32, u32), (u32, u32), (u32, u32), (u32, u32));

pub(crate) fn store_visit(visit: &Visit) -> StoredVisit {
    let Conditions { role, record, subject } = visit.conditions;
    (
        (visit.patient, visit.provider, visit.arbiter, visit.token),
        visit.fee,
        (visit.start_time, visit.end_time, visit.confirm_by, visit.deadline),
        (visit.terms_version, visit.platform_fee.into()),
        (role.map_or(NO_ROLE, Role::bit), record, subject),
        (visit.status as u8, Side::number(visit.started_by)),
        visit.claim.map_or((0, 0), |(claim, side)| (claim as u8, side as u8)),
    )
}

/// `None` if there is a number that [`store_visit`] does not write.
pub(crate) fn load_visit(stored: StoredVisit) -> Option<Visit> {
    let ((patient, provider, arbiter, token), fee, times, numbers, conditions, progress, claim) = stored;
    let (start_time, end_time, confirm_by, deadline) = times;
    let (role, record, subject) = conditions;
    Some(Visit {
        patient,
        provider,
        arbiter,
        token,
        fee,
        start_time,
        end_time,
        confirm_by,
        deadline,
        terms_version: numbers.0,
        platform_fee: u16::try_from(numbers.1).ok()?,
        conditions: Conditions {
            role: Role::from_bit(role),
            record,
            subject,
        },
        status: Status::from_number(progress.0)?,
        started_by: Side::from_number(progress.1),
        claim: Status::from_number(claim.0).zip(Side::from_number(claim.1)),
    })
}

pub(crate) fn store_terms(terms: &Terms) -> StoredTerms {
    let [first, second, third, fourth] = terms.refunds.map(|step| (step.notice, step.refund.into()));
    (
        (first, second, third, fourth),
        (
            terms.grace,
            terms.claim_window,
            terms.objection_window,
            terms.decision_window,
        ),
        (terms.no_show_share.into(), terms.default_share.into()),
    )
}

pub(crate) fn load_terms((steps, windows, shares): StoredTerms) -> Terms {
    let (first, second, third, fourth) = steps;
    let (grace, claim_window, objection_window, decision_window) = windows;
    Terms {
        refunds: [first, second, third, fourth].map(|(notice, refund)| RefundStep {
            notice,
            refund: share(refund),
        }),
        grace,
        no_show_share: share(shares.0),
        claim_window,
        objection_window,
        decision_window,
        default_share: share(shares.1),
    }
}

/// Only shares are written.
fn share(stored: u32) -> u16 {
    u16::try_from(stored).unwrap_or_default()
}

pub(crate) fn load_quote((fee, until): (U256, u64)) -> Quote {
    Quote { fee, until }
}

pub(crate) fn store_platform(change: &FeeChange) -> (u32, Address, u32, Address, u64) {
    let FeeChange {
        before,
        after,
        effective_at,
    } = change;
    (
        before.fee.into(),
        before.collector,
        after.fee.into(),
        after.collector,
        *effective_at,
    )
}

pub(crate) fn load_platform(stored: (u32, Address, u32, Address, u64)) -> FeeChange {
    let (before, before_collector, after, after_collector, effective_at) = stored;
    FeeChange {
        before: PlatformFee {
            fee: share(before),
            collector: before_collector,
        },
        after: PlatformFee {
            fee: share(after),
            collector: after_collector,
        },
        effective_at,
    }
}

pub(crate) fn load_books((paid_in, paid_out, escrowed, owed): (U256, U256, U256, U256)) -> Books {
    Books {
        paid_in,
        paid_out,
        escrowed,
        owed,
    }
}
