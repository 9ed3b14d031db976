use ink::{Address, H256, U256, prelude::vec::Vec};

/// A patient booked a consultation. What is not here is in the booking, which the identifier is the hash of.
#[ink::event]
pub struct VisitRequested {
    /// The visit.
    #[ink(topic)]
    pub visit_id: H256,
    /// Who booked it.
    #[ink(topic)]
    pub patient: Address,
    /// Who shall give it.
    #[ink(topic)]
    pub provider: Address,
    /// Which of the provider's services it is.
    pub service: H256,
    /// The ERC-20 token of the fee; the zero address is the native coin.
    pub token: Address,
    /// The fee, in the token's smallest unit.
    pub fee: U256,
    /// Which of the provider's terms it is under.
    pub terms_version: u32,
    /// When it begins, in seconds since the epoch.
    pub start_time: u64,
    /// When it ends.
    pub end_time: u64,
    /// The second from which the provider can no longer confirm it.
    pub confirm_by: u64,
    /// Who decides if the sides do not agree.
    pub arbiter: Address,
    /// A salted hash of what else was agreed.
    pub details_hash: H256,
}

/// The fee is in escrow.
#[ink::event]
pub struct VisitFunded {
    /// The visit.
    #[ink(topic)]
    pub visit_id: H256,
    /// The ERC-20 token of the fee; the zero address is the native coin.
    #[ink(topic)]
    pub token: Address,
    /// The fee, in the token's smallest unit.
    pub fee: U256,
}

/// A patient booked several consultations together, and paid for them. They were requested and funded before, one by one.
#[ink::event]
pub struct SeriesBooked {
    /// The series.
    #[ink(topic)]
    pub series_id: H256,
    /// Who booked it.
    #[ink(topic)]
    pub patient: Address,
    /// Who shall give the consultations.
    #[ink(topic)]
    pub provider: Address,
    /// Its visits, by when they begin.
    pub visit_ids: Vec<H256>,
}

/// The provider agreed to a consultation.
#[ink::event]
pub struct VisitConfirmed {
    /// The visit.
    #[ink(topic)]
    pub visit_id: H256,
}

/// One side says that a consultation began.
#[ink::event]
pub struct VisitStarted {
    /// The visit.
    #[ink(topic)]
    pub visit_id: H256,
    /// Who says so.
    pub started_by: Address,
}

/// One side says how a consultation ended. The other may contest it before `contestBy`; then it stands.
#[ink::event]
pub struct OutcomeClaimed {
    /// The visit.
    #[ink(topic)]
    pub visit_id: H256,
    /// Who says so.
    #[ink(topic)]
    pub claimed_by: Address,
    /// The status that it would end in.
    pub outcome: u8,
    /// The second from which it can no longer be contested.
    pub contest_by: u64,
    /// A salted hash of what shows it; of a completed one the record that was anchored for it, if that was a condition.
    pub evidence: H256,
}

/// The other side does not agree. The arbiter has to decide before `decideBy`; then the terms do.
#[ink::event]
pub struct OutcomeContested {
    /// The visit.
    #[ink(topic)]
    pub visit_id: H256,
    /// Who has to decide.
    #[ink(topic)]
    pub arbiter: Address,
    /// Who does not agree.
    pub contested_by: Address,
    /// The second from which the arbiter can no longer decide.
    pub decide_by: u64,
    /// A salted hash of what shows it.
    pub evidence: H256,
}

/// One side added to a dispute.
#[ink::event]
pub struct EvidenceSubmitted {
    /// The visit.
    #[ink(topic)]
    pub visit_id: H256,
    /// Which side.
    #[ink(topic)]
    pub submitted_by: Address,
    /// A salted hash of what it added.
    pub evidence: H256,
}

/// An arbiter decided a dispute.
#[ink::event]
pub struct DisputeDecided {
    /// The visit.
    #[ink(topic)]
    pub visit_id: H256,
    /// Who decided.
    #[ink(topic)]
    pub arbiter: Address,
    /// What the provider earns of the fee, in ten thousandths.
    pub provider_share: u16,
    /// A salted hash of the reasons.
    pub reasons: H256,
}

/// A visit ended. The three amounts are the fee, if it was in escrow, and can be withdrawn.
#[ink::event]
pub struct VisitClosed {
    /// The visit.
    #[ink(topic)]
    pub visit_id: H256,
    /// How: its last status.
    pub status: u8,
    /// Whose call that was.
    pub closed_by: Address,
    /// What the patient gets back, in the token's smallest unit.
    pub to_patient: U256,
    /// What the provider earned.
    pub to_provider: U256,
    /// What the platform keeps.
    pub to_platform: U256,
}

/// An account took out what was its own.
#[ink::event]
pub struct Withdrawn {
    /// The account.
    #[ink(topic)]
    pub account: Address,
    /// The ERC-20 token; the zero address is the native coin.
    #[ink(topic)]
    pub token: Address,
    /// How much, in the token's smallest unit.
    pub amount: U256,
}

/// A provider published terms for bookings to come.
#[ink::event]
pub struct TermsSet {
    /// The provider.
    #[ink(topic)]
    pub provider: Address,
    /// Their number.
    pub version: u32,
}

/// A service costs this from now on.
#[ink::event]
pub struct FeeSet {
    /// The provider.
    #[ink(topic)]
    pub provider: Address,
    /// The service.
    #[ink(topic)]
    pub service: H256,
    /// The ERC-20 token; the zero address is the native coin.
    #[ink(topic)]
    pub token: Address,
    /// In the token's smallest unit; 0: it is not offered in it.
    pub fee: U256,
}

/// A service costs this from now on in a series of so many visits.
#[ink::event]
pub struct SeriesFeeSet {
    /// The provider.
    #[ink(topic)]
    pub provider: Address,
    /// The service.
    #[ink(topic)]
    pub service: H256,
    /// The ERC-20 token; the zero address is the native coin.
    #[ink(topic)]
    pub token: Address,
    /// How many visits are booked together.
    pub visits: u32,
    /// What each of them costs, in the token's smallest unit; 0: what it costs by itself.
    pub fee: U256,
}

/// A service costs one patient this for a time.
#[ink::event]
pub struct QuoteSet {
    /// The provider.
    #[ink(topic)]
    pub provider: Address,
    /// The patient.
    #[ink(topic)]
    pub patient: Address,
    /// The service.
    pub service: H256,
    /// The ERC-20 token; the zero address is the native coin.
    pub token: Address,
    /// In the token's smallest unit.
    pub fee: U256,
    /// The last second in which it can be booked at it.
    pub valid_until: u64,
}

/// A provider published when it can be booked.
#[ink::event]
pub struct AvailabilitySet {
    /// The provider.
    #[ink(topic)]
    pub provider: Address,
    /// A hash of it; where it is found, the provider says.
    pub availability: H256,
}

/// The platform will keep another part of what providers earn of visits that are booked from then on.
#[ink::event]
pub struct PlatformFeeAnnounced {
    /// In ten thousandths.
    pub fee: u16,
    /// Whose it will be.
    pub collector: Address,
    /// From which second on.
    pub effective_at: u64,
}

/// The office of the owner is offered to `newOwner`; to nobody if that is the zero address.
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

/// Nonces were used up, so that what was signed with them cannot be sent any more.
#[ink::event]
pub struct UnorderedNonceInvalidation {
    /// Whose they are.
    #[ink(topic)]
    pub owner: Address,
    /// The word of the nonces.
    pub word: U256,
    /// Which bits of it.
    pub mask: U256,
}
