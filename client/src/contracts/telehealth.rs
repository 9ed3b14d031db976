//! Consultations in escrow.

use std::fmt;

use alloy_core::primitives::{Address, B256, U256};
use serde::Serialize;

use super::{Contract, ContractError, NOBODY};
use crate::{
    chain::{Chain, Receipt, SubmitOptions},
    keystore::SigningKey,
};

alloy_core::sol!(
    #[allow(
        missing_docs,
        clippy::too_many_arguments,
        reason = "generated from the ABI, which the contract documents"
    )]
    #[derive(Debug, PartialEq, Eq)]
    ITelehealth,
    "../contracts/artifacts/telehealth.abi.json"
);

/// The escrow of consultations on a chain.
#[derive(Debug, Clone)]
pub struct Telehealth(Contract);

/// How far a visit has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum VisitStatus {
    /// A patient asked for it.
    Requested,
    /// The fee is in escrow.
    Funded,
    /// The provider agreed to it.
    Confirmed,
    /// It took place, and the fee is the provider's.
    Completed,
    /// One side called it off before it began.
    Cancelled,
    /// The provider did not agree to it.
    Declined,
    /// A deadline passed.
    Expired,
}

impl VisitStatus {
    /// The status with this number in the ABI.
    pub fn from_number(number: u8) -> Option<Self> {
        Some(match number {
            1 => Self::Requested,
            2 => Self::Funded,
            3 => Self::Confirmed,
            4 => Self::Completed,
            5 => Self::Cancelled,
            6 => Self::Declined,
            7 => Self::Expired,
            _ => return None,
        })
    }
}

impl fmt::Display for VisitStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Requested => "requested",
            Self::Funded => "funded",
            Self::Confirmed => "confirmed",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::Declined => "declined",
            Self::Expired => "expired",
        })
    }
}

/// What a patient asks for. Times are seconds since the epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VisitTerms {
    /// Who shall give the consultation, and gets the fee.
    pub provider: Address,
    /// The ERC-20 token of the fee.
    pub token: Address,
    /// The fee, in the token's smallest unit.
    pub fee: U256,
    /// When it begins: until then it can be cancelled, from then on it can be completed.
    pub start_time: u64,
    /// The second from which the provider can no longer confirm: at latest `start_time`.
    pub confirm_by: u64,
    /// A salted hash of what else was agreed.
    pub details_hash: B256,
}

/// One visit. Times are seconds since the epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Visit {
    /// Who asked for it and pays.
    pub patient: Address,
    /// Who gives it and is paid.
    pub provider: Address,
    /// The ERC-20 token of the fee.
    pub token: Address,
    /// The fee, in the token's smallest unit.
    pub fee: U256,
    /// When it begins.
    pub start_time: u64,
    /// The second from which the provider can no longer confirm it.
    pub confirm_by: u64,
    /// The second from which the provider can no longer complete it.
    pub complete_by: u64,
    /// How far it has come.
    pub status: VisitStatus,
    /// A salted hash of what else was agreed.
    pub details_hash: B256,
}

/// What happened to one token in all: `paid_in` is `paid_out` and `held`. In the token's smallest unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// All fees that were put in escrow.
    pub paid_in: U256,
    /// All that was withdrawn.
    pub paid_out: U256,
    /// Fees in escrow and what waits to be withdrawn.
    pub held: U256,
}

/// What a party does with a visit that exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VisitAction {
    /// The patient puts the fee in escrow, having approved the contract for it in the token.
    Fund,
    /// The provider agrees, before the time to confirm is over.
    Confirm,
    /// The provider does not agree.
    Decline,
    /// Patient or provider calls it off, before it begins.
    Cancel,
    /// The provider says that it took place, from its beginning until the time to complete is over.
    Complete,
    /// Anybody ends what was not confirmed or completed in time; the patient gets everything back.
    Expire,
}

impl Telehealth {
    /// Its name in address books.
    pub const NAME: &'static str = "telehealth";

    /// The escrow at an address.
    pub fn new(chain: Chain, address: Address) -> Self {
        Self(Contract::new(Self::NAME, chain, address))
    }

    /// The contract, for calls that have no method here.
    pub fn contract(&self) -> &Contract {
        &self.0
    }

