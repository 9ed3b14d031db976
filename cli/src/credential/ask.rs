//! The commands that ask, and send nothing.

use std::path::PathBuf;

use alloy_core::primitives::B256;
use clap::Subcommand;
use salus_core::{codes::Role, credentials::Credential};

use super::{
    licence, open,
    view::{Checked, IssuerChecked, Shown, Verified},
};
use crate::{Context, Output, codes, moment, owner::Owned};
use salus_client::{
    access::AccessError, chain::Chain, contracts::credentials::Credentials, error::Error, openings::LicenceOpening,
};

#[derive(Debug, Subcommand)]
pub(super) enum Question {
    /// Show a credential, or the last one of a holder in a role
    Show {
        /// The credential
        #[arg(required_unless_present = "holder", conflicts_with = "holder")]
        credential: Option<B256>,
        /// Who has it
        #[arg(long, value_name = "ACCOUNT", requires = "role")]
        holder: Option<String>,
        /// As what, e.g. PHYS
        #[arg(long, value_name = "CODE", requires = "holder", value_parser = codes::role)]
        role: Option<Role>,
    },
    /// Ask whether an account has an active credential in a role, now or at another time
    Check {
        /// Who is asked about
        holder: String,
        /// As what, e.g. PHYS
        #[arg(long, value_name = "CODE", value_parser = codes::role)]
        role: Role,
        /// When: 2027-01-31, 2027-01-31T09:30:00Z or +SECONDS [default: now]
        #[arg(long, value_name = "TIME")]
        at: Option<String>,
    },
    /// Ask whether an account may issue credentials, now or at another time
    CheckIssuer {
        /// Who is asked about
        issuer: String,
        /// When: 2027-01-31, 2027-01-31T09:30:00Z or +SECONDS [default: now]
        #[arg(long, value_name = "TIME")]
        at: Option<String>,
    },
    /// Verify that a number is that of a credential's licence; another one exits with 1
    VerifyLicence {
        /// The credential
        credential: B256,
        /// The number that it is claimed to be
        #[arg(long, value_name = "NUMBER", value_parser = licence)]
        licence: String,
        /// What opens the salted hash, from whoever has it [default: what is kept here]
        #[arg(long, value_name = "FILE")]
        opening: Option<PathBuf>,
    },
    /// Show who owns the registry, and to whom that office is offered
    Owner,
}

impl Question {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Show { .. } => "credential show",
            Self::Check { .. } => "credential check",
            Self::CheckIssuer { .. } => "credential check-issuer",
            Self::VerifyLicence { .. } => "credential verify-licence",
            Self::Owner => "credential owner",
        }
    }
}

pub(super) async fn run(question: Question, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
    let credentials = open(context, &Chain::connect(&context.network()?).await?).await?;
    let now = credentials.contract().chain().time().await?;
    let time = |at: Option<String>| at.map_or(Ok(now), |at| moment::parse(&at, now, false));
    match question {
        Question::Show {
            credential,
            holder,
            role,
        } => {
            let id = match (credential, holder, role) {
                (Some(id), ..) => id,
                (None, Some(holder), Some(role)) => latest(&credentials, context, &holder, role).await?,
                _ => return Err(Error::Usage("name a credential, or a holder and a role".into())),
            };
            out.result(&Shown::new(id, &find(&credentials, id).await?, now))
        }
        Question::Check { holder, role, at } => {
            let (holder, at) = (context.account(&holder)?.address(), time(at)?);
            let standing = credentials.standing_at(holder, role, at).await?;
            out.result(&Checked::new(holder, role, at, &standing))
        }
        Question::CheckIssuer { issuer, at } => {
            let (issuer, at) = (context.account(&issuer)?.address(), time(at)?);
            let is_issuer = credentials.is_issuer_at(issuer, at).await?;
            out.result(&IssuerChecked::new(issuer, at, is_issuer))
        }
        Question::VerifyLicence {
            credential,
            licence,
            opening,
        } => {
            let commitment = B256::from(find(&credentials, credential).await?.licence);
            let openings = context.openings();
            let opening: LicenceOpening = match opening {
                Some(path) => openings.read(path, commitment)?,
                None => openings.load(commitment)?,
            };
            if opening.number != licence {
                let what = "the licence's number";
                return Err(AccessError::Mismatch { what, commitment }.into());
            }
            out.result(&Verified::new(credential, opening.holder))
        }
        Question::Owner => out.result(&Owned::read(credentials.contract(), None).await?),
    }
}

/// A credential, which has to be there.
pub(super) async fn find(credentials: &Credentials, id: B256) -> Result<Credential, Error> {
    let found = credentials.credential(id).await?;
    Ok(found.ok_or(AccessError::UnknownCredential(id))?)
}

async fn latest(credentials: &Credentials, context: &Context, holder: &str, role: Role) -> Result<B256, Error> {
    let holder = context.account(holder)?.address();
    let standing = credentials.standing_at(holder, role, u64::MAX).await?;
    if standing.credential_id.is_zero() {
        let role = role.code();
        return Err(Error::Usage(format!("{holder} has had no credential as {role}")));
    }
    Ok(standing.credential_id)
}
