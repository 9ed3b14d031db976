//! `salus story`: the whole of Salus in one run.

use std::{fmt, path::PathBuf, time::Duration};

use clap::Args;
use serde::Serialize;

use super::{Context, Output};
#[cfg(feature = "devchain")]
use salus_client::devnet::Devnet;
use salus_client::{
    chain::Chain,
    contracts::Suite,
    error::Error,
    fhir::{Bundle, Limits},
    story::{self, Story, StoryOptions},
};

/// Tell the story of one patient and two providers, with real transactions.
#[derive(Debug, Args)]
#[command(after_help = "\
A patient consents to treatment by one provider and not by another; one without coins signs, a clinic sends, and two
relationships of one wallet share nothing; a guardian acts for a child; exceptions have exceptions; the glass is broken,
vetoed and reviewed; records are anchored, proved and found tampered with; a consultation is paid through escrow and
another is called off; the consent is withdrawn; and an index built from the chain alone tells the same. Exits with an
error if anything comes out otherwise than it must. Standard error tells each step as it happens. Keys are made for the
story and gone with it; the health record is of a synthetic patient.

Examples:
  salus story                          on a chain of its own, which ends with the story
  salus --json story                   with hash, block, weight and fee of each transaction
  salus story --running                on the chain that `salus up` runs
  salus story --bundle patient.json    of another health record (FHIR R4 Bundle)")]
pub(super) struct Opts {
    /// Use the chain of --network, which runs already, instead of one that ends with the story
    #[arg(long)]
    running: bool,
    /// The patient's health record: a FHIR R4 Bundle, plain or gzipped [default: a synthetic patient]
    #[arg(long, value_name = "FILE")]
    bundle: Option<PathBuf>,
    /// Seconds from booking the consultation to its beginning; more where blocks take long
    #[arg(long, value_name = "SECONDS", default_value_t = 8, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    lead: u64,
    /// For how many seconds to wait for each transaction to be final
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: u64,
}

pub(super) async fn run(opts: Opts, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
    let bundle = match &opts.bundle {
        Some(path) => Bundle::from_file(path, &Limits::default())?,
        None => story::synthetic_patient()?,
    };
    // The index is made for the comparison alone.
    let scratch = tempfile::tempdir()?;
    let options = StoryOptions {
        lead: Duration::from_secs(opts.lead),
        timeout: Duration::from_secs(opts.timeout),
        database: scratch.path().join("index.sqlite"),
    };
    if opts.running {
        let network = context.network()?;
        let chain = Chain::connect(&network).await?;
        let suite = Suite::open(&chain, &context.deployments(&network))?;
        return tell(&suite, &bundle, &options, out).await;
    }
    on_own_chain(scratch.path(), &bundle, &options, out).await
}

#[cfg(feature = "devchain")]
async fn on_own_chain(
    scratch: &std::path::Path,
    bundle: &Bundle,
    options: &StoryOptions,
    out: &mut Output<'_>,
) -> Result<(), Error> {
    let (devnet, suite) = Devnet::with_contracts(scratch).await?;
    let outcome = tell(&suite, bundle, options, out).await;
    devnet.stop().await;
    outcome
}

#[cfg(not(feature = "devchain"))]
async fn on_own_chain(_: &std::path::Path, _: &Bundle, _: &StoryOptions, _: &mut Output<'_>) -> Result<(), Error> {
    Err(Error::Usage(
        "this program was built without the embedded chain: use --running".into(),
    ))
}

async fn tell(suite: &Suite, bundle: &Bundle, options: &StoryOptions, out: &mut Output<'_>) -> Result<(), Error> {
    let told = story::tell(suite, bundle, options, &mut |step| out.note(step)).await?;
    out.result(&Ledger(told))
}

/// The story, told to its end: for people what it cost, since they have read the rest.
#[derive(Serialize)]
#[serde(transparent)]
struct Ledger(Story);

impl fmt::Display for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(story) = self;
        writeln!(
            f,
            "{:<28} {:>6} {:>13} {:>11} {:>14}  transaction",
            "step", "block", "ref_time", "proof_size", "fee"
        )?;
        for step in &story.steps {
            match (&step.transaction, &step.answer) {
                (Some(told), _) => writeln!(
                    f,
                    "{:<28} {:>6} {:>13} {:>11} {:>14}  {}",
                    step.name, told.block, told.weight.ref_time, told.weight.proof_size, told.fee, told.tx_hash
                )?,
                (None, answer) => writeln!(f, "{:<28} {}", step.name, answer.as_deref().unwrap_or_default())?,
            }
        }
        write!(
            f,
            "\nAll {} steps came out as they must; the index has the same {} events, checksum {}.",
            story.steps.len(),
            story.index.events.len(),
            story.index.checksum
        )
    }
}
