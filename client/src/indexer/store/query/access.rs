//! Requests for access, emergencies, and logs of accesses.

use alloy_core::primitives::{Address, B256};
use serde::Serialize;

use super::{Columns, Select};
use crate::indexer::store::{Reader, StoreError};

/// Which requests are wanted.
#[derive(Debug, Clone, Default)]
pub struct RequestFilter {
    /// This one.
    pub request_id: Option<B256>,
    /// Those for this subject's data.
    pub subject: Option<B256>,
    /// Those of this account.
    pub requester: Option<Address>,
    /// Those of this status, named as in [`AccessRequest::status`].
    pub status: Option<String>,
}

/// A request for access.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccessRequest {
    /// The access contract.
    pub contract: Address,
    /// The request.
    pub request_id: B256,
    /// Whose data.
    pub subject: B256,
    /// Who asks.
    pub requester: Address,
    /// To what is asked for.
    pub commitment: B256,
    /// The last second in which it can be answered, since the epoch; none if the end is open.
    pub open_until: Option<u64>,
    /// `open`, `approved`, `refused` or `withdrawn`. An open one may have lapsed: it is past its time then.
    pub status: String,
    /// The consent that it was answered with.
    pub consent_id: Option<B256>,
    /// Who answered it for the subject, or took it back; none while nobody did.
    pub actor: Option<Address>,
    /// The block in which it was made.
    pub requested_block: u64,
    /// The block in which its status last changed.
    pub changed_block: u64,
}

/// Which emergency accesses are wanted.
#[derive(Debug, Clone, Default)]
pub struct EmergencyFilter {
    /// This one.
    pub access_id: Option<B256>,
    /// Those to this subject's data.
    pub subject: Option<B256>,
    /// Those of this account.
    pub actor: Option<Address>,
    /// Those that this account has to review.
    pub reviewer: Option<Address>,
    /// Those of this status, named as in [`Emergency::status`].
    pub status: Option<String>,
    /// Those that were, or are to be, open in this second.
    pub open_at: Option<u64>,
}

/// An emergency access. Times are seconds since the epoch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Emergency {
    /// The access contract.
    pub contract: Address,
    /// The access.
    pub access_id: B256,
    /// Whose data.
    pub subject: B256,
    /// Who broke the glass.
    pub actor: Address,
    /// As what: the number of the role in the consent model; this version may not know it.
    pub role: u64,
    /// The number of the purpose of use, likewise.
    pub purpose: u64,
    /// Who has to review it.
    pub reviewer: Address,
    /// A salted hash of what shows the emergency.
    pub evidence: B256,
    /// How many seconds it could be vetoed.
    pub veto_window: u64,
    /// The first second in which it is open.
    pub opens_at: u64,
    /// The first second in which it is open no more; if its actor ended it, that of the block.
    pub ends_at: u64,
    /// The first second in which its review is overdue.
    pub review_by: u64,
    /// Whether the subject's emergency key signed for it, so that it did not wait.
    pub is_authorized: bool,
    /// `waiting`, `open`, `vetoed`, `ended` or `reviewed`, as its last event has it: without any event, a waiting one opens at
    /// [`Emergency::opens_at`], and ends at [`Emergency::ends_at`].
    pub status: String,
    /// Who vetoed it, for the subject.
    pub vetoed_by: Option<Address>,
    /// Who reviewed it.
    pub reviewed_by: Option<Address>,
    /// What the review came to: 1 it was justified, 2 it was not; none if there was no review. This version may not know others.
    pub outcome: Option<u64>,
    /// The block in which the glass was broken.
    pub broken_block: u64,
    /// The block of its last event.
    pub changed_block: u64,
}

/// Which safeguards are wanted.
#[derive(Debug, Clone, Default)]
pub struct SafeguardFilter {
    /// Those of this subject.
    pub subject: Option<B256>,
}

/// What is arranged for emergencies of a subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Safeguards {
    /// The access contract.
    pub contract: Address,
    /// Whose data.
    pub subject: B256,
    /// How many seconds an emergency access waits for a veto before it opens.
    pub veto_window: u64,
    /// Whose signature opens one at once.
    pub emergency_key: Option<Address>,
    /// Who decided last: the subject's controller then.
    pub actor: Address,
    /// The block in which they last changed.
    pub changed_block: u64,
}

/// Which batches of logs are wanted.
#[derive(Debug, Clone, Default)]
pub struct LogFilter {
    /// Those of this author.
    pub author: Option<Address>,
    /// Those with this root.
    pub root: Option<B256>,
}

/// A batch of a log of accesses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccessLog {
    /// The access contract.
    pub contract: Address,
    /// Who anchored it.
    pub author: Address,
    /// Its number among the author's, from 0.
    pub batch: u64,
    /// The root of its tree.
    pub root: B256,
    /// How many leaves the tree has.
    pub leaf_count: u64,
    /// No entry is of an earlier second, since the epoch.
    pub entries_from: u64,
    /// No entry is of a later second.
    pub entries_until: u64,
    /// The block in which it was anchored.
    pub block: u64,
}

