//! `salus relay`: sends what somebody else has signed.

mod view;

use std::{
    fs,
    path::{Path, PathBuf},
};

use alloy_core::primitives::{Address, B256};
use clap::Args;

use self::view::{Line, Relayed, RelayedAll};
use super::{Context, Output, transaction::TransactionOpts};
use salus_client::{
    contracts::Suite,
    dirs,
    error::Error,
    indexer::Location,
    network::Network,
    relayer::{Policy, RelayError, Relayer, SignedMessage, Status, Ticket},
    signed::{SignedAction, SignedError},
};

/// Send what others have signed, and pay for it.
#[derive(Debug, Args)]
#[command(after_help = "\
A file is what a command with --sign-to wrote. It is verified, and tried before it is sent: what the contract would refuse
costs nothing. It can be sent once. Several files are sent together, where the chain and the key can.

Examples:
  salus consent revoke 0x1c.. --from patient --sign-to revoke.json
  salus relay revoke.json --from clinic
  salus relay inbox/*.json --policy policy.json --from clinic
  salus relay --status 0x9f3a.. --from clinic")]
pub(super) struct Opts {
    /// What was signed
    #[arg(value_name = "FILE", required_unless_present = "status")]
    files: Vec<PathBuf>,
    /// Tell what became of a message that was handed in, by its ticket; nothing is sent
    #[arg(long, value_name = "TICKET", conflicts_with = "files")]
    status: Option<B256>,
    /// What is sent, and how much it may cost, in JSON [default: docs/relayer.md]
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// The relayer's memory [default: relayer/<network>-<address>.sqlite in the user's data directory]
    #[arg(long, env = "SALUS_RELAYER_DATABASE", value_name = "PATH|URL")]
    database: Option<String>,
    #[command(flatten)]
    transaction: TransactionOpts,
}

pub(super) async fn run(opts: Opts, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
    if let Some(id) = opts.status {
        let account = context.account(opts.transaction.account())?;
        let memory = memory(opts.database.as_deref(), &context.network()?, account.address())?;
        let ticket = Relayer::status_at(&memory, id).await?;
        return out.result(&Line::from(Ok(ticket)));
    }
    let policy = match &opts.policy {
        Some(path) => Policy::parse(&bytes(path)?)?,
        None => Policy::default(),
    };
    // All of them are read before any is sent.
    let messages = opts
        .files
        .iter()
        .map(|file| message(file))
        .collect::<Result<Vec<_>, _>>()?;
    let (chain, key) = opts.transaction.start(context).await?;
    let suite = Suite::open(&chain, &context.deployments(chain.network()))?;
    let memory = memory(opts.database.as_deref(), chain.network(), key.account().address())?;
    let relayer = Relayer::open(suite, key, policy, &memory, opts.transaction.options()).await?;
    if let [message] = messages.as_slice() {
        return out.result(&one(&relayer, message).await?);
    }
    let mut lines = Vec::new();
    for taken in all(&relayer, &messages).await {
        lines.push(Line::from(taken));
    }
    out.result(&RelayedAll::new(opts.files, lines))
}

/// Sends one message; anything but that it was carried out now is an error.
async fn one(relayer: &Relayer, message: &SignedMessage) -> Result<Relayed, Error> {
    let accepted = relayer.accept(message).await?;
    if matches!(accepted.status, Status::Done { .. }) {
        // The contract says best why it cannot be sent twice.
        relayer.simulate(message).await?;
    }
    let ticket = relayer.finish(accepted.ticket).await?;
    Ok(Relayed {
        ticket: ticket.ticket,
        contract: ticket.contract.clone(),
        message: ticket.message.clone(),
        signer: ticket.signer,
        transaction: ticket.done()?.into(),
    })
}

/// Takes in what can be, and sends it together.
async fn all(relayer: &Relayer, messages: &[SignedMessage]) -> Vec<Result<Ticket, RelayError>> {
    let mut taken = Vec::new();
    for message in messages {
        taken.push(relayer.accept(message).await);
    }
    let mut ended = Vec::new();
    for accepted in taken {
        ended.push(match accepted {
            Ok(ticket) => relayer.finish(ticket.ticket).await,
            Err(error) => Err(error),
        });
    }
    ended
}

/// The place of a relayer's memory.
fn memory(database: Option<&str>, network: &Network, relayer: Address) -> Result<Location, Error> {
    Ok(match database {
        Some(text) => text.parse().map_err(RelayError::from)?,
        None => {
            let name = format!("{}-{relayer:#x}.sqlite", network.name);
            Location::from(&*dirs::data().join("relayer").join(name))
        }
    })
}

/// Reads a message of any kind. One that says itself that it is altered needs no chain to be refused.
fn message(path: &Path) -> Result<SignedMessage, Error> {
    let message = SignedMessage::parse(&bytes(path)?)?;
    if let SignedMessage::Action(action) = &message {
        action.verify()?;
    }
    Ok(message)
}

/// Reads a signed action.
pub(super) fn read(path: PathBuf) -> Result<SignedAction, SignedError> {
    serde_json::from_slice(&bytes(&path)?).map_err(|error| SignedError::Malformed {
        path,
        reason: error.to_string(),
    })
}

fn bytes(path: &Path) -> Result<Vec<u8>, SignedError> {
    fs::read(path).map_err(|source| SignedError::File {
        path: path.into(),
        source,
    })
}
