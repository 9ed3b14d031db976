//! Consultations in escrow. The rules are in `salus_core::telehealth`; this is their storage, their ABI, and the movement of
//! money that goes with them.
#![cfg_attr(not(feature = "std"), no_std)]

mod booking;
mod error;
mod event;
mod money;
mod refused;
mod registries;
mod storage;

pub use booking::{Booking, Conditions};
pub use error::Error;
pub use event::{
    AvailabilitySet, DisputeDecided, EvidenceSubmitted, FeeSet, OutcomeClaimed, OutcomeContested,
    OwnershipTransferStarted, OwnershipTransferred, PlatformFeeAnnounced, QuoteSet, SeriesBooked, SeriesFeeSet,
    TermsSet, UnorderedNonceInvalidation, VisitClosed, VisitConfirmed, VisitFunded, VisitRequested, VisitStarted,
    Withdrawn,
};
pub use refused::Refused;

/// Consultations at a distance, paid in any ERC-20 token or in native coin through escrow.
///
/// A provider publishes fees and terms; a patient books under them, and pays. How a consultation ended is claimed by one side, and stands
/// unless the other contests it in time; then an arbiter decides, or, in the arbiter's silence, the terms. From every status that holds
/// money a deadline leads out, after which anybody can settle. Nothing is sent to anybody: what is yours waits until you withdraw it. The
/// owner can change what the platform keeps of visits to come, after seven days and up to a tenth, and nothing else.
///
/// Statuses: 1 requested, 2 funded, 3 confirmed, 4 in session, 5 claimed, 6 disputed; and, for good, 7 completed, 8 cancelled early, 9
/// cancelled late, 10 cancelled by the provider, 11 the patient did not come, 12 the provider did not come, 13 technical failure, 14
/// declined, 15 expired, 16 resolved.
///
/// Times are seconds since the epoch; a deadline has passed at its very second. Shares are ten thousandths. Patients use an account for
/// each relationship, and what a consultation is about stays off chain.
///
/// @struct Booking provider service token fee termsVersion startTime endTime confirmBy arbiter conditions detailsHash
/// @struct Conditions role record subject
#[ink::contract]
#[allow(
    missing_docs,
    reason = "ink! generates undocumented items here; the builder demands what is in the ABI"
)]
mod telehealth {
    use crate::{
        AvailabilitySet, Booking, DisputeDecided, Error, EvidenceSubmitted, FeeSet, OutcomeClaimed, OutcomeContested,
        OwnershipTransferStarted, OwnershipTransferred, PlatformFeeAnnounced, QuoteSet, Refused, SeriesBooked,
        SeriesFeeSet, TermsSet, UnorderedNonceInvalidation, VisitClosed, VisitConfirmed, VisitFunded, VisitRequested,
        VisitStarted, Withdrawn,
        booking::NO_ROLE,
        money::{self, Payment},
        registries::{self, Fixed},
        storage::{
            ACTIONS, AVAILABILITIES, BOOKS, FEES, FIXED, OWNERSHIP, PLATFORM, QUOTES, TERMS, TERMS_VERSIONS, VISITS,
            WITHDRAWABLE, load_books, load_platform, load_quote, load_terms, load_visit, store_platform, store_terms,
            store_visit,
        },
    };
    use ink::{
        H256, U256,
        prelude::vec::Vec,
        sol::{DynBytes, refuse},
    };
    use salus_core::{
        codes::Role,
        credentials::ownership::Ownership,
        telehealth::{
            Action as Step, Booking as CoreBooking, FeeChange, MAX_VISITS, PlatformFee, REFUND_STEPS, RefundStep, Side,
            Terms, Visit,
            escrow::{self, Books, Done, Quote, Registries, Storage},
            series_id, visit_id,
        },
    };
    use salus_env::{
        chain_id,
        erc20::Signature,
        is_contract, keccak256,
        signed::{Action, DomainFields, SignatureError},
    };

    /// The state is in the slots of `storage`.
    #[ink(storage)]
    pub struct Telehealth {}

    impl Telehealth {
        /// Creates the contract, which asks the contracts `consent`, `credentials` and `records`. Arbiters are those with an active credential
        /// in `arbiterRole`. `initialOwner` may announce what the platform keeps; it begins with nothing.
        #[ink(constructor)]
        pub fn new(
            initial_owner: Address,
            consent: Address,
            credentials: Address,
            records: Address,
            arbiter_role: u8,
        ) -> Result<Self, Error> {
            let ownership = Ownership::new(initial_owner.0).map_err(Refused::from)?;
            for account in [consent, credentials, records] {
                if !is_contract(&account) {
                    return Err(refuse(Error::NoContract { account }));
                }
            }
            if Role::from_bit(arbiter_role).is_none() {
                return Err(refuse(Error::UnknownRole { role: arbiter_role }));
            }
            FIXED.set(&(consent, credentials, records, arbiter_role));
            let mut this = Self {};
            this.set_ownership(&ownership);
            Self::env().emit_event(OwnershipTransferred {
                previous_owner: Address::zero(),
                new_owner: initial_owner,
            });
            Ok(this)
        }

