//! Consultations in escrow. The rules are in `salus_core::telehealth`; this is their storage, their ABI, and the movement of
//! tokens that goes with them.
#![cfg_attr(not(feature = "std"), no_std)]

mod error;
mod event;
mod storage;

pub use error::{Error, Refused};
pub use event::{
    VisitCancelled, VisitCompleted, VisitConfirmed, VisitDeclined, VisitExpired, VisitFunded, VisitRequested, Withdrawn,
};

/// Consultations at a distance, paid in any ERC-20 token through escrow.
///
/// A visit goes from requested (1) over funded (2) and confirmed (3) to completed (4), or ends as cancelled (5), declined (6)
/// or expired (7). Its fee is the provider's when it is completed, and the patient's in full in every other end. Nothing is
/// sent to anybody: what is yours waits until you withdraw it. No account has any power over the contract.
///
/// Times are seconds since the epoch; a deadline has passed at its very second. Patients use an account for each
/// relationship, and what a consultation is about stays off chain.
#[ink::contract]
#[allow(
    missing_docs,
    reason = "ink! generates undocumented items here; the builder demands what is in the ABI"
)]
mod telehealth {
    use crate::{
        Error, Refused, VisitCancelled, VisitCompleted, VisitConfirmed, VisitDeclined, VisitExpired, VisitFunded,
        VisitRequested, Withdrawn,
        storage::{BOOKS, COMPLETION_WINDOW, VISIT_COUNT, VISITS, WITHDRAWABLE, load, load_books, store},
    };
    use ink::{H256, U256, sol::refuse};
    use salus_core::telehealth::{
        Action, MAX_COMPLETION_WINDOW, Money, Status, Terms, Transition, Visit,
        escrow::{self, Books, Storage},
        is_valid_completion_window,
    };
    use salus_env::erc20;

    /// The state is in the slots of `storage`.
    #[ink(storage)]
    pub struct Telehealth {}

    impl Telehealth {
        /// Providers have `completionWindow` seconds from the beginning of a consultation to complete it, at most thirty days.
        /// After that the patient gets the fee back.
        #[ink(constructor)]
        pub fn new(completion_window: u64) -> Result<Self, Error> {
            if !is_valid_completion_window(completion_window) {
                return Err(refuse(Error::InvalidCompletionWindow {
                    completion_window,
                    limit: MAX_COMPLETION_WINDOW,
                }));
            }
            COMPLETION_WINDOW.set(&completion_window);
            Ok(Self {})
        }

        /// Asks `provider` for a consultation from `startTime` on, for `fee` in the ERC-20 `token`. The caller is the patient.
        /// The provider can confirm it until `confirmBy`, which is not after `startTime`. `detailsHash` is a salted hash of
        /// what else was agreed.
        ///
        /// @return visitId the visit's number
        #[ink(message, name = "requestVisit")]
        pub fn request_visit(
            &mut self,
            provider: Address,
            token: Address,
            fee: U256,
            start_time: u64,
            confirm_by: u64,
            details_hash: H256,
        ) -> Result<U256, Error> {
            let patient = self.env().caller();
            let terms = Terms {
                provider,
                token,
                fee,
                start_time,
                confirm_by,
                details_hash: details_hash.0,
            };
            let now = self.env().block_timestamp();
            let window = self.completion_window();
            let (visit_id, visit) = escrow::request(self, patient, &terms, now, window)?;
            self.env().emit_event(VisitRequested {
                visit_id,
                patient,
                provider,
                token,
                fee,
                start_time,
                confirm_by,
                complete_by: visit.complete_by,
                details_hash,
            });
            Ok(visit_id)
        }

        /// Puts the fee in escrow. The caller is the patient, who has approved this contract for the fee in the token before.
        /// Tokens that keep a part of what they move are refused; tokens whose balances change by themselves do not fit here.
        #[ink(message)]
        pub fn fund(&mut self, visit_id: U256) -> Result<(), Error> {
            let (visit, _) = self.act(visit_id, Action::Fund)?;
            self.take_fee(&visit)?;
            self.env().emit_event(VisitFunded {
                visit_id,
                token: visit.token,
                fee: visit.fee,
            });
            Ok(())
        }

        /// Agrees to a funded visit. The caller is the provider, before the time to confirm is over.
        #[ink(message)]
        pub fn confirm(&mut self, visit_id: U256) -> Result<(), Error> {
            self.act(visit_id, Action::Confirm)?;
            self.env().emit_event(VisitConfirmed { visit_id });
            Ok(())
        }

        /// Does not agree to a visit. The caller is the provider, who has not confirmed it.
        #[ink(message)]
        pub fn decline(&mut self, visit_id: U256) -> Result<(), Error> {
            let refunded = self.act_for_refund(visit_id, Action::Decline)?;
            self.env().emit_event(VisitDeclined { visit_id, refunded });
            Ok(())
        }

        /// Calls a visit off. The caller is the patient or the provider, before it begins.
        #[ink(message)]
        pub fn cancel(&mut self, visit_id: U256) -> Result<(), Error> {
            let refunded = self.act_for_refund(visit_id, Action::Cancel)?;
            self.env().emit_event(VisitCancelled {
                visit_id,
                cancelled_by: self.env().caller(),
                refunded,
            });
            Ok(())
        }

