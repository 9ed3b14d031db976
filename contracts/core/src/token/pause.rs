//! A stop to everything that moves tokens; approvals, permits and cancellations go on.

use super::{Error, Ledger};

/// Stops the token. An event `Paused` stands for it. Who may is the caller's question.
///
/// # Errors
/// [`Error::EnforcedPause`] if it is stopped.
pub fn pause<L: Ledger>(ledger: &mut L) -> Result<(), L::Refusal> {
    check_not_paused(ledger)?;
    ledger.set_paused(true);
    Ok(())
}

/// Ends what [`pause`] began. An event `Unpaused` stands for it. Who may is the caller's question.
///
/// # Errors
/// [`Error::ExpectedPause`] if it is not stopped.
pub fn unpause<L: Ledger>(ledger: &mut L) -> Result<(), L::Refusal> {
    if !ledger.is_paused() {
        return Err(Error::ExpectedPause.into());
    }
    ledger.set_paused(false);
    Ok(())
}

pub(super) fn check_not_paused<L: Ledger>(ledger: &L) -> Result<(), L::Refusal> {
    if ledger.is_paused() {
        return Err(Error::EnforcedPause.into());
    }
    Ok(())
}
