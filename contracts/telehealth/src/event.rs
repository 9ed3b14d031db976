use ink::{Address, H256, U256};

/// A patient asked for a consultation.
#[ink::event]
pub struct VisitRequested {
    /// The visit's number.
    #[ink(topic)]
    pub visit_id: U256,
    /// Who asked for it.
    #[ink(topic)]
    pub patient: Address,
    /// Who shall give it.
    #[ink(topic)]
    pub provider: Address,
    /// The ERC-20 token of the fee.
    pub token: Address,
    /// The fee, in the token's smallest unit.
    pub fee: U256,
    /// When it begins, in seconds since the epoch.
    pub start_time: u64,
    /// The second from which the provider can no longer confirm it.
    pub confirm_by: u64,
    /// The second from which the provider can no longer complete it.
    pub complete_by: u64,
    /// A salted hash of what else was agreed.
    pub details_hash: H256,
}

/// The fee is in escrow.
#[ink::event]
pub struct VisitFunded {
    /// The visit's number.
    #[ink(topic)]
    pub visit_id: U256,
    /// The ERC-20 token of the fee.
    #[ink(topic)]
    pub token: Address,
    /// The fee, in the token's smallest unit.
    pub fee: U256,
}

/// The provider agreed to a consultation.
#[ink::event]
pub struct VisitConfirmed {
    /// The visit's number.
    #[ink(topic)]
    pub visit_id: U256,
}

/// A consultation took place, and the provider can withdraw its fee.
#[ink::event]
pub struct VisitCompleted {
    /// The visit's number.
    #[ink(topic)]
    pub visit_id: U256,
    /// What the provider can withdraw for it, in the token's smallest unit.
    pub released: U256,
}

/// One side called a consultation off before it began.
#[ink::event]
pub struct VisitCancelled {
    /// The visit's number.
    #[ink(topic)]
    pub visit_id: U256,
    /// Which side.
    #[ink(topic)]
    pub cancelled_by: Address,
    /// What the patient can withdraw again, in the token's smallest unit; zero if nothing was paid in.
    pub refunded: U256,
}

/// The provider did not agree to a consultation.
#[ink::event]
pub struct VisitDeclined {
    /// The visit's number.
    #[ink(topic)]
    pub visit_id: U256,
    /// What the patient can withdraw again, in the token's smallest unit; zero if nothing was paid in.
    pub refunded: U256,
}

/// A consultation was not confirmed or not completed in time.
#[ink::event]
pub struct VisitExpired {
    /// The visit's number.
    #[ink(topic)]
    pub visit_id: U256,
    /// What the patient can withdraw again, in the token's smallest unit; zero if nothing was paid in.
    pub refunded: U256,
}

/// Somebody withdrew all that was theirs in one token.
#[ink::event]
pub struct Withdrawn {
    /// Whose it was.
    #[ink(topic)]
    pub account: Address,
    /// The ERC-20 token.
    #[ink(topic)]
    pub token: Address,
    /// How much, in the token's smallest unit.
    pub amount: U256,
}
