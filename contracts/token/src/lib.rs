//! An ERC-20 token with EIP-2612 permits. The rules are in `salus_core::token`; this is their storage and their ABI.
#![cfg_attr(not(feature = "std"), no_std)]

mod error;
mod event;
mod interface;
mod storage;

pub use error::{Error, Refused};
pub use event::{Approval, Transfer};

/// A fungible token with 256-bit amounts and a fixed supply.
///
/// Names, events and errors are those of ERC-20, EIP-2612, EIP-5267, ERC-165 and EIP-6093, as OpenZeppelin has them.
#[ink::contract]
#[allow(
    missing_docs,
    reason = "ink! generates undocumented items here; the builder demands what is in the ABI"
)]
mod token {
    use crate::{
        Approval, Error, Refused, Transfer,
        error::check_length,
        interface,
        storage::{ALLOWANCES, BALANCES, Details, MAX_NAME_LENGTH, MAX_SYMBOL_LENGTH, NONCES, TOTAL_SUPPLY},
    };
    use ink::{
        H256, U256,
        prelude::vec::Vec,
        sol::{FixedBytes, Text, refuse},
    };
    use salus_core::{
        eip712::{self, Domain},
        token::{self, Ledger, permit, permit::Permit},
    };
    use salus_env::{chain_id, ecrecover, keccak256};

    /// The state is in the slots of `storage`.
    #[ink(storage)]
    pub struct Token {}

    impl Token {
        /// Creates the token, and all of its supply for one holder.
        ///
        /// `decimals` is how many digits of an amount wallets put behind the point; 18 is usual. `name` may have 128 bytes,
        /// `symbol` 32. The name is also the one in the domain of signatures.
        #[ink(constructor)]
        pub fn new(
            name: Text,
            symbol: Text,
            decimals: u8,
            initial_supply: U256,
            initial_holder: Address,
        ) -> Result<Self, Error> {
            check_length(&name.0, MAX_NAME_LENGTH);
            check_length(&symbol.0, MAX_SYMBOL_LENGTH);
            let mut this = Self {};
            let chain_id = salus_host::chain_id();
            Details::set(separator(&chain_id, &name.0), chain_id, decimals, &name.0, &symbol.0);
            token::mint(&mut this, &initial_holder, initial_supply)?;
            Self::env().emit_event(Transfer {
                from: Address::zero(),
                to: initial_holder,
                value: initial_supply,
            });
            Ok(this)
        }

        /// The token's name.
        #[ink(message)]
        pub fn name(&self) -> Text {
            Text(Details::get().name().into())
        }

        /// The token's short name.
        #[ink(message)]
        pub fn symbol(&self) -> Text {
            Text(Details::get().symbol().into())
        }

        /// How many digits of an amount are behind the point when it is shown.
        #[ink(message)]
        pub fn decimals(&self) -> u8 {
            Details::get().decimals()
        }

        /// The sum of all balances, in the smallest unit.
        #[ink(message, name = "totalSupply")]
        pub fn total_supply(&self) -> U256 {
            Ledger::total_supply(self)
        }

        /// The tokens of `account`, in the smallest unit.
        #[ink(message, name = "balanceOf")]
        pub fn balance_of(&self, account: Address) -> U256 {
            Ledger::balance_of(self, &account)
        }

        /// What `spender` may still move of `owner`'s tokens; 2^256 - 1 is without limit.
        #[ink(message)]
        pub fn allowance(&self, owner: Address, spender: Address) -> U256 {
            Ledger::allowance(self, &owner, &spender)
        }

        /// Moves `value` of the caller's tokens to `to`.
        #[ink(message)]
        pub fn transfer(&mut self, to: Address, value: U256) -> Result<bool, Error> {
            let from = self.env().caller();
            token::transfer(self, &from, &to, value)?;
            self.env().emit_event(Transfer { from, to, value });
            Ok(true)
        }

        /// Moves `value` of `from`'s tokens to `to`, which `from` has allowed the caller.
        #[ink(message, name = "transferFrom")]
        pub fn transfer_from(&mut self, from: Address, to: Address, value: U256) -> Result<bool, Error> {
            let spender = self.env().caller();
            token::transfer_from(self, &spender, &from, &to, value)?;
            self.env().emit_event(Transfer { from, to, value });
            Ok(true)
        }

        /// Allows `spender` to move `value` of the caller's tokens, in place of what was allowed before.
        #[ink(message)]
        pub fn approve(&mut self, spender: Address, value: U256) -> Result<bool, Error> {
            let owner = self.env().caller();
            self.allow(owner, spender, value)?;
            Ok(true)
        }

