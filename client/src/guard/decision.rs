//! What is asked of the guard, and what it answers.

use alloy_core::primitives::{Address, B256};
use salus_core::consent::Answer;

use crate::{
    chain::Block,
    decide::{AccessRequest, Obligation, Outcome},
};

/// Who wants what of whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuardRequest {
    /// Whose data.
    pub subject: B256,
    /// The account that asks. The server has made sure that it is theirs.
    pub actor: Address,
    /// What they ask for. Its roles and further identifiers are believed: the server names those alone that it has made sure of. Its
    /// time has to be left open, and its patient is not looked at.
    pub request: AccessRequest,
}

/// What a decision rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// What the one consent in force discloses on chain, which permits.
    Disclosed,
    /// The policies of the consents in force, opened.
    Policy,
    /// The server's overarching policy: no consent answers.
    Overarching,
    /// An open emergency access, whatever consents say.
    Emergency,
}

/// The answer of the guard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The block whose state answered.
    pub block: Block,
    /// The time of that block, in seconds since the epoch, for which is answered.
    pub time: u64,
    /// What the consents say: permit, deny or no consent. An emergency does not change it.
    pub outcome: Outcome,
    /// The consent that decided, if one did.
    pub consent: Option<B256>,
    /// What the decision rests on.
    pub ground: Ground,
    /// Whether data may be given.
    pub(super) is_permitted: bool,
    /// What has to be done if they are.
    pub(super) obligations: Vec<Obligation>,
}

impl Decision {
    /// Whether the data may be given, with the [`Decision::obligations`] done.
    pub fn is_permitted(&self) -> bool {
        self.is_permitted
    }

    /// What a permit obliges to; nothing if there is none. An emergency access obliges to nothing here: it is reviewed.
    pub fn obligations(&self) -> &[Obligation] {
        &self.obligations
    }

    /// What the consents say, in three values.
    pub fn answer(&self) -> Answer {
        self.outcome.answer
    }
}