impl Reader {
    /// The first `limit` requests for access that match, in their order.
    ///
    /// # Errors
    /// [`StoreError`]: the database refuses.
    pub async fn access_requests(
        &mut self,
        filter: &RequestFilter,
        limit: u32,
    ) -> Result<Vec<AccessRequest>, StoreError> {
        Select::new("select * from access_requests")
            .bytes("request_id", filter.request_id)
            .bytes("subject", filter.subject)
            .bytes("requester", filter.requester)
            .text("status", filter.status.as_deref())
            .order("requested_block, request_id", limit)
            .fetch(self, request)
            .await
    }

    /// The first `limit` emergency accesses that match, in their order.
    ///
    /// # Errors
    /// [`StoreError`]: the database refuses.
    pub async fn emergencies(&mut self, filter: &EmergencyFilter, limit: u32) -> Result<Vec<Emergency>, StoreError> {
        Select::new("select * from emergencies")
            .bytes("access_id", filter.access_id)
            .bytes("subject", filter.subject)
            .bytes("actor", filter.actor)
            .bytes("reviewer", filter.reviewer)
            .text("status", filter.status.as_deref())
            .number("opens_at <=", filter.open_at)
            .number("status <> 'vetoed' and ends_at >", filter.open_at)
            .order("broken_block, access_id", limit)
            .fetch(self, emergency)
            .await
    }

    /// The first `limit` safeguards that match, by subject.
    ///
    /// # Errors
    /// [`StoreError`]: the database refuses.
    pub async fn safeguards(&mut self, filter: &SafeguardFilter, limit: u32) -> Result<Vec<Safeguards>, StoreError> {
        Select::new("select * from safeguards")
            .bytes("subject", filter.subject)
            .order("contract, subject", limit)
            .fetch(self, safeguards)
            .await
    }

    /// The first `limit` batches of logs that match, in the order of their anchoring.
    ///
    /// # Errors
    /// [`StoreError`]: the database refuses.
    pub async fn access_logs(&mut self, filter: &LogFilter, limit: u32) -> Result<Vec<AccessLog>, StoreError> {
        Select::new("select * from access_logs")
            .bytes("author", filter.author)
            .bytes("root", filter.root)
            .order("block_number, log_index", limit)
            .fetch(self, log)
            .await
    }
}

fn request(row: &Columns<'_>) -> Result<AccessRequest, sqlx::Error> {
    Ok(AccessRequest {
        contract: row.address("contract")?,
        request_id: row.word("request_id")?,
        subject: row.word("subject")?,
        requester: row.address("requester")?,
        commitment: row.word("commitment")?,
        open_until: row.optional_number("open_until")?,
        status: row.text("status")?,
        consent_id: row.optional_word("consent_id")?,
        actor: row.optional_address("actor")?,
        requested_block: row.number("requested_block")?,
        changed_block: row.number("changed_block")?,
    })
}

fn emergency(row: &Columns<'_>) -> Result<Emergency, sqlx::Error> {
    Ok(Emergency {
        contract: row.address("contract")?,
        access_id: row.word("access_id")?,
        subject: row.word("subject")?,
        actor: row.address("actor")?,
        role: row.number("role")?,
        purpose: row.number("purpose")?,
        reviewer: row.address("reviewer")?,
        evidence: row.word("evidence")?,
        veto_window: row.number("veto_window")?,
        opens_at: row.number("opens_at")?,
        ends_at: row.number("ends_at")?,
        review_by: row.number("review_by")?,
        is_authorized: row.flag("is_authorized")?,
        status: row.text("status")?,
        vetoed_by: row.optional_address("vetoed_by")?,
        reviewed_by: row.optional_address("reviewed_by")?,
        outcome: row.optional_number("outcome")?,
        broken_block: row.number("broken_block")?,
        changed_block: row.number("changed_block")?,
    })
}

fn safeguards(row: &Columns<'_>) -> Result<Safeguards, sqlx::Error> {
    Ok(Safeguards {
        contract: row.address("contract")?,
        subject: row.word("subject")?,
        veto_window: row.number("veto_window")?,
        emergency_key: row.optional_address("emergency_key")?,
        actor: row.address("actor")?,
        changed_block: row.number("changed_block")?,
    })
}

fn log(row: &Columns<'_>) -> Result<AccessLog, sqlx::Error> {
    Ok(AccessLog {
        contract: row.address("contract")?,
        author: row.address("author")?,
        batch: row.number("batch")?,
        root: row.word("root")?,
        leaf_count: row.number("leaf_count")?,
        entries_from: row.number("entries_from")?,
        entries_until: row.number("entries_until")?,
        block: row.number("block_number")?,
    })
}
