//! Who consented to what, for whom, and until when. The rules are in `salus_core::consent`; this is their storage and
//! their ABI.
#![cfg_attr(not(feature = "std"), no_std)]

mod error;
mod event;
mod storage;

pub use error::{Error, Refused};
pub use event::{
    ConsentEnteredInError, ConsentGranted, ConsentRevoked, ConsentSuperseded, ControlClaimed, ControllerConfirmed,
    ControllerTransferStarted, ControllerTransferred, DelegateSet, SubjectRegistered, SuccessorSet,
    UnorderedNonceInvalidation,
};

/// Consents of patients, who appear as pseudonymous subjects, to policies that stay off chain.
///
/// A consent names subject, grantee and validity, and commits to a policy. `check` answers from what a patient chose to
/// disclose; the contract `policies` opens the commitment and answers by the policy itself.
///
/// Who acts for a subject is its controller, or a delegate of the controller's. Either sends a transaction, or signs what is to
/// be done and has anybody send it by `actBySig`.
#[ink::contract]
#[allow(
    missing_docs,
    reason = "ink! generates undocumented items here; the builder demands what is in the ABI"
)]
mod consent {
    use crate::{
        ConsentEnteredInError, ConsentGranted, ConsentRevoked, ConsentSuperseded, ControlClaimed, ControllerConfirmed,
        ControllerTransferStarted, ControllerTransferred, DelegateSet, Error, SubjectRegistered, SuccessorSet,
        UnorderedNonceInvalidation, storage::ACTIONS,
    };
    use ink::{
        H256, U256,
        sol::{DynBytes, refuse},
    };
    use salus_core::{
        codes::{Purpose, ResourceClass},
        consent::{
            Entry, Period, Terms,
            registry::{self, Delegation, Registry, Succession},
        },
    };
    use salus_env::signed::{Action, DomainFields, SignatureError};

    /// The state is in the slots of `storage`.
    #[ink(storage)]
    #[derive(Default)]
    pub struct Consent {}

    impl Consent {
        /// Creates the contract. Nobody has any power over it.
        #[ink(constructor)]
        pub fn new() -> Self {
            Self::default()
        }

        /// Registers a subject, which whoever acts controls from now on.
        ///
        /// A subject is 32 bytes that look random, derived from a patient's secret, another one for each relationship.
        #[ink(message, name = "registerSubject")]
        #[signed]
        pub fn register_subject(&mut self, subject: H256) -> Result<(), Error> {
            let controller = self.env().actor();
            registry::register(self, &controller.0, &subject.0)?;
            self.env().emit_event(SubjectRegistered { subject, controller });
            Ok(())
        }

        /// Who controls a subject; the zero address if nobody has registered it.
        #[ink(message, name = "controllerOf")]
        pub fn controller_of(&self, subject: H256) -> Address {
            self.control(&subject.0).unwrap_or_default().controller.into()
        }

        /// To whom the control of a subject is offered; the zero address if to nobody.
        #[ink(message, name = "pendingControllerOf")]
        pub fn pending_controller_of(&self, subject: H256) -> Address {
            self.control(&subject.0).unwrap_or_default().pending.into()
        }

        /// Offers the control of a subject to `newController`, who has to accept it. Offered to the zero address, it takes an
        /// earlier offer back. For the subject's controller.
        #[ink(message, name = "transferController")]
        #[signed]
        pub fn transfer_controller(&mut self, subject: H256, new_controller: Address) -> Result<(), Error> {
            let (controller, now) = self.acting();
            registry::offer_control(self, &controller.0, now, &subject.0, &new_controller.0)?;
            self.env().emit_event(ControllerTransferStarted {
                subject,
                controller,
                new_controller,
            });
            Ok(())
        }

        /// Takes over the control of a subject. For whom it was offered to, or for the successor whose claim went unanswered for as
        /// long as the controller has set. All delegations end.
        #[ink(message, name = "acceptController")]
        #[signed]
        pub fn accept_controller(&mut self, subject: H256) -> Result<(), Error> {
            let (new_controller, now) = self.acting();
            let previous_controller = registry::accept_control(self, &new_controller.0, now, &subject.0)?.into();
            self.env().emit_event(ControllerTransferred {
                subject,
                previous_controller,
                new_controller,
            });
            Ok(())
        }

        /// Says that the controller is there, as any action of theirs does. For the subject's controller.
        #[ink(message, name = "confirmController")]
        #[signed]
        pub fn confirm_controller(&mut self, subject: H256) -> Result<(), Error> {
            let (controller, now) = self.acting();
            registry::confirm_control(self, &controller.0, now, &subject.0)?;
            self.env().emit_event(ControllerConfirmed { subject, controller });
            Ok(())
        }

