//! An ERC-20 token with permits, transfers by signature, a cap, a pause and roles. The rules are in `salus_core::token`; this is
//! their storage and their ABI.
#![cfg_attr(not(feature = "std"), no_std)]

mod error;
mod event;
mod interface;
mod refused;
mod storage;

pub use error::Error;
pub use event::{
    Approval, AuthorizationCanceled, AuthorizationUsed, DefaultAdminDelayChangeCanceled,
    DefaultAdminDelayChangeScheduled, DefaultAdminTransferCanceled, DefaultAdminTransferScheduled, Paused, RoleGranted,
    RoleRevoked, Transfer, Unpaused,
};
pub use refused::Refused;

/// A fungible token with 256-bit amounts, minted by a role up to a cap, burnt by its holders, paused by a role.
///
/// Names, events, errors and their order are those of OpenZeppelin's `ERC20`, `ERC20Capped`, `ERC20Burnable`, `ERC20Pausable`,
/// `ERC20Permit`, `ERC3009` and `AccessControlDefaultAdminRules`: ERC-20, EIP-2612, EIP-3009, EIP-5267, ERC-165, EIP-6093. While
/// it is paused, no tokens are moved, created or destroyed; approvals, permits and cancellations go on.
#[ink::contract]
#[allow(
    missing_docs,
    reason = "ink! generates undocumented items here; the builder demands what is in the ABI"
)]
mod token {
    use crate::{
        Approval, AuthorizationCanceled, AuthorizationUsed, DefaultAdminDelayChangeCanceled,
        DefaultAdminDelayChangeScheduled, DefaultAdminTransferCanceled, DefaultAdminTransferScheduled, Error, Paused,
        Refused, RoleGranted, RoleRevoked, Transfer, Unpaused,
        error::{ErrorRef, check_length},
        interface,
        storage::{AUTHORIZATIONS, Details, MAX_NAME_LENGTH, MAX_SYMBOL_LENGTH, NONCES},
    };
    use ink::{
        H256, U256,
        prelude::vec::Vec,
        sol::{FixedBytes, Revert as _, Text, Uint48, refuse},
    };
    use salus_core::{
        eip712::{self, Domain},
        token::{
            self, Ledger,
            authorization::{self, Authorization, RECEIVE_TYPE_HASH, TRANSFER_TYPE_HASH},
            permit,
            permit::Permit,
            roles::{self, DEFAULT_ADMIN_ROLE, DefaultAdmin, MINTER_ROLE, PAUSER_ROLE, Role, Roles},
        },
    };
    use salus_env::{chain_id, ecrecover, keccak256};

    /// `v`, `r` and `s`.
    type Signature = (u8, H256, H256);

    /// The state is in the slots of `storage`.
    #[ink(storage)]
    pub struct Token {}