        /// Publishes terms for the caller's bookings to come, in place of earlier ones; visits keep those that they were booked under.
        ///
        /// A patient who calls a confirmed visit off gets `refunds[i]` of the fee back, of the first `i` whose `notices[i]` seconds before
        /// the beginning have not come; nothing if all have. At most four steps, both lists descending. A side that is not there counts as
        /// absent `grace` seconds after the beginning. Of a patient who does not come the provider earns `noShowShare`. For `claimWindow`
        /// seconds after the end one side may say how it ended, and for `objectionWindow` seconds after that, and after the end, the other
        /// may contest it. The arbiter has `decisionWindow` seconds to decide; after that the provider earns `defaultShare`.
        ///
        /// @return version their number
        #[ink(message, name = "setTerms")]
        #[allow(clippy::too_many_arguments, reason = "Solidity's ABI has no named fields")]
        pub fn set_terms(
            &mut self,
            notices: Vec<u32>,
            refunds: Vec<u16>,
            grace: u32,
            no_show_share: u16,
            claim_window: u32,
            objection_window: u32,
            decision_window: u32,
            default_share: u16,
        ) -> Result<u32, Error> {
            let provider = self.env().caller();
            let terms = Terms {
                refunds: schedule(&notices, &refunds)?,
                grace,
                no_show_share,
                claim_window,
                objection_window,
                decision_window,
                default_share,
            };
            let version = escrow::set_terms(self, &provider, &terms)?;
            self.env().emit_event(TermsSet { provider, version });
            Ok(version)
        }

        /// Offers the caller's `service` for `fee` in the ERC-20 `token`, or, as the zero address, in native coin; for nothing: no more.
        #[ink(message, name = "setFee")]
        pub fn set_fee(&mut self, service: H256, token: Address, fee: U256) {
            let provider = self.env().caller();
            FEES.set(&(provider, service, token, 1), &fee);
            self.env().emit_event(FeeSet {
                provider,
                service,
                token,
                fee,
            });
        }

        /// Offers each of `visits` visits of the caller's `service` that are booked together, from 2 to 16, for `fee` in the ERC-20 `token`, or,
        /// as the zero address, in native coin; for nothing: for what it costs by itself.
        #[ink(message, name = "setSeriesFee")]
        pub fn set_series_fee(&mut self, service: H256, token: Address, visits: u32, fee: U256) -> Result<(), Error> {
            if !(2..=MAX_VISITS).contains(&visits) {
                return Err(refuse(Error::InvalidSeriesLength { visits }));
            }
            let provider = self.env().caller();
            FEES.set(&(provider, service, token, visits), &fee);
            self.env().emit_event(SeriesFeeSet {
                provider,
                service,
                token,
                visits,
                fee,
            });
            Ok(())
        }

        /// Offers the provider's `service` to one patient for `fee` until the second `validUntil`, whatever the list says; for a token
        /// whose price moves, say. Signed, it is a quote that the patient hands in.
        #[ink(message, name = "setQuote")]
        #[signed]
        pub fn set_quote(&mut self, patient: Address, service: H256, token: Address, fee: U256, valid_until: u64) {
            let provider = self.env().actor();
            QUOTES.set_unread(&(provider, patient, service.0, token), &(fee, valid_until));
            self.env().emit_event(QuoteSet {
                provider,
                patient,
                service,
                token,
                fee,
                valid_until,
            });
        }

        /// Publishes a hash of when the caller can be booked.
        #[ink(message, name = "setAvailability")]
        pub fn set_availability(&mut self, availability: H256) {
            let provider = self.env().caller();
            AVAILABILITIES.set_unread(&provider, &availability.0);
            self.env().emit_event(AvailabilitySet { provider, availability });
        }

        /// Books a consultation without paying yet. The caller is the patient.
        ///
        /// @return visitId the visit: a hash of the whole booking
        #[ink(message, name = "requestVisit")]
        pub fn request_visit(&mut self, booking: Booking) -> Result<H256, Error> {
            let (patient, now) = (self.env().caller(), self.env().block_timestamp());
            let visit_id = H256(escrow::request(self, &patient, &to_core(&booking)?, now)?);
            self.emit_requested(&visit_id, &patient, &booking);
            Ok(visit_id)
        }

