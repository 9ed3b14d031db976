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

/// A signature over typed data, in its three parts.
#[derive(Debug, Clone, Copy)]
pub struct Signature<'a> {
    /// 27 or 28.
    pub v: u8,
    /// The first half.
    pub r: &'a [u8; 32],
    /// The second half.
    pub s: &'a [u8; 32],
}

/// `permit(owner, spender, value, deadline, v, r, s)` of `token` (EIP-2612); this contract is the spender.
///
/// # Errors
/// [`TokenCallFailed`]; that the permit was used before is one, too.
pub fn permit(
    token: &Address,
    owner: &Address,
    value: U256,
    deadline: U256,
    signature: &Signature<'_>,
) -> Result<(), TokenCallFailed> {
    let mut input = [0u8; 4 + 7 * 32];
    input[..4].copy_from_slice(&PERMIT);
    let words = input[4..].as_chunks_mut::<32>().0;
    if let [from, spender, amount, until, v, r, s] = words {
        from[12..].copy_from_slice(&owner.0);
        spender[12..].copy_from_slice(&salus_host::address());
        *amount = value.to_big_endian();
        *until = deadline.to_big_endian();
        v[31] = signature.v;
        *r = *signature.r;
        *s = *signature.s;
    }
    call_for_success(token, &input)
}

/// `receiveWithAuthorization(from, to, value, validAfter, validBefore, nonce, v, r, s)` of `token` (EIP-3009); to this contract.
///
/// # Errors
/// [`TokenCallFailed`]
pub fn receive_with_authorization(
    token: &Address,
    from: &Address,
    value: U256,
    (valid_after, valid_before): (U256, U256),
    nonce: &[u8; 32],
    signature: &Signature<'_>,
) -> Result<(), TokenCallFailed> {
    let mut input = [0u8; 4 + 9 * 32];
    input[..4].copy_from_slice(&RECEIVE_WITH_AUTHORIZATION);
    let words = input[4..].as_chunks_mut::<32>().0;
    if let [payer, to, amount, after, before, number, v, r, s] = words {
        payer[12..].copy_from_slice(&from.0);
        to[12..].copy_from_slice(&salus_host::address());
        *amount = value.to_big_endian();
        *after = valid_after.to_big_endian();
        *before = valid_before.to_big_endian();
        *number = *nonce;
        v[31] = signature.v;
        *r = *signature.r;
        *s = *signature.s;
    }
    call_for_success(token, &input)
}

/// Selectors: the first four bytes of Keccak-256 over the signature, as the standard knows them.
const BALANCE_OF: [u8; 4] = [0x70, 0xa0, 0x82, 0x31];
const TRANSFER: [u8; 4] = [0xa9, 0x05, 0x9c, 0xbb];
const TRANSFER_FROM: [u8; 4] = [0x23, 0xb8, 0x72, 0xdd];
const PERMIT: [u8; 4] = [0xd5, 0x05, 0xac, 0xcf];
const RECEIVE_WITH_AUTHORIZATION: [u8; 4] = [0xef, 0x55, 0xbe, 0xc6];

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

#[cfg(test)]
mod tests {
    use super::*;
    use salus_core::eip712::type_hash;

    #[test]
    fn selectors_are_those_of_the_standards() {
        for (selector, signature) in [
            (BALANCE_OF, "balanceOf(address)"),
            (TRANSFER, "transfer(address,uint256)"),
            (TRANSFER_FROM, "transferFrom(address,address,uint256)"),
            (PERMIT, "permit(address,address,uint256,uint256,uint8,bytes32,bytes32)"),
            (
                RECEIVE_WITH_AUTHORIZATION,
                "receiveWithAuthorization(address,address,uint256,uint256,uint256,bytes32,uint8,bytes32,bytes32)",
            ),
        ] {
            assert_eq!(selector, type_hash(signature)[..4], "{signature}");
        }
    }
}
