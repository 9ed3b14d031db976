//! Who consented to what, for whom, and until when. The rules are in `salus_core::consent`; this is their storage and
//! their ABI.
#![cfg_attr(not(feature = "std"), no_std)]

mod error;
mod event;
mod storage;

pub use error::{Error, Refused};
pub use event::{
    ConsentEnteredInError, ConsentGranted, ConsentRevoked, ConsentSuperseded, ControllerTransferStarted,
    ControllerTransferred, SubjectRegistered,
};

/// Consents of patients, who appear as pseudonymous subjects, to policies that stay off chain.
///
/// A consent names subject, grantee and validity, and commits to a policy. `check` answers from what a patient chose to
/// disclose; `evaluate` opens the commitment and answers by the policy itself.
#[ink::contract]
#[allow(
    missing_docs,
    reason = "ink! generates undocumented items here; the builder demands what is in the ABI"
)]
mod consent {
    use crate::{
        ConsentEnteredInError, ConsentGranted, ConsentRevoked, ConsentSuperseded, ControllerTransferStarted,
        ControllerTransferred, Error, Refused, SubjectRegistered,
        storage::{CONSENTS, CONTROL, CURRENT, load, store},
    };
    use ink::{
        H256,
        sol::{DynBytes, refuse},
    };
    use salus_core::{
        codes::{Purpose, ResourceClass},
        consent::{
            Entry, Period, Request, Status, Terms, consent_id, evaluate_entry, open,
            registry::{self, Control, Registry},
        },
    };
    use salus_env::{chain_id, keccak256};

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

        /// Registers a subject, which the caller controls from now on.
        ///
        /// A subject is 32 bytes that look random, derived from a patient's secret, another one for each relationship.
        #[ink(message, name = "registerSubject")]
        pub fn register_subject(&mut self, subject: H256) -> Result<(), Error> {
            let controller = self.env().caller();
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
        pub fn transfer_controller(&mut self, subject: H256, new_controller: Address) -> Result<(), Error> {
            let controller = self.env().caller();
            registry::offer_control(self, &controller.0, &subject.0, &new_controller.0)?;
            self.env().emit_event(ControllerTransferStarted {
                subject,
                controller,
                new_controller,
            });
            Ok(())
        }

        /// Takes over the control of a subject. For whom it was offered to.
        #[ink(message, name = "acceptController")]
        pub fn accept_controller(&mut self, subject: H256) -> Result<(), Error> {
            let new_controller = self.env().caller();
            let previous_controller = registry::accept_control(self, &new_controller.0, &subject.0)?.into();
            self.env().emit_event(ControllerTransferred {
                subject,
                previous_controller,
                new_controller,
            });
            Ok(())
        }

        /// Grants a consent. For the subject's controller, while the grantee has no live consent of the subject.
        ///
        /// `commitment` is to the policy. The consent is in force from the second `validFrom` to the second `validUntil`
        /// since the epoch, both included; 2^64 - 1 leaves the end open. `purposes` and `classes` are what the patient
        /// discloses of the policy, a bit for each code of the consent model; both 0 disclose nothing.
        ///
        /// @return consentId the new consent
        #[ink(message, name = "grantConsent")]
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
            let (caller, now) = (self.env().caller(), self.env().block_timestamp());
            let terms = terms(valid_from, valid_until, purposes, classes);
            let id = registry::grant(self, &caller.0, now, &subject.0, &grantee.0, &commitment.0, terms)?;
            self.emit_granted(H256(id), subject, grantee, commitment, terms);
            Ok(H256(id))
        }

        /// Puts a new consent, with other terms and another policy, in the place of a live one, for the same grantee. For the
        /// subject's controller. The arguments are those of `grantConsent`.
        ///
        /// @return newConsentId the new consent
        #[ink(message, name = "supersedeConsent")]
        pub fn supersede_consent(
            &mut self,
            consent_id: H256,
            commitment: H256,
            valid_from: u64,
            valid_until: u64,
            purposes: u64,
            classes: u64,
        ) -> Result<H256, Error> {
            let (caller, now) = (self.env().caller(), self.env().block_timestamp());
            let terms = terms(valid_from, valid_until, purposes, classes);
            let (new, id) = registry::supersede(self, &caller.0, now, &consent_id.0, &commitment.0, terms)?;
            let (new_consent_id, subject) = (H256(id), H256(new.subject));
            self.env().emit_event(ConsentSuperseded {
                consent_id,
                new_consent_id,
                subject,
            });
            self.emit_granted(new_consent_id, subject, new.grantee.into(), commitment, terms);
            Ok(new_consent_id)
        }