        /// Books a consultation and pays for it: with the call if the fee is in native coin, or else by what the patient allowed this contract
        /// in the token. The caller is the patient.
        ///
        /// @return visitId the visit: a hash of the whole booking
        #[ink(message, payable)]
        pub fn book(&mut self, booking: Booking) -> Result<H256, Error> {
            let patient = self.env().caller();
            self.book_paid(&patient, booking, &Payment::Given)
        }

        /// Books a consultation and pays for it by a permit of the fee to this contract (EIP-2612). The caller is the patient.
        ///
        /// @return visitId the visit: a hash of the whole booking
        #[ink(message, name = "bookWithPermit")]
        pub fn book_with_permit(
            &mut self,
            booking: Booking,
            deadline: U256,
            v: u8,
            r: H256,
            s: H256,
        ) -> Result<H256, Error> {
            let patient = self.env().caller();
            let signature = Signature { v, r: &r.0, s: &s.0 };
            self.book_paid(&patient, booking, &Payment::Permit(deadline, signature))
        }

        /// Books a consultation for `patient`, and pays for it by the patient's authorization to receive the fee (EIP-3009), whose nonce is the
        /// visit: so the one signature is for this very booking. Anybody may hand it in.
        ///
        /// @return visitId the visit: a hash of the whole booking
        #[ink(message, name = "bookWithAuthorization")]
        #[allow(clippy::too_many_arguments, reason = "Solidity's ABI has no named fields")]
        pub fn book_with_authorization(
            &mut self,
            patient: Address,
            booking: Booking,
            valid_after: U256,
            valid_before: U256,
            v: u8,
            r: H256,
            s: H256,
        ) -> Result<H256, Error> {
            let signature = Signature { v, r: &r.0, s: &s.0 };
            let validity = (valid_after, valid_before);
            self.book_paid(&patient, booking, &Payment::Authorization(validity, signature))
        }

        /// Books a series of consultations and pays for all of them at once, as `book` does. They are with one provider, in one token, and
        /// follow one another; each is a visit with an end of its own. The caller is the patient.
        ///
        /// @return seriesId a hash of the visits
        /// @return visitIds the visits, each a hash of its whole booking
        #[ink(message, payable, name = "bookSeries")]
        pub fn book_series(&mut self, bookings: Vec<Booking>) -> Result<(H256, Vec<H256>), Error> {
            let patient = self.env().caller();
            self.book_series_paid(&patient, &bookings, &Payment::Given)
        }

        /// Books a series for `patient`, and pays for it by the patient's authorization to receive the sum of the fees (EIP-3009), whose nonce is
        /// the series: so the one signature is for these very bookings. Anybody may hand it in.
        ///
        /// @return seriesId a hash of the visits
        /// @return visitIds the visits, each a hash of its whole booking
        #[ink(message, name = "bookSeriesWithAuthorization")]
        #[allow(clippy::too_many_arguments, reason = "Solidity's ABI has no named fields")]
        pub fn book_series_with_authorization(
            &mut self,
            patient: Address,
            bookings: Vec<Booking>,
            valid_after: U256,
            valid_before: U256,
            v: u8,
            r: H256,
            s: H256,
        ) -> Result<(H256, Vec<H256>), Error> {
            let signature = Signature { v, r: &r.0, s: &s.0 };
            let validity = (valid_after, valid_before);
            self.book_series_paid(&patient, &bookings, &Payment::Authorization(validity, signature))
        }

        /// Pays for a visit that was requested, as `book` does. The caller is the patient.
        #[ink(message, payable)]
        pub fn fund(&mut self, visit_id: H256) -> Result<(), Error> {
            let (patient, now) = (self.env().caller(), self.env().block_timestamp());
            let visit = escrow::act(self, &visit_id.0, Step::Fund, &patient, now, 0)?.visit;
            money::take(&visit_id, &patient, &visit.token, visit.fee, &Payment::Given)?;
            self.emit_funded(&visit_id, visit.token, visit.fee);
            Ok(())
        }

        /// Agrees to a visit that is paid for. For its provider.
        #[ink(message)]
        #[signed]
        pub fn confirm(&mut self, visit_id: H256) -> Result<(), Error> {
            self.act(&visit_id, Step::Confirm)?;
            self.env().emit_event(VisitConfirmed { visit_id });
            Ok(())
        }

        /// Does not agree to a visit. For its provider.
        #[ink(message)]
        #[signed]
        pub fn decline(&mut self, visit_id: H256) -> Result<(), Error> {
            self.close(&visit_id, Step::Decline)
        }

