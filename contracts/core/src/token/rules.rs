use super::{Address, Error, Ledger, U256, is_zero, pause::check_not_paused};

/// Moves `value` tokens of `from` to `to`. An event `Transfer(from, to, value)` stands for it, for a `value` of zero, too.
///
/// # Errors
/// [`Error::InvalidSender`], [`Error::InvalidReceiver`], [`Error::EnforcedPause`], [`Error::InsufficientBalance`]
pub fn transfer<L: Ledger>(ledger: &mut L, from: &Address, to: &Address, value: U256) -> Result<(), L::Refusal> {
    if is_zero(from) {
        return Err(Error::InvalidSender(*from).into());
    }
    if is_zero(to) {
        return Err(Error::InvalidReceiver(*to).into());
    }
    check_not_paused(ledger)?;
    debit(ledger, from, value)?;
    // Read after the write, so that a transfer to oneself changes nothing.
    credit(ledger, to, value)
}

/// Moves `value` tokens of `from` to `to` on behalf of `spender`, and lowers what `spender` is still allowed unless that
/// is without limit. An event `Transfer(from, to, value)` stands for it; none tells of the lower allowance.
///
/// # Errors
/// [`Error::InsufficientAllowance`], [`Error::InvalidApprover`], and those of [`transfer`]
pub fn transfer_from<L: Ledger>(
    ledger: &mut L,
    spender: &Address,
    from: &Address,
    to: &Address,
    value: U256,
) -> Result<(), L::Refusal> {
    spend_allowance(ledger, from, spender, value)?;
    transfer(ledger, from, to, value)
}

/// Allows `spender` to move `value` tokens of `owner`, whatever was allowed before. An event
/// `Approval(owner, spender, value)` stands for it.
///
/// # Errors
/// [`Error::InvalidApprover`], [`Error::InvalidSpender`]
pub fn approve<L: Ledger>(ledger: &mut L, owner: &Address, spender: &Address, value: U256) -> Result<(), L::Refusal> {
    if is_zero(owner) {
        return Err(Error::InvalidApprover(*owner).into());
    }
    if is_zero(spender) {
        return Err(Error::InvalidSpender(*spender).into());
    }
    ledger.update_allowance(owner, spender, |_| Ok(Some(value)))
}

/// Refuses a cap of nothing.
///
/// # Errors
/// [`Error::InvalidCap`]
pub fn check_cap(cap: &U256) -> Result<(), Error> {
    if cap.is_zero() { Err(Error::InvalidCap) } else { Ok(()) }
}

/// Creates `value` tokens for `to`, of which there may be `cap` in all. An event `Transfer(0, to, value)` stands for it.
///
/// # Errors
/// [`Error::InvalidReceiver`], [`Error::EnforcedPause`], [`Error::SupplyOverflow`], [`Error::ExceededCap`]
pub fn mint<L: Ledger>(ledger: &mut L, to: &Address, value: U256, cap: &U256) -> Result<(), L::Refusal> {
    if is_zero(to) {
        return Err(Error::InvalidReceiver(*to).into());
    }
    check_not_paused(ledger)?;
    let supply = ledger.total_supply().checked_add(value).ok_or(Error::SupplyOverflow)?;
    if supply > *cap {
        let (increased_supply, cap) = (supply, *cap);
        return Err(Error::ExceededCap { increased_supply, cap }.into());
    }
    ledger.set_total_supply(supply);
    credit(ledger, to, value)
}

/// Destroys `value` tokens of `from`. An event `Transfer(from, 0, value)` stands for it.
///
/// # Errors
/// [`Error::InvalidSender`], [`Error::EnforcedPause`], [`Error::InsufficientBalance`]
pub fn burn<L: Ledger>(ledger: &mut L, from: &Address, value: U256) -> Result<(), L::Refusal> {
    if is_zero(from) {
        return Err(Error::InvalidSender(*from).into());
    }
    check_not_paused(ledger)?;
    debit(ledger, from, value)?;
    // No balance is more than the supply.
    let supply = ledger.total_supply().saturating_sub(value);
    ledger.set_total_supply(supply);
    Ok(())
}

/// Destroys `value` tokens of `from` on behalf of `spender`, whose allowance shrinks as in [`transfer_from`]. An event
/// `Transfer(from, 0, value)` stands for it.
///
/// # Errors
/// [`Error::InsufficientAllowance`], [`Error::InvalidApprover`], and those of [`burn`]
pub fn burn_from<L: Ledger>(ledger: &mut L, spender: &Address, from: &Address, value: U256) -> Result<(), L::Refusal> {
    spend_allowance(ledger, from, spender, value)?;
    burn(ledger, from, value)
}

/// Lowers what `spender` may take from `owner`, unless that is without limit.
fn spend_allowance<L: Ledger>(
    ledger: &mut L,
    owner: &Address,
    spender: &Address,
    value: U256,
) -> Result<(), L::Refusal> {
    ledger.update_allowance(owner, spender, |allowance| {
        if allowance == U256::MAX {
            return Ok(None);
        }
        let rest = allowance
            .checked_sub(value)
            .ok_or_else(|| Error::InsufficientAllowance {
                spender: *spender,
                allowance,
                needed: value,
            })?;
        if is_zero(owner) {
            return Err(Error::InvalidApprover(*owner).into());
        }
        Ok(Some(rest))
    })
}

fn debit<L: Ledger>(ledger: &mut L, from: &Address, value: U256) -> Result<(), L::Refusal> {
    let balance = ledger.balance_of(from);
    let rest = balance.checked_sub(value).ok_or_else(|| Error::InsufficientBalance {
        sender: *from,
        balance,
        needed: value,
    })?;
    ledger.set_balance(from, rest);
    Ok(())
}

/// No balance is more than the supply, so that the sum overflows only where the supply has, and that is refused before.
fn credit<L: Ledger>(ledger: &mut L, to: &Address, value: U256) -> Result<(), L::Refusal> {
    let balance = ledger.balance_of(to).checked_add(value).ok_or(Error::SupplyOverflow)?;
    ledger.set_balance(to, balance);
    Ok(())
}

#[cfg(test)]
mod tests;