        /// Withdraws a consent, for good, from this block on. For the subject's controller.
        #[ink(message, name = "revokeConsent")]
        pub fn revoke_consent(&mut self, consent_id: H256) -> Result<(), Error> {
            let caller = self.env().caller();
            let subject = H256(registry::revoke(self, &caller.0, &consent_id.0)?);
            self.env().emit_event(ConsentRevoked { consent_id, subject });
            Ok(())
        }

        /// Marks a consent, active or superseded, as one that should never have been recorded. It stays readable. For the
        /// subject's controller.
        #[ink(message, name = "markEnteredInError")]
        pub fn mark_entered_in_error(&mut self, consent_id: H256) -> Result<(), Error> {
            let caller = self.env().caller();
            let subject = H256(registry::enter_in_error(self, &caller.0, &consent_id.0)?);
            self.env().emit_event(ConsentEnteredInError { consent_id, subject });
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
        #[ink(message, name = "consentOf")]
        #[allow(clippy::type_complexity, reason = "Solidity's ABI has no named fields")]
        pub fn consent_of(&self, consent_id: H256) -> (H256, Address, H256, u64, u64, u64, u64, u8, u32) {
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
        /// @return answer 0 no consent (or nothing disclosed: `evaluate` knows more), 1 permit, 2 deny
        #[ink(message)]
        pub fn check(&self, subject: H256, grantee: Address, purpose: u8, class: u8) -> Result<u8, Error> {
            let now = self.env().block_timestamp();
            let purpose = Purpose::from_bit(purpose).ok_or_else(|| refuse(Error::UnknownPurpose { purpose }))?;
            let class = ResourceClass::from_bit(class).ok_or_else(|| refuse(Error::UnknownClass { class }))?;
            Ok(registry::check_current(self, now, &subject.0, &grantee.0, purpose, class) as u8)
        }

        /// Opens a consent's commitment, and answers a request by its policy, now. `policy` and `request` are encoded as the
        /// consent model says. Roles and communities in the request are taken as they are claimed.
        ///
        /// @return answer 0 no consent, 1 permit, 2 deny
        /// @return redactLabels with a permit, the sensitivity labels whose data must not be given, a bit each
        /// @return path the provisions that decided: at each depth the position, from 0
        #[ink(message)]
        pub fn evaluate(
            &self,
            consent_id: H256,
            salt: H256,
            policy: DynBytes,
            request: DynBytes,
        ) -> Result<(u8, u64, DynBytes), Error> {
            let entry = self
                .consent(&consent_id.0)
                .ok_or_else(|| refuse(Error::UnknownConsent { consent_id }))?;
            let policy = open(&entry, &salt.0, &policy.0, keccak256).map_err(Refused::from)?;
            let request = Request::decode(&request.0).map_err(Error::malformed_request)?;
            let decision = evaluate_entry(&entry, &policy, &request, self.env().block_timestamp());
            let path = DynBytes(decision.path.steps().to_vec());
            Ok((decision.answer as u8, decision.obligations.redact_labels, path))
        }

        fn contract(&self) -> Address {
            self.env().address()
        }

        fn emit_granted(&self, consent_id: H256, subject: H256, grantee: Address, commitment: H256, terms: Terms) {
            self.env().emit_event(ConsentGranted {
                consent_id,
                subject,
                grantee,
                commitment,
                valid_from: terms.validity.from,
                valid_until: terms.validity.until,
                purposes: terms.purposes,
                classes: terms.classes,
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

    impl Registry for Consent {
        type Refusal = Refused;

        fn control(&self, subject: &[u8; 32]) -> Option<Control> {
            let (controller, pending) = CONTROL.get(subject)?;
            Some(Control { controller, pending })
        }

        fn set_control(&mut self, subject: &[u8; 32], control: &Control) {
            CONTROL.set(subject, &(control.controller, control.pending));
        }

        fn consent(&self, id: &[u8; 32]) -> Option<Entry> {
            CONSENTS.get(id).map(load)
        }

        fn set_consent(&mut self, id: &[u8; 32], entry: &Entry) {
            // A consent is active when it is new, and never again.
            if entry.status == Status::Active {
                CONSENTS.set_unread(id, &store(entry));
            } else {
                CONSENTS.set(id, &store(entry));
            }
        }

        fn current(&self, subject: &[u8; 32], grantee: &[u8; 20]) -> Option<[u8; 32]> {
            CURRENT.get(&(*subject, *grantee))
        }

        fn set_current(&mut self, subject: &[u8; 32], grantee: &[u8; 20], id: &[u8; 32]) {
            CURRENT.set(&(*subject, *grantee), id);
        }

        fn consent_id(&self, subject: &[u8; 32], grantee: &[u8; 20], sequence: u32) -> [u8; 32] {
            let chain = chain_id().to_big_endian();
            consent_id(&chain, &self.contract().0, subject, grantee, sequence, keccak256)
        }
    }
}
