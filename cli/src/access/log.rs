//! `salus access log`: batches of a log of accesses, and what is proved by them.

mod view;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use self::view::{Anchored, Proved, Shown, Verified};
use super::{connect, start};
use crate::{Context, Output, document::read_json, transaction::TransactionOpts};
use salus_client::{
    access::{
        AccessError, LogProof,
        log::{self, EventSalts, LogBatch},
    },
    error::Error,
    files::{self, Access as FileAccess},
    openings::LogOpening,
};

/// Anchor batches of a log of accesses, and prove by them.
#[derive(Debug, Args)]
#[command(after_help = "\
A log has an entry a line: JSON with subject, actor, at, purpose, class, action, basis (PERMIT, DENY, NO_CONSENT, EMERGENCY) and
decided_by, or an AuditEvent as `salus consent evaluate --audit` records it. docs/access.md has all of it.

Examples:
  salus access log anchor accesses.ndjson --from clinic
  salus access log anchor audit.ndjson --from clinic
  salus access log prove clinic 0 --entry entry.json --to proof.json
  salus access log verify proof.json
  salus access log show clinic 0")]
pub(super) struct Opts {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Anchor the entries of a file under one Merkle root, in one transaction
    Anchor {
        /// A file with an entry or an AuditEvent a line, plain or gzipped
        file: PathBuf,
        #[command(flatten)]
        transaction: TransactionOpts,
    },
    /// Write the proof that an entry is in a batch, or, of an entry with its salt, that it is not
    Prove {
        /// Who anchored the batch
        author: String,
        /// Which of the author's batches, from 0
        batch: u64,
        /// A file with one entry or AuditEvent
        #[arg(long, value_name = "FILE")]
        entry: PathBuf,
        /// The file to write; an existing one is not replaced
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
    },
    /// Have the contract verify a proof; one that does not hold exits with 1
    Verify {
        /// The proof
        proof: PathBuf,
    },
    /// Show a batch of an author, or how many there are
    Show {
        /// Who anchored it
        author: String,
        /// Which of the author's batches, from 0
        batch: Option<u64>,
    },
}

impl Opts {
    pub(super) fn name(&self) -> &'static str {
        match self.command {
            Command::Anchor { .. } => "access log anchor",
            Command::Prove { .. } => "access log prove",
            Command::Verify { .. } => "access log verify",
            Command::Show { .. } => "access log show",
        }
    }
}

pub(super) async fn run(opts: Opts, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
    match opts.command {
        Command::Anchor { file, transaction } => anchor(&file, &transaction, context, out).await,
        Command::Prove {
            author,
            batch,
            entry,
            to,
        } => {
            let author = context.account(&author)?.address();
            let entry = read_json(&entry)?;
            let access = connect(context).await?;
            let anchored = log::anchored(&access, author, batch).await?;
            let opening: LogOpening = context.openings().load(anchored.root.into())?;
            let proof = LogBatch::open(opening)?.prove(entry, &access, batch)?;
            let text = serde_json::to_vec_pretty(&proof).map_err(std::io::Error::from)?;
            files::create(&to, &text, FileAccess::Private).map_err(|source| AccessError::Io {
                path: to.clone(),
                source,
            })?;
            out.result(&Proved {
                logged: proof.is_logged(),
                author,
                batch,
                file: to,
            })
        }
        Command::Verify { proof } => {
            let proof = LogProof::from_file(&proof)?;
            let batch = proof.verify(&connect(context).await?).await?;
            out.result(&Verified::new(&proof, &batch))
        }
        Command::Show { author, batch } => {
            let author = context.account(&author)?.address();
            let access = connect(context).await?;
            let shown = match batch {
                Some(number) => Some((number, log::anchored(&access, author, number).await?)),
                None => None,
            };
            let count = access.batch_count(author).await?;
            out.result(&Shown::new(author, count, shown))
        }
    }
}

async fn anchor(
    file: &Path,
    transaction: &TransactionOpts,
    context: &Context,
    out: &mut Output<'_>,
) -> Result<(), Error> {
    let entries = log::read(file)?;
    let openings = context.openings();
    let salts = EventSalts::load(openings.file("audit-salts.ndjson"))?;
    let times = entries.iter().map(|(logged, _)| logged.at());
    let (from, until) = times.fold((u64::MAX, 0), |(from, until), at| (from.min(at), until.max(at)));
    let (key, access) = start(transaction, context).await?;
    let batch = LogBatch::commit(key.account().address(), &entries, &salts)?;
    let (root, count) = (batch.opening().root, batch.count());
    let opening = openings.path::<LogOpening>(root);
    // Salts that came with the entries give a batch the same root again: it may be anchored.
    let is_new = !opening.exists();
    if is_new {
        openings.save(batch.opening())?;
    }
    let sent = access
        .anchor_log(&key, root, count, from, until, transaction.options())
        .await;
    let (number, receipt) = if is_new {
        openings.settle::<LogOpening, _>(root, sent.map_err(Error::from))?
    } else {
        sent?
    };
    out.result(&Anchored::new(number, root, count, (from, until), opening, receipt))
}
