//! Access beside consent: requests for it, emergencies with veto and review, anchored logs.

mod authorization;

use alloy_core::primitives::{Address, B256};
use salus_core::{
    access::{
        emergency::{Outcome, Safeguards, Status},
        log::{Batch, Proof},
        request,
    },
    codes::{Purpose, Role},
    hash::Hash,
};

pub use authorization::Authorization;

use super::{Contract, ContractError, NOBODY};
use crate::{
    chain::{AtBlock, Chain, Receipt, SubmitOptions},
    keystore::SigningKey,
};

alloy_core::sol!(
    #[allow(
        missing_docs,
        clippy::too_many_arguments,
        reason = "generated from the ABI, which the contract documents"
    )]
    #[derive(Debug, PartialEq, Eq)]
    IAccess,
    "../contracts/artifacts/access.abi.json"
);

/// The contract of access on a chain.
#[derive(Debug, Clone)]
pub struct Access(Contract);

/// A request for access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccessRequest {
    /// Whose data it is about.
    pub subject: B256,
    /// Who asked.
    pub requester: Address,
    /// To what was asked for, see [`request::request_commitment`].
    pub commitment: B256,
    /// The last second in which it can be answered.
    pub until: u64,
    /// What became of it.
    pub status: request::Status,
    /// The consent that it was answered with; zero if with none.
    pub consent_id: B256,
}

/// What somebody demands in an emergency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Emergency {
    /// Whose data.
    pub subject: B256,
    /// As what; the signer has an active credential in this role.
    pub role: Role,
    /// Why: `ETREAT` or `BTG`.
    pub purpose: Purpose,
    /// Who will review it.
    pub reviewer: Address,
    /// A salted hash of what shows the emergency.
    pub evidence: B256,
    /// For how many seconds.
    pub duration: u64,
}

/// An emergency access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EmergencyAccess {
    /// What was demanded. Its duration is what was left of it, if its actor ended it early.
    pub emergency: Emergency,
    /// Who demanded it.
    pub actor: Address,
    /// The first second in which it is open.
    pub opens_at: u64,
    /// The first second in which it is open no more.
    pub ends_at: u64,
    /// The first second in which its review is overdue.
    pub review_by: u64,
    /// How far it has come.
    pub status: Status,
    /// What its review came to.
    pub outcome: Outcome,
}

impl Access {
    /// Its name in address books.
    pub const NAME: &'static str = "access";

    /// The contract at an address.
    pub fn new(chain: Chain, address: Address) -> Self {
        Self(Contract::new(Self::NAME, chain, address))
    }

    /// The same at one block, see [`Contract::at`].
    #[must_use]
    pub fn at(&self, block: &AtBlock) -> Self {
        Self(self.0.at(block))
    }

    /// The contract, for calls that have no method here.
    pub fn contract(&self) -> &Contract {
        &self.0
    }

    /// Asks for access to a subject's data, until a second; answers the request's identifier.
    pub async fn request(
        &self,
        key: &SigningKey,
        subject: B256,
        commitment: B256,
        until: u64,
        options: SubmitOptions,
    ) -> Result<(B256, Receipt), ContractError> {
        let call = IAccess::requestAccessCall {
            subject,
            commitment,
            until,
        };
        let receipt = self.0.send(key, &call, options).await?;
        let requested: IAccess::AccessRequested = self.0.event(&receipt)?;
        Ok((requested.requestId, receipt))
    }

    /// Answers a request: with a consent, or with no. The signer has to control the subject, or be a delegate who may answer.
    pub async fn answer(
        &self,
        key: &SigningKey,
        request_id: B256,
        consent_id: Option<B256>,
        options: SubmitOptions,
    ) -> Result<Receipt, ContractError> {
        match consent_id {
            Some(consent_id) => {
                let call = IAccess::approveRequestCall {
                    requestId: request_id,
                    consentId: consent_id,
                };
                self.0.send(key, &call, options).await
            }
            None => {
                let call = IAccess::refuseRequestCall { requestId: request_id };
                self.0.send(key, &call, options).await
            }
        }
    }

    /// Takes a request back. The signer has to be who asked.
    pub async fn withdraw(
        &self,
        key: &SigningKey,
        request_id: B256,
        options: SubmitOptions,
    ) -> Result<Receipt, ContractError> {
        let call = IAccess::withdrawRequestCall { requestId: request_id };
        self.0.send(key, &call, options).await
    }