        /// Declares who is to follow the controller: after `silence` seconds without any action of the controller's the successor may
        /// claim the control, and `grace` seconds later accept it, unless the controller acts before. The zero address takes
        /// that back. For the subject's controller.
        #[ink(message, name = "setSuccessor")]
        #[signed]
        pub fn set_successor(
            &mut self,
            subject: H256,
            successor: Address,
            silence: u64,
            grace: u64,
        ) -> Result<(), Error> {
            let (controller, now) = self.acting();
            registry::set_successor(self, &controller.0, now, &subject.0, &successor.0, silence, grace)?;
            self.env().emit_event(SuccessorSet {
                subject,
                controller,
                successor,
                silence,
                grace,
            });
            Ok(())
        }

        /// Claims the control of a subject whose controller has fallen silent. For the successor.
        #[ink(message, name = "claimController")]
        #[signed]
        pub fn claim_controller(&mut self, subject: H256) -> Result<(), Error> {
            let (successor, now) = self.acting();
            let acceptable_from = registry::claim_control(self, &successor.0, now, &subject.0)?;
            self.env().emit_event(ControlClaimed {
                subject,
                successor,
                acceptable_from,
            });
            Ok(())
        }

        /// Who is to follow a subject's controller; all zero if nobody is.
        ///
        /// @return successor who
        /// @return silence after how many seconds without any action of the controller's they may claim the control
        /// @return grace how many seconds after the claim they may accept it
        /// @return lastSign when the controller last acted, in seconds since the epoch
        /// @return claimedAt when the control was claimed; 0 if it is not
        #[ink(message, name = "successionOf")]
        pub fn succession_of(&self, subject: H256) -> (Address, u64, u64, u64, u64) {
            let declared = match self.control(&subject.0) {
                Some(control) if control.has_successor => Registry::succession(self, &subject.0).unwrap_or_default(),
                _ => Succession::default(),
            };
            (
                declared.successor.into(),
                declared.silence,
                declared.grace,
                declared.last_sign,
                declared.claimed_at,
            )
        }

        /// Sets what `delegate` may do for the subject's controller, in place of what they might before.
        ///
        /// `powers` has a bit for each: 1 grant, 2 end (revoke, mark as entered in error; with grant: supersede), 4 answer requests for
        /// access, 8 veto emergency access, 16 name delegates; 0 ends the delegation. `purposes` limits what they grant: a bit for each
        /// code, or all bits for any purpose. They may act up to the second `validUntil` since the epoch; 2^64 - 1 leaves the end open.
        /// For the subject's controller, or for a delegate who may name delegates, within what they may do themselves.
        #[ink(message, name = "setDelegate")]
        #[signed]
        pub fn set_delegate(
            &mut self,
            subject: H256,
            delegate: Address,
            powers: u8,
            purposes: u64,
            valid_until: u64,
        ) -> Result<(), Error> {
            let (actor, now) = self.acting();
            let delegation = Delegation {
                powers,
                purposes,
                until: valid_until,
                generation: 0,
            };
            registry::set_delegate(self, &actor.0, now, &subject.0, &delegate.0, delegation)?;
            self.env().emit_event(DelegateSet {
                subject,
                delegate,
                actor,
                powers,
                purposes,
                valid_until,
            });
            Ok(())
        }

        /// What an account may do for a subject's controller; all zero if nothing.
        ///
        /// @return powers a bit each, as in `setDelegate`
        /// @return purposes for which it may grant, a bit each
        /// @return validUntil the last second, since the epoch; it may be over
        #[ink(message, name = "delegationOf")]
        pub fn delegation_of(&self, subject: H256, delegate: Address) -> (u8, u64, u64) {
            let generation = self.control(&subject.0).unwrap_or_default().generation;
            match self.delegation(&subject.0, &delegate.0) {
                Some(own) if own.generation == generation && own.powers != 0 => (own.powers, own.purposes, own.until),
                _ => (0, 0, 0),
            }
        }

        /// Whether an account is the subject's controller, or a delegate who has all of `powers` now.
        #[ink(message, name = "mayAct")]
        pub fn may_act(&self, subject: H256, account: Address, powers: u8) -> bool {
            registry::may_act(self, &account.0, self.env().block_timestamp(), &subject.0, powers)
        }

