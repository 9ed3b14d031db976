//! Emergency accesses: opened, vetoed, ended, reviewed.

use std::{fs, path::PathBuf};

use alloy_core::primitives::B256;
use clap::{Args, Subcommand, ValueEnum};
use salus_core::{
    access::emergency,
    codes::{Purpose, Role},
};

use super::{
    act, connect, start,
    view::{Broken, Changed, OpenOrNot, ShownAccess, Target, Unreviewed},
};
use crate::{
    Context, Output,
    action::{ActionOpts, Done},
    codes,
    opening::OpeningOpts,
    transaction::TransactionOpts,
};
use salus_client::{
    access::AccessError,
    contracts::access::{Authorization, Emergency, IAccess},
    error::Error,
    openings::EvidenceOpening,
};

#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "made once, from the command line")]
pub(super) enum Command {
    /// Open an access to a subject's data in an emergency, without a consent; it has to be reviewed afterwards
    BreakGlass(BreakOpts),
    /// Stop an emergency access that still waits; for the subject's controller, and delegates who may veto
    Veto {
        /// The access
        access: B256,
        #[command(flatten)]
        action: ActionOpts,
    },
    /// End an open emergency access before its time; for who opened it
    End {
        /// The access
        access: B256,
        #[command(flatten)]
        transaction: TransactionOpts,
    },
    /// Review an emergency access that is over; for its reviewer, and, long after, for any other one
    Review {
        /// The access
        access: B256,
        /// What the review comes to
        #[arg(long, value_enum)]
        outcome: ReviewOutcome,
        #[command(flatten)]
        transaction: TransactionOpts,
    },
    /// Ask whether an account has an open emergency access to a subject
    Check {
        /// The subject
        subject: B256,
        /// Who is asked about
        #[arg(long, value_name = "ACCOUNT")]
        actor: String,
    },
    /// Show an emergency access; with --evidence, make sure that this is the evidence for it
    Show {
        /// The access
        access: B256,
        /// What is claimed to show the emergency; another file exits with 1
        #[arg(long, value_name = "FILE")]
        evidence: Option<PathBuf>,
        /// The evidence's opening, from who opened the access [default: what is kept here]
        #[arg(long, value_name = "FILE", requires = "evidence")]
        opening: Option<PathBuf>,
    },
    /// List the emergency accesses of an account that wait for a review
    Unreviewed {
        /// Who opened them
        actor: String,
    },
}

/// What is demanded.
#[derive(Debug, Args)]
pub(super) struct BreakOpts {
    /// The subject
    subject: B256,
    /// As what, e.g. PHYS; the signer needs an active credential in this role
    #[arg(long, value_name = "CODE", value_parser = codes::role)]
    role: Role,
    /// Why: ETREAT or BTG
    #[arg(long, value_name = "CODE", value_parser = codes::purpose)]
    purpose: Purpose,
    /// Who will review it
    #[arg(long, value_name = "ACCOUNT")]
    reviewer: String,
    /// What shows the emergency; a salted hash of this file goes on chain
    #[arg(
        long,
        value_name = "FILE",
        required_unless_present = "evidence_hash",
        conflicts_with = "evidence_hash"
    )]
    evidence: Option<PathBuf>,
    /// A salted hash of what shows the emergency, made elsewhere
    #[arg(long, value_name = "HEX", conflicts_with = "opening_to")]
    evidence_hash: Option<B256>,
    /// For how many seconds
    #[arg(long, value_name = "SECONDS")]
    duration: u64,
    /// What the subject's emergency key has signed (`salus access authorize`): it opens at once, past the veto window
    #[arg(long, value_name = "FILE")]
    authorization: Option<PathBuf>,
    #[command(flatten)]
    handed: OpeningOpts,
    #[command(flatten)]
    transaction: TransactionOpts,
}

/// What a review comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ReviewOutcome {
    /// It was an emergency
    Justified,
    /// It was none
    NotJustified,
}

impl Command {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::BreakGlass(_) => "access break-glass",
            Self::Veto { .. } => "access veto",
            Self::End { .. } => "access end",
            Self::Review { .. } => "access review",
            Self::Check { .. } => "access check",
            Self::Show { .. } => "access show",
            Self::Unreviewed { .. } => "access unreviewed",
        }
    }
}

