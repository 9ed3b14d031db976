use ink::{Address, U256};

/// `value` tokens went from `from` to `to`; from the zero address when they were created.
#[ink::event]
pub struct Transfer {
    /// Whose tokens they were.
    #[ink(topic)]
    pub from: Address,
    /// Whose tokens they are.
    #[ink(topic)]
    pub to: Address,
    /// How many, in the smallest unit.
    pub value: U256,
}

/// `spender` may move `value` of `owner`'s tokens.
#[ink::event]
pub struct Approval {
    /// Whose tokens may be moved.
    #[ink(topic)]
    pub owner: Address,
    /// Who may move them.
    #[ink(topic)]
    pub spender: Address,
    /// How many in all, in the smallest unit; 2^256 - 1 is without limit.
    pub value: U256,
}
