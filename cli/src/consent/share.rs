//! `salus consent share` and `receive`: a policy's opening on its way to the grantee.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use alloy_core::primitives::{Address, B256};
use clap::Args;
use serde::Serialize;

use super::connect;
use crate::{Context, Output};
use salus_client::{
    consents::ConsentError,
    contracts::consent::Consent,
    error::Error,
    files::{self, Access},
    openings::PolicyOpening,
    vault::{Binding, EncryptionKey, Place, SharedOpening, VaultError},
    wallet::RelationshipName,
};

/// What to share, and with whom.
#[derive(Debug, Args)]
#[command(after_help = "\
The grantee's key is shown by `salus wallet relationship`. Ask for it by a way that you trust: whoever's key it is, can read
the policy.

Examples:
  salus consent share 0x1c.. --to-key 0x8f.. --out for-clinic.json
  salus consent share 0x1c.. --to-key clinic-key.txt > for-clinic.json")]
pub(super) struct ShareOpts {
    /// The consent; its opening has to be here
    consent: B256,
    /// The grantee's encryption key: 0x and 64 hexadecimal digits, or a file that starts with them
    #[arg(long, value_name = "HEX|FILE")]
    to_key: String,
    /// The file to write; an existing one is not replaced [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// What was shared, and with which key.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  salus consent receive for-clinic.json --key wallet:clinic/0")]
pub(super) struct ReceiveOpts {
    /// What `salus consent share` wrote
    file: PathBuf,
    /// The relationship whose encryption key it was sealed to
    #[arg(long, value_name = "wallet:NAME/INDEX")]
    key: RelationshipName,
}

/// Seals the opening of a consent for its grantee.
pub(super) async fn share(opts: &ShareOpts, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
    let to = encryption_key(&opts.to_key)?;
    let binding = binding(&connect(context).await?, opts.consent).await?;
    let opening: PolicyOpening = context.openings().load(binding.commitment)?;
    let shared = SharedOpening::seal(&binding, &opening, &to)?;
    if let Some(path) = &opts.out {
        let text = serde_json::to_vec_pretty(&shared).map_err(std::io::Error::from)?;
        files::create(path, &text, Access::Private).map_err(|source| VaultError::Io {
            path: path.clone(),
            source,
        })?;
    }
    out.result(&Shared {
        consent: binding.consent,
        grantee: binding.grantee,
        to_key: to,
        envelope: opts.out.is_none().then_some(shared),
        file: opts.out.clone(),
    })
}

/// Opens what was shared, and keeps it.
pub(super) async fn receive(opts: &ReceiveOpts, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
    let shared = SharedOpening::from_file(&opts.file)?;
    let registry = connect(context).await?;
    shared.check_place(&Place::of(&registry))?;
    let binding = binding(&registry, shared.consent).await?;
    let key = context.relationship(&opts.key)?.encryption;
    let opening = shared.open(&binding, &key)?;
    // One that is here already opens the same commitment: it is the same.
    let file = context.openings().replace(&opening)?;
    out.result(&Received {
        consent: binding.consent,
        subject: binding.subject,
        grantee: binding.grantee,
        opening: file,
    })
}

/// What the chain says of a consent.
async fn binding(registry: &Consent, id: B256) -> Result<Binding, Error> {
    let entry = registry.entry(id).await?.ok_or(ConsentError::Unknown(id))?;
    Ok(Binding::of(registry, id, &entry))
}

fn encryption_key(text: &str) -> Result<EncryptionKey, Error> {
    if text.starts_with("0x") {
        return Ok(text.parse()?);
    }
    let path = Path::new(text);
    let content = std::fs::read_to_string(path).map_err(|source| VaultError::Io {
        path: path.into(),
        source,
    })?;
    Ok(content.split_whitespace().next().unwrap_or_default().parse()?)
}

#[derive(Serialize)]
struct Shared {
    consent: B256,
    grantee: Address,
    to_key: EncryptionKey,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    envelope: Option<SharedOpening>,
}

/// Without a file, the envelope alone: what is redirected to one can be received.
impl fmt::Display for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(envelope) = &self.envelope {
            return f.write_str(&serde_json::to_string_pretty(envelope).map_err(|_| fmt::Error)?);
        }
        writeln!(f, "consent      {}", self.consent)?;
        writeln!(f, "grantee      {}", self.grantee)?;
        writeln!(f, "sealed to    {}", self.to_key)?;
        if let Some(file) = &self.file {
            writeln!(f, "file         {}", file.display())?;
        }
        Ok(())
    }
}

#[derive(Serialize)]
struct Received {
    consent: B256,
    subject: B256,
    grantee: Address,
    /// Where the opening is kept; not what is in it.
    opening: PathBuf,
}

impl fmt::Display for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "consent      {}", self.consent)?;
        writeln!(f, "subject      {}", self.subject)?;
        writeln!(f, "grantee      {}", self.grantee)?;
        writeln!(f, "opening      {} (keep it private)", self.opening.display())
    }
}
