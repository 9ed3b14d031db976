//! What the database answers: `salus index status`, `events`, `consents` and so on.

mod access;
mod consents;
mod credentials;
mod visits;

use std::fmt;

use alloy_core::primitives::{Address, B256};
use clap::{Args, Subcommand};
use serde::Serialize;

use super::{
    super::Output,
    table::{Row, Table},
};
use salus_client::{
    error::Error,
    indexer::{
        AnchoredBatch, Balance, BalanceFilter, Event, EventFilter, IndexError, Location, Reader, Record, RecordFilter,
        RecordVersion, Status,
    },
};

/// A question to the database. Answers come in the order of the chain.
#[derive(Debug, Subcommand)]
pub(super) enum Question {
    /// List decoded events
    Events(Events),
    /// List registered subjects
    Subjects(consents::Subjects),
    /// List consents
    Consents(consents::Consents),
    /// List each status that a consent has had, and who brought it about
    ConsentHistory(consents::ConsentHistory),
    /// List who may act for subjects' controllers
    Delegations(consents::Delegations),
    /// List who might act for a subject's controllers, since when, and who decided
    DelegationHistory(consents::DelegationHistory),
    /// List who is to follow subjects' controllers
    Successions(consents::Successions),
    /// List who may, or might, issue credentials
    Issuers(credentials::Issuers),
    /// List when somebody might issue credentials, and who decided
    IssuerHistory(credentials::IssuerHistory),
    /// List credentials
    Credentials(credentials::Credentials),
    /// List each status that a credential has had, and who brought it about
    CredentialHistory(credentials::CredentialHistory),
    /// List requests for access
    Requests(access::Requests),
    /// List emergency accesses
    Emergencies(access::Emergencies),
    /// List what subjects have arranged for emergencies
    Safeguards(access::SafeguardsOf),
    /// List batches of logs of accesses
    Logs(access::Logs),
    /// List records
    Records(Records),
    /// List the versions of a record
    Versions(Versions),
    /// List batches of anchored commitments
    Batches(Batches),
    /// List token balances
    Balances(Balances),
    /// List consultations
    Visits(visits::Visits),
    /// List what became of a consultation, step by step
    VisitHistory(visits::VisitHistory),
    /// List what was withdrawn from escrow
    Withdrawals(visits::Withdrawals),
}

#[derive(Debug, Args)]
pub(super) struct Limit {
    /// At most so many rows
    #[arg(long, default_value_t = 100, value_name = "ROWS")]
    limit: u32,
}

#[derive(Debug, Args)]
pub(super) struct Events {
    /// Of this contract, by its name in the address book
    #[arg(long, value_name = "NAME")]
    contract: Option<String>,
    /// Of this name, such as ConsentGranted
    #[arg(long, value_name = "EVENT")]
    name: Option<String>,
    /// From this block on
    #[arg(long, value_name = "BLOCK")]
    since: Option<u64>,
    /// Up to this block
    #[arg(long, value_name = "BLOCK")]
    until: Option<u64>,
    #[command(flatten)]
    limit: Limit,
}

#[derive(Debug, Args)]
pub(super) struct Records {
    /// This record (32 bytes in hexadecimal)
    #[arg(long)]
    record: Option<B256>,
    /// Those of this author
    #[arg(long, value_name = "ADDRESS")]
    author: Option<Address>,
    #[command(flatten)]
    limit: Limit,
}

#[derive(Debug, Args)]
pub(super) struct Versions {
    /// The record (32 bytes in hexadecimal)
    record: B256,
    #[command(flatten)]
    limit: Limit,
}

#[derive(Debug, Args)]
pub(super) struct Batches {
    /// The batch with this root (32 bytes in hexadecimal)
    #[arg(long)]
    root: Option<B256>,
    /// Those of this author
    #[arg(long, value_name = "ADDRESS")]
    author: Option<Address>,
    #[command(flatten)]
    limit: Limit,
}

#[derive(Debug, Args)]
pub(super) struct Balances {
    /// Of this token
    #[arg(long, value_name = "ADDRESS")]
    token: Option<Address>,
    /// Of this account
    #[arg(long, value_name = "ADDRESS")]
    holder: Option<Address>,
    #[command(flatten)]
    limit: Limit,
}