        /// Grants a consent. For the subject's controller or a delegate who may grant, while the grantee has no live consent of the
        /// subject. What a delegate grants ends with the delegation at the latest, and answers for none but the delegate's purposes.
        ///
        /// `commitment` is to the policy. The consent is in force from the second `validFrom` to the second `validUntil`
        /// since the epoch, both included; 2^64 - 1 leaves the end open. `purposes` and `classes` are what the patient
        /// discloses of the policy, a bit for each code of the consent model; both 0 disclose nothing.
        ///
        /// @return consentId the new consent
        #[ink(message, name = "grantConsent")]
        #[signed]
        #[allow(clippy::too_many_arguments, reason = "Solidity's ABI has no named fields")]
        pub fn grant_consent(
            &mut self,
            subject: H256,
            grantee: Address,
            commitment: H256,
            valid_from: u64,
            valid_until: u64,
            purposes: u64,
            classes: u64,
        ) -> Result<H256, Error> {
            let (actor, now) = self.acting();
            let terms = terms(valid_from, valid_until, purposes, classes);
            let (entry, id) = registry::grant(self, &actor.0, now, &subject.0, &grantee.0, &commitment.0, terms)?;
            self.emit_granted(H256(id), &entry);
            Ok(H256(id))
        }

        /// Puts a new consent, with other terms and another policy, in the place of a live one, for the same grantee. For the
        /// subject's controller or a delegate who may both grant and end. The arguments are those of `grantConsent`.
        ///
        /// @return newConsentId the new consent
        #[ink(message, name = "supersedeConsent")]
        #[signed]
        pub fn supersede_consent(
            &mut self,
            consent_id: H256,
            commitment: H256,
            valid_from: u64,
            valid_until: u64,
            purposes: u64,
            classes: u64,
        ) -> Result<H256, Error> {
            let (actor, now) = self.acting();
            let terms = terms(valid_from, valid_until, purposes, classes);
            let (new, id) = registry::supersede(self, &actor.0, now, &consent_id.0, &commitment.0, terms)?;
            let (new_consent_id, subject) = (H256(id), H256(new.subject));
            self.env().emit_event(ConsentSuperseded {
                consent_id,
                new_consent_id,
                subject,
                actor,
            });
            self.emit_granted(new_consent_id, &new);
            Ok(new_consent_id)
        }

        /// Withdraws a consent, for good, from this block on. For the subject's controller or a delegate who may end.
        #[ink(message, name = "revokeConsent")]
        #[signed]
        pub fn revoke_consent(&mut self, consent_id: H256) -> Result<(), Error> {
            let (actor, now) = self.acting();
            let subject = H256(registry::revoke(self, &actor.0, now, &consent_id.0)?);
            self.env().emit_event(ConsentRevoked {
                consent_id,
                subject,
                actor,
            });
            Ok(())
        }

        /// Marks a consent, active or superseded, as one that should never have been recorded. It stays readable. For the
        /// subject's controller or a delegate who may end.
        #[ink(message, name = "markEnteredInError")]
        #[signed]
        pub fn mark_entered_in_error(&mut self, consent_id: H256) -> Result<(), Error> {
            let (actor, now) = self.acting();
            let subject = H256(registry::enter_in_error(self, &actor.0, now, &consent_id.0)?);
            self.env().emit_event(ConsentEnteredInError {
                consent_id,
                subject,
                actor,
            });
            Ok(())
        }

        /// A consent; all zero, with status 0, if there is none.
        ///
        /// @return subject whose data it is about
        /// @return grantee to whom it is given
        /// @return commitment to the policy
        /// @return validFrom the first second in force, since the epoch
        /// @return validUntil the last second in force
        /// @return purposes disclosed purposes, a bit each
        /// @return classes disclosed classes of data, a bit each
        /// @return status 0 none, 1 active, 2 superseded, 3 revoked, 4 entered in error
        /// @return sequence how many consents the subject gave the grantee before
        /// @return grantor who granted it: the controller then, or a delegate
        /// @return limit purposes beyond which it answers no consent, a bit each; all bits are none
        #[ink(message, name = "consentOf")]
        #[allow(clippy::type_complexity, reason = "Solidity's ABI has no named fields")]
        pub fn consent_of(&self, consent_id: H256) -> (H256, Address, H256, u64, u64, u64, u64, u8, u32, Address, u64) {
            match self.consent(&consent_id.0) {
                None => Default::default(),
                Some(entry) => (
                    H256(entry.subject),
                    entry.grantee.into(),
                    H256(entry.commitment),
                    entry.terms.validity.from,
                    entry.terms.validity.until,
                    entry.terms.purposes,
                    entry.terms.classes,
                    entry.status as u8,
                    entry.sequence,
                    entry.grantor.into(),
                    entry.limit,
                ),
            }
        }

        /// The last consent of a subject for a grantee, live or not; zero if there never was one.
        #[ink(message, name = "currentConsent")]
        pub fn current_consent(&self, subject: H256, grantee: Address) -> H256 {
            H256(self.current(&subject.0, &grantee.0).unwrap_or_default())
        }