    impl Token {
        /// Creates the token, and the first of its supply for one holder.
        ///
        /// `decimals` is how many digits of an amount wallets put behind the point; 18 is usual. `name` may have 128 bytes,
        /// `symbol` 32. The name is also the one in the domain of signatures. There will never be more than `cap` tokens.
        /// `initialDefaultAdmin` gives and takes the roles, and can hand over after a delay of `initialDelay` seconds. `minter` and
        /// `pauser` get these roles; the zero address stands for nobody.
        #[ink(constructor)]
        #[allow(clippy::too_many_arguments, reason = "Solidity's ABI has no named fields")]
        pub fn new(
            name: Text,
            symbol: Text,
            decimals: u8,
            cap: U256,
            initial_supply: U256,
            initial_holder: Address,
            initial_delay: Uint48,
            initial_default_admin: Address,
            minter: Address,
            pauser: Address,
        ) -> Result<Self, Error> {
            check_length(&name.0, MAX_NAME_LENGTH);
            check_length(&symbol.0, MAX_SYMBOL_LENGTH);
            token::check_cap(&cap).map_err(Refused::from)?;
            let mut this = Self {};
            let chain_id = salus_host::chain_id();
            let separator = separator(&chain_id, &name.0);
            Details::set(&separator, &chain_id, &cap, decimals, &name.0, &symbol.0);

            let admin = DefaultAdmin::new(initial_default_admin, initial_delay.0).map_err(Refused::from)?;
            this.set_default_admin(&admin);
            this.emit_granted(&DEFAULT_ADMIN_ROLE, initial_default_admin);
            for (role, account) in [(MINTER_ROLE, minter), (PAUSER_ROLE, pauser)] {
                if account != Address::zero() {
                    this.set_member(&role, &account, true);
                    this.emit_granted(&role, account);
                }
            }
            token::mint(&mut this, &initial_holder, initial_supply, &cap)?;
            this.emit_transfer(Address::zero(), initial_holder, initial_supply);
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

        /// How many tokens there may be, in the smallest unit.
        #[ink(message)]
        pub fn cap(&self) -> U256 {
            Details::get().cap()
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
            self.emit_transfer(from, to, value);
            Ok(true)
        }

        /// Moves `value` of `from`'s tokens to `to`, which `from` has allowed the caller.
        #[ink(message, name = "transferFrom")]
        pub fn transfer_from(&mut self, from: Address, to: Address, value: U256) -> Result<bool, Error> {
            let spender = self.env().caller();
            token::transfer_from(self, &spender, &from, &to, value)?;
            self.emit_transfer(from, to, value);
            Ok(true)
        }

        /// Allows `spender` to move `value` of the caller's tokens, in place of what was allowed before.
        #[ink(message)]
        pub fn approve(&mut self, spender: Address, value: U256) -> Result<bool, Error> {
            let owner = self.env().caller();
            self.allow(owner, spender, value)?;
            Ok(true)
        }

        /// Creates `value` tokens for `to`. For minters.
        #[ink(message)]
        pub fn mint(&mut self, to: Address, value: U256) -> Result<(), Error> {
            self.only(&MINTER_ROLE)?;
            token::mint(self, &to, value, &Details::get().cap())?;
            self.emit_transfer(Address::zero(), to, value);
            Ok(())
        }

        /// Destroys `value` of the caller's tokens.
        #[ink(message)]
        pub fn burn(&mut self, value: U256) -> Result<(), Error> {
            let from = self.env().caller();
            token::burn(self, &from, value)?;
            self.emit_transfer(from, Address::zero(), value);
            Ok(())
        }

        /// Destroys `value` of `account`'s tokens, which `account` has allowed the caller to move.
        #[ink(message, name = "burnFrom")]
        pub fn burn_from(&mut self, account: Address, value: U256) -> Result<(), Error> {
            token::burn_from(self, &self.env().caller(), &account, value)?;
            self.emit_transfer(account, Address::zero(), value);
            Ok(())
        }

        /// Whether no tokens are moved, created or destroyed.
        #[ink(message)]
        pub fn paused(&self) -> bool {
            Ledger::is_paused(self)
        }

        /// Stops all moving, creating and destroying of tokens. For pausers.
        #[ink(message)]
        pub fn pause(&mut self) -> Result<(), Error> {
            let account = self.only(&PAUSER_ROLE)?;
            token::pause(self)?;
            self.env().emit_event(Paused { account });
            Ok(())
        }

        /// Ends the pause. For pausers.
        #[ink(message)]
        pub fn unpause(&mut self) -> Result<(), Error> {
            let account = self.only(&PAUSER_ROLE)?;
            token::unpause(self)?;
            self.env().emit_event(Unpaused { account });
            Ok(())
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
            let signer = self.signer(&permit.struct_hash(keccak256), &(v, r, s));
            if signer != owner {
                return Err(refuse(Error::ERC2612InvalidSigner { signer, owner }));
            }
            // One use for each nonce; that the count passes 2^256 cannot happen.
            NONCES.set(&owner, &nonce.saturating_add(U256::one()));
            self.allow(owner, spender, value)?;
            Ok(())
        }

        /// Moves `value` of `from`'s tokens to `to`, by `from`'s signature. Anybody may hand it in, after the second `validAfter`
        /// and before the second `validBefore`; with bit 47 in both they are blocks. `nonce` is any number that `from` has not used.
        /// EIP-3009.
        #[ink(message, name = "transferWithAuthorization")]
        #[allow(clippy::too_many_arguments, reason = "the signature is the standard's")]
        pub fn transfer_with_authorization(
            &mut self,
            from: Address,
            to: Address,
            value: U256,
            valid_after: U256,
            valid_before: U256,
            nonce: H256,
            v: u8,
            r: H256,
            s: H256,
        ) -> Result<(), Error> {
            let authorization = Authorization {
                from: &from,
                to: &to,
                value: &value,
                valid_after: &valid_after,
                valid_before: &valid_before,
                nonce: &nonce.0,
            };
            self.send_authorized(&authorization, &TRANSFER_TYPE_HASH, None, &(v, r, s))?;
            Ok(())
        }

        /// As `transferWithAuthorization`, for `to` alone: nobody else can take it out of a transaction of theirs and hand it in
        /// before them.
        #[ink(message, name = "receiveWithAuthorization")]
        #[allow(clippy::too_many_arguments, reason = "the signature is the standard's")]
        pub fn receive_with_authorization(
            &mut self,
            from: Address,
            to: Address,
            value: U256,
            valid_after: U256,
            valid_before: U256,
            nonce: H256,
            v: u8,
            r: H256,
            s: H256,
        ) -> Result<(), Error> {
            let authorization = Authorization {
                from: &from,
                to: &to,
                value: &value,
                valid_after: &valid_after,
                valid_before: &valid_before,
                nonce: &nonce.0,
            };
            let payee = self.env().caller();
            self.send_authorized(&authorization, &RECEIVE_TYPE_HASH, Some(&payee), &(v, r, s))?;
            Ok(())
        }

        /// Makes a nonce of `authorizer` useless, by their signature. Anybody may hand it in. EIP-3009.
        #[ink(message, name = "cancelAuthorization")]
        pub fn cancel_authorization(
            &mut self,
            authorizer: Address,
            nonce: H256,
            v: u8,
            r: H256,
            s: H256,
        ) -> Result<(), Error> {
            let hash = authorization::cancellation_hash(&authorizer, &nonce.0, keccak256);
            let signer = self.signer(&hash, &(v, r, s));
            authorization::cancel(self, &signer, &authorizer, &nonce.0)?;
            self.env().emit_event(AuthorizationCanceled { authorizer, nonce });
            Ok(())
        }

        /// Whether a nonce of `authorizer` was used or cancelled. EIP-3009.
        #[ink(message, name = "authorizationState")]
        pub fn authorization_state(&self, authorizer: Address, nonce: H256) -> bool {
            AUTHORIZATIONS.get(&(authorizer, nonce.0))
        }

        /// How many permits of `owner` were used, which is the nonce of the next one.
        #[ink(message)]
        pub fn nonces(&self, owner: Address) -> U256 {
            NONCES.get(&owner)
        }

        /// The separator of the domain that permits and authorizations are signed in. It changes if the chain's id does.
        #[ink(message, name = "DOMAIN_SEPARATOR")]
        pub fn domain_separator(&self) -> H256 {
            H256(self.separator())
        }

        /// The domain that permits and authorizations are signed in. EIP-5267.
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
            interface::SUPPORTED.contains(&u32::from_be_bytes(interface_id.0))
        }

