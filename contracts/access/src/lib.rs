//! Access to health data beside consent: requests, emergencies, logs. The rules are in `salus_core::access`; this is their storage
//! and their ABI.
#![cfg_attr(not(feature = "std"), no_std)]

mod error;
mod event;
mod refused;
mod setting;
mod state;
mod storage;

pub use error::Error;
pub use event::{
    AccessEnded, AccessRequested, AccessReviewed, AccessVetoed, EmergencyKeySet, GlassBroken, LogAnchored,
    RequestApproved, RequestRefused, RequestWithdrawn, UnorderedNonceInvalidation, VetoWindowSet,
};
pub use refused::Refused;

/// Access to patients' data beside consent: requests for it, emergency access with veto and review, and anchored logs.
///
/// None of it touches a consent. Who may act for a subject is asked of the consent contract, who has which role of the credentials
/// contract. Times are seconds since the epoch. An emergency access is open from `opensAt` to the second before `endsAt`; its review
/// is overdue from `reviewBy` on.
#[ink::contract]
#[allow(
    missing_docs,
    reason = "ink! generates undocumented items here; the builder demands what is in the ABI"
)]
mod access {
    use crate::{
        AccessEnded, AccessRequested, AccessReviewed, AccessVetoed, EmergencyKeySet, Error, GlassBroken, LogAnchored,
        Refused, RequestApproved, RequestRefused, RequestWithdrawn, UnorderedNonceInvalidation, VetoWindowSet,
        setting::Fixed,
        storage::{ACTIONS, FIXED},
    };
    use ink::{
        H256, U256,
        dispatch::Signable,
        prelude::vec::Vec,
        sol::{DynBytes, refuse},
    };
    use salus_core::{
        access::{
            Parameters, Setting,
            emergency::{self, AUTHORIZATION_TYPE_HASH, Demand, Emergencies, Outcome, Status},
            log::{self, Batch, Logs, Neighbour},
            request::{self, Requests},
        },
        codes::{Purpose, Role},
    };
    use salus_env::{
        is_contract, keccak256,
        signed::{Action, DomainFields, SignatureError},
    };

    const AUTHORIZATION: Signable = Signable {
        type_hash: AUTHORIZATION_TYPE_HASH,
        size: 4 + 2 * 32,
    };

    /// The state is in the slots of `storage`.
    #[ink(storage)]
    pub struct Access {}

    impl Access {
        /// Creates the contract. Nobody has any power over it.
        ///
        /// `consent` and `credentials` are the contracts that it asks. Emergency access is for accounts with an active credential
        /// in one of `emergencyRoles`, a bit each, for at most `maxDuration` seconds, at most `maxUses` times in `usesWindow`
        /// seconds, to be reviewed in `reviewPeriod` seconds by somebody in `reviewerRole`. Subjects may have a veto window of at most
        /// `maxVetoWindow` seconds. Periods are at most a year.
        #[ink(constructor)]
        #[allow(clippy::too_many_arguments, reason = "Solidity's ABI has no named fields")]
        pub fn new(
            consent: Address,
            credentials: Address,
            emergency_roles: u64,
            reviewer_role: u8,
            max_duration: u64,
            max_uses: u32,
            uses_window: u64,
            review_period: u64,
            max_veto_window: u64,
        ) -> Result<Self, Error> {
            for account in [consent, credentials] {
                if !is_contract(&account) {
                    return Err(refuse(Error::NoContract { account }));
                }
            }
            let parameters = Parameters {
                emergency_roles,
                reviewer_role: role_of(reviewer_role)?,
                max_duration,
                max_uses,
                uses_window,
                review_period,
                max_veto_window,
            };
            parameters.check().map_err(Refused::from)?;
            FIXED.set(&(
                consent.0,
                credentials.0,
                emergency_roles,
                reviewer_role,
                max_duration,
                max_uses,
                uses_window,
                review_period,
                max_veto_window,
            ));
            Ok(Self {})
        }

