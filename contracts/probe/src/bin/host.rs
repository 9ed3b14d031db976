//! A message that only returns a value of the host's: what a call costs that does nothing else.
#![cfg_attr(not(feature = "std"), no_std, no_main)]

/// The probe.
#[ink::contract]
#[allow(missing_docs, reason = "ink! generates undocumented items here")]
mod host {
    /// Nothing is kept.
    #[ink(storage)]
    #[derive(Default)]
    pub struct Host {}

    impl Host {
        /// Creates the contract.
        #[ink(constructor)]
        pub fn new() -> Self {
            Self::default()
        }

        /// The time of the block, in seconds since the epoch.
        #[ink(message)]
        pub fn now(&self) -> u64 {
            self.env().block_timestamp()
        }
    }
}

/// A contract runs on chain only.
#[cfg(feature = "std")]
fn main() {}