    /// Asks for a consultation; answers its number. The signer is the patient.
    pub async fn request(
        &self,
        key: &SigningKey,
        terms: &VisitTerms,
        options: SubmitOptions,
    ) -> Result<(U256, Receipt), ContractError> {
        let call = ITelehealth::requestVisitCall {
            provider: terms.provider,
            token: terms.token,
            fee: terms.fee,
            startTime: terms.start_time,
            confirmBy: terms.confirm_by,
            detailsHash: terms.details_hash,
        };
        let receipt = self.0.send(key, &call, options).await?;
        let requested: ITelehealth::VisitRequested = self.0.event(&receipt)?;
        Ok((requested.visitId, receipt))
    }

    /// Takes a visit a step further.
    pub async fn act(
        &self,
        key: &SigningKey,
        visit_id: U256,
        action: VisitAction,
        options: SubmitOptions,
    ) -> Result<Receipt, ContractError> {
        let id = visit_id;
        match action {
            VisitAction::Fund => self.0.send(key, &ITelehealth::fundCall { visitId: id }, options).await,
            VisitAction::Confirm => {
                self.0
                    .send(key, &ITelehealth::confirmCall { visitId: id }, options)
                    .await
            }
            VisitAction::Decline => {
                self.0
                    .send(key, &ITelehealth::declineCall { visitId: id }, options)
                    .await
            }
            VisitAction::Cancel => {
                self.0
                    .send(key, &ITelehealth::cancelCall { visitId: id }, options)
                    .await
            }
            VisitAction::Complete => {
                self.0
                    .send(key, &ITelehealth::completeCall { visitId: id }, options)
                    .await
            }
            VisitAction::Expire => {
                self.0
                    .send(key, &ITelehealth::expireCall { visitId: id }, options)
                    .await
            }
        }
    }

    /// Sends the signer all that is theirs in a token; answers how much that was, in its smallest unit.
    pub async fn withdraw(
        &self,
        key: &SigningKey,
        token: Address,
        options: SubmitOptions,
    ) -> Result<(U256, Receipt), ContractError> {
        let receipt = self.0.send(key, &ITelehealth::withdrawCall { token }, options).await?;
        let withdrawn: ITelehealth::Withdrawn = self.0.event(&receipt)?;
        Ok((withdrawn.amount, receipt))
    }

    /// A visit. One that does not exist is a refusal, `UnknownVisit`.
    pub async fn visit(&self, visit_id: U256) -> Result<Visit, ContractError> {
        let found = self
            .0
            .ask(NOBODY, &ITelehealth::visitCall { visitId: visit_id })
            .await?;
        let status = VisitStatus::from_number(found.status)
            .ok_or_else(|| self.0.unknown("visit", format!("the status {}", found.status)))?;
        Ok(Visit {
            patient: found.patient,
            provider: found.provider,
            token: found.token,
            fee: found.fee,
            start_time: found.startTime,
            confirm_by: found.confirmBy,
            complete_by: found.completeBy,
            status,
            details_hash: found.detailsHash,
        })
    }

    /// How many visits were requested. They are numbered from one.
    pub async fn visit_count(&self) -> Result<U256, ContractError> {
        self.0.ask(NOBODY, &ITelehealth::visitCountCall {}).await
    }

    /// What an account can withdraw in a token, in its smallest unit.
    pub async fn withdrawable(&self, account: Address, token: Address) -> Result<U256, ContractError> {
        self.0
            .ask(NOBODY, &ITelehealth::withdrawableCall { account, token })
            .await
    }

    /// The sums of all that happened to a token.
    pub async fn totals(&self, token: Address) -> Result<Totals, ContractError> {
        let sums = self.0.ask(NOBODY, &ITelehealth::totalsCall { token }).await?;
        Ok(Totals {
            paid_in: sums.paidIn,
            paid_out: sums.paidOut,
            held: sums.held,
        })
    }

    /// How many seconds providers have, from the beginning of a consultation, to complete it.
    pub async fn completion_window(&self) -> Result<u64, ContractError> {
        self.0.ask(NOBODY, &ITelehealth::completionWindowCall {}).await
    }
}