        /// What the contract was created with.
        ///
        /// @return consent the contract that knows who may act for a subject
        /// @return credentials the contract that knows who has which role
        /// @return emergencyRoles who may open emergency accesses, a bit for each role
        /// @return reviewerRole the number of the reviewers' role
        /// @return maxDuration how many seconds an emergency access may last
        /// @return maxUses how many an actor may open in a window
        /// @return usesWindow how many seconds a window has
        /// @return reviewPeriod how many seconds after its end an access has to be reviewed
        /// @return maxVetoWindow how many seconds a veto window may have
        #[ink(message)]
        #[allow(clippy::type_complexity, reason = "Solidity's ABI has no named fields")]
        pub fn parameters(&self) -> (Address, Address, u64, u8, u64, u32, u64, u64, u64) {
            let fixed = Fixed::load();
            let parameters = fixed.parameters();
            (
                fixed.consent,
                fixed.credentials,
                parameters.emergency_roles,
                parameters.reviewer_role.bit(),
                parameters.max_duration,
                parameters.max_uses,
                parameters.uses_window,
                parameters.review_period,
                parameters.max_veto_window,
            )
        }

        /// Asks for access to a subject's data. For anybody, while no earlier request of the caller for the subject waits.
        ///
        /// `commitment` is to what is asked for. It can be answered until the second `until`, that included.
        ///
        /// @return requestId the new request
        #[ink(message, name = "requestAccess")]
        pub fn request_access(&mut self, subject: H256, commitment: H256, until: u64) -> Result<H256, Error> {
            let (requester, now) = (self.env().caller(), self.env().block_timestamp());
            let setting = Fixed::load();
            let id = request::ask(self, &setting, now, &requester.0, &subject.0, &commitment.0, until)?;
            let request_id = H256(id);
            self.env().emit_event(AccessRequested {
                request_id,
                subject,
                requester,
                commitment,
                until,
            });
            Ok(request_id)
        }

        /// Answers a request with a consent, which has to be live, and of the subject for the requester. For the subject's
        /// controller, and delegates who may answer.
        #[ink(message, name = "approveRequest")]
        #[signed]
        pub fn approve_request(&mut self, request_id: H256, consent_id: H256) -> Result<(), Error> {
            let (actor, now) = (self.env().actor(), self.env().block_timestamp());
            let request = request::approve(self, &Fixed::load(), now, &actor.0, &request_id.0, &consent_id.0)?;
            self.env().emit_event(RequestApproved {
                request_id,
                subject: H256(request.subject),
                requester: request.requester.into(),
                consent_id,
                actor,
            });
            Ok(())
        }

        /// Answers a request with no. For the subject's controller, and delegates who may answer.
        #[ink(message, name = "refuseRequest")]
        #[signed]
        pub fn refuse_request(&mut self, request_id: H256) -> Result<(), Error> {
            let (actor, now) = (self.env().actor(), self.env().block_timestamp());
            let request = request::refuse(self, &Fixed::load(), now, &actor.0, &request_id.0)?;
            self.env().emit_event(RequestRefused {
                request_id,
                subject: H256(request.subject),
                requester: request.requester.into(),
                actor,
            });
            Ok(())
        }

        /// Takes a request back. For who asked.
        #[ink(message, name = "withdrawRequest")]
        pub fn withdraw_request(&mut self, request_id: H256) -> Result<(), Error> {
            let (requester, now) = (self.env().caller(), self.env().block_timestamp());
            let request = request::withdraw(self, now, &requester.0, &request_id.0)?;
            self.env().emit_event(RequestWithdrawn {
                request_id,
                subject: H256(request.subject),
                requester,
            });
            Ok(())
        }

        /// A request; all zero, with status 0, if there is none.
        ///
        /// @return subject whose data it is about
        /// @return requester who asked
        /// @return commitment to what was asked for
        /// @return until the last second in which it can be answered
        /// @return status 0 none, 1 open, 2 approved, 3 refused, 4 withdrawn, 5 lapsed
        /// @return consentId the consent that it was answered with
        #[ink(message, name = "requestOf")]
        pub fn request_of(&self, request_id: H256) -> (H256, Address, H256, u64, u8, H256) {
            let now = self.env().block_timestamp();
            match self.request(&request_id.0) {
                None => Default::default(),
                Some(request) => (
                    H256(request.subject),
                    request.requester.into(),
                    H256(request.commitment),
                    request.until,
                    request.status_at(now) as u8,
                    H256(request.consent),
                ),
            }
        }

        /// The requester's request for the subject that waits for an answer; zero if none does.
        #[ink(message, name = "openRequest")]
        pub fn open_request(&self, subject: H256, requester: Address) -> H256 {
            let now = self.env().block_timestamp();
            H256(request::open_request(self, now, &subject.0, &requester.0).unwrap_or_default())
        }

