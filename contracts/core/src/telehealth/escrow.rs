//! The money of visits: what is owed to whom, and the books that prove that nothing is lost.
//!
//! The rules are functions over [`Storage`], which says only how to read and write single entries, and [`Registries`], who can be asked
//! about others. Tokens themselves are moved by the caller: with [`book`] and [`Action::Fund`] they have to arrive, and after [`withdraw`]
//! they have to leave. Nothing is ever pushed to anybody: what a visit releases waits until its owner withdraws it, so that nobody's
//! account can hold up somebody else's visit.

mod book;

pub use book::{book, book_series, request};

use super::{
    Action, Address, BasisPoints, Booking, BookingError, FeeChange, FeeError, Next, PlatformFee, Refusal, SeriesError,
    Split, Terms, TermsError, U256, Visit,
};
use crate::{codes::Role, hash::Hash};

/// The entries of an escrow, each empty or zero until it is written.
pub trait Storage {
    /// What becomes of it that something is refused: an error, or, where it ends everything at once, nothing.
    type Refusal: From<Error>;

    /// The identifier of a booking, see [`super::visit_id`].
    fn visit_id(&self, patient: &Address, booking: &Booking) -> Hash;
    /// The identifier of a series, see [`super::series_id`].
    fn series_id(&self, visits: &[Hash]) -> Hash;
    /// A visit.
    fn visit(&self, id: &Hash) -> Option<Visit>;
    /// Writes what [`Storage::visit`] answers, which was read before.
    fn set_visit(&mut self, id: &Hash, visit: &Visit);
    /// The number of a provider's terms; 0 if there are none.
    fn terms_version(&self, provider: &Address) -> u32;
    /// Writes what [`Storage::terms_version`] answers.
    fn set_terms_version(&mut self, provider: &Address, version: u32);
    /// A provider's terms under a number.
    fn terms(&self, provider: &Address, version: u32) -> Option<Terms>;
    /// Writes what [`Storage::terms`] answers, which is not there yet.
    fn set_terms(&mut self, provider: &Address, version: u32, terms: &Terms);
    /// What each of `visits` visits of a provider's service costs in a token that are booked together; 0 if it is not offered like that.
    fn fee(&self, provider: &Address, service: &Hash, token: &Address, visits: u32) -> U256;
    /// What it costs one patient, if that was quoted, and until which second.
    fn quote(&self, provider: &Address, patient: &Address, service: &Hash, token: &Address) -> Option<Quote>;
    /// What the platform keeps.
    fn platform_fee(&self) -> FeeChange;
    /// Writes what [`Storage::platform_fee`] answers.
    fn set_platform_fee(&mut self, change: &FeeChange);
    /// What `account` can withdraw in `token`.
    fn withdrawable(&self, account: &Address, token: &Address) -> U256;
    /// Writes what [`Storage::withdrawable`] answers.
    fn set_withdrawable(&mut self, account: &Address, token: &Address, amount: U256);
    /// The books of `token`.
    fn books(&self, token: &Address) -> Books;
    /// Writes what [`Storage::books`] answers.
    fn set_books(&mut self, token: &Address, books: &Books);
}

/// Who can be asked about arbiters, and whether a visit's conditions are met.
pub trait Registries: Storage {
    /// The role of arbiters.
    fn arbiter_role(&self) -> Role;
    /// Whether somebody had an active credential in a role at a time.
    fn is_active_at(&self, holder: &Address, role: Role, time: u64) -> bool;
    /// Who anchored a record, and when, in seconds since the epoch.
    fn record(&self, id: &Hash) -> Option<(Address, u64)>;
    /// Whether a subject has a consent in force for somebody.
    fn has_consent(&self, subject: &Hash, grantee: &Address) -> bool;
}

/// A fee that a provider quotes one patient, such as for a token whose price moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quote {
    /// In the token's smallest unit.
    pub fee: U256,
    /// The last second in which it can be booked at it.
    pub until: u64,
}

/// What happened to one token so far. `paid_in == paid_out + escrowed + owed`, always.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Books {
    /// The sum of all fees that came in.
    pub paid_in: U256,
    /// The sum of all withdrawals.
    pub paid_out: U256,
    /// The sum of the fees of visits that hold money.
    pub escrowed: U256,
    /// The sum of what all accounts can withdraw.
    pub owed: U256,
}

