//! Issuers and credentials.

use alloy_core::primitives::{Address, B256};
use sqlx::SqliteConnection;

use super::{
    ProjectionError,
    fields::Fields,
    status::{Statuses, Table},
};
use crate::indexer::store::bulk::Bulk;

#[derive(Debug, Default)]
pub(super) struct Changes {
    issuers: Vec<IssuerStep>,
    issued: Vec<Issued>,
    statuses: Statuses,
}

#[derive(Debug)]
struct IssuerStep {
    contract: Address,
    issuer: Address,
    block: i64,
    index: i64,
    status: &'static str,
    actor: Address,
}

#[derive(Debug)]
struct Issued {
    contract: Address,
    id: B256,
    holder: Address,
    issuer: Address,
    role: i64,
    jurisdiction: String,
    licence_hash: B256,
    valid_from: i64,
    valid_until: Option<i64>,
    block: i64,
}

impl Changes {
    pub(super) fn add(&mut self, event: &Fields<'_>) -> Result<(), ProjectionError> {
        match event.name() {
            "IssuerAdmitted" => self.issuer(event, "admitted")?,
            "IssuerRemoved" => self.issuer(event, "removed")?,
            "CredentialIssued" => {
                self.issue(event)?;
                self.statuses
                    .begin(&CREDENTIALS, event, "active", Some(event.address("issuer")?))?;
            }
            // A credential is renewed by its issuer alone.
            "CredentialSuperseded" => self.status(event, "superseded", Some(event.word("newCredentialId")?), None)?,
            "CredentialSuspended" => self.status(event, "suspended", None, Some(event.address("actor")?))?,
            "CredentialReinstated" => self.status(event, "active", None, Some(event.address("actor")?))?,
            "CredentialRevoked" => self.status(event, "revoked", None, Some(event.address("actor")?))?,
            _ => {}
        }
        Ok(())
    }

    fn issuer(&mut self, event: &Fields<'_>, status: &'static str) -> Result<(), ProjectionError> {
        self.issuers.push(IssuerStep {
            contract: event.contract(),
            issuer: event.address("issuer")?,
            block: event.block(),
            index: event.index(),
            status,
            actor: event.address("actor")?,
        });
        Ok(())
    }

    fn issue(&mut self, event: &Fields<'_>) -> Result<(), ProjectionError> {
        self.issued.push(Issued {
            contract: event.contract(),
            id: event.word("credentialId")?,
            holder: event.address("holder")?,
            issuer: event.address("issuer")?,
            role: event.number("role")?,
            jurisdiction: jurisdiction(event.word("jurisdiction")?),
            licence_hash: event.word("licenceHash")?,
            valid_from: event.number("validFrom")?,
            valid_until: event.end("validUntil")?,
            block: event.block(),
        });
        Ok(())
    }

    /// `actor` is `None`: the issuer of the credential.
    fn status(
        &mut self,
        event: &Fields<'_>,
        status: &'static str,
        successor: Option<B256>,
        actor: Option<Address>,
    ) -> Result<(), ProjectionError> {
        self.statuses.change(&CREDENTIALS, event, status, successor, actor)
    }

    pub(super) async fn write(self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        write_issuers(connection, &self.issuers).await?;
        ISSUE
            .run(connection, &self.issued, |query, row| {
                query
                    .bind(row.contract.to_vec())
                    .bind(row.id.to_vec())
                    .bind(row.holder.to_vec())
                    .bind(row.issuer.to_vec())
                    .bind(row.role)
                    .bind(row.jurisdiction.clone())
                    .bind(row.licence_hash.to_vec())
                    .bind(row.valid_from)
                    .bind(row.valid_until)
                    .bind("active")
                    .bind(row.block)
                    .bind(row.block)
            })
            .await?;
        self.statuses.write(&CREDENTIALS, connection).await
    }
}

async fn write_issuers(connection: &mut SqliteConnection, issuers: &[IssuerStep]) -> Result<(), sqlx::Error> {
    SET_ISSUER
        .run(connection, issuers, |query, row| {
            query
                .bind(row.contract.to_vec())
                .bind(row.issuer.to_vec())
                .bind(row.status)
                .bind(row.actor.to_vec())
                .bind(row.block)
        })
        .await?;
    ADD_ISSUER_HISTORY
        .run(connection, issuers, |query, row| {
            query
                .bind(row.contract.to_vec())
                .bind(row.issuer.to_vec())
                .bind(row.block)
                .bind(row.index)
                .bind(row.status)
                .bind(row.actor.to_vec())
        })
        .await?;
    Ok(())
}

/// A code in ASCII, padded with zeros; in hexadecimal what is none.
fn jurisdiction(word: B256) -> String {
    let code = word.as_slice().split(|byte| *byte == 0).next().unwrap_or_default();
    let padding = &word[code.len()..];
    let is_code = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
    match std::str::from_utf8(code) {
        Ok(text) if !text.is_empty() && code.iter().all(is_code) && padding.iter().all(|byte| *byte == 0) => {
            text.into()
        }
        _ => word.to_string(),
    }
}

const SET_ISSUER: Bulk = Bulk {
    before: "insert or replace into issuers (contract, issuer, status, actor, changed_block) values",
    columns: 5,
    after: "",
};

const ADD_ISSUER_HISTORY: Bulk = Bulk {
    before: "insert into issuer_history (contract, issuer, block_number, log_index, status, actor) values",
    columns: 6,
    after: "",
};

const ISSUE: Bulk = Bulk {
    before: "insert or replace into credentials (contract, credential_id, holder, issuer, role, jurisdiction, \
             licence_hash, valid_from, valid_until, status, issued_block, changed_block) values",
    columns: 12,
    after: "",
};

const CREDENTIALS: Table = Table {
    id: "credentialId",
    change: Bulk {
        before: "update credentials set status = v.column3, successor = v.column4, changed_block = v.column5 from (values",
        columns: 5,
        after: ") as v where credentials.contract = v.column1 and credentials.credential_id = v.column2",
    },
    // Credentials come first: their issuers are asked for.
    add_history: Bulk {
        before: "insert into credential_history (contract, credential_id, block_number, log_index, status, actor) \
                 select v.column1, v.column2, v.column3, v.column4, v.column5, coalesce(v.column6, c.issuer) from (values",
        columns: 6,
        after: ") as v left join credentials as c on c.contract = v.column1 and c.credential_id = v.column2",
    },
};
