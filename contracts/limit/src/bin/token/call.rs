//! Messages.

use crate::{
    memory::{Event, Memory},
    permit::permit,
    refusal::{
        ENFORCED_PAUSE, INSUFFICIENT_ALLOWANCE, INSUFFICIENT_BALANCE, INVALID_APPROVER, INVALID_RECEIVER,
        INVALID_SPENDER, refuse, silently,
    },
};
use core::mem::MaybeUninit;
use salus_limit::{Word, bytes, bytes_mut, hash, host, selector};

const TRANSFER: u32 = selector("transfer(address,uint256)");
const TRANSFER_FROM: u32 = selector("transferFrom(address,address,uint256)");
const APPROVE: u32 = selector("approve(address,uint256)");
const BALANCE_OF: u32 = selector("balanceOf(address)");
const PERMIT: u32 = selector("permit(address,address,uint256,uint256,uint8,bytes32,bytes32)");

pub(crate) const TRANSFER_EVENT: Word = hash("Transfer(address,address,uint256)");
const APPROVAL_EVENT: Word = hash("Approval(address,address,uint256)");

/// Where it says that no tokens are moved. Nothing here says so, but a token that can be paused has to ask.
const PAUSE: Word = {
    let mut key = [0; 32];
    key[0] = 2;
    Word(key)
};

/// How long the call data are that so many arguments need.
const fn size(arguments: u64) -> u64 {
    arguments.wrapping_mul(32).wrapping_add(4)
}

pub(crate) fn call(memory: &mut Memory) {
    if answered(memory).is_none() {
        silently();
    }
}

/// Answers the call; `None` where the call data are not what the ABI says, or coin came with them.
#[inline(always)]
fn answered(memory: &mut Memory) -> Option<()> {
    let Memory {
        words,
        answer,
        allowance,
        digest,
        ..
    } = memory;
    // With the selector at the end of word 1, so that the arguments are words.
    host::call_data_copy(&mut bytes_mut(words)[60..], 0);
    check(!is_paid())?;
    let input = host::call_data_size();
    // Messages share their ends.
    let (event, end) = match words[1].selector() {
        TRANSFER => {
            check(input >= size(2) && words[2].above_address() == 0)?;
            // No account has the zero address, so the caller is not asked whether it is that.
            host::caller(&mut words[1]);
            (without_first(words), End::Move)
        }
        BALANCE_OF => {
            check(input >= size(1) && words[2].above_address() == 0)?;
            host::answer(host::get_storage_or_zero(&words[2], &mut MaybeUninit::uninit()))
        }
        TRANSFER_FROM => {
            check(input >= size(3) && words[2].above_address() | words[3].above_address() == 0)?;
            use_allowance(with_first(words), allowance);
            (with_first(words), End::Move)
        }
        APPROVE => {
            check(input >= size(2) && words[2].above_address() == 0)?;
            host::caller(&mut words[1]);
            (without_first(words), End::Allow)
        }
        PERMIT => {
            check(input >= size(7))?;
            permit(words, answer, &mut allowance[0], digest)?;
            (with_first(words), End::Permit)
        }
        _ => return None,
    };
    match end {
        End::Move => move_tokens(event),
        End::Allow | End::Permit => set_allowance(event, &mut allowance[2]),
    }
    host::deposit_event(&event[..3], &event[3..]);
    if let End::Permit = end {
        return Some(());
    }
    answer.0[31] = 1;
    host::answer(answer)
}

/// How a message ends.
#[derive(Clone, Copy)]
enum End {
    /// Tokens are moved, and the answer is `true`.
    Move,
    /// Moving them is allowed, and the answer is `true`.
    Allow,
    /// It is allowed, and there is no answer.
    Permit,
}

/// Whether coin came with the call.
#[inline(always)]
pub(crate) fn is_paid() -> bool {
    host::value_transferred(&mut MaybeUninit::uninit()).any() != 0
}

/// For `?`.
#[inline(always)]
pub(crate) fn check(condition: bool) -> Option<()> {
    condition.then_some(())
}

/// The event's words where the caller is the first account.
#[inline(always)]
fn without_first(words: &mut [Word; 9]) -> &mut Event {
    let [event @ .., _, _, _, _, _] = words;
    event
}

/// The event's words where the first argument is the first account.
#[inline(always)]
fn with_first(words: &mut [Word; 9]) -> &mut Event {
    let [_, event @ .., _, _, _, _] = words;
    event
}

/// Lowers what the caller may move for the first account, unless that is without limit.
#[inline(always)]
fn use_allowance(event: &mut Event, allowance: &mut [Word; 4]) {
    let (accounts, amounts) = allowance.split_at_mut(2);
    accounts[0] = event[1];
    host::caller(&mut accounts[1]);
    let key = &bytes(accounts)[12..];
    host::get_storage(key, &mut amounts[0]);
    if !amounts[0].is_max() {
        if amounts[0].subtract(&event[3]) {
            amounts[1] = event[3];
            refuse(INSUFFICIENT_ALLOWANCE, allowance);
        }
        host::set_storage(key, &amounts[0]);
    }
    if event[1].is_zero_address() {
        refuse(INVALID_APPROVER, &mut event[..2]);
    }
}

#[inline(always)]
fn move_tokens(event: &mut Event) {
    event[0] = TRANSFER_EVENT;
    if event[2].is_zero_address() {
        refuse(INVALID_RECEIVER, &mut event[1..3]);
    }
    let mut slot = MaybeUninit::uninit();
    if host::get_storage_or_zero(&PAUSE, &mut slot).any() != 0 {
        refuse(ENFORCED_PAUSE, &mut event[..1]);
    }
    let [_, from, to, value] = event;
    let balance = host::get_storage_or_zero(from, &mut slot);
    if balance.subtract(value) {
        *to = *balance;
        refuse(INSUFFICIENT_BALANCE, event);
    }
    host::set_storage_or_clear(from, balance);
    // Read after the write, so that a transfer to oneself changes nothing.
    let balance = host::get_storage_or_zero(to, &mut slot);
    // No sum of balances is more than the supply, which is a word.
    balance.add(value);
    host::set_storage_or_clear(to, balance);
}

#[inline(always)]
fn set_allowance(event: &mut Event, before: &mut Word) {
    event[0] = APPROVAL_EVENT;
    if event[2].is_zero_address() {
        refuse(INVALID_SPENDER, &mut event[1..3]);
    }
    let key = &bytes(&event[1..3])[12..];
    // A slot that was read is cheaper to write, by more than the reading costs.
    host::get_storage(key, before);
    host::set_storage(key, &event[3]);
}
