//! `salus index requests`, `emergencies`, `safeguards` and `logs`.

use alloy_core::primitives::{Address, B256};
use clap::Args;
use salus_core::access::emergency::Outcome;

use super::{
    super::{super::Output, table::Row},
    Limit, show,
};
use crate::{
    codes,
    moment::{self, Moment},
};
use salus_client::{
    error::Error,
    indexer::{
        AccessLog, AccessRequest, Emergency, EmergencyFilter, LogFilter, Reader, RequestFilter, SafeguardFilter,
        Safeguards,
    },
};

#[derive(Debug, Args)]
pub(in super::super) struct Requests {
    /// This request (32 bytes in hexadecimal)
    #[arg(long)]
    id: Option<B256>,
    /// Those for this subject's data (32 bytes in hexadecimal)
    #[arg(long)]
    subject: Option<B256>,
    /// Those of this account
    #[arg(long, value_name = "ADDRESS")]
    requester: Option<Address>,
    /// Those of this status; an open one may have lapsed
    #[arg(long, value_parser = ["open", "approved", "refused", "withdrawn"])]
    status: Option<String>,
    #[command(flatten)]
    limit: Limit,
}

#[derive(Debug, Args)]
pub(in super::super) struct Emergencies {
    /// This access (32 bytes in hexadecimal)
    #[arg(long)]
    id: Option<B256>,
    /// Those to this subject's data (32 bytes in hexadecimal)
    #[arg(long)]
    subject: Option<B256>,
    /// Those of this account
    #[arg(long, value_name = "ADDRESS")]
    actor: Option<Address>,
    /// Those that this account has to review
    #[arg(long, value_name = "ADDRESS")]
    reviewer: Option<Address>,
    /// Those of this status, by their last event; what time brings about is none
    #[arg(long, value_parser = ["waiting", "open", "vetoed", "ended", "reviewed"])]
    status: Option<String>,
    /// Those that were, or are to be, open then: 2027-01-31T09:30:00Z, or +SECONDS from now
    #[arg(long, value_name = "TIME")]
    open_at: Option<String>,
    #[command(flatten)]
    limit: Limit,
}

#[derive(Debug, Args)]
pub(in super::super) struct SafeguardsOf {
    /// Those of this subject (32 bytes in hexadecimal)
    #[arg(long)]
    subject: Option<B256>,
    #[command(flatten)]
    limit: Limit,
}

#[derive(Debug, Args)]
pub(in super::super) struct Logs {
    /// Those of this author
    #[arg(long, value_name = "ADDRESS")]
    author: Option<Address>,
    /// The batch with this root (32 bytes in hexadecimal)
    #[arg(long)]
    root: Option<B256>,
    #[command(flatten)]
    limit: Limit,
}

impl Requests {
    pub(super) async fn ask(&self, reader: &mut Reader, out: &mut Output<'_>) -> Result<(), Error> {
        let filter = RequestFilter {
            request_id: self.id,
            subject: self.subject,
            requester: self.requester,
            status: self.status.clone(),
        };
        show(reader.access_requests(&filter, self.limit.limit).await, out)
    }
}

impl Emergencies {
    pub(super) async fn ask(&self, reader: &mut Reader, out: &mut Output<'_>) -> Result<(), Error> {
        let open_at = self.open_at.as_deref();
        let filter = EmergencyFilter {
            access_id: self.id,
            subject: self.subject,
            actor: self.actor,
            reviewer: self.reviewer,
            status: self.status.clone(),
            open_at: open_at
                .map(|time| moment::parse(time, moment::now(), false))
                .transpose()?,
        };
        show(reader.emergencies(&filter, self.limit.limit).await, out)
    }
}

impl SafeguardsOf {
    pub(super) async fn ask(&self, reader: &mut Reader, out: &mut Output<'_>) -> Result<(), Error> {
        let filter = SafeguardFilter { subject: self.subject };
        show(reader.safeguards(&filter, self.limit.limit).await, out)
    }
}

impl Logs {
    pub(super) async fn ask(&self, reader: &mut Reader, out: &mut Output<'_>) -> Result<(), Error> {
        let filter = LogFilter {
            author: self.author,
            root: self.root,
        };
        show(reader.access_logs(&filter, self.limit.limit).await, out)
    }
}

impl Row for AccessRequest {
    const HEAD: &'static [&'static str] = &["request", "subject", "requester", "status", "until", "since block"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.request_id.to_string(),
            self.subject.to_string(),
            self.requester.to_string(),
            self.status.clone(),
            Moment(self.open_until.unwrap_or(u64::MAX)).to_string(),
            self.changed_block.to_string(),
        ]
    }
}

impl Row for Emergency {
    const HEAD: &'static [&'static str] = &[
        "access",
        "subject",
        "actor",
        "role",
        "purpose",
        "opens",
        "ends",
        "status",
        "outcome",
        "since block",
    ];

    fn cells(&self) -> Vec<String> {
        let outcome = |number: u64| match u8::try_from(number).ok().and_then(Outcome::from_number) {
            Some(Outcome::Justified) => "justified".into(),
            Some(Outcome::NotJustified) => "not justified".into(),
            Some(Outcome::None) | None => number.to_string(),
        };
        vec![
            self.access_id.to_string(),
            self.subject.to_string(),
            self.actor.to_string(),
            codes::role_of(self.role),
            codes::purpose_of(self.purpose),
            Moment(self.opens_at).to_string(),
            Moment(self.ends_at).to_string(),
            self.status.clone(),
            self.outcome.map(outcome).unwrap_or_default(),
            self.changed_block.to_string(),
        ]
    }
}

impl Row for Safeguards {
    const HEAD: &'static [&'static str] = &["subject", "veto window", "emergency key", "by", "since block"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.subject.to_string(),
            self.veto_window.to_string(),
            self.emergency_key.map(|key| key.to_string()).unwrap_or_default(),
            self.actor.to_string(),
            self.changed_block.to_string(),
        ]
    }
}

impl Row for AccessLog {
    const HEAD: &'static [&'static str] = &["author", "batch", "root", "leaves", "from", "until", "block"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.author.to_string(),
            self.batch.to_string(),
            self.root.to_string(),
            self.leaf_count.to_string(),
            Moment(self.entries_from).to_string(),
            Moment(self.entries_until).to_string(),
            self.block.to_string(),
        ]
    }
}
