//! `salus index issuers`, `credentials` and their histories.

use alloy_core::primitives::{Address, B256};
use clap::Args;
use salus_core::codes::Role;

use super::{
    super::{super::Output, table::Row},
    Limit, show,
};
use crate::codes;
use salus_client::{
    error::Error,
    indexer::{Credential, CredentialFilter, CredentialStep, Issuer, IssuerFilter, IssuerStep, Reader},
};

#[derive(Debug, Args)]
pub(in super::super) struct Issuers {
    /// This account
    #[arg(long, value_name = "ADDRESS")]
    issuer: Option<Address>,
    /// Those of this status
    #[arg(long, value_parser = ["admitted", "removed"])]
    status: Option<String>,
    #[command(flatten)]
    limit: Limit,
}

#[derive(Debug, Args)]
pub(in super::super) struct IssuerHistory {
    /// The issuer
    issuer: Address,
    #[command(flatten)]
    limit: Limit,
}

#[derive(Debug, Args)]
pub(in super::super) struct Credentials {
    /// This credential (32 bytes in hexadecimal)
    #[arg(long)]
    id: Option<B256>,
    /// Those of this account
    #[arg(long, value_name = "ADDRESS")]
    holder: Option<Address>,
    /// Those from this issuer
    #[arg(long, value_name = "ADDRESS")]
    issuer: Option<Address>,
    /// Those in this role, e.g. PHYS
    #[arg(long, value_name = "CODE", value_parser = codes::role)]
    role: Option<Role>,
    /// Those of this status
    #[arg(long, value_parser = ["active", "suspended", "revoked", "superseded"])]
    status: Option<String>,
    #[command(flatten)]
    limit: Limit,
}

#[derive(Debug, Args)]
pub(in super::super) struct CredentialHistory {
    /// The credential (32 bytes in hexadecimal)
    credential: B256,
    #[command(flatten)]
    limit: Limit,
}

impl Issuers {
    pub(super) async fn ask(&self, reader: &mut Reader, out: &mut Output<'_>) -> Result<(), Error> {
        let filter = IssuerFilter {
            issuer: self.issuer,
            status: self.status.clone(),
        };
        show(reader.issuers(&filter, self.limit.limit).await, out)
    }
}

impl IssuerHistory {
    pub(super) async fn ask(&self, reader: &mut Reader, out: &mut Output<'_>) -> Result<(), Error> {
        show(reader.issuer_history(self.issuer, self.limit.limit).await, out)
    }
}

impl Credentials {
    pub(super) async fn ask(&self, reader: &mut Reader, out: &mut Output<'_>) -> Result<(), Error> {
        let filter = CredentialFilter {
            credential_id: self.id,
            holder: self.holder,
            issuer: self.issuer,
            role: self.role.map(|role| role.bit().into()),
            status: self.status.clone(),
        };
        show(reader.credentials(&filter, self.limit.limit).await, out)
    }
}

impl CredentialHistory {
    pub(super) async fn ask(&self, reader: &mut Reader, out: &mut Output<'_>) -> Result<(), Error> {
        show(reader.credential_history(self.credential, self.limit.limit).await, out)
    }
}

impl Row for Issuer {
    const HEAD: &'static [&'static str] = &["issuer", "status", "by", "since block"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.issuer.to_string(),
            self.status.clone(),
            self.actor.to_string(),
            self.changed_block.to_string(),
        ]
    }
}

impl Row for IssuerStep {
    const HEAD: &'static [&'static str] = &["status", "by", "block"];

    fn cells(&self) -> Vec<String> {
        vec![self.status.clone(), self.actor.to_string(), self.block.to_string()]
    }
}

impl Row for Credential {
    const HEAD: &'static [&'static str] = &[
        "credential",
        "holder",
        "issuer",
        "role",
        "jurisdiction",
        "status",
        "since block",
    ];

    fn cells(&self) -> Vec<String> {
        vec![
            self.credential_id.to_string(),
            self.holder.to_string(),
            self.issuer.to_string(),
            codes::role_of(self.role),
            self.jurisdiction.clone(),
            self.status.clone(),
            self.changed_block.to_string(),
        ]
    }
}

impl Row for CredentialStep {
    const HEAD: &'static [&'static str] = &["status", "by", "block"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.status.clone(),
            self.actor.map(|actor| actor.to_string()).unwrap_or_default(),
            self.block.to_string(),
        ]
    }
}