        /// Says that a confirmed visit took place. The caller is the provider, from its beginning until the time to complete is
        /// over. The fee can then be withdrawn by the provider.
        #[ink(message)]
        pub fn complete(&mut self, visit_id: U256) -> Result<(), Error> {
            let (visit, _) = self.act(visit_id, Action::Complete)?;
            self.env().emit_event(VisitCompleted {
                visit_id,
                released: visit.fee,
            });
            Ok(())
        }

        /// Ends a visit that was not confirmed or not completed in time. Anybody may call this; the patient gets everything back.
        #[ink(message)]
        pub fn expire(&mut self, visit_id: U256) -> Result<(), Error> {
            let refunded = self.act_for_refund(visit_id, Action::Expire)?;
            self.env().emit_event(VisitExpired { visit_id, refunded });
            Ok(())
        }

        /// Sends the caller all that is theirs in `token`.
        ///
        /// @return amount how much that was, in the token's smallest unit
        #[ink(message)]
        pub fn withdraw(&mut self, token: Address) -> Result<U256, Error> {
            let account = self.env().caller();
            let amount = escrow::withdraw(self, &account, &token)?;
            erc20::transfer(&token, &account, amount).map_err(|failure| Error::of_token(token, failure))?;
            self.env().emit_event(Withdrawn { account, token, amount });
            Ok(amount)
        }

        /// One visit. Its status is a number as in the description of the contract.
        ///
        /// @return patient who asked for it and pays
        /// @return provider who gives it and is paid
        /// @return token the ERC-20 token of the fee
        /// @return fee in the token's smallest unit
        /// @return startTime when it begins
        /// @return confirmBy the second from which the provider can no longer confirm it
        /// @return completeBy the second from which the provider can no longer complete it
        /// @return status how far it has come
        /// @return detailsHash a salted hash of what else was agreed
        #[ink(message)]
        #[allow(
            clippy::type_complexity,
            reason = "several return values have no name for all of them"
        )]
        pub fn visit(
            &self,
            visit_id: U256,
        ) -> Result<(Address, Address, Address, U256, u64, u64, u64, u8, H256), Error> {
            let visit = Storage::visit(self, &visit_id).ok_or_else(|| refuse(Error::UnknownVisit { visit_id }))?;
            Ok((
                visit.patient,
                visit.provider,
                visit.token,
                visit.fee,
                visit.start_time,
                visit.confirm_by,
                visit.complete_by,
                visit.status as u8,
                H256(visit.details_hash),
            ))
        }

        /// How many visits were requested. They are numbered from one.
        #[ink(message, name = "visitCount")]
        pub fn visit_count(&self) -> U256 {
            Storage::visit_count(self)
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

        /// How many seconds providers have, from the beginning of a consultation, to complete it.
        #[ink(message, name = "completionWindow")]
        pub fn completion_window(&self) -> u64 {
            COMPLETION_WINDOW.get().unwrap_or_default()
        }

        fn act(&mut self, visit_id: U256, action: Action) -> Result<(Visit, Transition), Error> {
            let (caller, now) = (self.env().caller(), self.env().block_timestamp());
            Ok(escrow::act(self, &visit_id, action, &caller, now)?)
        }

        /// Does `action` and answers what the patient gets back.
        fn act_for_refund(&mut self, visit_id: U256, action: Action) -> Result<U256, Error> {
            let (visit, transition) = self.act(visit_id, action)?;
            Ok(match transition.money {
                Money::Refunded => visit.fee,
                _ => U256::zero(),
            })
        }

        /// Takes the fee from the patient, all of it or nothing.
        ///
        /// The books are already written, and pallet-revive lets no callee call back into this contract, so that a hostile token
        /// sees and changes nothing in between.
        fn take_fee(&self, visit: &Visit) -> Result<(), Error> {
            let (token, this) = (visit.token, self.env().address());
            let failed = |failure| Error::of_token(token, failure);
            let before = erc20::balance_of(&token, &this).map_err(failed)?;
            erc20::transfer_from(&token, &visit.patient, &this, visit.fee).map_err(failed)?;
            let after = erc20::balance_of(&token, &this).map_err(failed)?;
            let received = after.checked_sub(before).unwrap_or_default();
            if received != visit.fee {
                return Err(refuse(Error::UnexpectedAmount {
                    token,
                    expected: visit.fee,
                    received,
                }));
            }
            Ok(())
        }
    }

    impl Storage for Telehealth {
        type Refusal = Refused;

        fn visit(&self, id: &U256) -> Option<Visit> {
            VISITS.get(id).and_then(load)
        }

        fn set_visit(&mut self, id: &U256, visit: &Visit) {
            // A visit is requested when it is new, and never again.
            if visit.status == Status::Requested {
                VISITS.set_unread(id, &store(visit));
            } else {
                VISITS.set(id, &store(visit));
            }
        }

        fn visit_count(&self) -> U256 {
            VISIT_COUNT.get()
        }

        fn set_visit_count(&mut self, count: U256) {
            VISIT_COUNT.set(&count);
        }

        fn withdrawable(&self, account: &Address, token: &Address) -> U256 {
            WITHDRAWABLE.get(&(*account, *token))
        }

        fn set_withdrawable(&mut self, account: &Address, token: &Address, amount: U256) {
            WITHDRAWABLE.set(&(*account, *token), &amount);
        }

        fn books(&self, token: &Address) -> Books {
            BOOKS.get(token).map(load_books).unwrap_or_default()
        }

        fn set_books(&mut self, token: &Address, books: &Books) {
            let stored = (books.paid_in, books.paid_out, books.escrowed, books.owed);
            BOOKS.set(token, &stored);
        }
    }
}
