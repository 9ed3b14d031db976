//! `salus consent receipt`: what a patient keeps of a consent.

use std::{fmt, path::PathBuf};

use alloy_core::primitives::B256;
use clap::Args;
use serde::Serialize;
use serde_json::Value;

use super::connect;
use crate::{Context, Output, codes, document::read_json, index};
use salus_client::{
    consents::ConsentError,
    contracts::consent::Consent,
    error::Error,
    indexer::{ConsentStep, IndexError, Reader, StoreError},
    openings::OpeningError,
    receipt::{self, Facts},
};

/// Which consent, or which receipt.
#[derive(Debug, Args)]
#[command(after_help = "\
What is behind a commitment that is not opened here is withheld; what an index does not know has no time. docs/receipt.md has it field by
field. The salt that proves the receipt is kept with the openings.

Examples:
  salus consent receipt 0x1c.. > receipt.json
  salus consent receipt 0x1c.. --jurisdiction DE --notice https://clinic.example/privacy
  salus consent receipt --verify receipt.json")]
pub(super) struct ReceiptOpts {
    /// The consent
    #[arg(required_unless_present = "verify", conflicts_with = "verify")]
    consent: Option<B256>,
    /// Check that this receipt is as it was issued here
    #[arg(long, value_name = "FILE")]
    verify: Option<PathBuf>,
    /// Which law applies: an ISO 3166 code, e.g. DE or US-CA
    #[arg(long, value_name = "CODE", value_parser = codes::jurisdiction, conflicts_with = "verify")]
    jurisdiction: Option<String>,
    /// The notice that was shown to the patient
    #[arg(long, value_name = "URI", conflicts_with = "verify")]
    notice: Option<String>,
    /// The index: a path or a sqlite: URL [default: index/<network>.sqlite in the user's data directory]
    #[arg(long, env = "SALUS_DATABASE", value_name = "PATH|URL", conflicts_with = "verify")]
    database: Option<String>,
}

pub(super) async fn run(opts: ReceiptOpts, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
    let openings = context.openings();
    if let Some(file) = &opts.verify {
        let receipt = read_json(file)?;
        let commitment = receipt::verify(&receipt, &openings)?;
        return out.result(&Verified { commitment });
    }
    let id = opts
        .consent
        .ok_or_else(|| Error::Usage("name a consent or --verify".into()))?;
    let registry = connect(context).await?;
    let entry = registry.entry(id).await?.ok_or(ConsentError::Unknown(id))?;
    let policy = match openings.policy(entry.commitment.into()) {
        Ok(policy) => Some(policy),
        Err(OpeningError::NotFound { .. }) => {
            out.note("the opening is not here: what the policy says is withheld");
            None
        }
        Err(error) => return Err(error.into()),
    };
    let history = history(&opts, id, &registry, out).await?;
    let chain = registry.contract().chain();
    let facts = Facts {
        chain_id: chain.chain_id(),
        genesis: chain.genesis_hash(),
        contract: registry.contract().address(),
        consent: id,
        controller: registry.controller_of(entry.subject.into()).await?,
        entry,
        policy,
        history,
        jurisdiction: opts.jurisdiction,
        notice: opts.notice,
    };
    out.result(&Receipt(receipt::issue(&facts, chain.time().await?, &openings)?))
}

/// What an index knows of the consent's life; nothing if there is no index, or if it is not that far.
async fn history(
    opts: &ReceiptOpts,
    id: B256,
    registry: &Consent,
    out: &Output<'_>,
) -> Result<Vec<ConsentStep>, Error> {
    let location = index::location(opts.database.as_deref(), registry.contract().chain().network())?;
    let mut reader = match Reader::open(&location).await {
        Err(StoreError::Missing { .. }) if opts.database.is_none() => {
            out.note("there is no index: the receipt has no times of what happened");
            return Ok(Vec::new());
        }
        reader => reader.map_err(IndexError::from)?,
    };
    let contract = registry.contract().address();
    Ok(reader.consent_history(contract, id).await.map_err(IndexError::from)?)
}

#[derive(Serialize)]
#[serde(transparent)]
struct Receipt(Value);

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#}", self.0)
    }
}

#[derive(Serialize)]
struct Verified {
    /// To the receipt.
    commitment: B256,
}

impl fmt::Display for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "as it was issued: {}", self.commitment)
    }
}