        /// Whether the subject's consent for the grantee permits, by what is disclosed of it, access now to a class of data for
        /// a purpose, both given by their numbers in the consent model.
        ///
        /// @return answer 0 no consent (or nothing disclosed: the policy knows more), 1 permit, 2 deny
        #[ink(message)]
        pub fn check(&self, subject: H256, grantee: Address, purpose: u8, class: u8) -> Result<u8, Error> {
            let now = self.env().block_timestamp();
            let purpose = Purpose::from_bit(purpose).ok_or_else(|| refuse(Error::UnknownPurpose { purpose }))?;
            let class = ResourceClass::from_bit(class).ok_or_else(|| refuse(Error::UnknownClass { class }))?;
            Ok(registry::check_current(self, now, &subject.0, &grantee.0, purpose, class) as u8)
        }

        /// Carries out what `signer` has signed, whoever sends it.
        ///
        /// `call` is the call of a message that changes something, as `signer` would send it. What is signed is typed data (EIP-712)
        /// in the domain of `eip712Domain`: of a type that has the message's name with a capital, its parameters, `uint256 nonce` and
        /// `uint256 deadline`. A nonce is used once; they need no order. `v` is 27 or 28 for a signature by secp256k1; else it is the public
        /// key of sr25519, and what is signed is the digest between `<Bytes>` and `</Bytes>`. It returns what the message returns.
        #[ink(message, name = "actBySig")]
        #[allow(clippy::too_many_arguments, reason = "Solidity's ABI has no named fields")]
        pub fn act_by_sig(
            &mut self,
            signer: Address,
            call: DynBytes,
            nonce: U256,
            deadline: U256,
            v: U256,
            r: H256,
            s: H256,
        ) -> Result<(), SignatureError> {
            let action = Action {
                signer: &signer,
                call: &call.0,
                nonce: &nonce,
                deadline: &deadline,
                v: &v,
                r: &r,
                s: &s,
            };
            let signable = action.selector().and_then(__entry::signable);
            ACTIONS.authenticate(&action, signable.as_ref());
            ink::act_as(signer.0);
            __entry::perform(action.call);
            Ok(())
        }

        /// Uses nonces up, so that nothing that was signed with them can be sent any more: the bits of `mask` in the word `wordPos`. The
        /// nonce n is the bit n mod 256 of the word n / 256.
        #[ink(message, name = "invalidateUnorderedNonces")]
        #[signed]
        pub fn invalidate_unordered_nonces(&mut self, word_pos: U256, mask: U256) {
            let owner = self.env().actor();
            ACTIONS.invalidate(owner, word_pos, mask);
            self.env().emit_event(UnorderedNonceInvalidation {
                owner,
                word: word_pos,
                mask,
            });
        }

        /// The nonces of an account that are used: the bits of the word `wordPos`.
        #[ink(message, name = "nonceBitmap")]
        pub fn nonce_bitmap(&self, owner: Address, word_pos: U256) -> U256 {
            ACTIONS.bitmap(owner, word_pos)
        }

        /// The separator of the domain that actions are signed in.
        #[ink(message, name = "DOMAIN_SEPARATOR")]
        pub fn domain_separator(&self) -> H256 {
            ACTIONS.separator()
        }

        /// The domain that actions are signed in. EIP-5267.
        ///
        /// @return fields which of the following count, a bit each
        /// @return name that wallets show
        /// @return version of what is signed
        /// @return chainId of the chain (EIP-155)
        /// @return verifyingContract this contract
        /// @return salt not used
        /// @return extensions none
        #[ink(message, name = "eip712Domain")]
        pub fn eip712_domain(&self) -> DomainFields {
            ACTIONS.domain()
        }

        /// Who acts, and when.
        #[inline(always)]
        fn acting(&self) -> (Address, u64) {
            (self.env().actor(), self.env().block_timestamp())
        }

        fn emit_granted(&self, consent_id: H256, entry: &Entry) {
            self.env().emit_event(ConsentGranted {
                consent_id,
                subject: H256(entry.subject),
                grantee: entry.grantee.into(),
                commitment: H256(entry.commitment),
                valid_from: entry.terms.validity.from,
                valid_until: entry.terms.validity.until,
                purposes: entry.terms.purposes,
                classes: entry.terms.classes,
                grantor: entry.grantor.into(),
                limit: entry.limit,
            });
        }
    }

    fn terms(valid_from: u64, valid_until: u64, purposes: u64, classes: u64) -> Terms {
        Terms {
            validity: Period {
                from: valid_from,
                until: valid_until,
            },
            purposes,
            classes,
        }
    }
}
