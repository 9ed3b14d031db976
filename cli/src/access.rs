//! `salus access`: requests for access, emergencies, and logs of accesses.

mod emergency;
mod log;
mod request;
mod safeguard;
mod view;

use alloy_core::sol_types::SolCall;
use clap::{Args, Subcommand};

use self::view::{Changed, Target};
use super::{Context, Output, action::ActionOpts, transaction::TransactionOpts};
use salus_client::{
    chain::Chain,
    contracts::{Suite, access::Access},
    error::Error,
    keystore::SigningKey,
};

/// Ask for access, break the glass in an emergency, review it, and anchor logs of accesses.
#[derive(Debug, Args)]
#[command(after_help = "\
Who asks for access commits to a request, and sends its opening to the patient, who answers with a consent or with no.
In an emergency an account with a credential opens an access without a consent: it ends by itself, can be vetoed while it waits,
and has to be reviewed. Logs are anchored in batches, of which everybody can prove what they have an entry of.

Examples:
  salus access request 0x5a.. --request request.json --until +604800 --opening-to for-patient.json --from doctor
  salus access show-request 0x31.. --opening for-patient.json
  salus access approve 0x31.. --consent 0x1c.. --from patient
  salus access break-glass 0x5a.. --role PHYS --purpose ETREAT --reviewer board --evidence note.txt --duration 3600 --from doctor
  salus access veto 0x9e.. --from guardian --sign-to veto.json
  salus access review 0x9e.. --outcome justified --from board
  salus access log anchor accesses.ndjson --from clinic
  salus access log prove clinic 0 --entry entry.json --to proof.json
  salus access log verify proof.json")]
pub(super) struct Opts {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "made once, from the command line")]
enum Command {
    #[command(flatten)]
    Request(request::Command),
    #[command(flatten)]
    Safeguard(safeguard::Command),
    #[command(flatten)]
    Emergency(emergency::Command),
    /// Anchor batches of a log of accesses, and prove by them
    Log(log::Opts),
}

impl Opts {
    pub(super) fn name(&self) -> &'static str {
        match &self.command {
            Command::Request(command) => command.name(),
            Command::Safeguard(command) => command.name(),
            Command::Emergency(command) => command.name(),
            Command::Log(opts) => opts.name(),
        }
    }
}

pub(super) async fn run(opts: Opts, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
    match opts.command {
        Command::Request(command) => request::run(command, context, out).await,
        Command::Safeguard(command) => safeguard::run(command, context, out).await,
        Command::Emergency(command) => emergency::run(command, context, out).await,
        Command::Log(opts) => log::run(opts, context, out).await,
    }
}

/// Sends an action of the patient's, or signs it: what is changed by it, and what that comes to.
async fn act(
    (target, status): (Target, &'static str),
    action: &ActionOpts,
    call: &impl SolCall,
    context: &Context,
    out: &mut Output<'_>,
) -> Result<(), Error> {
    let acting = action.start(context).await?;
    let access = acting.suite.access().await?;
    let outcome = acting.carry_out(access.contract(), call).await?.into();
    out.result(&Changed {
        target,
        status,
        actor: acting.actor(),
        outcome,
    })
}

async fn start(transaction: &TransactionOpts, context: &Context) -> Result<(SigningKey, Access), Error> {
    let (chain, key) = transaction.start(context).await?;
    Ok((key, open(context, &chain).await?))
}

async fn connect(context: &Context) -> Result<Access, Error> {
    open(context, &Chain::connect(&context.network()?).await?).await
}

async fn open(context: &Context, chain: &Chain) -> Result<Access, Error> {
    Suite::open(chain, &context.deployments(chain.network()))?
        .access()
        .await
}
