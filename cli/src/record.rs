//! `salus record`: what health records were, and when.

mod view;

use std::path::{Path, PathBuf};

use alloy_core::primitives::B256;
use clap::{Args, Subcommand};
use salus_core::records::RecordStatus;

use self::view::{Anchored, BatchAnchored, Proved, Shown, Verified, VerifiedInBatch};
use super::{Context, Output, transaction::TransactionOpts};
use salus_client::{
    batch::{RecordBatch, RecordError, RecordProof, records_of},
    chain::Chain,
    contracts::{Suite, records::Records},
    error::Error,
    fhir::{Bundle, Canonical, FhirError, FieldError, Limits, Problem, Salt, json, read_file},
    files::{self, Access},
    openings::{BatchOpening, RecordOpening},
};

/// Anchor records, prove them, and verify them.
#[derive(Debug, Args)]
#[command(after_help = "\
A record is a FHIR resource in canonical form (RFC 8785). What goes on chain is a commitment with a new salt; the salt is kept
in a private file on this machine. The records themselves are kept where they are: nothing copies them.

Examples:
  salus record anchor encounter.json --from clinic
  salus record anchor corrected.json --record 0x11.. --previous 1 --from clinic
  salus record anchor-batch bundle.json --type Encounter --type Observation --from clinic
  salus record prove 0x8a.. Observation/42 --to proof.json
  salus record verify observation.json --proof proof.json
  salus record verify encounter.json --record 0x11.. --version 1")]
pub(super) struct Opts {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Anchor one FHIR resource: the first version of a record, or with --record the next one
    Anchor {
        /// A file with one FHIR resource, plain or gzipped
        file: PathBuf,
        /// The record that it is a new version of; without it, a new record
        #[arg(long, value_name = "HEX", requires = "previous")]
        record: Option<B256>,
        /// The number of the latest version, which it follows
        #[arg(long, value_name = "NUMBER", requires = "record")]
        previous: Option<u32>,
        #[command(flatten)]
        transaction: TransactionOpts,
    },
    /// Anchor the resources of a FHIR bundle under one Merkle root, in one transaction
    AnchorBatch {
        /// A file with a FHIR bundle, plain or gzipped
        file: PathBuf,
        /// Only resources of this type, e.g. Observation; may be repeated
        #[arg(long = "type", value_name = "TYPE")]
        types: Vec<String>,
        /// What to find the batch by: 32 bytes, which are public
        #[arg(long, value_name = "HEX", default_value_t = B256::ZERO, hide_default_value = true)]
        reference: B256,
        #[command(flatten)]
        transaction: TransactionOpts,
    },
    /// Write the proof of one record of a batch, for whoever is given it with the record
    Prove {
        /// The batch's root
        root: B256,
        /// The record: Type/id
        resource: String,
        /// The file to write; an existing one is not replaced
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
    },
    /// Verify a FHIR resource against what is on chain; an altered one exits with 1
    Verify {
        /// A file with one FHIR resource, plain or gzipped; or a bundle that has the proof's resource
        file: PathBuf,
        /// The proof that came with it
        #[arg(
            long,
            value_name = "FILE",
            required_unless_present = "record",
            conflicts_with = "record"
        )]
        proof: Option<PathBuf>,
        /// The record that it is claimed to be; needs its opening
        #[arg(long, value_name = "HEX", requires = "version")]
        record: Option<B256>,
        /// The version that it is claimed to be
        #[arg(long, value_name = "NUMBER", requires = "record")]
        version: Option<u32>,
    },
    /// Show a record and its versions
    Show {
        /// The record
        record: B256,
    },
}

impl Opts {
    pub(super) fn name(&self) -> &'static str {
        match self.command {
            Command::Anchor { .. } => "record anchor",
            Command::AnchorBatch { .. } => "record anchor-batch",
            Command::Prove { .. } => "record prove",
            Command::Verify { .. } => "record verify",
            Command::Show { .. } => "record show",
        }
    }
}