impl Books {
    /// What the escrow has to have: fees in escrow, and what waits to be withdrawn.
    #[must_use]
    pub fn held(&self) -> U256 {
        // No overflow: both are parts of `paid_in`.
        self.escrowed.saturating_add(self.owed)
    }
}

/// Why something is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// There is no such visit.
    UnknownVisit(Hash),
    /// It was booked before.
    VisitExists(Hash),
    /// The booking is none.
    Booking(BookingError),
    /// The bookings are no series.
    Series(SeriesError),
    /// The provider's terms have another number now; 0 if there are none.
    TermsChanged(u32),
    /// The service costs this in the token; nothing if it is not offered in it.
    WrongFee(U256),
    /// The account is no arbiter now.
    NoArbiter(Address),
    /// The terms are none.
    Terms(TermsError),
    /// The provider has had 2^32 - 1 terms.
    TooManyTerms,
    /// The platform's fee is none.
    PlatformFee(FeeError),
    /// The visit does not allow it.
    Refused(Refusal),
    /// The provider had no active credential in this role when the consultation began.
    NoCredential(Role),
    /// The provider has anchored no such record since the consultation began.
    NoRecord(Hash),
    /// The subject has no consent in force for the provider.
    NoConsent(Hash),
    /// There is nothing to withdraw.
    NothingToWithdraw {
        /// Whose it would be.
        account: Address,
        /// In which token.
        token: Address,
    },
    /// A sum passes the largest number.
    Overflow,
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// What was done with a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// The visit after it.
    pub visit: Visit,
    /// What became of the fee, if it was released.
    pub split: Option<Split>,
}

/// Publishes terms for a provider's bookings to come, and answers their number.
///
/// # Errors
/// [`Error::Terms`], [`Error::TooManyTerms`]
pub fn set_terms<S: Storage>(storage: &mut S, provider: &Address, terms: &Terms) -> Result<u32, S::Refusal> {
    terms.check().map_err(Error::Terms)?;
    let version = storage
        .terms_version(provider)
        .checked_add(1)
        .ok_or(Error::TooManyTerms)?;
    storage.set_terms_version(provider, version);
    storage.set_terms(provider, version, terms);
    Ok(version)
}

/// Announces another platform fee, and answers from which second on it counts. Who may is the caller's to check.
///
/// # Errors
/// [`Error::PlatformFee`]
pub fn announce_platform_fee<S: Storage>(storage: &mut S, fee: PlatformFee, now: u64) -> Result<u64, S::Refusal> {
    let change = storage.platform_fee().announce(fee, now).map_err(Error::PlatformFee)?;
    storage.set_platform_fee(&change);
    Ok(change.effective_at)
}

/// Does `action` on a visit as `actor`. On [`Action::Fund`] the caller has to take the fee, all of it, or to undo everything. `decision`
/// is the provider's share, if the arbiter decides.
///
/// # Errors
/// [`Error::UnknownVisit`]; [`Error::Refused`], see [`Visit::apply`]; [`Error::NoArbiter`] if the arbiter decides and is none any more;
/// [`Error::Overflow`]
pub fn act<S: Registries>(
    storage: &mut S,
    id: &Hash,
    action: Action,
    actor: &Address,
    now: u64,
    decision: BasisPoints,
) -> Result<Done, S::Refusal> {
    let (visit, next) = step(storage, id, action, actor, now, decision)?;
    if action == Action::Decide && !storage.is_active_at(actor, storage.arbiter_role(), now) {
        return Err(Error::NoArbiter(*actor).into());
    }
    finish(storage, id, &visit, next, action, now)
}

/// Says, as `actor`, that a visit took place. From its provider, its conditions have to be met; `record` is what was anchored for it.
///
/// # Errors
/// As of [`act`]; [`Error::NoCredential`], [`Error::NoRecord`], [`Error::NoConsent`]
pub fn complete<S: Registries>(
    storage: &mut S,
    id: &Hash,
    actor: &Address,
    now: u64,
    record: &Hash,
) -> Result<Done, S::Refusal> {
    let (visit, next) = step(storage, id, Action::Complete, actor, now, 0)?;
    if *actor == visit.provider {
        check_conditions(storage, &visit, record)?;
    }
    finish(storage, id, &visit, next, Action::Complete, now)
}