impl Question {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Events(_) => "index events",
            Self::Subjects(_) => "index subjects",
            Self::Consents(_) => "index consents",
            Self::ConsentHistory(_) => "index consent-history",
            Self::Delegations(_) => "index delegations",
            Self::DelegationHistory(_) => "index delegation-history",
            Self::Successions(_) => "index successions",
            Self::Issuers(_) => "index issuers",
            Self::IssuerHistory(_) => "index issuer-history",
            Self::Credentials(_) => "index credentials",
            Self::CredentialHistory(_) => "index credential-history",
            Self::Requests(_) => "index requests",
            Self::Emergencies(_) => "index emergencies",
            Self::Safeguards(_) => "index safeguards",
            Self::Logs(_) => "index logs",
            Self::Records(_) => "index records",
            Self::Versions(_) => "index versions",
            Self::Batches(_) => "index batches",
            Self::Balances(_) => "index balances",
            Self::Visits(_) => "index visits",
            Self::VisitHistory(_) => "index visit-history",
            Self::Withdrawals(_) => "index withdrawals",
        }
    }

    pub(super) async fn ask(&self, location: &Location, out: &mut Output<'_>) -> Result<(), Error> {
        let mut reader = Reader::open(location).await.map_err(IndexError::from)?;
        match self {
            Self::Events(Events {
                contract,
                name,
                since,
                until,
                limit,
            }) => {
                let (contract, name) = (contract.clone(), name.clone());
                let filter = EventFilter {
                    contract,
                    name,
                    from: *since,
                    to: *until,
                };
                show(reader.events(&filter, limit.limit).await, out)
            }
            Self::Subjects(question) => question.ask(&mut reader, out).await,
            Self::Consents(question) => question.ask(&mut reader, out).await,
            Self::ConsentHistory(question) => question.ask(&mut reader, out).await,
            Self::Delegations(question) => question.ask(&mut reader, out).await,
            Self::DelegationHistory(question) => question.ask(&mut reader, out).await,
            Self::Successions(question) => question.ask(&mut reader, out).await,
            Self::Issuers(question) => question.ask(&mut reader, out).await,
            Self::IssuerHistory(question) => question.ask(&mut reader, out).await,
            Self::Credentials(question) => question.ask(&mut reader, out).await,
            Self::CredentialHistory(question) => question.ask(&mut reader, out).await,
            Self::Requests(question) => question.ask(&mut reader, out).await,
            Self::Emergencies(question) => question.ask(&mut reader, out).await,
            Self::Safeguards(question) => question.ask(&mut reader, out).await,
            Self::Logs(question) => question.ask(&mut reader, out).await,
            Self::Records(Records { record, author, limit }) => {
                let filter = RecordFilter {
                    record_id: *record,
                    author: *author,
                    root: None,
                };
                show(reader.records(&filter, limit.limit).await, out)
            }
            Self::Versions(Versions { record, limit }) => show(reader.record_versions(*record, limit.limit).await, out),
            Self::Batches(Batches { root, author, limit }) => {
                let filter = RecordFilter {
                    record_id: None,
                    author: *author,
                    root: *root,
                };
                show(reader.batches(&filter, limit.limit).await, out)
            }
            Self::Balances(Balances { token, holder, limit }) => {
                let filter = BalanceFilter {
                    contract: *token,
                    holder: *holder,
                };
                show(reader.balances(&filter, limit.limit).await, out)
            }
            Self::Visits(question) => question.ask(&mut reader, out).await,
            Self::VisitHistory(question) => question.ask(&mut reader, out).await,
            Self::Withdrawals(question) => question.ask(&mut reader, out).await,
        }
    }
}

fn show<R: Row>(rows: Result<Vec<R>, salus_client::indexer::StoreError>, out: &mut Output<'_>) -> Result<(), Error> {
    out.result(&Table::new(rows.map_err(IndexError::from)?))
}

/// `salus index status`.
pub(super) async fn status(location: &Location, out: &mut Output<'_>) -> Result<(), Error> {
    let mut reader = Reader::open(location).await.map_err(IndexError::from)?;
    let status = reader.status().await.map_err(IndexError::from)?;
    out.result(&Shown {
        database: location.path().display().to_string(),
        status,
    })
}

#[derive(Serialize)]
struct Shown {
    database: String,
    #[serde(flatten)]
    status: Status,
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "database    {}", self.database)?;
        writeln!(f, "genesis     {}", self.status.genesis_hash)?;
        match &self.status.checkpoint {
            Some(checkpoint) => writeln!(f, "indexed to  block {} ({})", checkpoint.block, checkpoint.hash)?,
            None => writeln!(f, "indexed to  nothing yet")?,
        }
        for contract in &self.status.contracts {
            writeln!(
                f,
                "contract    {} at {}: {} logs",
                contract.name, contract.address, contract.logs
            )?;
        }
        for table in &self.status.tables {
            writeln!(f, "rows        {:>10} {}", table.rows, table.table)?;
        }
        write!(f, "checksum    {}", self.status.checksum)
    }
}

impl Row for Event {
    const HEAD: &'static [&'static str] = &["block", "index", "contract", "event", "fields"];

    fn cells(&self) -> Vec<String> {
        let place = [self.block.to_string(), self.index.to_string()];
        place
            .into_iter()
            .chain([self.contract.clone(), self.name.clone(), self.fields.get().into()])
            .collect()
    }
}

impl Row for Record {
    const HEAD: &'static [&'static str] = &["record", "author", "versions", "since block"];

    fn cells(&self) -> Vec<String> {
        let counts = [self.latest_version.to_string(), self.anchored_block.to_string()];
        [self.record_id.to_string(), self.author.to_string()]
            .into_iter()
            .chain(counts)
            .collect()
    }
}

impl Row for RecordVersion {
    const HEAD: &'static [&'static str] = &["version", "commitment", "status", "block"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.version.to_string(),
            self.commitment.to_string(),
            self.status.clone(),
            self.block.to_string(),
        ]
    }
}

impl Row for AnchoredBatch {
    const HEAD: &'static [&'static str] = &["root", "author", "leaves", "block"];

    fn cells(&self) -> Vec<String> {
        let counts = [self.leaf_count.to_string(), self.block.to_string()];
        [self.root.to_string(), self.author.to_string()]
            .into_iter()
            .chain(counts)
            .collect()
    }
}

impl Row for Balance {
    const HEAD: &'static [&'static str] = &["token", "holder", "balance"];

    fn cells(&self) -> Vec<String> {
        vec![self.contract.to_string(), self.holder.to_string(), self.balance.clone()]
    }
}