        /// Calls a visit off. For its patient before it begins, who gets back what the terms say, or everything if it is not confirmed. For its
        /// provider at any time after confirming: the patient gets everything back.
        #[ink(message)]
        #[signed]
        pub fn cancel(&mut self, visit_id: H256) -> Result<(), Error> {
            self.close(&visit_id, Step::Cancel)
        }

        /// Says that a consultation began. For patient and provider.
        #[ink(message)]
        #[signed]
        pub fn start(&mut self, visit_id: H256) -> Result<(), Error> {
            self.act(&visit_id, Step::Start)?;
            let started_by = self.env().actor();
            self.env().emit_event(VisitStarted { visit_id, started_by });
            Ok(())
        }

        /// Says that a consultation took place. From its provider it is a claim that the patient may contest; the visit's conditions have to be
        /// met, and `recordId` is the record that was anchored for it, if that is one of them. From its patient it leaves the fee to the
        /// provider at once.
        #[ink(message)]
        #[signed]
        pub fn complete(&mut self, visit_id: H256, record_id: H256) -> Result<(), Error> {
            let (actor, now) = self.acting();
            let done = escrow::complete(self, &visit_id.0, &actor, now, &record_id.0)?;
            self.emit_claimed(&visit_id, &done, record_id);
            Ok(())
        }

        /// Says that the other side did not come. For patient and provider, but for who said that it began.
        #[ink(message, name = "claimNoShow")]
        #[signed]
        pub fn claim_no_show(&mut self, visit_id: H256, evidence: H256) -> Result<(), Error> {
            let done = self.act(&visit_id, Step::ClaimNoShow)?;
            self.emit_claimed(&visit_id, &done, evidence);
            Ok(())
        }

        /// Says that the connection failed. For patient and provider.
        #[ink(message, name = "claimTechnicalFailure")]
        #[signed]
        pub fn claim_technical_failure(&mut self, visit_id: H256, evidence: H256) -> Result<(), Error> {
            let done = self.act(&visit_id, Step::ClaimTechnicalFailure)?;
            self.emit_claimed(&visit_id, &done, evidence);
            Ok(())
        }

        /// Agrees to what was claimed, which stands at once. For the other side.
        #[ink(message)]
        #[signed]
        pub fn accept(&mut self, visit_id: H256) -> Result<(), Error> {
            self.close(&visit_id, Step::Accept)
        }

        /// Does not agree to what was claimed: the arbiter has to decide. For the other side.
        #[ink(message)]
        #[signed]
        pub fn contest(&mut self, visit_id: H256, evidence: H256) -> Result<(), Error> {
            let visit = self.act(&visit_id, Step::Contest)?.visit;
            self.env().emit_event(OutcomeContested {
                visit_id,
                arbiter: visit.arbiter,
                contested_by: self.env().actor(),
                decide_by: visit.deadline,
                evidence,
            });
            Ok(())
        }

        /// Adds a salted hash of evidence to a dispute. For patient and provider.
        #[ink(message, name = "submitEvidence")]
        #[signed]
        pub fn submit_evidence(&mut self, visit_id: H256, evidence: H256) -> Result<(), Error> {
            self.act(&visit_id, Step::SubmitEvidence)?;
            self.env().emit_event(EvidenceSubmitted {
                visit_id,
                submitted_by: self.env().actor(),
                evidence,
            });
            Ok(())
        }

        /// Decides a dispute: the provider earns `providerShare` of the fee, and the patient gets the rest back. For its arbiter, with an active
        /// credential. `reasons` is a salted hash of them.
        #[ink(message)]
        #[signed]
        pub fn decide(&mut self, visit_id: H256, provider_share: u16, reasons: H256) -> Result<(), Error> {
            let (arbiter, now) = self.acting();
            let done = escrow::act(self, &visit_id.0, Step::Decide, &arbiter, now, provider_share)?;
            self.env().emit_event(DisputeDecided {
                visit_id,
                arbiter,
                provider_share,
                reasons,
            });
            self.emit_closed(&visit_id, &done);
            Ok(())
        }

        /// Does what a deadline that has passed demands. For anybody.
        ///
        /// A visit that was not confirmed, or of which nobody said in time how it ended, is paid back. What was claimed and not contested
        /// stands. A dispute that the arbiter did not decide is divided as the terms say.
        #[ink(message)]
        pub fn settle(&mut self, visit_id: H256) -> Result<(), Error> {
            self.close(&visit_id, Step::Settle)
        }

        /// Sends whoever acts all that is theirs in the ERC-20 `token`, or, as the zero address, in native coin.
        ///
        /// @return amount how much that was, in the token's smallest unit
        #[ink(message)]
        #[signed]
        pub fn withdraw(&mut self, token: Address) -> Result<U256, Error> {
            let account = self.env().actor();
            let amount = escrow::withdraw(self, &account, &token)?;
            money::pay(&token, &account, amount)?;
            self.env().emit_event(Withdrawn { account, token, amount });
            Ok(amount)
        }

