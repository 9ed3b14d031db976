//! What consents say, by the policies that they commit to. The evaluator is `salus_core::consent`; this is its ABI.
#![cfg_attr(not(feature = "std"), no_std)]

mod error;

pub use error::{Error, Refused};

/// Answers requests by policies, which whoever asks has to know. It keeps nothing; the consents are in the contract `consent`.
///
/// Roles and communities in a request are taken as they are claimed: whoever relies on them asks `credentials`.
#[ink::contract]
#[allow(
    missing_docs,
    reason = "ink! generates undocumented items here; the builder demands what is in the ABI"
)]
mod policies {
    use crate::{Error, Refused};
    use ink::{
        H256,
        prelude::vec::Vec,
        sol::{DynBytes, refuse},
    };
    use salus_core::{
        codes::{Purpose, ResourceClass},
        consent::{Answer, Decision, Entry, MAX_REQUEST_ITEMS, Request, combine, evaluate_entry, grantees, open},
    };
    use salus_env::{
        consents::{self, Unanswered},
        is_contract, keccak256,
    };
    use salus_slots::Immutable;

    /// The contract of consents.
    const CONSENTS: Immutable<[u8; 20]> = Immutable::new();

    /// Nothing is kept but `CONSENTS`.
    #[ink(storage)]
    pub struct Policies {}

    impl Policies {
        /// Creates the contract, for the consents of the contract at `consents`.
        #[ink(constructor)]
        pub fn new(consents: Address) -> Result<Self, Error> {
            if !is_contract(&consents) {
                return Err(refuse(Error::NoContract { at: consents }));
            }
            CONSENTS.set(&consents.0);
            Ok(Self {})
        }

        /// The contract whose consents this one opens.
        #[ink(message)]
        pub fn consents(&self) -> Address {
            CONSENTS.get().unwrap_or_default().into()
        }

        /// Opens a consent's commitment, and answers a request by its policy, now. `policy` and `request` are encoded as the
        /// consent model says.
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
            let entry = consents::consent_of(&self.consents(), &consent_id.0).map_err(unanswered)?;
            let entry = entry.ok_or_else(|| refuse(Error::UnknownConsent { consent_id }))?;
            let request = Request::decode(&request.0).map_err(Error::malformed_request)?;
            let (_, decision) = self.decide(&entry, &salt, &policy, &request)?;
            let path = DynBytes(decision.path.steps().to_vec());
            Ok((decision.answer as u8, decision.obligations.redact_labels, path))
        }

        /// Answers a request by all consents of a subject that are in force now for who asks: for each of their accounts, for
        /// everybody, for each of their roles in the order of the numbers, for each of their communities, as the request lists them. Each of
        /// these has to be opened, in this order, so that none can be left out. The most recent one wins; of equally recent
        /// ones a denial.
        ///
        /// @return answer 0 no consent, 1 permit, 2 deny
        /// @return redactLabels with a permit, the sensitivity labels whose data must not be given, a bit each
        /// @return path the provisions that decided: at each depth the position, from 0
        /// @return decidedBy the consent that decided; zero if none did
        #[ink(message, name = "evaluateAll")]
        pub fn evaluate_all(
            &self,
            subject: H256,
            salts: Vec<H256>,
            policies: Vec<DynBytes>,
            request: DynBytes,
        ) -> Result<(u8, u64, DynBytes, H256), Error> {
            let request = Request::decode(&request.0).map_err(Error::malformed_request)?;
            let mut openings = salts.iter().zip(&policies);
            let (mut ids, mut decisions) = (Vec::new(), Vec::new());
            for (id, entry) in self.in_force(&subject, &request)? {
                let consent_id = H256(id);
                let (salt, policy) = openings.next().ok_or_else(|| refuse(Error::NotOpened { consent_id }))?;
                decisions.push(self.decide(&entry, salt, policy, &request)?);
                ids.push(consent_id);
            }
            if salts.len() != ids.len() || policies.len() != ids.len() {
                let needed = count(ids.len());
                return Err(refuse(Error::UnneededOpenings { needed }));
            }
            let combined = combine(decisions);
            let decided_by = combined.winner.and_then(|winner| ids.get(winner).copied());
            let Decision {
                answer,
                obligations,
                path,
                ..
            } = combined.decision;
            let path = DynBytes(path.steps().to_vec());
            Ok((
                answer as u8,
                obligations.redact_labels,
                path,
                decided_by.unwrap_or_default(),
            ))
        }

        /// The coarse question, of all that who asks is: whether any of the subject's consents for `grantees` permits, by what is
        /// disclosed, access now to a class of data for a purpose, and none denies it. At most 16 grantees.
        ///
        /// @return answer 0 no consent (or nothing disclosed: the policies know more), 1 permit, 2 deny
        #[ink(message, name = "checkAll")]
        pub fn check_all(&self, subject: H256, grantees: Vec<Address>, purpose: u8, class: u8) -> Result<u8, Error> {
            if grantees.len() > MAX_REQUEST_ITEMS {
                let count = count(grantees.len());
                return Err(refuse(Error::TooManyGrantees { count }));
            }
            let purpose = Purpose::from_bit(purpose).ok_or_else(|| refuse(Error::UnknownPurpose { purpose }))?;
            let class = ResourceClass::from_bit(class).ok_or_else(|| refuse(Error::UnknownClass { class }))?;
            let consents = self.consents();
            let mut combined = Answer::NoConsent;
            for grantee in &grantees {
                let answer = consents::check(&consents, &subject.0, &grantee.0, purpose, class).map_err(unanswered)?;
                match answer {
                    Answer::NoConsent => {}
                    Answer::Permit => combined = answer,
                    Answer::Deny => return Ok(answer as u8),
                }
            }
            Ok(combined as u8)
        }

        /// The consents that bear on a request, in the order in which they have to be opened.
        fn in_force(&self, subject: &H256, request: &Request<'_>) -> Result<Vec<([u8; 32], Entry)>, Error> {
            let (consents, now) = (self.consents(), self.env().block_timestamp());
            let mut found = Vec::new();
            for grantee in grantees(request) {
                let grantee = grantee.address(keccak256);
                let current = consents::current_consent(&consents, &subject.0, &grantee).map_err(unanswered)?;
                let Some(id) = current else { continue };
                let entry = consents::consent_of(&consents, &id).map_err(unanswered)?;
                found.extend(entry.filter(|entry| entry.is_in_force(now)).map(|entry| (id, entry)));
            }
            Ok(found)
        }

        #[inline(never)]
        fn decide(
            &self,
            entry: &Entry,
            salt: &H256,
            policy: &DynBytes,
            request: &Request<'_>,
        ) -> Result<(u64, Decision), Refused> {
            let policy = open(entry, &salt.0, &policy.0, keccak256)?;
            let decision = evaluate_entry(entry, &policy, request, self.env().block_timestamp(), keccak256);
            Ok((policy.date_time(), decision))
        }
    }

    fn unanswered(_: Unanswered) -> Error {
        refuse(Error::Unanswered)
    }

    /// A call has fewer than 2^32 bytes.
    fn count(items: usize) -> u32 {
        u32::try_from(items).unwrap_or(u32::MAX)
    }
}