        /// Sets for how many seconds emergency accesses to the subject wait for a veto before they open, from the next one on; 0
        /// if they do not. For the subject's controller.
        #[ink(message, name = "setVetoWindow")]
        #[signed]
        pub fn set_veto_window(&mut self, subject: H256, veto_window: u64) -> Result<(), Error> {
            let actor = self.env().actor();
            emergency::set_veto_window(self, &Fixed::load(), &actor.0, &subject.0, veto_window)?;
            self.env().emit_event(VetoWindowSet {
                subject,
                actor,
                veto_window,
            });
            Ok(())
        }

        /// Sets whose signature opens emergency accesses to the subject at once; nobody's, if that is the zero address. For the
        /// subject's controller.
        #[ink(message, name = "setEmergencyKey")]
        #[signed]
        pub fn set_emergency_key(&mut self, subject: H256, emergency_key: Address) -> Result<(), Error> {
            let actor = self.env().actor();
            emergency::set_emergency_key(self, &Fixed::load(), &actor.0, &subject.0, &emergency_key.0)?;
            self.env().emit_event(EmergencyKeySet {
                subject,
                actor,
                emergency_key,
            });
            Ok(())
        }

        /// What is arranged for emergencies of a subject.
        ///
        /// @return vetoWindow for how many seconds emergency accesses can be vetoed before they open
        /// @return emergencyKey whose signature opens one at once; zero if nobody's does
        #[ink(message, name = "safeguardsOf")]
        pub fn safeguards_of(&self, subject: H256) -> (u64, Address) {
            let safeguards = self.safeguards(&subject.0);
            (safeguards.veto_window, safeguards.emergency_key.into())
        }

        /// Opens an emergency access of the caller to the subject's data for `duration` seconds: at once, or after the subject's
        /// veto window. For accounts with an active credential in `role`, an emergency role.
        ///
        /// `role` and `purpose`, which is `ETREAT` or `BTG`, are numbers of the consent model. `reviewer` has the reviewers' role.
        /// `evidence` is a salted hash of what shows the emergency.
        ///
        /// @return accessId the emergency access
        #[ink(message, name = "breakGlass")]
        pub fn break_glass(
            &mut self,
            subject: H256,
            role: u8,
            purpose: u8,
            reviewer: Address,
            evidence: H256,
            duration: u64,
        ) -> Result<H256, Error> {
            self.open(subject, role, purpose, reviewer, evidence, duration, false)
        }

        /// Opens an emergency access of the caller at once, without a veto window, by a signature of the subject's emergency key. The
        /// first arguments are those of `breakGlass`, and so is who may.
        ///
        /// What is signed is typed data (EIP-712) in the domain of `eip712Domain`, of the type
        /// `EmergencyAccess(bytes32 subject,address actor,uint256 nonce,uint256 deadline)`; `actor` is the caller. `nonce`, `v`, `r` and
        /// `s` are as in `actBySig`.
        ///
        /// @return accessId the emergency access
        #[ink(message, name = "breakGlassWithKey")]
        #[allow(clippy::too_many_arguments, reason = "Solidity's ABI has no named fields")]
        pub fn break_glass_with_key(
            &mut self,
            subject: H256,
            role: u8,
            purpose: u8,
            reviewer: Address,
            evidence: H256,
            duration: u64,
            nonce: U256,
            deadline: U256,
            v: U256,
            r: H256,
            s: H256,
        ) -> Result<H256, Error> {
            let signer = emergency::emergency_key(self, &subject.0)?.into();
            let mut call = [0; AUTHORIZATION.size];
            call[4..36].copy_from_slice(&subject.0);
            call[48..].copy_from_slice(&self.env().caller().0);
            let action = Action {
                signer: &signer,
                call: &call,
                nonce: &nonce,
                deadline: &deadline,
                v: &v,
                r: &r,
                s: &s,
            };
            ACTIONS.authenticate(&action, Some(&AUTHORIZATION));
            self.open(subject, role, purpose, reviewer, evidence, duration, true)
        }

        /// Stops an emergency access in its veto window. For the subject's controller, and delegates who may veto.
        #[ink(message)]
        #[signed]
        pub fn veto(&mut self, access_id: H256) -> Result<(), Error> {
            let (vetoed_by, now) = (self.env().actor(), self.env().block_timestamp());
            let access = emergency::veto(self, &Fixed::load(), now, &vetoed_by.0, &access_id.0)?;
            self.env().emit_event(AccessVetoed {
                access_id,
                subject: H256(access.subject),
                actor: access.actor.into(),
                vetoed_by,
            });
            Ok(())
        }

