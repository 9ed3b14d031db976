use ink::{Address, H256};

/// The office of the owner was offered to `newOwner`; to the zero address when an offer was taken back.
#[ink::event]
pub struct OwnershipTransferStarted {
    /// Who has it, until the offer is accepted.
    #[ink(topic)]
    pub previous_owner: Address,
    /// Who may accept.
    #[ink(topic)]
    pub new_owner: Address,
}

/// The office of the owner went from `previousOwner` to `newOwner`; from the zero address when the contract was created.
#[ink::event]
pub struct OwnershipTransferred {
    /// Who had it.
    #[ink(topic)]
    pub previous_owner: Address,
    /// Who has it.
    #[ink(topic)]
    pub new_owner: Address,
}

/// `issuer` may issue credentials from this block on.
#[ink::event]
pub struct IssuerAdmitted {
    /// Who may.
    #[ink(topic)]
    pub issuer: Address,
    /// Who decided: the owner.
    #[ink(topic)]
    pub actor: Address,
}

/// `issuer` may issue no more credentials from this block on.
#[ink::event]
pub struct IssuerRemoved {
    /// Who may not.
    #[ink(topic)]
    pub issuer: Address,
    /// Who decided: the owner.
    #[ink(topic)]
    pub actor: Address,
}

/// `holder` has a credential from `issuer`.
#[ink::event]
pub struct CredentialIssued {
    /// The credential.
    #[ink(topic)]
    pub credential_id: H256,
    /// Who has it.
    #[ink(topic)]
    pub holder: Address,
    /// Who issued it.
    #[ink(topic)]
    pub issuer: Address,
    /// The number of the role.
    pub role: u8,
    /// Where it is good for: an ISO 3166 code in ASCII, padded with zeros.
    pub jurisdiction: H256,
    /// A salted hash of the licence's number.
    pub licence_hash: H256,
    /// The first second in force, since the epoch, if that is not before this block.
    pub valid_from: u64,
    /// The last second in force; 2^64 - 1 if the end is open.
    pub valid_until: u64,
}

/// `newCredentialId` renews `credentialId`, and takes its place.
#[ink::event]
pub struct CredentialSuperseded {
    /// The credential that counts no longer.
    #[ink(topic)]
    pub credential_id: H256,
    /// The credential that does now; its `CredentialIssued` follows.
    #[ink(topic)]
    pub new_credential_id: H256,
    /// Who has them.
    #[ink(topic)]
    pub holder: Address,
}

/// `credentialId` is out of force from this block on, for a time.
#[ink::event]
pub struct CredentialSuspended {
    /// The credential.
    #[ink(topic)]
    pub credential_id: H256,
    /// Who has it.
    #[ink(topic)]
    pub holder: Address,
    /// Who decided: its issuer, or the owner.
    #[ink(topic)]
    pub actor: Address,
}

/// `credentialId` is in force again, from this block on.
#[ink::event]
pub struct CredentialReinstated {
    /// The credential.
    #[ink(topic)]
    pub credential_id: H256,
    /// Who has it.
    #[ink(topic)]
    pub holder: Address,
    /// Who decided: its issuer, or the owner.
    #[ink(topic)]
    pub actor: Address,
}

/// `credentialId` is withdrawn, for good, from this block on.
#[ink::event]
pub struct CredentialRevoked {
    /// The credential.
    #[ink(topic)]
    pub credential_id: H256,
    /// Who had it.
    #[ink(topic)]
    pub holder: Address,
    /// Who decided: its issuer, or the owner.
    #[ink(topic)]
    pub actor: Address,
}