pub(super) async fn run(opts: Opts, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
    match opts.command {
        Command::Anchor {
            file,
            record,
            previous,
            transaction,
        } => {
            let (resource, canonical) = read_resource(&file, None)?;
            let (chain, key) = transaction.start(context).await?;
            let records = open(context, &chain).await?;
            let salt = Salt::random();
            let commitment = B256::from(canonical.commit(&salt));
            let record_id = record.unwrap_or_else(|| B256::from(rand::random::<[u8; 32]>()));
            let openings = context.openings();
            let opening = openings.save(&RecordOpening {
                commitment,
                salt,
                record_id,
                resource,
            })?;
            let options = transaction.options();
            let sent = match previous {
                None => {
                    let sent = records.anchor(&key, record_id, commitment, options).await;
                    sent.map(|receipt| (1, receipt))
                }
                Some(previous) => {
                    records
                        .add_version(&key, record_id, previous, commitment, options)
                        .await
                }
            };
            let (version, receipt) = openings.settle::<RecordOpening, _>(commitment, sent.map_err(Error::from))?;
            out.result(&Anchored {
                record: record_id,
                version,
                commitment,
                opening,
                transaction: receipt.into(),
            })
        }
        Command::AnchorBatch {
            file,
            types,
            reference,
            transaction,
        } => {
            let bundle = Bundle::from_file(&file, &Limits::default())?;
            let resources = records_of(&bundle, &types)?;
            let (chain, key) = transaction.start(context).await?;
            let records = open(context, &chain).await?;
            let batch = RecordBatch::commit(key.account().address(), resources)?;
            let openings = context.openings();
            let opening = openings.save(batch.opening())?;
            let (root, count) = (batch.root(), batch.leaf_count());
            let sent = records
                .anchor_batch(&key, root, count, reference, transaction.options())
                .await;
            let receipt = openings.settle::<BatchOpening, _>(root, sent.map_err(Error::from))?;
            out.result(&BatchAnchored {
                root,
                leaf_count: count,
                opening,
                transaction: receipt.into(),
            })
        }
        Command::Prove { root, resource, to } => {
            let chain = Chain::connect(&context.network()?).await?;
            let records = open(context, &chain).await?;
            let batch = RecordBatch::open(context.openings().load::<BatchOpening>(root)?)?;
            let proof = batch.prove(&resource, chain.chain_id(), records.contract().address())?;
            if records.batch(proof.author, root).await?.is_none() {
                let what = format!("the batch {root} of {}", proof.author);
                return Err(RecordError::NotAnchored { what }.into());
            }
            let text = serde_json::to_vec_pretty(&proof).map_err(std::io::Error::from)?;
            files::create(&to, &text, Access::Private).map_err(|source| RecordError::Io {
                path: to.display().to_string(),
                source,
            })?;
            out.result(&Proved {
                root,
                resource,
                index: proof.index,
                hashes: proof.path.len(),
                file: to,
            })
        }
        Command::Verify {
            file,
            proof: Some(proof),
            ..
        } => {
            let proof = RecordProof::from_file(&proof)?;
            let (_, canonical) = read_resource(&file, Some(&proof.resource))?;
            let batch = proof.verify(&connect(context).await?, &canonical).await?;
            out.result(&VerifiedInBatch::new(&proof, &batch))
        }
        Command::Verify {
            file,
            record: Some(record),
            version: Some(version),
            ..
        } => {
            let (_, canonical) = read_resource(&file, None)?;
            verify_version(context, out, record, version, &canonical).await
        }
        Command::Verify { .. } => Err(Error::Usage("name a proof, or a record and its version".into())),
        Command::Show { record } => show(context, out, record).await,
    }
}

async fn verify_version(
    context: &Context,
    out: &mut Output<'_>,
    record: B256,
    version: u32,
    canonical: &Canonical,
) -> Result<(), Error> {
    let records = connect(context).await?;
    let anchored = records.version(record, version).await?;
    let anchored = anchored.ok_or_else(|| RecordError::NotAnchored {
        what: format!("version {version} of record {record}"),
    })?;
    let opening: RecordOpening = context.openings().load(anchored.commitment.into())?;
    let commitment = canonical.commit(&opening.salt).into();
    match records.verify(record, version, commitment).await? {
        RecordStatus::Mismatch | RecordStatus::Unknown => Err(RecordError::Altered.into()),
        status => out.result(&Verified::new(record, version, &anchored, status)),
    }
}

async fn show(context: &Context, out: &mut Output<'_>, record: B256) -> Result<(), Error> {
    let records = connect(context).await?;
    let found = records.record(record).await?;
    let found = found.ok_or_else(|| RecordError::NotAnchored {
        what: format!("record {record}"),
    })?;
    let mut versions = Vec::new();
    // The newest ones: a record may have any number of them.
    for number in found.latest.saturating_sub(31).max(1)..=found.latest {
        versions.extend(records.version(record, number).await?.map(|version| (number, version)));
    }
    out.result(&Shown::new(record, &found, &versions))
}

/// Reads one resource with its name; out of a bundle, the one with the name `wanted`.
fn read_resource(file: &Path, wanted: Option<&str>) -> Result<(String, Canonical), Error> {
    let limits = Limits::default();
    let text = read_file(file, &limits)?;
    let document = json::parse(&text, &limits).map_err(FhirError::from)?;
    let text_of = |name: &str| document.get(name).and_then(serde_json::Value::as_str);
    let missing = || FieldError {
        path: "resourceType".into(),
        problem: Problem::Missing,
    };
    let kind = text_of("resourceType").ok_or_else(|| FhirError::from(missing()))?;
    if let ("Bundle", Some(wanted)) = (kind, wanted) {
        let bundle = Bundle::from_json(&text, &limits)?;
        let mut named = records_of(&bundle, &[])?.into_iter();
        let found = named.find(|(name, _)| name == wanted);
        return found.ok_or_else(|| Error::Usage(format!("{} has no `{wanted}`", file.display())));
    }
    let name = text_of("id").map_or_else(|| kind.to_owned(), |id| format!("{kind}/{id}"));
    Ok((name, Canonical::of(&document)?))
}

async fn connect(context: &Context) -> Result<Records, Error> {
    open(context, &Chain::connect(&context.network()?).await?).await
}

async fn open(context: &Context, chain: &Chain) -> Result<Records, Error> {
    Suite::open(chain, &context.deployments(chain.network()))?
        .records()
        .await
}
