//! Who has which role, licensed by whom, and when. The rules are in `salus_core::credentials`; this is their storage and their
//! ABI.
#![cfg_attr(not(feature = "std"), no_std)]

mod error;
mod event;
mod storage;

pub use error::{Error, Refused};
pub use event::{
    CredentialIssued, CredentialReinstated, CredentialRevoked, CredentialSuperseded, CredentialSuspended,
    IssuerAdmitted, IssuerRemoved, OwnershipTransferStarted, OwnershipTransferred,
};

/// Credentials of those who work with health data, asked as of a time.
///
/// The owner admits issuers, issuers issue to holders: an account has a role, numbered as in the consent model, from when until
/// when. Times are seconds since the epoch. What happens in a block counts from that block's second on, and never changes what is
/// answered about an earlier one. The office of the owner has OpenZeppelin's names; it can be handed over, and not given up.
#[ink::contract]
#[allow(
    missing_docs,
    reason = "ink! generates undocumented items here; the builder demands what is in the ABI"
)]
mod credentials {
    use crate::{
        CredentialIssued, CredentialReinstated, CredentialRevoked, CredentialSuperseded, CredentialSuspended, Error,
        IssuerAdmitted, IssuerRemoved, OwnershipTransferStarted, OwnershipTransferred, Refused,
        storage::{
            CREDENTIALS, EARLIER_ISSUERS, EARLIER_STANDINGS, ISSUERS, OWNERSHIP, STANDINGS, load_authority,
            load_credential, load_history, load_standing, store_authority, store_credential, store_standing,
        },
    };
    use ink::{H256, sol::refuse};
    use salus_core::{
        codes::Role,
        consent::Period,
        credentials::{
            Authority, Credential, Standing, Status, credential_id,
            history::History,
            ownership::Ownership,
            registry::{self, Grown, Registry, Statement},
        },
    };
    use salus_env::{chain_id, keccak256};

    /// The state is in the slots of `storage`.
    #[ink(storage)]
    pub struct Credentials {}

    impl Credentials {
        /// Creates the contract. `initialOwner` admits and removes issuers, and may end what they issued.
        #[ink(constructor)]
        pub fn new(initial_owner: Address) -> Result<Self, Error> {
            let ownership = Ownership::new(initial_owner.0).map_err(Refused::from)?;
            let mut this = Self {};
            this.set_ownership(&ownership);
            Self::env().emit_event(OwnershipTransferred {
                previous_owner: Address::zero(),
                new_owner: initial_owner,
            });
            Ok(this)
        }

        /// Who admits and removes issuers.
        #[ink(message)]
        pub fn owner(&self) -> Address {
            self.ownership().owner.into()
        }

        /// To whom the office of the owner is offered; the zero address if to nobody.
        #[ink(message, name = "pendingOwner")]
        pub fn pending_owner(&self) -> Address {
            self.ownership().pending.into()
        }

        /// Offers the office of the owner to `newOwner`, who has to accept it. Offered to the zero address, it takes an earlier
        /// offer back. For the owner.
        #[ink(message, name = "transferOwnership")]
        pub fn transfer_ownership(&mut self, new_owner: Address) -> Result<(), Error> {
            let previous_owner = self.env().caller();
            registry::offer_ownership(self, &previous_owner.0, &new_owner.0)?;
            self.env().emit_event(OwnershipTransferStarted {
                previous_owner,
                new_owner,
            });
            Ok(())
        }

        /// Takes over the office of the owner. For whom it was offered to.
        #[ink(message, name = "acceptOwnership")]
        pub fn accept_ownership(&mut self) -> Result<(), Error> {
            let new_owner = self.env().caller();
            let previous_owner = registry::accept_ownership(self, &new_owner.0)?.into();
            self.env().emit_event(OwnershipTransferred {
                previous_owner,
                new_owner,
            });
            Ok(())
        }

        /// Lets `issuer` issue credentials. For the owner.
        #[ink(message, name = "admitIssuer")]
        pub fn admit_issuer(&mut self, issuer: Address) -> Result<(), Error> {
            let (actor, now) = (self.env().caller(), self.env().block_timestamp());
            registry::admit_issuer(self, &actor.0, now, &issuer.0)?;
            self.env().emit_event(IssuerAdmitted { issuer, actor });
            Ok(())
        }

