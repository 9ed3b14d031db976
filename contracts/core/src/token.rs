//! Fungible tokens: ERC-20 with a cap and a pause, permits (EIP-2612), transfers by signature (EIP-3009), and the roles that
//! mint and pause. They behave as OpenZeppelin's do, in the order of what they refuse, too.
//!
//! The rules are functions over a [`Ledger`], which says only how to read and write single entries. A contract puts its
//! storage there, a test a map. Whoever calls is an argument, and events are the caller's: each function documents which
//! one stands for it.

pub mod authorization;
mod pause;
pub mod permit;
pub mod roles;
mod rules;

pub use pause::{pause, unpause};
pub use primitive_types::{H160 as Address, U256};
pub use rules::{approve, burn, burn_from, check_cap, mint, transfer, transfer_from};

/// The entries of a token, each zero until it is written.
pub trait Ledger {
    /// What a refusal becomes: an error, or, where it ends everything at once, nothing.
    type Refusal: From<Error>;

    /// Tokens of `account`.
    fn balance_of(&self, account: &Address) -> U256;
    /// Writes what [`Ledger::balance_of`] answers.
    fn set_balance(&mut self, account: &Address, value: U256);
    /// What `spender` may still take from `owner`; [`U256::MAX`] means any amount, for ever.
    fn allowance(&self, owner: &Address, spender: &Address) -> U256;
    /// Makes what [`Ledger::allowance`] answers to what `change` makes of it; `None` leaves it as it is.
    ///
    /// # Errors
    /// Those of `change`, and then nothing is written.
    fn update_allowance(
        &mut self,
        owner: &Address,
        spender: &Address,
        change: impl FnOnce(U256) -> Result<Option<U256>, Self::Refusal>,
    ) -> Result<(), Self::Refusal>;
    /// The sum of all balances.
    fn total_supply(&self) -> U256;
    /// Writes what [`Ledger::total_supply`] answers.
    fn set_total_supply(&mut self, value: U256);
    /// Whether no token is moved, created or destroyed.
    fn is_paused(&self) -> bool;
    /// Writes what [`Ledger::is_paused`] answers.
    fn set_paused(&mut self, paused: bool);
}

/// Why a token was not moved or an allowance not given: the errors of EIP-6093 and of OpenZeppelin's `ERC20Capped` and
/// `Pausable`, with the same data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// `sender` has `balance`, `needed` is more.
    InsufficientBalance {
        /// Whose tokens were to be moved.
        sender: Address,
        /// What they have.
        balance: U256,
        /// What was asked for.
        needed: U256,
    },
    /// Tokens cannot come from this address: it is zero.
    InvalidSender(Address),
    /// Tokens cannot go to this address: it is zero.
    InvalidReceiver(Address),
    /// `spender` was allowed `allowance`, `needed` is more.
    InsufficientAllowance {
        /// Who wanted to move somebody else's tokens.
        spender: Address,
        /// What they were allowed.
        allowance: U256,
        /// What was asked for.
        needed: U256,
    },
    /// Nobody can approve for this address: it is zero.
    InvalidApprover(Address),
    /// Nobody can be approved under this address: it is zero.
    InvalidSpender(Address),
    /// There can be no more than [`U256::MAX`] tokens.
    SupplyOverflow,
    /// There would be `increased_supply` tokens, and there may be `cap`.
    ExceededCap {
        /// How many there would be.
        increased_supply: U256,
        /// How many there may be.
        cap: U256,
    },
    /// A token of which there can be none at all.
    InvalidCap,
    /// The token is paused.
    EnforcedPause,
    /// The token is not paused.
    ExpectedPause,
}

/// Told by eight bytes at a time: the type's own way takes them one by one.
fn is_zero(address: &Address) -> bool {
    let (eights, rest) = address.0.as_chunks();
    let (fours, _) = rest.as_chunks();
    let eights = eights.iter().fold(0, |all, eight| all | u64::from_ne_bytes(*eight));
    let fours = fours.iter().fold(0, |all, four| all | u32::from_ne_bytes(*four));
    eights | u64::from(fours) == 0
}