        /// The identifier that a patient's booking has or would have.
        #[ink(message, name = "visitIdOf")]
        pub fn visit_id_of(&self, patient: Address, booking: Booking) -> Result<H256, Error> {
            Ok(H256(self.visit_id(&patient, &to_core(&booking)?)))
        }

        /// The identifier that a patient's series has or would have, if these bookings are one.
        #[ink(message, name = "seriesIdOf")]
        pub fn series_id_of(&self, patient: Address, bookings: Vec<Booking>) -> Result<H256, Error> {
            let bookings = all_to_core(&bookings)?;
            let visits = bookings.iter().map(|booking| self.visit_id(&patient, booking));
            Ok(H256(self.series_id(&visits.collect::<Vec<_>>())))
        }

        /// One visit.
        ///
        /// @return patient who booked it and pays
        /// @return provider who gives it
        /// @return arbiter who decides if the two do not agree
        /// @return token the ERC-20 token of the fee; the zero address is the native coin
        /// @return fee in the token's smallest unit
        /// @return startTime when it begins
        /// @return endTime when it ends
        /// @return confirmBy the second from which the provider can no longer confirm it
        /// @return deadline the second from which a claim can no longer be contested, or a dispute no longer be decided; 0 without
        /// @return termsVersion which of the provider's terms it is under
        /// @return platformFee what the platform keeps of what the provider earns
        /// @return status how far it has come
        #[ink(message)]
        #[allow(clippy::type_complexity, reason = "Solidity's ABI has no named fields")]
        pub fn visit(
            &self,
            visit_id: H256,
        ) -> Result<
            (
                Address,
                Address,
                Address,
                Address,
                U256,
                u64,
                u64,
                u64,
                u64,
                u32,
                u16,
                u8,
            ),
            Error,
        > {
            let visit = self.known(&visit_id)?;
            Ok((
                visit.patient,
                visit.provider,
                visit.arbiter,
                visit.token,
                visit.fee,
                visit.start_time,
                visit.end_time,
                visit.confirm_by,
                visit.deadline,
                visit.terms_version,
                visit.platform_fee,
                visit.status as u8,
            ))
        }

        /// What else is known of a visit.
        ///
        /// @return role in which the provider needs a credential; 255 if in none
        /// @return record whether the provider has to anchor a record
        /// @return subject whose consent has to be in force for the provider; zero if nobody's
        /// @return startedBy who said that it began: 0 nobody, 1 the patient, 2 the provider
        /// @return outcome the status that it would end in by the last claim; 0 without a claim
        /// @return claimedBy whose claim that is, numbered as `startedBy`
        #[ink(message, name = "progressOf")]
        pub fn progress_of(&self, visit_id: H256) -> Result<(u8, bool, H256, u8, u8, u8), Error> {
            let visit = self.known(&visit_id)?;
            let (outcome, claimed_by) = visit.claim.map_or((0, 0), |(claim, side)| (claim as u8, side as u8));
            Ok((
                visit.conditions.role.map_or(NO_ROLE, Role::bit),
                visit.conditions.record,
                H256(visit.conditions.subject),
                Side::number(visit.started_by),
                outcome,
                claimed_by,
            ))
        }

        /// The number of a provider's terms now; 0 if there are none.
        #[ink(message, name = "termsVersion")]
        pub fn terms_version_of(&self, provider: Address) -> u32 {
            Storage::terms_version(self, &provider)
        }

        /// A provider's terms under a number, as in `setTerms`; all zero if there are none.
        ///
        /// @return notices seconds before the beginning, of each step
        /// @return refunds what a patient gets back by each step
        /// @return grace in seconds
        /// @return noShowShare what the provider earns of a patient who does not come
        /// @return claimWindow in seconds
        /// @return objectionWindow in seconds
        /// @return decisionWindow in seconds
        /// @return defaultShare what the provider earns if the arbiter is silent
        #[ink(message, name = "termsOf")]
        #[allow(clippy::type_complexity, reason = "Solidity's ABI has no named fields")]
        pub fn terms_of(&self, provider: Address, version: u32) -> (Vec<u32>, Vec<u16>, u32, u16, u32, u32, u32, u16) {
            let Some(terms) = Storage::terms(self, &provider, version) else {
                return Default::default();
            };
            let steps = || terms.refunds.iter().take_while(|step| **step != RefundStep::default());
            (
                steps().map(|step| step.notice).collect(),
                steps().map(|step| step.refund).collect(),
                terms.grace,
                terms.no_show_share,
                terms.claim_window,
                terms.objection_window,
                terms.decision_window,
                terms.default_share,
            )
        }