        /// Lets `issuer` issue no more credentials, nor change what it issued. That stays what it is, until the owner ends it.
        /// For the owner.
        #[ink(message, name = "removeIssuer")]
        pub fn remove_issuer(&mut self, issuer: Address) -> Result<(), Error> {
            let (actor, now) = (self.env().caller(), self.env().block_timestamp());
            registry::remove_issuer(self, &actor.0, now, &issuer.0)?;
            self.env().emit_event(IssuerRemoved { issuer, actor });
            Ok(())
        }

        /// Whether `issuer` might issue credentials at `time`.
        #[ink(message, name = "isIssuerAt")]
        pub fn is_issuer_at(&self, issuer: Address, time: u64) -> bool {
            registry::is_issuer_at(self, &issuer.0, time)
        }

        /// Issues a credential to `holder`. For issuers, while the holder has no live one in the role; but an active one of the
        /// same issuer is renewed: the new one takes its place at once.
        ///
        /// `role` is a number of the consent model. `jurisdiction` is an ISO 3166 code in ASCII, padded with zeros at the right.
        /// `licenceHash` is a salted hash of the licence's number. The credential is in force from the second `validFrom`, but
        /// never before now, to the second `validUntil`, both included; 2^64 - 1 leaves the end open.
        ///
        /// @return credentialId the new credential
        #[ink(message, name = "issueCredential")]
        pub fn issue_credential(
            &mut self,
            holder: Address,
            role: u8,
            jurisdiction: H256,
            licence_hash: H256,
            valid_from: u64,
            valid_until: u64,
        ) -> Result<H256, Error> {
            let (issuer, now) = (self.env().caller(), self.env().block_timestamp());
            let statement = Statement {
                holder: &holder.0,
                role: Role::from_bit(role).ok_or_else(|| refuse(Error::UnknownRole { role }))?,
                jurisdiction: &jurisdiction.0,
                licence: &licence_hash.0,
                validity: Period {
                    from: valid_from,
                    until: valid_until,
                },
            };
            let issued = registry::issue(self, &issuer.0, now, &statement)?;
            let credential_id = H256(issued.id);
            if let Some(superseded) = issued.superseded {
                self.env().emit_event(CredentialSuperseded {
                    credential_id: H256(superseded),
                    new_credential_id: credential_id,
                    holder,
                });
            }
            self.env().emit_event(CredentialIssued {
                credential_id,
                holder,
                issuer,
                role,
                jurisdiction,
                licence_hash,
                valid_from,
                valid_until,
            });
            Ok(credential_id)
        }

        /// Puts an active credential out of force. For its issuer, while that may issue, and for the owner.
        #[ink(message, name = "suspendCredential")]
        pub fn suspend_credential(&mut self, credential_id: H256) -> Result<(), Error> {
            let (holder, actor) = self.change(credential_id, Status::Suspended)?;
            self.env().emit_event(CredentialSuspended {
                credential_id,
                holder,
                actor,
            });
            Ok(())
        }

        /// Puts a suspended credential into force again. For its issuer, while that may issue, and for the owner.
        #[ink(message, name = "reinstateCredential")]
        pub fn reinstate_credential(&mut self, credential_id: H256) -> Result<(), Error> {
            let (holder, actor) = self.change(credential_id, Status::Active)?;
            self.env().emit_event(CredentialReinstated {
                credential_id,
                holder,
                actor,
            });
            Ok(())
        }

        /// Withdraws a credential, for good. Any issuer may then issue another one. For its issuer, while that may issue, and
        /// for the owner.
        #[ink(message, name = "revokeCredential")]
        pub fn revoke_credential(&mut self, credential_id: H256) -> Result<(), Error> {
            let (holder, actor) = self.change(credential_id, Status::Revoked)?;
            self.env().emit_event(CredentialRevoked {
                credential_id,
                holder,
                actor,
            });
            Ok(())
        }

        /// A credential; all zero, with status 0, if there is none.
        ///
        /// @return holder who has it
        /// @return issuer who issued it
        /// @return role the number of the role
        /// @return jurisdiction an ISO 3166 code in ASCII, padded with zeros
        /// @return licenceHash a salted hash of the licence's number
        /// @return validFrom the first second in force, if that is not before it was issued
        /// @return validUntil the last second in force
        /// @return issuedAt when it was issued
        /// @return status 0 none, 1 active, 2 suspended, 3 revoked, 5 superseded, without regard to its validity
        /// @return sequence how many the holder had in this role before
        #[ink(message, name = "credentialOf")]
        #[allow(clippy::type_complexity, reason = "Solidity's ABI has no named fields")]
        pub fn credential_of(&self, credential_id: H256) -> (Address, Address, u8, H256, H256, u64, u64, u64, u8, u32) {
            match self.credential(&credential_id.0) {
                None => Default::default(),
                Some(credential) => (
                    credential.holder.into(),
                    credential.issuer.into(),
                    credential.role.bit(),
                    H256(credential.jurisdiction),
                    H256(credential.licence),
                    credential.validity.from,
                    credential.validity.until,
                    credential.issued_at,
                    credential.status as u8,
                    credential.sequence,
                ),
            }
        }