    /// A request; `None` if there is none.
    pub async fn request_of(&self, request_id: B256) -> Result<Option<AccessRequest>, ContractError> {
        let call = IAccess::requestOfCall { requestId: request_id };
        let found = self.0.ask(NOBODY, &call).await?;
        let status = request::Status::from_number(found.status)
            .ok_or_else(|| self.0.unknown("requestOf", format!("the status {}", found.status)))?;
        Ok((status != request::Status::None).then_some(AccessRequest {
            subject: found.subject,
            requester: found.requester,
            commitment: found.commitment,
            until: found.until,
            status,
            consent_id: found.consentId,
        }))
    }

    /// The request of somebody for a subject that waits for an answer.
    pub async fn open_request(&self, subject: B256, requester: Address) -> Result<Option<B256>, ContractError> {
        let call = IAccess::openRequestCall { subject, requester };
        let id = self.0.ask(NOBODY, &call).await?;
        Ok(Some(id).filter(|id| !id.is_zero()))
    }

    /// Sets how many seconds emergency accesses to a subject wait for a veto. The signer has to control the subject.
    pub async fn set_veto_window(
        &self,
        key: &SigningKey,
        subject: B256,
        seconds: u64,
        options: SubmitOptions,
    ) -> Result<Receipt, ContractError> {
        let call = IAccess::setVetoWindowCall {
            subject,
            vetoWindow: seconds,
        };
        self.0.send(key, &call, options).await
    }

    /// Sets whose signature opens emergency accesses to a subject at once; the zero address: nobody's. The signer has to control the
    /// subject.
    pub async fn set_emergency_key(
        &self,
        key: &SigningKey,
        subject: B256,
        emergency_key: Address,
        options: SubmitOptions,
    ) -> Result<Receipt, ContractError> {
        let call = IAccess::setEmergencyKeyCall {
            subject,
            emergencyKey: emergency_key,
        };
        self.0.send(key, &call, options).await
    }

    /// What is arranged for emergencies of a subject.
    pub async fn safeguards(&self, subject: B256) -> Result<Safeguards, ContractError> {
        let found = self.0.ask(NOBODY, &IAccess::safeguardsOfCall { subject }).await?;
        Ok(Safeguards {
            veto_window: found.vetoWindow,
            emergency_key: found.emergencyKey.into(),
        })
    }

    /// Opens an emergency access, at once or after the subject's veto window; answers its identifier.
    pub async fn break_glass(
        &self,
        key: &SigningKey,
        emergency: &Emergency,
        options: SubmitOptions,
    ) -> Result<(B256, Receipt), ContractError> {
        let call = IAccess::breakGlassCall {
            subject: emergency.subject,
            role: emergency.role.bit(),
            purpose: emergency.purpose.bit(),
            reviewer: emergency.reviewer,
            evidence: emergency.evidence,
            duration: emergency.duration,
        };
        let receipt = self.0.send(key, &call, options).await?;
        let broken: IAccess::GlassBroken = self.0.event(&receipt)?;
        Ok((broken.accessId, receipt))
    }

    /// Opens an emergency access at once, by what the subject's emergency key signed for the signer; answers its identifier.
    pub async fn break_glass_with_key(
        &self,
        key: &SigningKey,
        emergency: &Emergency,
        authorization: &Authorization,
        options: SubmitOptions,
    ) -> Result<(B256, Receipt), ContractError> {
        let call = IAccess::breakGlassWithKeyCall {
            subject: emergency.subject,
            role: emergency.role.bit(),
            purpose: emergency.purpose.bit(),
            reviewer: emergency.reviewer,
            evidence: emergency.evidence,
            duration: emergency.duration,
            nonce: authorization.nonce,
            deadline: authorization.deadline,
            v: authorization.v,
            r: authorization.r,
            s: authorization.s,
        };
        let receipt = self.0.send(key, &call, options).await?;
        let broken: IAccess::GlassBroken = self.0.event(&receipt)?;
        Ok((broken.accessId, receipt))
    }

    /// Stops an emergency access in its veto window. The signer has to control the subject, or be a delegate who may veto.
    pub async fn veto(
        &self,
        key: &SigningKey,
        access_id: B256,
        options: SubmitOptions,
    ) -> Result<Receipt, ContractError> {
        self.0
            .send(key, &IAccess::vetoCall { accessId: access_id }, options)
            .await
    }

    /// Ends an open emergency access. The signer has to be its actor.
    pub async fn end(
        &self,
        key: &SigningKey,
        access_id: B256,
        options: SubmitOptions,
    ) -> Result<Receipt, ContractError> {
        let call = IAccess::endAccessCall { accessId: access_id };
        self.0.send(key, &call, options).await
    }