        /// What a provider's service costs in a token, by the list; 0 if it is not offered in it.
        #[ink(message, name = "feeOf")]
        pub fn fee_of(&self, provider: Address, service: H256, token: Address) -> U256 {
            FEES.get(&(provider, service, token, 1))
        }

        /// What each of `visits` visits of a provider's service costs that are booked together in a token; 0 if it is what it costs by itself.
        #[ink(message, name = "seriesFeeOf")]
        pub fn series_fee_of(&self, provider: Address, service: H256, token: Address, visits: u32) -> U256 {
            FEES.get(&(provider, service, token, visits))
        }

        /// What a provider's service costs one patient in a token, if it was quoted.
        ///
        /// @return fee in the token's smallest unit
        /// @return validUntil the last second in which it can be booked at it; 0 if it was not quoted
        #[ink(message, name = "quoteOf")]
        pub fn quote_of(&self, provider: Address, patient: Address, service: H256, token: Address) -> (U256, u64) {
            QUOTES.get(&(provider, patient, service.0, token)).unwrap_or_default()
        }

        /// A hash of when a provider can be booked; zero if the provider published none.
        #[ink(message, name = "availabilityOf")]
        pub fn availability_of(&self, provider: Address) -> H256 {
            H256(AVAILABILITIES.get(&provider).unwrap_or_default())
        }

        /// What `account` can withdraw in `token`, in its smallest unit.
        #[ink(message)]
        pub fn withdrawable(&self, account: Address, token: Address) -> U256 {
            Storage::withdrawable(self, &account, &token)
        }

        /// The sums of all that happened to `token`: what was paid in is what was paid out and what is held. The contract's own
        /// balance of the token is at least what is held; it is more if somebody sent tokens without being asked.
        ///
        /// @return paidIn all fees that were put in escrow
        /// @return paidOut all that was withdrawn
        /// @return held fees in escrow and what waits to be withdrawn
        #[ink(message)]
        pub fn totals(&self, token: Address) -> (U256, U256, U256) {
            let books = self.books(&token);
            (books.paid_in, books.paid_out, books.held())
        }

        /// What the contract was created with.
        ///
        /// @return consent the contract that is asked about consents
        /// @return credentials the contract that is asked about credentials
        /// @return records the contract that is asked about records
        /// @return arbiterRole the role of arbiters
        #[ink(message)]
        pub fn registries(&self) -> (Address, Address, Address, u8) {
            let fixed = Fixed::load();
            (
                fixed.consent,
                fixed.credentials,
                fixed.records,
                fixed.arbiter_role.bit(),
            )
        }

        /// Announces what the platform keeps of what providers earn of visits that are booked in seven days and later: at most a tenth, for
        /// `collector`; nothing for the zero address. For the owner.
        ///
        /// @return effectiveAt from which second on it counts
        #[ink(message, name = "announcePlatformFee")]
        pub fn announce_platform_fee(&mut self, fee: u16, collector: Address) -> Result<u64, Error> {
            let (caller, now) = (self.env().caller(), self.env().block_timestamp());
            self.ownership().only_owner(&caller.0).map_err(Refused::from)?;
            let effective_at = escrow::announce_platform_fee(self, PlatformFee { fee, collector }, now)?;
            self.env().emit_event(PlatformFeeAnnounced {
                fee,
                collector,
                effective_at,
            });
            Ok(effective_at)
        }

        /// What the platform keeps.
        ///
        /// @return fee of what a provider earns of a visit that is booked now
        /// @return collector whose it is
        /// @return nextFee what was announced last
        /// @return nextCollector whose that is
        /// @return effectiveAt from which second on that counts
        #[ink(message, name = "platformFee")]
        pub fn platform_fee_now(&self) -> (u16, Address, u16, Address, u64) {
            let change = Storage::platform_fee(self);
            let now = change.at(self.env().block_timestamp());
            (
                now.fee,
                now.collector,
                change.after.fee,
                change.after.collector,
                change.effective_at,
            )
        }

        /// Who may announce what the platform keeps.
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
            let offered = self.ownership().offer(&previous_owner.0, &new_owner.0);
            self.set_ownership(&offered.map_err(Refused::from)?);
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
            let before = self.ownership();
            self.set_ownership(&before.accept(&new_owner.0).map_err(Refused::from)?);
            self.env().emit_event(OwnershipTransferred {
                previous_owner: before.owner.into(),
                new_owner,
            });
            Ok(())
        }