        /// What the holder's credential in a role was at `time`. About a time to come, it answers what will be unless something
        /// is changed.
        ///
        /// @return status 0 none or not valid yet, 1 active, 2 suspended, 3 revoked, 4 expired
        /// @return since the second in which that began
        /// @return credentialId the credential
        #[ink(message, name = "statusAt")]
        pub fn status_at(&self, holder: Address, role: u8, time: u64) -> (u8, u64, H256) {
            let Some(role) = Role::from_bit(role) else {
                return Default::default();
            };
            let (status, since, id) = registry::status_at(self, &holder.0, role, time);
            (status as u8, since, H256(id))
        }

        /// Whether the holder had an active credential in a role at `time`. About a time to come, it answers what will be unless
        /// something is changed.
        #[ink(message, name = "isActiveAt")]
        pub fn is_active_at(&self, holder: Address, role: u8, time: u64) -> bool {
            Role::from_bit(role).is_some_and(|role| registry::is_active_at(self, &holder.0, role, time))
        }

        #[inline(never)]
        fn change(&mut self, credential_id: H256, to: Status) -> Result<(Address, Address), Error> {
            let (actor, now) = (self.env().caller(), self.env().block_timestamp());
            let credential = registry::change(self, &actor.0, now, &credential_id.0, to)?;
            Ok((credential.holder.into(), actor))
        }

        fn contract(&self) -> Address {
            self.env().address()
        }
    }

    impl Registry for Credentials {
        type Refusal = Refused;

        #[inline(never)]
        fn ownership(&self) -> Ownership {
            let (owner, pending) = OWNERSHIP.get(&[]).unwrap_or_default();
            Ownership { owner, pending }
        }

        #[inline(never)]
        fn set_ownership(&mut self, ownership: &Ownership) {
            OWNERSHIP.set(&[], &(ownership.owner, ownership.pending));
        }

        #[inline(never)]
        fn authority(&self, issuer: &[u8; 20]) -> Option<History<Authority>> {
            ISSUERS.get(issuer).map(|stored| load_history(stored, load_authority))
        }

        fn earlier_authority(&self, issuer: &[u8; 20], number: u32) -> Option<Authority> {
            EARLIER_ISSUERS.get(&(*issuer, number)).map(load_authority)
        }

        #[inline(never)]
        fn set_authority(&mut self, issuer: &[u8; 20], (history, put_away): &Grown<Authority>) {
            if let Some((number, earlier)) = put_away {
                EARLIER_ISSUERS.set_unread(&(*issuer, *number), &store_authority(earlier));
            }
            ISSUERS.set(issuer, &(history.earlier, store_authority(&history.last)));
        }

        #[inline(never)]
        fn standing(&self, holder: &[u8; 20], role: Role) -> Option<History<Standing>> {
            let stored = STANDINGS.get(&(*holder, role.bit()))?;
            Some(load_history(stored, load_standing))
        }

        fn earlier_standing(&self, holder: &[u8; 20], role: Role, number: u32) -> Option<Standing> {
            EARLIER_STANDINGS.get(&(*holder, role.bit(), number)).map(load_standing)
        }

        #[inline(never)]
        fn set_standing(&mut self, holder: &[u8; 20], role: Role, (history, put_away): &Grown<Standing>) {
            if let Some((number, earlier)) = put_away {
                EARLIER_STANDINGS.set_unread(&(*holder, role.bit(), *number), &store_standing(earlier));
            }
            let stored = (history.earlier, store_standing(&history.last));
            STANDINGS.set(&(*holder, role.bit()), &stored);
        }

        #[inline(never)]
        fn credential(&self, id: &[u8; 32]) -> Option<Credential> {
            CREDENTIALS.get(id).and_then(load_credential)
        }

        #[inline(never)]
        fn set_credential(&mut self, id: &[u8; 32], credential: &Credential) {
            CREDENTIALS.set_unread(id, &store_credential(credential));
        }

        #[inline(never)]
        fn credential_id(&self, holder: &[u8; 20], role: Role, sequence: u32) -> [u8; 32] {
            let chain = chain_id().to_big_endian();
            credential_id(&chain, &self.contract().0, holder, role, sequence, keccak256)
        }
    }
}