        /// Allows `spender` to move `value` of `owner`'s tokens, by `owner`'s signature over the next `nonce`. Anybody may
        /// hand it in, until the second `deadline`. EIP-2612.
        #[ink(message)]
        #[allow(clippy::too_many_arguments, reason = "the signature is the standard's")]
        pub fn permit(
            &mut self,
            owner: Address,
            spender: Address,
            value: U256,
            deadline: U256,
            v: u8,
            r: H256,
            s: H256,
        ) -> Result<(), Error> {
            let nonce = NONCES.get(&owner);
            let permit = Permit {
                owner: &owner,
                spender: &spender,
                value: &value,
                nonce: &nonce,
                deadline: &deadline,
            };
            if permit.is_expired(self.env().block_timestamp()) {
                return Err(refuse(Error::ERC2612ExpiredSignature { deadline }));
            }
            if !eip712::is_low_s(&s.0) {
                return Err(refuse(Error::ECDSAInvalidSignatureS { s }));
            }
            let digest = eip712::digest(&self.separator(), &permit.struct_hash(keccak256), keccak256);
            let signer = ecrecover(&digest, v, &r.0, &s.0).ok_or_else(|| refuse(Error::ECDSAInvalidSignature))?;
            if signer != owner {
                return Err(refuse(Error::ERC2612InvalidSigner { signer, owner }));
            }
            // One use for each nonce; that the count passes 2^256 cannot happen.
            NONCES.set(&owner, &nonce.saturating_add(U256::one()));
            self.allow(owner, spender, value)?;
            Ok(())
        }

        /// How many permits of `owner` were used, which is the nonce of the next one.
        #[ink(message)]
        pub fn nonces(&self, owner: Address) -> U256 {
            NONCES.get(&owner)
        }

        /// The separator of the domain that permits are signed in. It changes if the chain's id does.
        #[ink(message, name = "DOMAIN_SEPARATOR")]
        pub fn domain_separator(&self) -> H256 {
            H256(self.separator())
        }

        /// The domain that permits are signed in. EIP-5267.
        ///
        /// @return fields which of the following count, a bit each
        /// @return name the token's name
        /// @return version of what is signed
        /// @return chainId of the chain (EIP-155)
        /// @return verifyingContract this contract
        /// @return salt not used
        /// @return extensions none
        #[ink(message, name = "eip712Domain")]
        #[allow(clippy::type_complexity, reason = "the signature is the standard's")]
        pub fn eip712_domain(&self) -> (FixedBytes<1>, Text, Text, U256, Address, H256, Vec<U256>) {
            (
                FixedBytes([eip712::DOMAIN_FIELDS]),
                self.name(),
                Text(permit::DOMAIN_VERSION.into()),
                chain_id(),
                self.env().address(),
                H256::zero(),
                Vec::new(),
            )
        }

        /// Whether the contract has the interface with this identifier. ERC-165.
        #[ink(message, name = "supportsInterface")]
        pub fn supports_interface(&self, interface_id: FixedBytes<4>) -> bool {
            interface::SUPPORTED.contains(&interface_id.0)
        }

        #[inline(never)]
        fn allow(&mut self, owner: Address, spender: Address, value: U256) -> Result<(), Refused> {
            token::approve(self, &owner, &spender, value)?;
            self.env().emit_event(Approval { owner, spender, value });
            Ok(())
        }

        /// Known since the token was created, as long as the chain keeps its id.
        fn separator(&self) -> [u8; 32] {
            let details = Details::get();
            let chain_id = salus_host::chain_id();
            match details.domain() {
                Some((known, id)) if chain_id == *id => *known,
                _ => separator(&chain_id, details.name()),
            }
        }
    }

    /// Of the domain that permits are signed in; the chain's id is little-endian here.
    #[inline(never)]
    fn separator(chain_id: &[u8; 32], name: &[u8]) -> [u8; 32] {
        let domain = Domain {
            name_hash: keccak256(name),
            version_hash: permit::DOMAIN_VERSION_HASH,
            chain_id: U256::from_little_endian(chain_id),
            verifying_contract: salus_host::address().into(),
        };
        domain.separator(keccak256)
    }

    impl Ledger for Token {
        type Refusal = Refused;

        fn balance_of(&self, account: &Address) -> U256 {
            BALANCES.get(account)
        }

        fn set_balance(&mut self, account: &Address, value: U256) {
            BALANCES.set(account, &value);
        }

        fn allowance(&self, owner: &Address, spender: &Address) -> U256 {
            ALLOWANCES.get(&(*owner, *spender))
        }

        fn update_allowance(
            &mut self,
            owner: &Address,
            spender: &Address,
            change: impl FnOnce(U256) -> Result<Option<U256>, Refused>,
        ) -> Result<(), Refused> {
            ALLOWANCES.update(&(*owner, *spender), change)
        }

        fn total_supply(&self) -> U256 {
            TOTAL_SUPPLY.get()
        }

        fn set_total_supply(&mut self, value: U256) {
            TOTAL_SUPPLY.set(&value);
        }
    }
}