        /// Carries out what `signer` has signed, whoever sends it.
        ///
        /// `call` is the call of a message that one of the two sides or an arbiter sends, from `setQuote` and `confirm` to `withdraw`. What is
        /// signed is typed data (EIP-712) in the domain of `eip712Domain`: of a type that has the message's name with a capital, its
        /// parameters, `uint256 nonce` and `uint256 deadline`. A nonce is used once; they need no order. `v` is 27 or 28 for a signature by
        /// secp256k1; else it is the public key of sr25519, and what is signed is the digest between `<Bytes>` and `</Bytes>`. It returns what
        /// the message returns.
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

        #[inline(never)]
        fn act(&mut self, visit_id: &H256, step: Step) -> Result<Done, Error> {
            let (actor, now) = self.acting();
            Ok(escrow::act(self, &visit_id.0, step, &actor, now, 0)?)
        }

        #[inline(never)]
        fn close(&mut self, visit_id: &H256, step: Step) -> Result<(), Error> {
            let done = self.act(visit_id, step)?;
            self.emit_closed(visit_id, &done);
            Ok(())
        }

        #[inline(never)]
        fn book_paid(&mut self, patient: &Address, booking: Booking, payment: &Payment<'_>) -> Result<H256, Error> {
            let now = self.env().block_timestamp();
            let visit_id = H256(escrow::book(self, patient, &to_core(&booking)?, now)?);
            self.emit_requested(&visit_id, patient, &booking);
            money::take(&visit_id, patient, &booking.token, booking.fee, payment)?;
            self.emit_funded(&visit_id, booking.token, booking.fee);
            Ok(visit_id)
        }

        #[inline(never)]
        fn book_series_paid(
            &mut self,
            patient: &Address,
            bookings: &[Booking],
            payment: &Payment<'_>,
        ) -> Result<(H256, Vec<H256>), Error> {
            let now = self.env().block_timestamp();
            let (id, visits, series) = escrow::book_series(self, patient, &all_to_core(bookings)?, now)?;
            let series_id = H256(id);
            money::take(&series_id, patient, &series.token, series.total, payment)?;
            let visit_ids: Vec<H256> = visits.into_iter().map(H256).collect();
            for (visit_id, booking) in visit_ids.iter().zip(bookings) {
                self.emit_requested(visit_id, patient, booking);
                self.emit_funded(visit_id, booking.token, booking.fee);
            }
            self.env().emit_event(SeriesBooked {
                series_id,
                patient: *patient,
                provider: series.provider,
                visit_ids: visit_ids.clone(),
            });
            Ok((series_id, visit_ids))
        }

        #[inline(never)]
        fn emit_requested(&self, visit_id: &H256, patient: &Address, booking: &Booking) {
            self.env().emit_event(VisitRequested {
                visit_id: *visit_id,
                patient: *patient,
                provider: booking.provider,
                service: booking.service,
                token: booking.token,
                fee: booking.fee,
                terms_version: booking.terms_version,
                start_time: booking.start_time,
                end_time: booking.end_time,
                confirm_by: booking.confirm_by,
                arbiter: booking.arbiter,
                details_hash: booking.details_hash,
            });
        }

        #[inline(never)]
        fn emit_funded(&self, visit_id: &H256, token: Address, fee: U256) {
            self.env().emit_event(VisitFunded {
                visit_id: *visit_id,
                token,
                fee,
            });
        }

        /// What was claimed; or, if that was against the one who said it, the end.
        #[inline(never)]
        fn emit_claimed(&self, visit_id: &H256, done: &Done, evidence: H256) {
            match done.visit.claim {
                Some((outcome, _)) if done.split.is_none() => self.env().emit_event(OutcomeClaimed {
                    visit_id: *visit_id,
                    claimed_by: self.env().actor(),
                    outcome: outcome as u8,
                    contest_by: done.visit.deadline,
                    evidence,
                }),
                _ => self.emit_closed(visit_id, done),
            }
        }

        #[inline(never)]
        fn emit_closed(&self, visit_id: &H256, done: &Done) {
            let split = done.split.unwrap_or_default();
            self.env().emit_event(VisitClosed {
                visit_id: *visit_id,
                status: done.visit.status as u8,
                closed_by: self.env().actor(),
                to_patient: split.to_patient,
                to_provider: split.to_provider,
                to_platform: split.to_platform,
            });
        }

        fn known(&self, visit_id: &H256) -> Result<Visit, Error> {
            Storage::visit(self, &visit_id.0).ok_or_else(|| refuse(Error::UnknownVisit { visit_id: *visit_id }))
        }

        #[inline(never)]
        fn ownership(&self) -> Ownership {
            let (owner, pending) = OWNERSHIP.get(&[]).unwrap_or_default();
            Ownership { owner, pending }
        }

