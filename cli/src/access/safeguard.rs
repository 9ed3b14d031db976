//! What a patient arranges for emergencies.

use std::path::PathBuf;

use alloy_core::primitives::{Address, B256, U256};
use clap::Subcommand;

use super::{
    act, connect, open,
    view::{Authorized, ShownSafeguards, Target},
};
use crate::{Context, Output, action::ActionOpts, moment, transaction::unlock};
use salus_client::{
    contracts::access::{Authorization, IAccess},
    error::Error,
    files::{self, Access as FileAccess},
    signed::SignedError,
};

#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "made once, from the command line")]
pub(super) enum Command {
    /// Set how long emergency accesses to a subject wait for a veto; for its controller
    VetoWindow {
        /// The subject
        subject: B256,
        /// How many seconds; 0: they open at once
        seconds: u64,
        #[command(flatten)]
        action: ActionOpts,
    },
    /// Set whose signature opens an emergency access to a subject at once; for its controller
    EmergencyKey {
        /// The subject
        subject: B256,
        /// Whose
        #[arg(
            long,
            value_name = "ACCOUNT",
            required_unless_present = "none",
            conflicts_with = "none"
        )]
        to: Option<String>,
        /// Nobody's any more
        #[arg(long)]
        none: bool,
        #[command(flatten)]
        action: ActionOpts,
    },
    /// Show what is arranged for emergencies of a subject
    Safeguards {
        /// The subject
        subject: B256,
    },
    /// Sign, with a subject's emergency key, that somebody may open an emergency access at once
    Authorize {
        /// The subject
        subject: B256,
        /// Who may
        #[arg(long, value_name = "ACCOUNT")]
        actor: String,
        /// The file to write; an existing one is not replaced
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
        /// Until when it can be used
        #[arg(long, value_name = "TIME", default_value = "+86400")]
        deadline: String,
        /// The emergency key; it needs no coins
        #[arg(long, env = "SALUS_FROM", value_name = "ACCOUNT")]
        from: String,
    },
}

impl Command {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::VetoWindow { .. } => "access veto-window",
            Self::EmergencyKey { .. } => "access emergency-key",
            Self::Safeguards { .. } => "access safeguards",
            Self::Authorize { .. } => "access authorize",
        }
    }
}

pub(super) async fn run(command: Command, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
    match command {
        Command::VetoWindow {
            subject,
            seconds,
            action,
        } => {
            let call = IAccess::setVetoWindowCall {
                subject,
                vetoWindow: seconds,
            };
            act(
                (Target::Subject(subject), "guarded by another veto window"),
                &action,
                &call,
                context,
                out,
            )
            .await
        }
        Command::EmergencyKey {
            subject, to, action, ..
        } => {
            let (key, status) = match to {
                Some(to) => (context.account(&to)?.address(), "given an emergency key"),
                None => (Address::ZERO, "without an emergency key"),
            };
            let call = IAccess::setEmergencyKeyCall {
                subject,
                emergencyKey: key,
            };
            act((Target::Subject(subject), status), &action, &call, context, out).await
        }
        Command::Safeguards { subject } => {
            let safeguards = connect(context).await?.safeguards(subject).await?;
            out.result(&ShownSafeguards::new(subject, &safeguards))
        }
        Command::Authorize {
            subject,
            actor,
            to,
            deadline,
            from,
        } => {
            let actor = context.account(&actor)?.address();
            let (chain, signer) = unlock(context, &from).await?;
            let access = open(context, &chain).await?;
            let key = signer.key.account().address();
            if access.safeguards(subject).await?.emergency_key != key {
                out.note(format_args!(
                    "{key} is not the subject's emergency key: nothing is opened by it so far"
                ));
            }
            let deadline = moment::parse(&deadline, chain.time().await?, true)?;
            let contract = access.contract().address();
            let (chain_id, until) = (chain.chain_id(), U256::from(deadline));
            let authorization = Authorization::sign(&signer.key, chain_id, contract, subject, actor, until);
            files::create(&to, &authorization.to_json()?, FileAccess::Shared).map_err(|source| SignedError::File {
                path: to.clone(),
                source,
            })?;
            out.result(&Authorized::new(&authorization, key, deadline, to))
        }
    }
}
