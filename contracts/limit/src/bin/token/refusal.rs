//! Errors of EIP-6093, and of OpenZeppelin's `Pausable`, `ERC20Permit` and `ECDSA`.

use salus_limit::{Word, host, selector};

pub(crate) const INSUFFICIENT_BALANCE: u32 = selector("ERC20InsufficientBalance(address,uint256,uint256)");
pub(crate) const INVALID_RECEIVER: u32 = selector("ERC20InvalidReceiver(address)");
pub(crate) const INSUFFICIENT_ALLOWANCE: u32 = selector("ERC20InsufficientAllowance(address,uint256,uint256)");
pub(crate) const INVALID_APPROVER: u32 = selector("ERC20InvalidApprover(address)");
pub(crate) const INVALID_SPENDER: u32 = selector("ERC20InvalidSpender(address)");
pub(crate) const ENFORCED_PAUSE: u32 = selector("EnforcedPause()");
pub(crate) const EXPIRED_SIGNATURE: u32 = selector("ERC2612ExpiredSignature(uint256)");
pub(crate) const INVALID_SIGNER: u32 = selector("ERC2612InvalidSigner(address,address)");
pub(crate) const INVALID_SIGNATURE: u32 = selector("ECDSAInvalidSignature()");
pub(crate) const INVALID_SIGNATURE_S: u32 = selector("ECDSAInvalidSignatureS(bytes32)");
pub(crate) const TEXT_TOO_LONG: u32 = selector("TokenTextTooLong(uint256,uint256)");

/// Reverts with an error and its parameters, which are all of `words` but the first: that one makes room for the selector.
#[inline(always)]
pub(crate) fn refuse(error: u32, words: &mut [Word]) -> ! {
    // There is a first word.
    let length = (words.len() as u32).wrapping_mul(32).wrapping_sub(28);
    refuse_with(error, &mut words[0], length)
}

/// Reverts with `error` and the parameters behind `word`, `length` bytes in all.
#[cold]
#[inline(never)]
fn refuse_with(error: u32, word: &mut Word, length: u32) -> ! {
    word.set_selector(error);
    host::revert_from(word, length)
}

/// Reverts without a reason, as Solidity does where the input is not what the ABI says.
#[inline(always)]
pub(crate) fn silently() -> ! {
    host::revert(&[])
}