        /// The role that gives and takes all others.
        #[ink(message, name = "DEFAULT_ADMIN_ROLE")]
        pub fn default_admin_role(&self) -> H256 {
            H256(DEFAULT_ADMIN_ROLE)
        }

        /// The role that creates tokens.
        #[ink(message, name = "MINTER_ROLE")]
        pub fn minter_role(&self) -> H256 {
            H256(MINTER_ROLE)
        }

        /// The role that pauses the token.
        #[ink(message, name = "PAUSER_ROLE")]
        pub fn pauser_role(&self) -> H256 {
            H256(PAUSER_ROLE)
        }

        /// Whether `account` has `role`.
        #[ink(message, name = "hasRole")]
        pub fn has_role(&self, role: H256, account: Address) -> bool {
            roles::has_role(self, &role.0, &account)
        }

        /// The role that gives and takes `role`: always the default admin's.
        #[ink(message, name = "getRoleAdmin")]
        pub fn get_role_admin(&self, role: H256) -> H256 {
            let _ = role;
            H256(DEFAULT_ADMIN_ROLE)
        }

        /// Gives `role` to `account`. For the default admin, of whose own role it is not true.
        #[ink(message, name = "grantRole")]
        pub fn grant_role(&mut self, role: H256, account: Address) -> Result<(), Error> {
            if roles::grant(self, &self.env().caller(), &role.0, &account)? {
                self.emit_granted(&role.0, account);
            }
            Ok(())
        }

