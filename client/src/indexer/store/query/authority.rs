//! Who acts for subjects beside their controllers, and who follows those.

use alloy_core::primitives::{Address, B256};
use serde::Serialize;

use super::{Columns, Select};
use crate::indexer::store::{Reader, StoreError};

/// Which delegations are wanted.
#[derive(Debug, Clone, Default)]
pub struct DelegationFilter {
    /// Those of this subject's controller.
    pub subject: Option<B256>,
    /// Those to this account.
    pub delegate: Option<Address>,
    /// Those of this status: `active` or `ended`.
    pub status: Option<String>,
}

/// What an account may do for a subject's controller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Delegation {
    /// The consent contract.
    pub contract: Address,
    /// The subject.
    pub subject: B256,
    /// Who may act.
    pub delegate: Address,
    /// What they may do, a bit each: [`salus_core::consent::registry::power`].
    pub powers: u64,
    /// For which purposes of use they may grant, a bit each; none if for any.
    pub purposes: Option<u64>,
    /// The last second, since the epoch; none if the end is open.
    pub valid_until: Option<u64>,
    /// `active` or `ended`. An active one may be past its time.
    pub status: String,
    /// Who set it last: the controller or another delegate; or who took control over, with which all delegations end.
    pub actor: Address,
    /// The block in which it last changed.
    pub changed_block: u64,
}

/// What a delegation was from a block on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DelegationStep {
    /// The consent contract.
    pub contract: Address,
    /// The subject.
    pub subject: B256,
    /// Who may act.
    pub delegate: Address,
    /// The block in which it came to this.
    pub block: u64,
    /// The block's time, in milliseconds since the epoch.
    pub timestamp: u64,
    /// The position of the event in the block.
    pub index: u64,
    /// As [`Delegation::powers`].
    pub powers: u64,
    /// As [`Delegation::purposes`].
    pub purposes: Option<u64>,
    /// As [`Delegation::valid_until`].
    pub valid_until: Option<u64>,
    /// As [`Delegation::status`].
    pub status: String,
    /// As [`Delegation::actor`].
    pub actor: Address,
}

/// Which successions are wanted.
#[derive(Debug, Clone, Default)]
pub struct SuccessionFilter {
    /// That of this subject's controller.
    pub subject: Option<B256>,
    /// Those to this account.
    pub successor: Option<Address>,
    /// Those of this status, named as in [`Succession::status`].
    pub status: Option<String>,
}

/// Who is to follow a subject's controller, as last declared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Succession {
    /// The consent contract.
    pub contract: Address,
    /// The subject.
    pub subject: B256,
    /// The controller who declared it.
    pub controller: Address,
    /// Who is to follow.
    pub successor: Address,
    /// After how many seconds without any action of the controller the control can be claimed.
    pub silence: u64,
    /// How many seconds after the claim it can be accepted.
    pub grace: u64,
    /// `declared`, `claimed`, `accepted`, or `ended`: taken back, or the control passed on otherwise. When the controller answers a
    /// claim, it is `declared` again.
    pub status: String,
    /// The first second in which the control can be accepted; none if it is not claimed.
    pub acceptable_from: Option<u64>,
    /// The block in which it last changed.
    pub changed_block: u64,
}

impl Reader {
    /// The first `limit` delegations that match, by subject and delegate.
    ///
    /// # Errors
    /// [`StoreError`]: the database refuses.
    pub async fn delegations(&mut self, filter: &DelegationFilter, limit: u32) -> Result<Vec<Delegation>, StoreError> {
        Select::new("select * from delegations")
            .bytes("subject", filter.subject)
            .bytes("delegate", filter.delegate)
            .text("status", filter.status.as_deref())
            .order("contract, subject, delegate", limit)
            .fetch(self, delegation)
            .await
    }

    /// What delegations of a subject's controllers have been, in the order of the chain: the first `limit`, of one delegate if
    /// one is given.
    ///
    /// # Errors
    /// [`StoreError`]: the database refuses.
    pub async fn delegation_history(
        &mut self,
        subject: B256,
        delegate: Option<Address>,
        limit: u32,
    ) -> Result<Vec<DelegationStep>, StoreError> {
        Select::new(
            "select h.*, b.timestamp from delegation_history as h join blocks as b on b.number = h.block_number",
        )
        .bytes("h.subject", Some(subject))
        .bytes("h.delegate", delegate)
        .order("h.block_number, h.log_index, h.delegate", limit)
        .fetch(self, step)
        .await
    }

    /// The first `limit` successions that match, by subject.
    ///
    /// # Errors
    /// [`StoreError`]: the database refuses.
    pub async fn successions(&mut self, filter: &SuccessionFilter, limit: u32) -> Result<Vec<Succession>, StoreError> {
        Select::new("select * from successions")
            .bytes("subject", filter.subject)
            .bytes("successor", filter.successor)
            .text("status", filter.status.as_deref())
            .order("contract, subject", limit)
            .fetch(self, succession)
            .await
    }
}

fn delegation(row: &Columns<'_>) -> Result<Delegation, sqlx::Error> {
    Ok(Delegation {
        contract: row.address("contract")?,
        subject: row.word("subject")?,
        delegate: row.address("delegate")?,
        powers: row.number("powers")?,
        purposes: row.optional_number("purposes")?,
        valid_until: row.optional_number("valid_until")?,
        status: row.text("status")?,
        actor: row.address("actor")?,
        changed_block: row.number("changed_block")?,
    })
}

fn step(row: &Columns<'_>) -> Result<DelegationStep, sqlx::Error> {
    Ok(DelegationStep {
        contract: row.address("contract")?,
        subject: row.word("subject")?,
        delegate: row.address("delegate")?,
        block: row.number("block_number")?,
        timestamp: row.number("timestamp")?,
        index: row.number("log_index")?,
        powers: row.number("powers")?,
        purposes: row.optional_number("purposes")?,
        valid_until: row.optional_number("valid_until")?,
        status: row.text("status")?,
        actor: row.address("actor")?,
    })
}

fn succession(row: &Columns<'_>) -> Result<Succession, sqlx::Error> {
    Ok(Succession {
        contract: row.address("contract")?,
        subject: row.word("subject")?,
        controller: row.address("controller")?,
        successor: row.address("successor")?,
        silence: row.number("silence")?,
        grace: row.number("grace")?,
        status: row.text("status")?,
        acceptable_from: row.optional_number("acceptable_from")?,
        changed_block: row.number("changed_block")?,
    })
}