        /// Ends an open emergency access now. For its actor.
        #[ink(message, name = "endAccess")]
        pub fn end_access(&mut self, access_id: H256) -> Result<(), Error> {
            let (actor, now) = (self.env().caller(), self.env().block_timestamp());
            let access = emergency::end(self, now, &actor.0, &access_id.0)?;
            self.env().emit_event(AccessEnded {
                access_id,
                subject: H256(access.subject),
                actor,
            });
            Ok(())
        }

        /// Says, once, of an emergency access that has ended whether it was justified (1) or not (2). For its reviewer, while in
        /// the reviewers' role, also when it is overdue. When it has been overdue for a review period: for everybody in that
        /// role but its actor.
        #[ink(message)]
        pub fn review(&mut self, access_id: H256, outcome: u8) -> Result<(), Error> {
            let (reviewer, now) = (self.env().caller(), self.env().block_timestamp());
            let said = Outcome::from_number(outcome).ok_or_else(|| refuse(Error::InvalidOutcome { outcome }))?;
            let access = emergency::review(self, &Fixed::load(), now, &reviewer.0, &access_id.0, said)?;
            self.env().emit_event(AccessReviewed {
                access_id,
                subject: H256(access.subject),
                actor: access.actor.into(),
                reviewer,
                outcome,
            });
            Ok(())
        }

        /// Whether the actor has an open emergency access to the subject's data now.
        #[ink(message, name = "isOpen")]
        pub fn is_open(&self, subject: H256, actor: Address) -> bool {
            let now = self.env().block_timestamp();
            emergency::is_open(self, now, &subject.0, &actor.0)
        }

        /// An emergency access; all zero, with status 0, if there is none.
        ///
        /// @return subject whose data
        /// @return actor whose access
        /// @return role the number of the role in which the actor acts
        /// @return purpose the number of the purpose of use
        /// @return reviewer who has to review it
        /// @return evidence a salted hash of what shows the emergency
        /// @return opensAt the first second in which it is open
        /// @return endsAt the first second in which it is open no more
        /// @return reviewBy the first second in which its review is overdue
        /// @return status 0 none, 1 waiting, 2 open, 3 vetoed, 4 ended
        /// @return outcome 0 not reviewed, 1 justified, 2 not justified
        #[ink(message, name = "accessOf")]
        #[allow(clippy::type_complexity, reason = "Solidity's ABI has no named fields")]
        pub fn access_of(&self, access_id: H256) -> (H256, Address, u8, u8, Address, H256, u64, u64, u64, u8, u8) {
            let now = self.env().block_timestamp();
            match Emergencies::access(self, &access_id.0) {
                None => (
                    H256::zero(),
                    Address::zero(),
                    0,
                    0,
                    Address::zero(),
                    H256::zero(),
                    0,
                    0,
                    0,
                    Status::None as u8,
                    0,
                ),
                Some(access) => (
                    H256(access.subject),
                    access.actor.into(),
                    access.role.bit(),
                    access.purpose.bit(),
                    access.reviewer.into(),
                    H256(access.evidence),
                    access.opens_at,
                    access.ends_at,
                    access.review_by,
                    access.status_at(now) as u8,
                    access.outcome as u8,
                ),
            }
        }

        /// The emergency accesses of an actor that were not reviewed, eight at most, in no order.
        ///
        /// @return accessIds the accesses
        #[ink(message, name = "unreviewedOf")]
        pub fn unreviewed_of(&self, actor: Address) -> Vec<H256> {
            let record = self.actor(&actor.0);
            let unreviewed = record.unreviewed.iter().filter(|place| place.is_some());
            unreviewed.map(|place| H256(place.id)).collect()
        }

        /// Anchors a batch of the caller's log of accesses: the root of the tree over its sorted leaves, how many there are, and the
        /// seconds that no entry is before or after. A root can be anchored once.
        ///
        /// @return batch its number among the caller's, from 0
        #[ink(message, name = "anchorLog")]
        pub fn anchor_log(&mut self, root: H256, count: u64, from: u64, until: u64) -> Result<u64, Error> {
            let (author, anchored_at) = (self.env().caller(), self.env().block_timestamp());
            let anchored = Batch {
                root: root.0,
                count,
                from,
                until,
                anchored_at,
            };
            let batch = log::anchor(self, &author.0, &anchored)?;
            self.env().emit_event(LogAnchored {
                root,
                author,
                batch,
                count,
                from,
                until,
            });
            Ok(batch)
        }