        /// Takes `role` from `account`. For the default admin, of whose own role it is not true.
        #[ink(message, name = "revokeRole")]
        pub fn revoke_role(&mut self, role: H256, account: Address) -> Result<(), Error> {
            if roles::revoke(self, &self.env().caller(), &role.0, &account)? {
                self.emit_revoked(&role.0, account);
            }
            Ok(())
        }

        /// Gives up `role`. For its member, who confirms by being `callerConfirmation`; for the default admin, only after a
        /// transfer to the zero address could be accepted.
        #[ink(message, name = "renounceRole")]
        pub fn renounce_role(&mut self, role: H256, caller_confirmation: Address) -> Result<(), Error> {
            let (caller, now) = (self.env().caller(), self.env().block_timestamp());
            if roles::renounce(self, &caller, now, &role.0, &caller_confirmation)? {
                self.emit_revoked(&role.0, caller);
            }
            Ok(())
        }

        /// The default admin, by the name that marketplaces and explorers ask for. ERC-5313.
        #[ink(message)]
        pub fn owner(&self) -> Address {
            self.default_admin().account
        }

        /// Who gives and takes roles; the zero address when nobody does any more.
        #[ink(message, name = "defaultAdmin")]
        pub fn default_admin_account(&self) -> Address {
            self.default_admin().account
        }

        /// Who may become the default admin.
        ///
        /// @return newAdmin the account; the zero address when nobody may, or when the role may be given up
        /// @return schedule the last second since the epoch at which it is too early; 0 when nothing is announced
        #[ink(message, name = "pendingDefaultAdmin")]
        pub fn pending_default_admin(&self) -> (Address, Uint48) {
            let pending = self.default_admin().pending;
            (pending.value, Uint48(pending.schedule))
        }

        /// How many seconds lie between the two steps of a transfer of the default admin's role.
        #[ink(message, name = "defaultAdminDelay")]
        pub fn default_admin_delay(&self) -> Uint48 {
            Uint48(self.default_admin().delay(self.env().block_timestamp()))
        }

        /// The delay to come.
        ///
        /// @return newDelay in seconds
        /// @return schedule the last second since the epoch at which it has not come; 0 when the delay stays what it is
        #[ink(message, name = "pendingDefaultAdminDelay")]
        pub fn pending_default_admin_delay(&self) -> (Uint48, Uint48) {
            let pending = self.default_admin().pending_delay(self.env().block_timestamp());
            (Uint48(pending.value), Uint48(pending.schedule))
        }

        /// The most seconds that a longer delay waits before it counts.
        #[ink(message, name = "defaultAdminDelayIncreaseWait")]
        pub fn default_admin_delay_increase_wait(&self) -> Uint48 {
            Uint48(roles::DELAY_INCREASE_WAIT)
        }

        /// Announces `newAdmin` as the next default admin; the zero address, that there is to be none. For the default admin.
        #[ink(message, name = "beginDefaultAdminTransfer")]
        pub fn begin_default_admin_transfer(&mut self, new_admin: Address) -> Result<(), Error> {
            let mut admin = self.only_admin()?;
            let canceled = admin
                .begin_transfer(self.env().block_timestamp(), new_admin)
                .map_err(Refused::from)?;
            self.finish_transfer(&admin, canceled);
            self.env().emit_event(DefaultAdminTransferScheduled {
                new_admin,
                accept_schedule: Uint48(admin.pending.schedule),
            });
            Ok(())
        }

        /// Takes the announcement of the next default admin back. For the default admin.
        #[ink(message, name = "cancelDefaultAdminTransfer")]
        pub fn cancel_default_admin_transfer(&mut self) -> Result<(), Error> {
            let mut admin = self.only_admin()?;
            let canceled = admin.cancel_transfer();
            self.finish_transfer(&admin, canceled);
            Ok(())
        }

        /// Makes the caller the default admin. For whom was announced, after the delay.
        #[ink(message, name = "acceptDefaultAdminTransfer")]
        pub fn accept_default_admin_transfer(&mut self) -> Result<(), Error> {
            let (caller, now) = (self.env().caller(), self.env().block_timestamp());
            let mut admin = self.default_admin();
            let before = admin.accept_transfer(now, &caller).map_err(Refused::from)?;
            self.set_default_admin(&admin);
            self.emit_revoked(&DEFAULT_ADMIN_ROLE, before);
            self.emit_granted(&DEFAULT_ADMIN_ROLE, caller);
            Ok(())
        }

