use super::{Address, Error, Ledger, U256};

/// Moves `value` tokens of `from` to `to`. An event `Transfer(from, to, value)` stands for it, for a `value` of zero, too.
///
/// # Errors
/// [`Error::InvalidSender`], [`Error::InvalidReceiver`], [`Error::InsufficientBalance`]
pub fn transfer<L: Ledger>(ledger: &mut L, from: &Address, to: &Address, value: U256) -> Result<(), L::Refusal> {
    if is_zero(from) {
        return Err(Error::InvalidSender(*from).into());
    }
    if is_zero(to) {
        return Err(Error::InvalidReceiver(*to).into());
    }
    let balance = ledger.balance_of(from);
    let rest = balance.checked_sub(value).ok_or_else(|| Error::InsufficientBalance {
        sender: *from,
        balance,
        needed: value,
    })?;
    ledger.set_balance(from, rest);
    // Read after the write, so that a transfer to oneself changes nothing.
    credit(ledger, to, value)
}

/// Moves `value` tokens of `from` to `to` on behalf of `spender`, and lowers what `spender` is still allowed unless that
/// is without limit. An event `Transfer(from, to, value)` stands for it; none tells of the lower allowance.
///
/// # Errors
/// [`Error::InsufficientAllowance`], and those of [`transfer`]
pub fn transfer_from<L: Ledger>(
    ledger: &mut L,
    spender: &Address,
    from: &Address,
    to: &Address,
    value: U256,
) -> Result<(), L::Refusal> {
    ledger.update_allowance(from, spender, |allowance| {
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
        Ok(Some(rest))
    })?;
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

/// Creates `value` tokens for `to`. An event `Transfer(0, to, value)` stands for it.
///
/// # Errors
/// [`Error::InvalidReceiver`], [`Error::SupplyOverflow`]
pub fn mint<L: Ledger>(ledger: &mut L, to: &Address, value: U256) -> Result<(), L::Refusal> {
    if is_zero(to) {
        return Err(Error::InvalidReceiver(*to).into());
    }
    let supply = ledger.total_supply().checked_add(value).ok_or(Error::SupplyOverflow)?;
    ledger.set_total_supply(supply);
    credit(ledger, to, value)
}

/// No balance is more than the supply, so that the sum overflows only where the supply has, and that is refused before.
fn credit<L: Ledger>(ledger: &mut L, to: &Address, value: U256) -> Result<(), L::Refusal> {
    let balance = ledger.balance_of(to).checked_add(value).ok_or(Error::SupplyOverflow)?;
    ledger.set_balance(to, balance);
    Ok(())
}

/// Told by eight bytes at a time: the type's own way takes them one by one.
fn is_zero(address: &Address) -> bool {
    let (eights, rest) = address.0.as_chunks();
    let (fours, _) = rest.as_chunks();
    let eights = eights.iter().fold(0, |all, eight| all | u64::from_ne_bytes(*eight));
    let fours = fours.iter().fold(0, |all, four| all | u32::from_ne_bytes(*four));
    eights | u64::from(fours) == 0
}

#[cfg(test)]
mod tests;
