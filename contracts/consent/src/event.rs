use ink::{Address, H256, U256};

/// `subject` is registered; `controller` speaks for it.
#[ink::event]
pub struct SubjectRegistered {
    /// The pseudonym of a patient in one relationship.
    #[ink(topic)]
    pub subject: H256,
    /// Who controls it.
    #[ink(topic)]
    pub controller: Address,
}

/// The control of `subject` was offered to `newController`; to the zero address when an offer was taken back.
#[ink::event]
pub struct ControllerTransferStarted {
    /// The subject.
    #[ink(topic)]
    pub subject: H256,
    /// Who controls it, until the offer is accepted.
    #[ink(topic)]
    pub controller: Address,
    /// Who may accept.
    #[ink(topic)]
    pub new_controller: Address,
}

/// The control of `subject` went from `previousController` to `newController`.
#[ink::event]
pub struct ControllerTransferred {
    /// The subject.
    #[ink(topic)]
    pub subject: H256,
    /// Who controlled it.
    #[ink(topic)]
    pub previous_controller: Address,
    /// Who controls it.
    #[ink(topic)]
    pub new_controller: Address,
}

/// `subject` consents to what `commitment` commits to, for `grantee`.
#[ink::event]
pub struct ConsentGranted {
    /// The consent.
    #[ink(topic)]
    pub consent_id: H256,
    /// Whose data it is about.
    #[ink(topic)]
    pub subject: H256,
    /// To whom it is given.
    #[ink(topic)]
    pub grantee: Address,
    /// To the policy.
    pub commitment: H256,
    /// The first second in force, since the epoch.
    pub valid_from: u64,
    /// The last second in force; 2^64 - 1 if the end is open.
    pub valid_until: u64,
    /// Disclosed purposes, a bit each; 0 if nothing is disclosed.
    pub purposes: u64,
    /// Disclosed classes of data, a bit each; 0 if nothing is disclosed.
    pub classes: u64,
    /// Who granted it: the subject's controller, or a delegate.
    pub grantor: Address,
    /// Purposes beyond which it answers no consent, a bit each; all bits, unless a delegate granted it.
    pub limit: u64,
}

/// `newConsentId` took the place of `consentId`.
#[ink::event]
pub struct ConsentSuperseded {
    /// The consent that answers no longer.
    #[ink(topic)]
    pub consent_id: H256,
    /// The consent that does now; a `ConsentGranted` follows with its terms.
    #[ink(topic)]
    pub new_consent_id: H256,
    /// Whose data they are about.
    #[ink(topic)]
    pub subject: H256,
    /// Who superseded it: the subject's controller, or a delegate.
    pub actor: Address,
}

/// `consentId` is withdrawn, for good, from this block on.
#[ink::event]
pub struct ConsentRevoked {
    /// The consent.
    #[ink(topic)]
    pub consent_id: H256,
    /// Whose data it was about.
    #[ink(topic)]
    pub subject: H256,
    /// Who withdrew it: the subject's controller, or a delegate.
    pub actor: Address,
}

/// `consentId` should never have been recorded.
#[ink::event]
pub struct ConsentEnteredInError {
    /// The consent.
    #[ink(topic)]
    pub consent_id: H256,
    /// Whose data it was about.
    #[ink(topic)]
    pub subject: H256,
    /// Who said so: the subject's controller, or a delegate.
    pub actor: Address,
}

/// The controller of `subject` is there, and did nothing else.
#[ink::event]
pub struct ControllerConfirmed {
    /// The subject.
    #[ink(topic)]
    pub subject: H256,
    /// Who controls it.
    #[ink(topic)]
    pub controller: Address,
}

/// `successor` is to follow the controller of `subject` after some silence; the zero address: nobody is.
#[ink::event]
pub struct SuccessorSet {
    /// The subject.
    #[ink(topic)]
    pub subject: H256,
    /// Who controls it.
    #[ink(topic)]
    pub controller: Address,
    /// Who is to follow.
    #[ink(topic)]
    pub successor: Address,
    /// After how many seconds without any action of the controller's the control can be claimed.
    pub silence: u64,
    /// How many seconds after the claim it can be accepted.
    pub grace: u64,
}

/// `successor` claims the control of `subject`. Any action of its controller ends the claim.
#[ink::event]
pub struct ControlClaimed {
    /// The subject.
    #[ink(topic)]
    pub subject: H256,
    /// Who claims it.
    #[ink(topic)]
    pub successor: Address,
    /// From which second on, since the epoch, it can be accepted.
    pub acceptable_from: u64,
}

/// `delegate` may do this for the controller of `subject`, and nothing else.
#[ink::event]
pub struct DelegateSet {
    /// The subject.
    #[ink(topic)]
    pub subject: H256,
    /// Who may act.
    #[ink(topic)]
    pub delegate: Address,
    /// Who says so: the subject's controller, or another delegate.
    #[ink(topic)]
    pub actor: Address,
    /// What they may do, a bit each; 0 if nothing any more.
    pub powers: u8,
    /// For which purposes they may grant, a bit each.
    pub purposes: u64,
    /// The last second, since the epoch.
    pub valid_until: u64,
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
