//! Issuers and credentials.

use alloy_core::primitives::{Address, B256};
use serde::Serialize;

use super::{Columns, Select};
use crate::indexer::store::{Reader, StoreError};

/// Which issuers are wanted.
#[derive(Debug, Clone, Default)]
pub struct IssuerFilter {
    /// This one.
    pub issuer: Option<Address>,
    /// Those of this status: `admitted` or `removed`.
    pub status: Option<String>,
}

/// Who issues, or issued, credentials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Issuer {
    /// The credentials contract.
    pub contract: Address,
    /// Who.
    pub issuer: Address,
    /// `admitted` or `removed`.
    pub status: String,
    /// Who decided: the contract's owner then.
    pub actor: Address,
    /// The block in which its status last changed.
    pub changed_block: u64,
}

/// A status that an issuer came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IssuerStep {
    /// The credentials contract.
    pub contract: Address,
    /// Who.
    pub issuer: Address,
    /// The block in which it came to this status.
    pub block: u64,
    /// The block's time, in milliseconds since the epoch.
    pub timestamp: u64,
    /// The position of the event in the block.
    pub index: u64,
    /// As [`Issuer::status`].
    pub status: String,
    /// Who decided.
    pub actor: Address,
}

/// Which credentials are wanted.
#[derive(Debug, Clone, Default)]
pub struct CredentialFilter {
    /// This one.
    pub credential_id: Option<B256>,
    /// Those of this holder.
    pub holder: Option<Address>,
    /// Those from this issuer.
    pub issuer: Option<Address>,
    /// Those in the role with this number.
    pub role: Option<u64>,
    /// Those of this status, named as in [`Credential::status`].
    pub status: Option<String>,
}

/// A credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Credential {
    /// The credentials contract.
    pub contract: Address,
    /// The credential.
    pub credential_id: B256,
    /// Who has it.
    pub holder: Address,
    /// Who issued it.
    pub issuer: Address,
    /// The number of the role in the consent model; this version may not know it.
    pub role: u64,
    /// Where it is good for: an ISO 3166 code, or the 32 bytes in hexadecimal if they are none.
    pub jurisdiction: String,
    /// A salted hash of the licence's number.
    pub licence_hash: B256,
    /// The first second in force, since the epoch, if that is not before it was issued.
    pub valid_from: u64,
    /// The last second in force; none if the end is open.
    pub valid_until: Option<u64>,
    /// `active`, `suspended`, `revoked` or `superseded`. An active one may be outside its time.
    pub status: String,
    /// The credential that took its place.
    pub successor: Option<B256>,
    /// The block in which it was issued.
    pub issued_block: u64,
    /// The block in which its status last changed.
    pub changed_block: u64,
}

/// A status that a credential came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CredentialStep {
    /// The credentials contract.
    pub contract: Address,
    /// The credential.
    pub credential_id: B256,
    /// The block in which it came to this status.
    pub block: u64,
    /// The block's time, in milliseconds since the epoch.
    pub timestamp: u64,
    /// The position of the event in the block.
    pub index: u64,
    /// As [`Credential::status`].
    pub status: String,
    /// Who brought it about: the issuer or the contract's owner; none if the index does not go back to the issue of what was
    /// renewed.
    pub actor: Option<Address>,
}

impl Reader {
    /// The first `limit` issuers that match, in the order of their addresses.
    ///
    /// # Errors
    /// [`StoreError`]: the database refuses.
    pub async fn issuers(&mut self, filter: &IssuerFilter, limit: u32) -> Result<Vec<Issuer>, StoreError> {
        Select::new("select * from issuers")
            .bytes("issuer", filter.issuer)
            .text("status", filter.status.as_deref())
            .order("contract, issuer", limit)
            .fetch(self, issuer)
            .await
    }

    /// The first `limit` statuses of an issuer, in their order.
    ///
    /// # Errors
    /// [`StoreError`]: the database refuses.
    pub async fn issuer_history(&mut self, issuer: Address, limit: u32) -> Result<Vec<IssuerStep>, StoreError> {
        Select::new("select h.*, b.timestamp from issuer_history as h join blocks as b on b.number = h.block_number")
            .bytes("h.issuer", Some(issuer))
            .order("h.block_number, h.log_index", limit)
            .fetch(self, issuer_step)
            .await
    }

    /// The first `limit` credentials that match, in the order of their issue.
    ///
    /// # Errors
    /// [`StoreError`]: the database refuses.
    pub async fn credentials(&mut self, filter: &CredentialFilter, limit: u32) -> Result<Vec<Credential>, StoreError> {
        Select::new("select * from credentials")
            .bytes("credential_id", filter.credential_id)
            .bytes("holder", filter.holder)
            .bytes("issuer", filter.issuer)
            .number("role =", filter.role)
            .text("status", filter.status.as_deref())
            .order("issued_block, credential_id", limit)
            .fetch(self, credential)
            .await
    }

    /// The first `limit` statuses of a credential, in their order.
    ///
    /// # Errors
    /// [`StoreError`]: the database refuses.
    pub async fn credential_history(
        &mut self,
        credential_id: B256,
        limit: u32,
    ) -> Result<Vec<CredentialStep>, StoreError> {
        Select::new(
            "select h.*, b.timestamp from credential_history as h join blocks as b on b.number = h.block_number",
        )
        .bytes("h.credential_id", Some(credential_id))
        .order("h.block_number, h.log_index", limit)
        .fetch(self, credential_step)
        .await
    }
}

fn issuer(row: &Columns<'_>) -> Result<Issuer, sqlx::Error> {
    Ok(Issuer {
        contract: row.address("contract")?,
        issuer: row.address("issuer")?,
        status: row.text("status")?,
        actor: row.address("actor")?,
        changed_block: row.number("changed_block")?,
    })
}

fn issuer_step(row: &Columns<'_>) -> Result<IssuerStep, sqlx::Error> {
    Ok(IssuerStep {
        contract: row.address("contract")?,
        issuer: row.address("issuer")?,
        block: row.number("block_number")?,
        timestamp: row.number("timestamp")?,
        index: row.number("log_index")?,
        status: row.text("status")?,
        actor: row.address("actor")?,
    })
}

fn credential(row: &Columns<'_>) -> Result<Credential, sqlx::Error> {
    Ok(Credential {
        contract: row.address("contract")?,
        credential_id: row.word("credential_id")?,
        holder: row.address("holder")?,
        issuer: row.address("issuer")?,
        role: row.number("role")?,
        jurisdiction: row.text("jurisdiction")?,
        licence_hash: row.word("licence_hash")?,
        valid_from: row.number("valid_from")?,
        valid_until: row.optional_number("valid_until")?,
        status: row.text("status")?,
        successor: row.optional_word("successor")?,
        issued_block: row.number("issued_block")?,
        changed_block: row.number("changed_block")?,
    })
}

fn credential_step(row: &Columns<'_>) -> Result<CredentialStep, sqlx::Error> {
    Ok(CredentialStep {
        contract: row.address("contract")?,
        credential_id: row.word("credential_id")?,
        block: row.number("block_number")?,
        timestamp: row.number("timestamp")?,
        index: row.number("log_index")?,
        status: row.text("status")?,
        actor: row.optional_address("actor")?,
    })
}
