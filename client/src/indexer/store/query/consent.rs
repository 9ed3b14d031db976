//! Subjects and consents.

use alloy_core::primitives::{Address, B256};
use serde::Serialize;

use super::{Columns, Select};
use crate::indexer::store::{Reader, StoreError};

/// Which subjects are wanted.
#[derive(Debug, Clone, Default)]
pub struct SubjectFilter {
    /// This one.
    pub subject: Option<B256>,
    /// Those that this account controls.
    pub controller: Option<Address>,
}

/// A registered subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Subject {
    /// The consent contract.
    pub contract: Address,
    /// The subject: a patient in one relationship.
    pub subject: B256,
    /// Who controls it.
    pub controller: Address,
    /// To whom control is offered.
    pub pending_controller: Option<Address>,
    /// The block in which it was registered.
    pub registered_block: u64,
    /// The block in which it last changed.
    pub changed_block: u64,
}

/// Which consents are wanted.
#[derive(Debug, Clone, Default)]
pub struct ConsentFilter {
    /// This one.
    pub consent_id: Option<B256>,
    /// Those about this subject.
    pub subject: Option<B256>,
    /// Those for this account.
    pub grantee: Option<Address>,
    /// Those that this account granted.
    pub grantor: Option<Address>,
    /// Those of this status: `active`, `superseded`, `revoked` or `entered_in_error`.
    pub status: Option<String>,
}

/// A consent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Consent {
    /// The consent contract.
    pub contract: Address,
    /// The consent.
    pub consent_id: B256,
    /// Whose data it is about.
    pub subject: B256,
    /// To whom it is given.
    pub grantee: Address,
    /// Who granted it: the subject's controller then, or a delegate.
    pub grantor: Address,
    /// To the policy.
    pub commitment: B256,
    /// The first second in force, since the epoch.
    pub valid_from: u64,
    /// The last second in force; none if the end is open.
    pub valid_until: Option<u64>,
    /// Disclosed purposes of use, a bit each; 0 if nothing is disclosed.
    pub purposes: u64,
    /// Disclosed classes of data, a bit each; 0 if nothing is disclosed.
    pub classes: u64,
    /// Purposes of use beyond which it answers no consent, a bit each; none if there is no such limit.
    pub purposes_limit: Option<u64>,
    /// `active`, `superseded`, `revoked` or `entered_in_error`. An active one may be outside its time.
    pub status: String,
    /// The consent that took its place.
    pub successor: Option<B256>,
    /// The block in which it was granted.
    pub granted_block: u64,
    /// The block in which its status last changed.
    pub changed_block: u64,
}

/// A status that a consent came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConsentStep {
    /// The block in which it came to this status.
    pub block: u64,
    /// The block's hash.
    pub block_hash: B256,
    /// The block's time, in milliseconds since the epoch.
    pub timestamp: u64,
    /// The position of the extrinsic in the block.
    pub extrinsic: Option<u64>,
    /// The position of the event among all of the block.
    pub index: u64,
    /// As [`Consent::status`].
    pub status: String,
    /// Who brought it about: the subject's controller then, or a delegate.
    pub actor: Address,
}

impl Reader {
    /// The first `limit` subjects that match, in the order of registration.
    ///
    /// # Errors
    /// [`StoreError`]: the database refuses.
    pub async fn subjects(&mut self, filter: &SubjectFilter, limit: u32) -> Result<Vec<Subject>, StoreError> {
        Select::new("select * from subjects")
            .bytes("subject", filter.subject)
            .bytes("controller", filter.controller)
            .order("registered_block, subject", limit)
            .fetch(self, subject)
            .await
    }

    /// The first `limit` consents that match, in the order of their grants.
    ///
    /// # Errors
    /// [`StoreError`]: the database refuses.
    pub async fn consents(&mut self, filter: &ConsentFilter, limit: u32) -> Result<Vec<Consent>, StoreError> {
        Select::new("select * from consents")
            .bytes("consent_id", filter.consent_id)
            .bytes("subject", filter.subject)
            .bytes("grantee", filter.grantee)
            .bytes("grantor", filter.grantor)
            .text("status", filter.status.as_deref())
            .order("granted_block, consent_id", limit)
            .fetch(self, consent)
            .await
    }

    /// Each status that a consent has had, in their order.
    ///
    /// # Errors
    /// [`StoreError`]: the database refuses.
    pub async fn consent_history(&mut self, contract: Address, consent: B256) -> Result<Vec<ConsentStep>, StoreError> {
        let select = "select h.*, b.hash, b.timestamp, l.extrinsic_index from consent_history as h \
                      join blocks as b on b.number = h.block_number \
                      join raw_logs as l on l.block_number = h.block_number and l.log_index = h.log_index";
        Select::new(select)
            .bytes("h.contract", Some(contract))
            .bytes("h.consent_id", Some(consent))
            // Three at most: granted, superseded, entered in error.
            .order("h.block_number, h.log_index", 3)
            .fetch(self, step)
            .await
    }
}

fn step(row: &Columns<'_>) -> Result<ConsentStep, sqlx::Error> {
    Ok(ConsentStep {
        block: row.number("block_number")?,
        block_hash: row.word("hash")?,
        timestamp: row.number("timestamp")?,
        extrinsic: row.optional_number("extrinsic_index")?,
        index: row.number("log_index")?,
        status: row.text("status")?,
        actor: row.address("actor")?,
    })
}

fn subject(row: &Columns<'_>) -> Result<Subject, sqlx::Error> {
    Ok(Subject {
        contract: row.address("contract")?,
        subject: row.word("subject")?,
        controller: row.address("controller")?,
        pending_controller: row.optional_address("pending_controller")?,
        registered_block: row.number("registered_block")?,
        changed_block: row.number("changed_block")?,
    })
}

fn consent(row: &Columns<'_>) -> Result<Consent, sqlx::Error> {
    Ok(Consent {
        contract: row.address("contract")?,
        consent_id: row.word("consent_id")?,
        subject: row.word("subject")?,
        grantee: row.address("grantee")?,
        grantor: row.address("grantor")?,
        commitment: row.word("commitment")?,
        valid_from: row.number("valid_from")?,
        valid_until: row.optional_number("valid_until")?,
        purposes: row.number("purposes")?,
        classes: row.number("classes")?,
        purposes_limit: row.optional_number("purposes_limit")?,
        status: row.text("status")?,
        successor: row.optional_word("successor")?,
        granted_block: row.number("granted_block")?,
        changed_block: row.number("changed_block")?,
    })
}