    /// Reviews an emergency access that has ended. The signer has to be its reviewer, or, long after, another one.
    pub async fn review(
        &self,
        key: &SigningKey,
        access_id: B256,
        outcome: Outcome,
        options: SubmitOptions,
    ) -> Result<Receipt, ContractError> {
        let call = IAccess::reviewCall {
            accessId: access_id,
            outcome: outcome as u8,
        };
        self.0.send(key, &call, options).await
    }

    /// Whether an actor has an open emergency access to a subject.
    pub async fn is_open(&self, subject: B256, actor: Address) -> Result<bool, ContractError> {
        self.0.ask(NOBODY, &IAccess::isOpenCall { subject, actor }).await
    }

    /// An emergency access; `None` if there is none.
    pub async fn access(&self, access_id: B256) -> Result<Option<EmergencyAccess>, ContractError> {
        let found = self
            .0
            .ask(NOBODY, &IAccess::accessOfCall { accessId: access_id })
            .await?;
        let status = Status::from_number(found.status);
        if status == Some(Status::None) {
            return Ok(None);
        }
        let known = || {
            Some(EmergencyAccess {
                emergency: Emergency {
                    subject: found.subject,
                    role: Role::from_bit(found.role)?,
                    purpose: Purpose::from_bit(found.purpose)?,
                    reviewer: found.reviewer,
                    evidence: found.evidence,
                    duration: found.endsAt.saturating_sub(found.opensAt),
                },
                actor: found.actor,
                opens_at: found.opensAt,
                ends_at: found.endsAt,
                review_by: found.reviewBy,
                status: status?,
                outcome: Outcome::from_number(found.outcome)?,
            })
        };
        let access = known().ok_or_else(|| self.0.unknown("accessOf", format!("{found:?}")))?;
        Ok(Some(access))
    }

    /// The emergency accesses of an actor that were not reviewed, eight at most.
    pub async fn unreviewed(&self, actor: Address) -> Result<Vec<B256>, ContractError> {
        self.0.ask(NOBODY, &IAccess::unreviewedOfCall { actor }).await
    }

    /// Anchors a batch of the signer's log of accesses, see [`salus_core::access::log::SortedTree`]; answers its number.
    pub async fn anchor_log(
        &self,
        key: &SigningKey,
        root: B256,
        count: u64,
        from: u64,
        until: u64,
        options: SubmitOptions,
    ) -> Result<(u64, Receipt), ContractError> {
        let call = IAccess::anchorLogCall {
            root,
            count,
            from,
            until,
        };
        let receipt = self.0.send(key, &call, options).await?;
        let anchored: IAccess::LogAnchored = self.0.event(&receipt)?;
        Ok((anchored.batch, receipt))
    }

    /// How many batches an author has anchored.
    pub async fn batch_count(&self, author: Address) -> Result<u64, ContractError> {
        self.0.ask(NOBODY, &IAccess::batchCountCall { author }).await
    }

    /// An author's batch; `None` if there is none.
    pub async fn batch(&self, author: Address, batch: u64) -> Result<Option<Batch>, ContractError> {
        let found = self.0.ask(NOBODY, &IAccess::batchOfCall { author, batch }).await?;
        // No batch is empty.
        Ok((found.count > 0).then_some(Batch {
            root: found.root.0,
            count: found.count,
            from: found.from,
            until: found.until,
            anchored_at: found.anchoredAt,
        }))
    }

    /// Whether a proof holds of an author's batch: that it has the leaf `value`, or that it has not.
    pub async fn holds(&self, author: Address, batch: u64, value: Hash, proof: &Proof) -> Result<bool, ContractError> {
        let words = |proof: &[Hash]| proof.iter().map(|hash| hash.into()).collect();
        match proof {
            Proof::Logged { index, proof } => {
                let call = IAccess::isLoggedCall {
                    author,
                    batch,
                    leaf: value.into(),
                    index: *index,
                    proof: words(proof),
                };
                self.0.ask(NOBODY, &call).await
            }
            Proof::NotLogged { position, left, right } => {
                let (left, right) = (left.clone().unwrap_or_default(), right.clone().unwrap_or_default());
                let call = IAccess::isNotLoggedCall {
                    author,
                    batch,
                    leaf: value.into(),
                    position: *position,
                    left: left.0.into(),
                    leftProof: words(&left.1),
                    right: right.0.into(),
                    rightProof: words(&right.1),
                };
                self.0.ask(NOBODY, &call).await
            }
        }
    }
}
