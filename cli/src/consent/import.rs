//! `salus consent import`: FHIR Consents, kept to decide by, and granted on chain.

use std::{fmt, path::PathBuf};

use alloy_core::primitives::{Address, B256};
use clap::Args;
use salus_core::consent::Status;
use serde::Serialize;

use super::open;
use crate::{
    Context, Output,
    context::Signer,
    transaction::{SendingOpts, Transaction},
};
use salus_client::{
    consents::{self, Draft},
    contracts::consent::Consent,
    decide::{Given, Import},
    error::Error,
    fhir::{FhirError, Limits, json, read_file},
    openings::{OpeningError, Openings},
    wallet::RelationshipName,
};

/// What to import, and whether to grant it.
#[derive(Debug, Args)]
#[command(after_help = "\
The same file may be imported again: what is known is kept as it is, and what is not granted on the network yet is granted.

Examples:
  salus consent import consent.json
  salus consent import bundle.json --to clinic --from patient
  salus consent evaluate --request request.json --offline")]
pub(super) struct ImportOpts {
    /// A FHIR Consent, or a Bundle with Consents and the resources that they refer to
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Grant on chain what is active, to this account: a key's name, `dev:NAME`, an SS58 or Ethereum address
    #[arg(long, value_name = "ACCOUNT", requires = "from")]
    to: Option<String>,
    /// Grant it as this subject, which is registered if it is not yet [default: that of the wallet's relationship which
    /// signs, or else a new, random one for each consent]
    #[arg(long, value_name = "HEX", requires = "to")]
    subject: Option<B256>,
    /// The account that signs and pays: a stored key's name, `wallet:NAME/INDEX`, or `dev:NAME` on a development network
    #[arg(long, env = "SALUS_FROM", value_name = "ACCOUNT")]
    from: Option<String>,
    #[command(flatten)]
    sending: SendingOpts,
}

pub(super) async fn run(opts: ImportOpts, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
    let limits = Limits::default();
    let document = json::parse(&read_file(&opts.file, &limits)?, &limits).map_err(FhirError::from)?;
    let given = Given::all(&document)?;
    if given.is_empty() {
        return Err(Error::Usage(format!("{} has no Consent", opts.file.display())));
    }
    let active = given.iter().filter(|given| given.is_active).count();
    let as_one = opts.subject.is_some() || opts.from.as_deref().is_some_and(RelationshipName::is_meant_by);
    if opts.to.is_some() && as_one && active > 1 {
        let message = format!("{active} consents are active, and a subject has one for a grantee: name no subject");
        return Err(Error::Usage(message));
    }
    let granter = match (&opts.to, &opts.from) {
        (Some(to), Some(from)) => Some(Granter::new(&opts, context, to, from).await?),
        _ => None,
    };
    let kept = context.openings();
    let mut rows = Vec::new();
    for given in &given {
        let (mut import, is_new) = keep(&kept, given)?;
        let granted = match &granter {
            Some(granter) if import.is_active => Some(granter.grant(&kept, &mut import).await?),
            _ => None,
        };
        rows.push(Row {
            import: import.id(),
            is_active: import.is_active,
            is_new,
            losses: given.losses.iter().map(ToString::to_string).collect(),
            granted,
        });
    }
    out.result(&Imported { consents: rows })
}

/// Keeps a consent, unless it is kept already.
fn keep(kept: &Openings, given: &Given) -> Result<(Import, bool), Error> {
    let import = Import::new(given);
    match kept.load(import.id()) {
        Ok(known) => Ok((known, false)),
        Err(OpeningError::NotFound { .. }) => {
            kept.save(&import)?;
            Ok((import, true))
        }
        Err(error) => Err(error.into()),
    }
}

/// Who grants on chain, and to whom.
struct Granter<'o> {
    registry: Consent,
    signer: Signer,
    grantee: Address,
    opts: &'o ImportOpts,
}

impl<'o> Granter<'o> {
    async fn new(opts: &'o ImportOpts, context: &Context, to: &str, from: &str) -> Result<Self, Error> {
        let grantee = context.account(to)?.address();
        let (chain, signer) = opts.sending.start(context, from).await?;
        Ok(Self {
            registry: open(context, &chain).await?,
            signer,
            grantee,
            opts,
        })
    }

    async fn grant(&self, kept: &Openings, import: &mut Import) -> Result<Granted, Error> {
        if let Some(granted) = self.known(import).await? {
            return Ok(granted);
        }
        let options = self.opts.sending.options();
        let policy = import
            .policy()
            .ok_or_else(|| Error::Usage("its policy is none".into()))?;
        let draft = Draft::new(&policy, None)?;
        let subject = self
            .opts
            .subject
            .or(self.signer.subject)
            .unwrap_or_else(|| B256::from(rand::random::<[u8; 32]>()));
        if self.registry.controller_of(subject).await?.is_none() {
            self.registry.register(&self.signer.key, subject, options).await?;
        }
        let parties = (subject, self.grantee);
        let (consent, receipt) =
            consents::grant(&self.registry, kept, &self.signer.key, parties, &draft, options).await?;
        import.set_granted(&self.registry, consent);
        kept.replace(import)?;
        Ok(Granted {
            consent,
            subject,
            grantee: self.grantee,
            transaction: Some(receipt.into()),
        })
    }

    /// What it was granted as before, if that is still active. A development chain may have been started anew.
    async fn known(&self, import: &Import) -> Result<Option<Granted>, Error> {
        let Some(consent) = import.granted_in(&self.registry) else {
            return Ok(None);
        };
        let entry = self.registry.entry(consent).await?;
        let active = entry.filter(|entry| entry.status == Status::Active);
        Ok(active.map(|entry| Granted {
            consent,
            subject: entry.subject.into(),
            grantee: entry.grantee.into(),
            transaction: None,
        }))
    }
}

#[derive(Serialize)]
struct Imported {
    /// In the order of the document.
    consents: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    import: B256,
    is_active: bool,
    /// Whether it was not kept before.
    is_new: bool,
    /// What is in the document and not in the policy.
    losses: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    granted: Option<Granted>,
}

#[derive(Serialize)]
struct Granted {
    consent: B256,
    subject: B256,
    grantee: Address,
    /// None if it was granted before.
    #[serde(skip_serializing_if = "Option::is_none")]
    transaction: Option<Transaction>,
}

impl fmt::Display for Imported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for row in &self.consents {
            let status = if row.is_active { "active" } else { "not active" };
            let novelty = if row.is_new { "" } else { ", known already" };
            writeln!(f, "import       {} ({status}{novelty})", row.import)?;
            for loss in &row.losses {
                writeln!(f, "no part      {loss}")?;
            }
            let Some(granted) = &row.granted else { continue };
            writeln!(f, "consent      {}", granted.consent)?;
            writeln!(f, "subject      {}", granted.subject)?;
            writeln!(f, "grantee      {}", granted.grantee)?;
            if let Some(transaction) = &granted.transaction {
                writeln!(f, "{transaction}")?;
            }
        }
        Ok(())
    }
}
