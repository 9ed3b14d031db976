//! Where everything is. The call data are copied to where their words already are what they become.

use salus_limit::Word;

/// All memory but the stack. It is zero at first.
#[repr(C)]
pub(crate) struct Memory {
    /// The words of a call, one behind the other. With the arguments of `transfer` and `approve`:
    ///
    /// | word | before | after |
    /// | --- | --- | --- |
    /// | 0 | | topic 0 |
    /// | 1 | selector in the last four bytes | the caller: topic 1, and the key of their balance |
    /// | 2 | `to` or `spender` | topic 2, and the key of their balance |
    /// | 3 | `value` | the event's data |
    ///
    /// `transferFrom` and `permit` have one argument more in front, so that everything is one word further on.
    pub(crate) words: [Word; 9],
    /// Zero until the end, when it may become `true`.
    pub(crate) answer: Word,
    /// Where the call data are not the key of an allowance: whose tokens and who may move them, which is the key; how many; and
    /// how many were asked for. So the last three are the parameters of the error.
    pub(crate) allowance: [Word; 4],
    /// What EIP-712 signs, from byte 6 on: two bytes, the domain's separator, the struct's hash.
    pub(crate) digest: [Word; 3],
    /// The arguments of the constructor, and the topics of its events.
    pub(crate) arguments: [Word; 12],
    pub(crate) topics: [Word; 4],
    pub(crate) name: [Word; 4],
}

/// The words of an event: topic 0, the two accounts, the amount.
pub(crate) type Event = [Word; 4];

impl Memory {
    pub(crate) const NEW: Self = Self {
        words: [Word::ZERO; 9],
        answer: Word::ZERO,
        allowance: [Word::ZERO; 4],
        digest: [Word::ZERO; 3],
        arguments: [Word::ZERO; 12],
        topics: [Word::ZERO; 4],
        name: [Word::ZERO; 4],
    };
}
