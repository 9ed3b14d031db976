use ink::{Address, H256, U256};

/// Somebody asks for access to a subject's data.
#[ink::event]
pub struct AccessRequested {
    /// The request.
    #[ink(topic)]
    pub request_id: H256,
    /// Whose data.
    #[ink(topic)]
    pub subject: H256,
    /// Who asks.
    #[ink(topic)]
    pub requester: Address,
    /// To what is asked for.
    pub commitment: H256,
    /// The last second in which it can be answered.
    pub until: u64,
}

/// A request was answered with a consent.
#[ink::event]
pub struct RequestApproved {
    /// The request.
    #[ink(topic)]
    pub request_id: H256,
    /// Whose data.
    #[ink(topic)]
    pub subject: H256,
    /// Who asked.
    #[ink(topic)]
    pub requester: Address,
    /// The consent.
    pub consent_id: H256,
    /// Who answered, for the subject.
    pub actor: Address,
}

/// A request was answered with no.
#[ink::event]
pub struct RequestRefused {
    /// The request.
    #[ink(topic)]
    pub request_id: H256,
    /// Whose data.
    #[ink(topic)]
    pub subject: H256,
    /// Who asked.
    #[ink(topic)]
    pub requester: Address,
    /// Who answered, for the subject.
    pub actor: Address,
}

/// Who asked took the request back.
#[ink::event]
pub struct RequestWithdrawn {
    /// The request.
    #[ink(topic)]
    pub request_id: H256,
    /// Whose data.
    #[ink(topic)]
    pub subject: H256,
    /// Who asked.
    #[ink(topic)]
    pub requester: Address,
}

/// Emergency accesses to a subject wait so long for a veto, from the next one on.
#[ink::event]
pub struct VetoWindowSet {
    /// Whose data.
    #[ink(topic)]
    pub subject: H256,
    /// Who decided: its controller.
    #[ink(topic)]
    pub actor: Address,
    /// In seconds; 0 if they do not wait.
    pub veto_window: u64,
}

/// The signatures of this account open emergency accesses to a subject at once.
#[ink::event]
pub struct EmergencyKeySet {
    /// Whose data.
    #[ink(topic)]
    pub subject: H256,
    /// Who decided: its controller.
    #[ink(topic)]
    pub actor: Address,
    /// The account; zero if nobody's do.
    pub emergency_key: Address,
}

/// Somebody broke the glass: an emergency access opens, or waits for a veto before it does.
#[ink::event]
pub struct GlassBroken {
    /// The access.
    #[ink(topic)]
    pub access_id: H256,
    /// Whose data.
    #[ink(topic)]
    pub subject: H256,
    /// Who did.
    #[ink(topic)]
    pub actor: Address,
    /// As what: the number of the role.
    pub role: u8,
    /// The number of the purpose of use.
    pub purpose: u8,
    /// Who has to review it.
    pub reviewer: Address,
    /// A salted hash of what shows the emergency.
    pub evidence: H256,
    /// How many seconds it can be vetoed.
    pub veto_window: u64,
    /// The first second in which it is open.
    pub opens_at: u64,
    /// The first second in which it is open no more.
    pub ends_at: u64,
    /// The first second in which its review is overdue.
    pub review_by: u64,
    /// Whether the subject's emergency key has signed for it, so that it does not wait.
    pub is_authorized: bool,
}

/// An emergency access was stopped before it opened.
#[ink::event]
pub struct AccessVetoed {
    /// The access.
    #[ink(topic)]
    pub access_id: H256,
    /// Whose data.
    #[ink(topic)]
    pub subject: H256,
    /// Whose access.
    #[ink(topic)]
    pub actor: Address,
    /// Who stopped it, for the subject.
    pub vetoed_by: Address,
}

/// An emergency access was ended by its actor, before its time.
#[ink::event]
pub struct AccessEnded {
    /// The access.
    #[ink(topic)]
    pub access_id: H256,
    /// Whose data.
    #[ink(topic)]
    pub subject: H256,
    /// Whose access.
    #[ink(topic)]
    pub actor: Address,
}

/// An emergency access was reviewed.
#[ink::event]
pub struct AccessReviewed {
    /// The access.
    #[ink(topic)]
    pub access_id: H256,
    /// Whose data.
    #[ink(topic)]
    pub subject: H256,
    /// Whose access.
    #[ink(topic)]
    pub actor: Address,
    /// Who reviewed it.
    pub reviewer: Address,
    /// 1 it was justified, 2 it was not.
    pub outcome: u8,
}

/// A batch of a log of accesses is anchored.
#[ink::event]
pub struct LogAnchored {
    /// The root of its tree.
    #[ink(topic)]
    pub root: H256,
    /// Who anchored it.
    #[ink(topic)]
    pub author: Address,
    /// Its number among the author's, from 0.
    pub batch: u64,
    /// How many leaves the tree has.
    pub count: u64,
    /// No entry is of an earlier second.
    pub from: u64,
    /// No entry is of a later second.
    pub until: u64,
}

/// Nonces of `owner` are used up, by the owner's own wish.
#[ink::event]
pub struct UnorderedNonceInvalidation {
    /// Whose they are.
    #[ink(topic)]
    pub owner: Address,
    /// The word they are in.
    pub word: U256,
    /// Their bits.
    pub mask: U256,
}
