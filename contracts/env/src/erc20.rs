//! Calls to ERC-20 contracts, in any language, including the precompiles of Polkadot Hub's assets.
//!
//! Tokens disagree about what success looks like. As OpenZeppelin's `SafeERC20` does, a call counts as done when it
//! did not revert and returned either `true` or nothing, and the token is a contract at all.

use crate::chain::{self, CallFailed, Mutability};
use ink::{Address, U256, prelude::vec::Vec};

/// A token did not do what was asked of it: it reverted, trapped, answered `false` or something else than a `bool`,
/// or is no contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenCallFailed {
    /// What the token reverted with, at most 256 bytes of it; empty if it did not revert.
    pub reason: Vec<u8>,
}

impl From<CallFailed<'_>> for TokenCallFailed {
    fn from(CallFailed(reason): CallFailed<'_>) -> Self {
        Self {
            reason: reason.to_vec(),
        }
    }
}

/// It did not revert, but its answer is not the one that was needed.
const WRONG_ANSWER: TokenCallFailed = TokenCallFailed { reason: Vec::new() };

/// Room for an answer of one word, or for the reason of a failure.
const OUTPUT_SIZE: usize = 256;

/// `balanceOf(account)` of `token`.
///
/// # Errors
/// [`TokenCallFailed`]
pub fn balance_of(token: &Address, account: &Address) -> Result<U256, TokenCallFailed> {
    let mut input = [0u8; 36];
    input[..4].copy_from_slice(&BALANCE_OF);
    input[16..].copy_from_slice(&account.0);

    let mut output = [0u8; OUTPUT_SIZE];
    let answer = chain::call(token, &input, &mut output, Mutability::View)?;
    let word: &[u8; 32] = answer.try_into().map_err(|_| WRONG_ANSWER)?;
    Ok(U256::from_big_endian(word))
}

/// `transfer(to, value)` of `token`, from this contract.
///
/// # Errors
/// [`TokenCallFailed`]
pub fn transfer(token: &Address, to: &Address, value: U256) -> Result<(), TokenCallFailed> {
    let mut input = [0u8; 68];
    input[..4].copy_from_slice(&TRANSFER);
    input[16..36].copy_from_slice(&to.0);
    input[36..].copy_from_slice(&value.to_big_endian());
    call_for_success(token, &input)
}

/// `transferFrom(from, to, value)` of `token`; this contract is the spender.
///
/// # Errors
/// [`TokenCallFailed`]
pub fn transfer_from(token: &Address, from: &Address, to: &Address, value: U256) -> Result<(), TokenCallFailed> {
    let mut input = [0u8; 100];
    input[..4].copy_from_slice(&TRANSFER_FROM);
    input[16..36].copy_from_slice(&from.0);
    input[48..68].copy_from_slice(&to.0);
    input[68..].copy_from_slice(&value.to_big_endian());
    call_for_success(token, &input)
}

/// Selectors: the first four bytes of Keccak-256 over the signature, as the standard knows them.
const BALANCE_OF: [u8; 4] = [0x70, 0xa0, 0x82, 0x31];
const TRANSFER: [u8; 4] = [0xa9, 0x05, 0x9c, 0xbb];
const TRANSFER_FROM: [u8; 4] = [0x23, 0xb8, 0x72, 0xdd];

fn call_for_success(token: &Address, input: &[u8]) -> Result<(), TokenCallFailed> {
    let mut output = [0u8; OUTPUT_SIZE];
    let answer = chain::call(token, input, &mut output, Mutability::Mutating)?;
    let done = match answer {
        // Silence is success only where there is someone who could have spoken.
        [] => chain::is_contract(token),
        answer => chain::is_true(answer),
    };
    if done { Ok(()) } else { Err(WRONG_ANSWER) }
}
