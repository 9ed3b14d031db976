//! Questions to other contracts of Salus, which may change nothing meanwhile.

use crate::chain::{self, Mutability};
use ink::{Address, codegen::sol::selector_bytes, sol::Word};

/// A contract did not answer: there is none, it refused, or it is another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoAnswer;

/// Words of the consent contract's `consentOf`, in their order.
pub type ConsentWords = [[u8; 32]; 9];

/// `isActiveAt(holder, role, time)` of the credentials contract: whether an account had an active credential then.
///
/// # Errors
/// [`NoAnswer`]
pub fn is_active_at(credentials: &Address, holder: &[u8; 20], role: u8, time: u64) -> Result<bool, NoAnswer> {
    const SELECTOR: [u8; 4] = selector_bytes("isActiveAt(address,uint8,uint64)");
    let words = [Address::from(*holder).to_word(), role.to_word(), time.to_word()];
    value(credentials, SELECTOR, &words)
}

/// `controllerOf(subject)` of the consent contract: who controls a subject, or the zero address.
///
/// # Errors
/// [`NoAnswer`]
pub fn controller_of(consent: &Address, subject: &[u8; 32]) -> Result<Address, NoAnswer> {
    const SELECTOR: [u8; 4] = selector_bytes("controllerOf(bytes32)");
    value(consent, SELECTOR, &[*subject])
}

/// `consentOf(id)` of the consent contract: a consent, or zeros.
///
/// # Errors
/// [`NoAnswer`]
pub fn consent_of(consent: &Address, id: &[u8; 32]) -> Result<ConsentWords, NoAnswer> {
    const SELECTOR: [u8; 4] = selector_bytes("consentOf(bytes32)");
    words(consent, SELECTOR, &[*id])
}

fn value<T: Word>(contract: &Address, selector: [u8; 4], arguments: &[[u8; 32]]) -> Result<T, NoAnswer> {
    let [word] = words(contract, selector, arguments)?;
    T::from_word(&word).ok_or(NoAnswer)
}

/// The longest question: a selector and three words.
const MAX_INPUT: usize = 4 + 3 * 32;

/// The first words of the answer. What follows them is not looked at.
#[inline(never)]
fn words<const N: usize>(
    contract: &Address,
    selector: [u8; 4],
    arguments: &[[u8; 32]],
) -> Result<[[u8; 32]; N], NoAnswer> {
    let (mut input, arguments) = ([0; MAX_INPUT], arguments.as_flattened());
    let length = arguments.len().saturating_add(4);
    input[..4].copy_from_slice(&selector);
    input.get_mut(4..length).ok_or(NoAnswer)?.copy_from_slice(arguments);
    let input = input.get(..length).unwrap_or_default();

    let mut output = [[0; 32]; N];
    let answer = chain::call(contract, input, output.as_flattened_mut(), Mutability::View);
    match answer {
        Ok(answer) if answer.len() == N.saturating_mul(32) => Ok(output),
        _ => Err(NoAnswer),
    }
}