        /// Changes the delay between the two steps of a transfer to `newDelay` seconds, after a wait: as long as a longer one is, and
        /// five days at most; as much as a shorter one is shorter. For the default admin.
        #[ink(message, name = "changeDefaultAdminDelay")]
        pub fn change_default_admin_delay(&mut self, new_delay: Uint48) -> Result<(), Error> {
            let mut admin = self.only_admin()?;
            let canceled = admin
                .change_delay(self.env().block_timestamp(), new_delay.0)
                .map_err(Refused::from)?;
            self.finish_delay_change(&admin, canceled);
            self.env().emit_event(DefaultAdminDelayChangeScheduled {
                new_delay,
                effect_schedule: Uint48(admin.delay_schedule()),
            });
            Ok(())
        }

        /// Takes a change of the delay back that has not come. For the default admin.
        #[ink(message, name = "rollbackDefaultAdminDelay")]
        pub fn rollback_default_admin_delay(&mut self) -> Result<(), Error> {
            let mut admin = self.only_admin()?;
            let canceled = admin.rollback_delay(self.env().block_timestamp());
            self.finish_delay_change(&admin, canceled);
            Ok(())
        }

        /// The caller, who has `role`.
        #[inline(never)]
        fn only(&self, role: &Role) -> Result<Address, Refused> {
            let caller = self.env().caller();
            roles::check_role(self, role, &caller)?;
            Ok(caller)
        }

        /// The state of the default admin, who calls.
        #[inline(never)]
        fn only_admin(&self) -> Result<DefaultAdmin, Refused> {
            self.only(&DEFAULT_ADMIN_ROLE)?;
            Ok(self.default_admin())
        }

        #[inline(never)]
        fn finish_transfer(&mut self, admin: &DefaultAdmin, canceled: bool) {
            self.set_default_admin(admin);
            if canceled {
                self.env().emit_event(DefaultAdminTransferCanceled {});
            }
        }

        #[inline(never)]
        fn finish_delay_change(&mut self, admin: &DefaultAdmin, canceled: bool) {
            self.set_default_admin(admin);
            if canceled {
                self.env().emit_event(DefaultAdminDelayChangeCanceled {});
            }
        }

        #[inline(never)]
        fn emit_granted(&self, role: &Role, account: Address) {
            let (role, sender) = (H256(*role), self.env().caller());
            self.env().emit_event(RoleGranted { role, account, sender });
        }

        #[inline(never)]
        fn emit_revoked(&self, role: &Role, account: Address) {
            let (role, sender) = (H256(*role), self.env().caller());
            self.env().emit_event(RoleRevoked { role, account, sender });
        }

        #[inline(never)]
        fn emit_transfer(&self, from: Address, to: Address, value: U256) {
            self.env().emit_event(Transfer { from, to, value });
        }

        #[inline(never)]
        fn allow(&mut self, owner: Address, spender: Address, value: U256) -> Result<(), Refused> {
            token::approve(self, &owner, &spender, value)?;
            self.env().emit_event(Approval { owner, spender, value });
            Ok(())
        }

        #[inline(never)]
        fn send_authorized(
            &mut self,
            authorization: &Authorization<'_>,
            type_hash: &[u8; 32],
            payee: Option<&Address>,
            signature: &Signature,
        ) -> Result<(), Refused> {
            let signer = self.signer(&authorization.struct_hash(type_hash, keccak256), signature);
            let now = self.env().block_timestamp();
            authorization.use_up(self, &signer, payee, now, salus_host::block_number)?;
            let Authorization {
                from, to, value, nonce, ..
            } = *authorization;
            self.env().emit_event(AuthorizationUsed {
                authorizer: *from,
                nonce: H256(*nonce),
            });
            token::transfer(self, from, to, *value)?;
            self.emit_transfer(*from, *to, *value);
            Ok(())
        }

        /// Who has signed the struct with this hash, for this token.
        #[inline(never)]
        fn signer(&self, struct_hash: &[u8; 32], (v, r, s): &Signature) -> Address {
            if !eip712::is_low_s(&s.0) {
                ErrorRef::ECDSAInvalidSignatureS { s }.revert();
            }
            let digest = eip712::digest(&self.separator(), struct_hash, keccak256);
            ecrecover(&digest, *v, &r.0, &s.0).unwrap_or_else(|| ErrorRef::ECDSAInvalidSignature.revert())
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
}
