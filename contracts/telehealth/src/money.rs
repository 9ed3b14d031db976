//! Fees on their way in and out. The books are written before anything is called, and pallet-revive lets no callee call back into
//! this contract, so that a hostile token sees and changes nothing in between.

use ink::{
    Address, H256, U256,
    sol::{Revert as _, refuse},
};
use salus_env::erc20::{self, Signature, TokenCallFailed};
use salus_host::Called;

use crate::error::{Error, ErrorRef};

/// The token that stands for the chain's native coin.
pub(crate) const NATIVE: Address = Address::zero();

/// How a fee comes in.
pub(crate) enum Payment<'a> {
    /// With the call, or by an allowance.
    Given,
    /// By a permit (EIP-2612): its deadline.
    Permit(U256, Signature<'a>),
    /// By an authorization (EIP-3009) whose nonce is the visit or series: after when and before when it is valid.
    Authorization((U256, U256), Signature<'a>),
}

/// Takes the fees of the visit or series `id` from its patient, all of them or nothing.
#[inline(never)]
pub(crate) fn take(
    id: &H256,
    patient: &Address,
    token: &Address,
    fee: U256,
    payment: &Payment<'_>,
) -> Result<(), Error> {
    let sent = U256::from_little_endian(&salus_host::value());
    let due = if *token == NATIVE { fee } else { U256::zero() };
    if sent != due {
        return Err(refuse(Error::WrongValue { sent, due }));
    }
    if *token == NATIVE {
        return Ok(());
    }
    let this = salus_host::address().into();
    let failed = |failure| Error::of_token(*token, failure);
    let before = erc20::balance_of(token, &this).map_err(failed)?;
    match payment {
        Payment::Given => erc20::transfer_from(token, patient, &this, fee).map_err(failed)?,
        Payment::Permit(deadline, signature) => {
            // Whoever saw the permit may have handed it in before. What counts is the allowance.
            let _: Result<(), TokenCallFailed> = erc20::permit(token, patient, fee, *deadline, signature);
            erc20::transfer_from(token, patient, &this, fee).map_err(failed)?;
        }
        Payment::Authorization(validity, signature) => {
            erc20::receive_with_authorization(token, patient, fee, *validity, &id.0, signature).map_err(failed)?;
        }
    }
    let after = erc20::balance_of(token, &this).map_err(failed)?;
    let received = after.checked_sub(before).unwrap_or_default();
    if received != fee {
        return Err(refuse(Error::UnexpectedAmount {
            token: *token,
            expected: fee,
            received,
        }));
    }
    Ok(())
}

/// Sends what the books no longer have.
#[inline(never)]
pub(crate) fn pay(token: &Address, account: &Address, amount: U256) -> Result<(), Error> {
    if *token != NATIVE {
        return erc20::transfer(token, account, amount).map_err(|failure| Error::of_token(*token, failure));
    }
    match salus_host::send(&account.0, &amount.to_little_endian()) {
        Called::Returned => Ok(()),
        _ => ErrorRef::TransferFailed {
            account,
            amount: &amount,
        }
        .revert(),
    }
}