        #[inline(never)]
        fn set_ownership(&mut self, ownership: &Ownership) {
            OWNERSHIP.set(&[], &(ownership.owner, ownership.pending));
        }
    }

    #[inline(never)]
    fn to_core(booking: &Booking) -> Result<CoreBooking, Error> {
        booking.rules().map_err(|role| refuse(Error::UnknownRole { role }))
    }

    fn all_to_core(bookings: &[Booking]) -> Result<Vec<CoreBooking>, Error> {
        bookings.iter().map(to_core).collect()
    }

    fn schedule(notices: &[u32], refunds: &[u16]) -> Result<[RefundStep; REFUND_STEPS], Error> {
        if notices.len() != refunds.len() || notices.len() > REFUND_STEPS {
            return Err(refuse(Error::InvalidSchedule {
                notices: count(notices.len()),
                refunds: count(refunds.len()),
            }));
        }
        let mut steps = [RefundStep::default(); REFUND_STEPS];
        for (step, (notice, refund)) in steps.iter_mut().zip(notices.iter().zip(refunds)) {
            *step = RefundStep {
                notice: *notice,
                refund: *refund,
            };
        }
        Ok(steps)
    }

    /// A call has fewer than 2^32 bytes.
    fn count(items: usize) -> u32 {
        u32::try_from(items).unwrap_or(u32::MAX)
    }

    impl Storage for Telehealth {
        type Refusal = Refused;

        #[inline(never)]
        fn visit_id(&self, patient: &Address, booking: &CoreBooking) -> [u8; 32] {
            let chain = chain_id().to_big_endian();
            visit_id(&chain, &salus_host::address(), patient, booking, keccak256)
        }

        fn series_id(&self, visits: &[[u8; 32]]) -> [u8; 32] {
            series_id(visits, keccak256)
        }

        #[inline(never)]
        fn visit(&self, id: &[u8; 32]) -> Option<Visit> {
            VISITS.get(id).and_then(load_visit)
        }

        #[inline(never)]
        fn set_visit(&mut self, id: &[u8; 32], visit: &Visit) {
            VISITS.set(id, &store_visit(visit));
        }

        fn terms_version(&self, provider: &Address) -> u32 {
            TERMS_VERSIONS.get(provider).unwrap_or_default()
        }

        fn set_terms_version(&mut self, provider: &Address, version: u32) {
            TERMS_VERSIONS.set(provider, &version);
        }

        #[inline(never)]
        fn terms(&self, provider: &Address, version: u32) -> Option<Terms> {
            TERMS.get(&(*provider, version)).map(load_terms)
        }

        fn set_terms(&mut self, provider: &Address, version: u32, terms: &Terms) {
            TERMS.set_unread(&(*provider, version), &store_terms(terms));
        }

        fn fee(&self, provider: &Address, service: &[u8; 32], token: &Address, visits: u32) -> U256 {
            FEES.get(&(*provider, H256(*service), *token, visits))
        }

        fn quote(&self, provider: &Address, patient: &Address, service: &[u8; 32], token: &Address) -> Option<Quote> {
            QUOTES.get(&(*provider, *patient, *service, *token)).map(load_quote)
        }

        #[inline(never)]
        fn platform_fee(&self) -> FeeChange {
            PLATFORM.get(&[]).map(load_platform).unwrap_or_default()
        }

        fn set_platform_fee(&mut self, change: &FeeChange) {
            PLATFORM.set(&[], &store_platform(change));
        }

        fn withdrawable(&self, account: &Address, token: &Address) -> U256 {
            WITHDRAWABLE.get(&(*account, *token))
        }

        fn set_withdrawable(&mut self, account: &Address, token: &Address, amount: U256) {
            WITHDRAWABLE.set(&(*account, *token), &amount);
        }

        #[inline(never)]
        fn books(&self, token: &Address) -> Books {
            BOOKS.get(token).map(load_books).unwrap_or_default()
        }

        #[inline(never)]
        fn set_books(&mut self, token: &Address, books: &Books) {
            let stored = (books.paid_in, books.paid_out, books.escrowed, books.owed);
            BOOKS.set(token, &stored);
        }
    }

    impl Registries for Telehealth {
        fn arbiter_role(&self) -> Role {
            Fixed::load().arbiter_role
        }

        fn is_active_at(&self, holder: &Address, role: Role, time: u64) -> bool {
            registries::is_active_at(holder, role, time)
        }

        fn record(&self, id: &[u8; 32]) -> Option<(Address, u64)> {
            registries::record(id)
        }

        fn has_consent(&self, subject: &[u8; 32], grantee: &Address) -> bool {
            registries::has_consent(subject, grantee)
        }
    }
}