fn step<S: Registries>(
    storage: &S,
    id: &Hash,
    action: Action,
    actor: &Address,
    now: u64,
    decision: BasisPoints,
) -> Result<(Visit, Next), S::Refusal> {
    let visit = storage.visit(id).ok_or(Error::UnknownVisit(*id))?;
    let terms = storage.terms(&visit.provider, visit.terms_version);
    // A visit is booked under terms that are there.
    let terms = terms.ok_or(Error::TermsChanged(visit.terms_version))?;
    let next = visit.apply(&terms, action, actor, now, decision).map_err(Error::from)?;
    Ok((visit, next))
}

fn finish<S: Registries>(
    storage: &mut S,
    id: &Hash,
    before: &Visit,
    next: Next,
    action: Action,
    now: u64,
) -> Result<Done, S::Refusal> {
    if next.visit != *before {
        storage.set_visit(id, &next.visit);
    }
    if action == Action::Fund {
        pay_in(storage, &before.token, before.fee)?;
    }
    let split = match next.released {
        Some(share) => Some(release(storage, before, share, now)?),
        None => None,
    };
    Ok(Done {
        visit: next.visit,
        split,
    })
}

fn check_conditions<S: Registries>(storage: &S, visit: &Visit, record: &Hash) -> Result<(), S::Refusal> {
    let conditions = &visit.conditions;
    if let Some(role) = conditions.role
        && !storage.is_active_at(&visit.provider, role, visit.start_time)
    {
        return Err(Error::NoCredential(role).into());
    }
    if conditions.record {
        let anchored = storage.record(record);
        let is_of_visit = |(author, at): (Address, u64)| author == visit.provider && at >= visit.start_time;
        if !anchored.is_some_and(is_of_visit) {
            return Err(Error::NoRecord(*record).into());
        }
    }
    if conditions.subject != [0; 32] && !storage.has_consent(&conditions.subject, &visit.provider) {
        return Err(Error::NoConsent(conditions.subject).into());
    }
    Ok(())
}

/// Takes all that `account` can withdraw in `token` off the books, and answers how much that is. The caller has to send it,
/// or to undo everything.
///
/// # Errors
/// [`Error::NothingToWithdraw`]
pub fn withdraw<S: Storage>(storage: &mut S, account: &Address, token: &Address) -> Result<U256, S::Refusal> {
    let amount = storage.withdrawable(account, token);
    if amount.is_zero() {
        return Err(Error::NothingToWithdraw {
            account: *account,
            token: *token,
        }
        .into());
    }
    storage.set_withdrawable(account, token, U256::zero());
    let books = storage.books(token);
    storage.set_books(
        token,
        &Books {
            owed: books.owed.checked_sub(amount).ok_or(Error::Overflow)?,
            paid_out: books.paid_out.checked_add(amount).ok_or(Error::Overflow)?,
            ..books
        },
    );
    Ok(amount)
}

fn pay_in<S: Storage>(storage: &mut S, token: &Address, amount: U256) -> Result<(), S::Refusal> {
    let books = storage.books(token);
    storage.set_books(
        token,
        &Books {
            paid_in: books.paid_in.checked_add(amount).ok_or(Error::Overflow)?,
            escrowed: books.escrowed.checked_add(amount).ok_or(Error::Overflow)?,
            ..books
        },
    );
    Ok(())
}

fn release<S: Storage>(storage: &mut S, visit: &Visit, share: BasisPoints, now: u64) -> Result<Split, S::Refusal> {
    let collector = storage.platform_fee().at(now).collector;
    // A fee that was to go to a collector whom the platform has given up is the provider's.
    let platform_fee = if collector.is_zero() { 0 } else { visit.platform_fee };
    let split = Split::of(visit.fee, share, platform_fee);
    credit(storage, &visit.patient, &visit.token, split.to_patient)?;
    credit(storage, &visit.provider, &visit.token, split.to_provider)?;
    credit(storage, &collector, &visit.token, split.to_platform)?;
    let books = storage.books(&visit.token);
    storage.set_books(
        &visit.token,
        &Books {
            escrowed: books.escrowed.checked_sub(visit.fee).ok_or(Error::Overflow)?,
            owed: books.owed.checked_add(visit.fee).ok_or(Error::Overflow)?,
            ..books
        },
    );
    Ok(split)
}

fn credit<S: Storage>(storage: &mut S, account: &Address, token: &Address, amount: U256) -> Result<(), S::Refusal> {
    if !amount.is_zero() {
        let before = storage.withdrawable(account, token);
        let after = before.checked_add(amount).ok_or(Error::Overflow)?;
        storage.set_withdrawable(account, token, after);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