        /// How many batches an author has anchored. They are numbered from 0.
        #[ink(message, name = "batchCount")]
        pub fn batch_count(&self, author: Address) -> u64 {
            Logs::batch_count(self, &author.0)
        }

        /// An author's batch; all zero if there is none.
        ///
        /// @return root of its tree
        /// @return count how many leaves the tree has
        /// @return from no entry is of an earlier second
        /// @return until no entry is of a later second
        /// @return anchoredAt when it was anchored
        #[ink(message, name = "batchOf")]
        pub fn batch_of(&self, author: Address, batch: u64) -> (H256, u64, u64, u64, u64) {
            match self.batch(&author.0, batch) {
                None => Default::default(),
                Some(found) => (
                    H256(found.root),
                    found.count,
                    found.from,
                    found.until,
                    found.anchored_at,
                ),
            }
        }

        /// Whether `proof` shows that an author's batch has the leaf `leaf` at `index`, from 0. Without such a batch: no.
        #[ink(message, name = "isLogged")]
        pub fn is_logged(&self, author: Address, batch: u64, leaf: H256, index: u64, proof: Vec<H256>) -> bool {
            log::is_logged(self, &author.0, batch, &leaf.0, index, &hashes(proof), keccak256)
        }

        /// Whether two neighbours show that an author's batch, if it is sorted, does not have the leaf `leaf`. `position` is how many
        /// leaves come before it: 0 if all come after it, and then `left` and its proof are not looked at; the batch's count if none
        /// does, and then `right` and its proof are not. Without such a batch: no.
        #[ink(message, name = "isNotLogged")]
        #[allow(clippy::too_many_arguments, reason = "a proof of absence has many parts")]
        pub fn is_not_logged(
            &self,
            author: Address,
            batch: u64,
            leaf: H256,
            position: u64,
            left: H256,
            left_proof: Vec<H256>,
            right: H256,
            right_proof: Vec<H256>,
        ) -> bool {
            let (left_proof, right_proof) = (hashes(left_proof), hashes(right_proof));
            let left = Neighbour {
                value: &left.0,
                proof: &left_proof,
            };
            let right = Neighbour {
                value: &right.0,
                proof: &right_proof,
            };
            log::is_not_logged(self, &author.0, batch, &leaf.0, position, &left, &right, keccak256)
        }

        /// Carries out what `signer` has signed, whoever sends it.
        ///
        /// `call` is the call of a message that is a patient's: `approveRequest`, `refuseRequest`, `setVetoWindow`, `setEmergencyKey`,
        /// `veto`, `invalidateUnorderedNonces`. What is signed is typed data (EIP-712) in the domain of `eip712Domain`: of a type that has
        /// the message's name with a capital, its parameters, `uint256 nonce` and `uint256 deadline`. A nonce is used once; they need no
        /// order. `v` is 27 or 28 for a signature by secp256k1; else it is the public key of sr25519, and what is signed is the digest
        /// between `<Bytes>` and `</Bytes>`.
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

        #[inline(never)]
        #[allow(
            clippy::too_many_arguments,
            reason = "those of the messages, and whether the key has signed"
        )]
        fn open(
            &mut self,
            subject: H256,
            role: u8,
            purpose: u8,
            reviewer: Address,
            evidence: H256,
            duration: u64,
            is_authorized: bool,
        ) -> Result<H256, Error> {
            let (actor, now) = (self.env().caller(), self.env().block_timestamp());
            let demand = Demand {
                subject: &subject.0,
                role: role_of(role)?,
                purpose: Purpose::from_bit(purpose).ok_or_else(|| refuse(Error::NotAnEmergency { purpose }))?,
                reviewer: &reviewer.0,
                evidence: &evidence.0,
                duration,
            };
            let granted = emergency::break_glass(self, &Fixed::load(), now, &actor.0, &demand, is_authorized)?;
            let access_id = H256(granted.id);
            self.env().emit_event(GlassBroken {
                access_id,
                subject,
                actor,
                role,
                purpose,
                reviewer,
                evidence,
                veto_window: granted.veto_window,
                opens_at: granted.access.opens_at,
                ends_at: granted.access.ends_at,
                review_by: granted.access.review_by,
                is_authorized,
            });
            Ok(access_id)
        }
    }

    fn role_of(role: u8) -> Result<Role, Error> {
        Role::from_bit(role).ok_or_else(|| refuse(Error::UnknownRole { role }))
    }

    fn hashes(proof: Vec<H256>) -> Vec<[u8; 32]> {
        proof.into_iter().map(|hash| hash.0).collect()
    }
}
