//! The money of visits: what is owed to whom, and the books that prove that nothing is lost.
//!
//! The rules are functions over [`Storage`], which says only how to read and write single entries. Tokens themselves are
//! moved by the caller: after [`act`] answers [`Money::PaidIn`], and after [`withdraw`]. Nothing is ever pushed to anybody: what
//! a visit releases waits until its owner withdraws it, so that nobody's account can hold up somebody else's visit.

use super::{Action, Address, Money, Refusal, Terms, Transition, U256, Visit};

/// The entries of an escrow, each empty or zero until it is written.
pub trait Storage {
    /// What becomes of it that money does not move: an error, or, where that ends everything at once, nothing.
    type Refusal: From<Error>;

    /// The visit under this number.
    fn visit(&self, id: &U256) -> Option<Visit>;
    /// Writes what [`Storage::visit`] answers.
    fn set_visit(&mut self, id: &U256, visit: &Visit);
    /// How many visits there are; the last one has this number.
    fn visit_count(&self) -> U256;
    /// Writes what [`Storage::visit_count`] answers.
    fn set_visit_count(&mut self, count: U256);
    /// What `account` can withdraw in `token`.
    fn withdrawable(&self, account: &Address, token: &Address) -> U256;
    /// Writes what [`Storage::withdrawable`] answers.
    fn set_withdrawable(&mut self, account: &Address, token: &Address, amount: U256);
    /// The books of `token`.
    fn books(&self, token: &Address) -> Books;
    /// Writes what [`Storage::books`] answers.
    fn set_books(&mut self, token: &Address, books: &Books);
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

/// Why money does not move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// No visit has this number.
    UnknownVisit(U256),
    /// The visit does not allow it.
    Refused(Refusal),
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

/// Records a visit that `patient` asks for, and answers its number and it.
///
/// # Errors
/// [`Error::Refused`]: see [`Visit::request`]
pub fn request<S: Storage>(
    storage: &mut S,
    patient: Address,
    terms: &Terms,
    now: u64,
    completion_window: u64,
) -> Result<(U256, Visit), S::Refusal> {
    let visit = Visit::request(patient, terms, now, completion_window).map_err(Error::from)?;
    let id = storage.visit_count().checked_add(U256::one()).ok_or(Error::Overflow)?;
    storage.set_visit_count(id);
    storage.set_visit(&id, &visit);
    Ok((id, visit))
}

/// Does `action` on visit `id` as `actor`, and answers the visit as it was before and what became of it.
///
/// On [`Money::PaidIn`] the caller has to take the fee from the patient, or to undo everything.
///
/// # Errors
/// [`Error::UnknownVisit`]; [`Error::Refused`], see [`Visit::apply`]; [`Error::Overflow`]
pub fn act<S: Storage>(
    storage: &mut S,
    id: &U256,
    action: Action,
    actor: &Address,
    now: u64,
) -> Result<(Visit, Transition), S::Refusal> {
    let visit = storage.visit(id).ok_or_else(|| Error::UnknownVisit(*id))?;
    let transition = visit.apply(action, actor, now).map_err(Error::from)?;
    storage.set_visit(
        id,
        &Visit {
            status: transition.status,
            ..visit
        },
    );
    match transition.money {
        Money::Stays => {}
        Money::PaidIn => pay_in(storage, &visit)?,
        Money::Refunded => release(storage, &visit, &visit.patient)?,
        Money::Released => release(storage, &visit, &visit.provider)?,
    }
    Ok((visit, transition))
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

fn pay_in<S: Storage>(storage: &mut S, visit: &Visit) -> Result<(), S::Refusal> {
    let books = storage.books(&visit.token);
    storage.set_books(
        &visit.token,
        &Books {
            paid_in: books.paid_in.checked_add(visit.fee).ok_or(Error::Overflow)?,
            escrowed: books.escrowed.checked_add(visit.fee).ok_or(Error::Overflow)?,
            ..books
        },
    );
    Ok(())
}

fn release<S: Storage>(storage: &mut S, visit: &Visit, to: &Address) -> Result<(), S::Refusal> {
    let withdrawable = storage.withdrawable(to, &visit.token);
    let credited = withdrawable.checked_add(visit.fee).ok_or(Error::Overflow)?;
    storage.set_withdrawable(to, &visit.token, credited);
    let books = storage.books(&visit.token);
    storage.set_books(
        &visit.token,
        &Books {
            escrowed: books.escrowed.checked_sub(visit.fee).ok_or(Error::Overflow)?,
            owed: books.owed.checked_add(visit.fee).ok_or(Error::Overflow)?,
            ..books
        },
    );
    Ok(())
}

#[cfg(test)]
mod tests;
