//! Questions to the contract `consent`.

use ink::Address;
use salus_core::{
    codes::{Purpose, ResourceClass},
    consent::{
        Answer, Entry, Period, Status, Terms,
        registry::{Address as Account, Subject},
    },
    eip712::type_hash,
    hash::Hash,
};

use crate::chain::{self, Mutability};

/// The contract does not answer as it should: there is none, it refused, or it is another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unanswered;

/// `consentOf(id)`; `None` if there is none.
///
/// # Errors
/// [`Unanswered`]
pub fn consent_of(consents: &Address, id: &Hash) -> Result<Option<Entry>, Unanswered> {
    let answer: [[u8; 32]; 11] = ask(consents, const { type_hash("consentOf(bytes32)") }, &[*id])?;
    let [
        subject,
        grantee,
        commitment,
        from,
        until,
        purposes,
        classes,
        status,
        sequence,
        grantor,
        limit,
    ] = &answer;
    let status = u8::try_from(number(status)).ok().and_then(Status::from_number);
    let entry = Entry {
        subject: *subject,
        grantee: account(grantee),
        status: status.ok_or(Unanswered)?,
        sequence: u32::try_from(number(sequence)).map_err(|_| Unanswered)?,
        terms: Terms {
            validity: Period {
                from: number(from),
                until: number(until),
            },
            purposes: number(purposes),
            classes: number(classes),
        },
        commitment: *commitment,
        grantor: account(grantor),
        limit: number(limit),
    };
    Ok((entry.status != Status::None).then_some(entry))
}

/// `currentConsent(subject, grantee)`: the last consent of a subject for a grantee, live or not.
///
/// # Errors
/// [`Unanswered`]
pub fn current_consent(consents: &Address, subject: &Subject, grantee: &Account) -> Result<Option<Hash>, Unanswered> {
    let selector = const { type_hash("currentConsent(bytes32,address)") };
    let [id] = ask(consents, selector, &[*subject, word_of(grantee)])?;
    Ok((id != [0; 32]).then_some(id))
}

/// `check(subject, grantee, purpose, class)`: the coarse question.
///
/// # Errors
/// [`Unanswered`]
pub fn check(
    consents: &Address,
    subject: &Subject,
    grantee: &Account,
    purpose: Purpose,
    class: ResourceClass,
) -> Result<Answer, Unanswered> {
    let selector = const { type_hash("check(bytes32,address,uint8,uint8)") };
    let arguments = [*subject, word_of(grantee), byte(purpose.bit()), byte(class.bit())];
    match ask(consents, selector, &arguments)? {
        [answer] if answer == byte(Answer::NoConsent as u8) => Ok(Answer::NoConsent),
        [answer] if answer == byte(Answer::Permit as u8) => Ok(Answer::Permit),
        [answer] if answer == byte(Answer::Deny as u8) => Ok(Answer::Deny),
        _ => Err(Unanswered),
    }
}

/// `controllerOf(subject)`: who controls a subject; the zero address if nobody has registered it.
///
/// # Errors
/// [`Unanswered`]
pub fn controller_of(consents: &Address, subject: &Subject) -> Result<Account, Unanswered> {
    let [controller] = ask(consents, const { type_hash("controllerOf(bytes32)") }, &[*subject])?;
    Ok(account(&controller))
}

/// `mayAct(subject, account, powers)`: whether an account is the subject's controller, or a delegate with all these powers.
///
/// # Errors
/// [`Unanswered`]
pub fn may_act(consents: &Address, subject: &Subject, account: &Account, powers: u8) -> Result<bool, Unanswered> {
    let selector = const { type_hash("mayAct(bytes32,address,uint8)") };
    let [answer] = ask(consents, selector, &[*subject, word_of(account), byte(powers)])?;
    Ok(chain::is_true(&answer))
}

/// Calls a view of any contract; `signature` is the hash that begins with its selector.
pub(crate) fn ask<const IN: usize, const OUT: usize>(
    contract: &Address,
    signature: [u8; 32],
    arguments: &[[u8; 32]; IN],
) -> Result<[[u8; 32]; OUT], Unanswered> {
    // The selector is the end of the first word.
    let mut input = [[0; 32]; 5];
    if let (Some(to), Some(from)) = (input[0].last_chunk_mut::<4>(), signature.first_chunk()) {
        *to = *from;
    }
    for (to, from) in input.iter_mut().skip(1).zip(arguments) {
        *to = *from;
    }
    let input = input.as_flattened();
    let input = input
        .get(28..32usize.saturating_add(IN.saturating_mul(32)))
        .unwrap_or_default();
    let mut output = [[0; 32]; OUT];
    let expected = OUT.saturating_mul(32);
    let answer = chain::call(contract, input, output.as_flattened_mut(), Mutability::View).map_err(|_| Unanswered)?;
    if answer.len() != expected {
        return Err(Unanswered);
    }
    Ok(output)
}

pub(crate) fn word_of(account: &Account) -> [u8; 32] {
    let mut word = [0; 32];
    if let Some(end) = word.last_chunk_mut() {
        *end = *account;
    }
    word
}

pub(crate) fn byte(number: u8) -> [u8; 32] {
    let mut word = [0; 32];
    word[31] = number;
    word
}

pub(crate) fn account(word: &[u8; 32]) -> Account {
    word.last_chunk().copied().unwrap_or_default()
}

/// The low end of a number.
pub(crate) fn number(word: &[u8; 32]) -> u64 {
    word.last_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes))
}
