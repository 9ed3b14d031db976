use ink::{Address, H256};

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
}