pub(super) async fn run(command: Command, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
    match command {
        Command::BreakGlass(opts) => break_glass(&opts, context, out).await,
        Command::Veto { access, action } => {
            let call = IAccess::vetoCall { accessId: access };
            act((Target::Access(access), "vetoed"), &action, &call, context, out).await
        }
        Command::End {
            access: id,
            transaction,
        } => {
            let (key, access) = start(&transaction, context).await?;
            let receipt = access.end(&key, id, transaction.options()).await?;
            out.result(&Changed {
                target: Target::Access(id),
                status: "ended",
                actor: key.account().address(),
                outcome: Done::Sent(receipt).into(),
            })
        }
        Command::Review {
            access: id,
            outcome,
            transaction,
        } => {
            let (outcome, status) = match outcome {
                ReviewOutcome::Justified => (emergency::Outcome::Justified, "found justified"),
                ReviewOutcome::NotJustified => (emergency::Outcome::NotJustified, "found not justified"),
            };
            let (key, access) = start(&transaction, context).await?;
            let receipt = access.review(&key, id, outcome, transaction.options()).await?;
            out.result(&Changed {
                target: Target::Access(id),
                status,
                actor: key.account().address(),
                outcome: Done::Sent(receipt).into(),
            })
        }
        Command::Check { subject, actor } => {
            let actor = context.account(&actor)?.address();
            let is_open = connect(context).await?.is_open(subject, actor).await?;
            out.result(&OpenOrNot { is_open })
        }
        Command::Show {
            access: id,
            evidence,
            opening,
        } => {
            let access = connect(context).await?;
            let found = access.access(id).await?.ok_or(AccessError::UnknownAccess(id))?;
            if let Some(evidence) = &evidence {
                verify_evidence(context, found.emergency.evidence, evidence, opening)?;
            }
            let now = access.contract().chain().time().await?;
            out.result(&ShownAccess::new(id, &found, now, evidence.is_some()))
        }
        Command::Unreviewed { actor } => {
            let actor = context.account(&actor)?.address();
            let access = connect(context).await?;
            let mut waiting = Vec::new();
            for id in access.unreviewed(actor).await? {
                // It was listed a moment ago, and nothing of it is ever removed.
                waiting.extend(access.access(id).await?.map(|found| (id, found)));
            }
            let now = access.contract().chain().time().await?;
            out.result(&Unreviewed::new(actor, &waiting, now))
        }
    }
}

async fn break_glass(opts: &BreakOpts, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
    let reviewer = context.account(&opts.reviewer)?.address();
    let evidence = opts.evidence.as_ref().map(read_file).transpose()?;
    let authorization = opts
        .authorization
        .as_deref()
        .map(Authorization::from_file)
        .transpose()?;
    let (key, access) = start(&opts.transaction, context).await?;
    if let Some(authorization) = &authorization {
        authorization.check(&access, opts.subject, key.account().address())?;
    }
    let openings = context.openings();
    let (commitment, opening) = match (evidence, opts.evidence_hash) {
        (Some(evidence), _) => {
            let opening = EvidenceOpening::new(&evidence, opts.subject);
            (opening.commitment, Some(opts.handed.keep(&openings, &opening)?))
        }
        (None, Some(hash)) => (hash, None),
        (None, None) => return Err(Error::Usage("name --evidence or --evidence-hash".into())),
    };
    let emergency = Emergency {
        subject: opts.subject,
        role: opts.role,
        purpose: opts.purpose,
        reviewer,
        evidence: commitment,
        duration: opts.duration,
    };
    let options = opts.transaction.options();
    let sent = match &authorization {
        Some(signed) => access.break_glass_with_key(&key, &emergency, signed, options).await,
        None => access.break_glass(&key, &emergency, options).await,
    };
    let (id, receipt) = match opening {
        Some(_) => opts.handed.settle::<EvidenceOpening, _>(&openings, commitment, sent)?,
        None => sent?,
    };
    let found = access.access(id).await?.ok_or(AccessError::UnknownAccess(id))?;
    let now = access.contract().chain().time().await?;
    out.result(&Broken {
        access: ShownAccess::new(id, &found, now, false),
        opening,
        transaction: receipt.into(),
    })
}

fn verify_evidence(
    context: &Context,
    commitment: B256,
    evidence: &PathBuf,
    opening: Option<PathBuf>,
) -> Result<(), Error> {
    let evidence = read_file(evidence)?;
    let openings = context.openings();
    let opening: EvidenceOpening = match opening {
        Some(path) => openings.read(path, commitment)?,
        None => openings.load(commitment)?,
    };
    if opening.commitment_to(&evidence) == commitment {
        Ok(())
    } else {
        let what = "the evidence";
        Err(AccessError::Mismatch { what, commitment }.into())
    }
}

fn read_file(path: &PathBuf) -> Result<Vec<u8>, AccessError> {
    fs::read(path).map_err(|source| AccessError::Io {
        path: path.clone(),
        source,
    })
}
