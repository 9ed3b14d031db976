//! `salus index`: finalized blocks into a database, and what it answers.

mod ask;
mod table;

use std::{fmt, sync::Arc, time::Duration};

use clap::{Args, Subcommand};
use serde::Serialize;
use tokio::sync::watch;

use super::{Context, Output};
use salus_client::{
    dirs,
    error::Error,
    indexer::{Catalogue, Extent, Followed, IndexError, Indexer, Location, Patience, Source, Store, Summary},
    network::{Network, NetworkError, address_book::AddressBook},
};

/// Keep a database of what the contracts did.
#[derive(Debug, Args)]
#[command(after_help = "\
It goes on where it was, whatever ended it. Only finalized blocks are stored, so nothing is ever taken back.
Standard error tells of each range of blocks; Ctrl-C ends behind the one at hand.

Examples:
  salus index                                   up to the last finalized block
  salus index --follow                          and on with every new one
  salus index status --json                     rows of each table, checksum over the raw logs
  salus index events --contract consent
  salus index consents --subject 0x5d1f...
  salus index emergencies --open-at 2027-01-31T09:30:00Z
  salus index rebuild                           events and projections again, from the raw logs alone")]
pub(super) struct Opts {
    /// Go on with every block that is finalized
    #[arg(long)]
    follow: bool,
    /// Start with this block instead of the one in which a contract was deployed; for a new database
    #[arg(long, value_name = "BLOCK")]
    from: Option<u64>,
    /// End behind this block
    #[arg(long, value_name = "BLOCK")]
    to: Option<u64>,
    /// Give up when the RPC has not answered for so many seconds [default: 60; with --follow, never]
    #[arg(long, value_name = "SECONDS")]
    patience: Option<u64>,
    /// The database: a path or a sqlite: URL [default: index/<network>.sqlite in the user's data directory]
    #[arg(long, global = true, env = "SALUS_DATABASE", value_name = "PATH|URL")]
    database: Option<String>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show how far the database is, the rows of its tables and a checksum
    Status,
    /// Make events and projections again from the raw logs
    Rebuild,
    #[command(flatten)]
    Ask(ask::Question),
}

impl Opts {
    /// The command's words, as they stand in the JSON envelope.
    pub(super) fn name(&self) -> &'static str {
        match &self.command {
            None => "index",
            Some(Command::Status) => "index status",
            Some(Command::Rebuild) => "index rebuild",
            Some(Command::Ask(question)) => question.name(),
        }
    }
}

pub(super) async fn run(opts: Opts, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
    let network = context.network()?;
    let location = location(opts.database.as_deref(), &network)?;
    let Some(command) = &opts.command else {
        return index(&opts, &network, &location, context, out).await;
    };
    if opts.follow || opts.from.is_some() || opts.to.is_some() || opts.patience.is_some() {
        return Err(Error::Usage(
            "--follow, --from, --to and --patience are for `salus index` itself".into(),
        ));
    }
    match command {
        Command::Status => ask::status(&location, out).await,
        Command::Rebuild => rebuild(&location, out).await,
        Command::Ask(question) => question.ask(&location, out).await,
    }
}

/// The index's place.
pub(super) fn location(database: Option<&str>, network: &Network) -> Result<Location, Error> {
    Ok(match database {
        Some(text) => text.parse().map_err(IndexError::from)?,
        None => Location::from(&*dirs::data().join("index").join(format!("{}.sqlite", network.name))),
    })
}

async fn index(
    opts: &Opts,
    network: &Network,
    location: &Location,
    context: &Context,
    out: &mut Output<'_>,
) -> Result<(), Error> {
    if opts.from.zip(opts.to).is_some_and(|(from, to)| from > to) {
        return Err(Error::Usage("--from is behind --to".into()));
    }
    let book = AddressBook::load(&context.deployments(network), &network.name)?.ok_or(IndexError::NoContracts)?;
    let limit = match opts.patience {
        Some(seconds) => Some(Duration::from_secs(seconds)),
        None if opts.follow => None,
        None => Patience::default().limit,
    };
    let source = Source::new(
        &network.substrate_rpc,
        Patience {
            limit,
            ..Patience::default()
        },
    );
    let found = source.genesis_hash().await.map_err(IndexError::from)?;
    for expected in [Some(book.genesis_hash), network.genesis_hash].into_iter().flatten() {
        if expected != found {
            return Err(NetworkError::WrongGenesis {
                network: network.name.clone(),
                expected,
                found,
            }
            .into());
        }
    }
    let contracts = book.contracts.iter().map(|(name, deployment)| Followed {
        name: name.clone(),
        address: deployment.address,
        first_block: opts.from.unwrap_or(deployment.deploy_block),
    });
    let catalogue = Arc::new(Catalogue::built_in().map_err(IndexError::from)?);
    let contracts: Vec<_> = contracts.collect();
    let mut indexer = Indexer::open(source, location, Arc::clone(&catalogue), &contracts).await?;
    if indexer
        .store()
        .is_outdated(&catalogue)
        .await
        .map_err(IndexError::from)?
    {
        rebuild_in(indexer.store(), &catalogue, out).await?;
    }
    let extent = Extent {
        follow: opts.follow,
        to: opts.to,
    };
    let summary = indexer
        .run(extent, stop_on_signal(), |progress| out.note(progress))
        .await?;
    indexer.close().await.map_err(IndexError::from)?;
    out.result(&Indexed {
        database: location.path().display().to_string(),
        summary,
    })
}

async fn rebuild(location: &Location, out: &mut Output<'_>) -> Result<(), Error> {
    let catalogue = Catalogue::built_in().map_err(IndexError::from)?;
    let mut store = Store::open_existing(location).await.map_err(IndexError::from)?;
    let logs = rebuild_in(&mut store, &catalogue, out).await?;
    store.close().await.map_err(IndexError::from)?;
    out.result(&Rebuilt {
        database: location.path().display().to_string(),
        logs,
    })
}

async fn rebuild_in(store: &mut Store, catalogue: &Catalogue, out: &Output<'_>) -> Result<u64, Error> {
    let note = |done, total| out.note(format_args!("rebuilt from {done} of {total} logs"));
    Ok(store.rebuild(catalogue, note).await.map_err(IndexError::from)?)
}

/// Becomes `true` with Ctrl-C, or when the system asks the process to end. A second signal ends it at once: nothing that
/// was stored needs an orderly end.
fn stop_on_signal() -> watch::Receiver<bool> {
    let (sender, receiver) = watch::channel(false);
    tokio::spawn(async move {
        signal().await;
        // If nobody listens any more, the work is done.
        let _ = sender.send(true);
        signal().await;
        std::process::exit(130);
    });
    receiver
}

#[cfg(unix)]
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => drop(tokio::signal::ctrl_c().await),
    }
}

#[cfg(not(unix))]
async fn signal() {
    drop(tokio::signal::ctrl_c().await);
}

#[derive(Serialize)]
struct Indexed {
    database: String,
    #[serde(flatten)]
    summary: Summary,
}

impl fmt::Display for Indexed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Summary {
            indexed_to,
            blocks,
            logs,
            undecoded,
            milliseconds,
            ..
        } = &self.summary;
        match indexed_to {
            Some(block) => write!(f, "indexed up to block {block}: ")?,
            None => write!(f, "nothing to index yet: ")?,
        }
        let seconds = Duration::from_millis(*milliseconds).as_secs_f64();
        writeln!(f, "{blocks} blocks and {logs} logs in {seconds:.1} s")?;
        if *undecoded > 0 {
            writeln!(f, "{undecoded} logs are kept undecoded, see `salus index status`")?;
        }
        write!(f, "database {}", self.database)
    }
}

#[derive(Serialize)]
struct Rebuilt {
    database: String,
    logs: u64,
}

impl fmt::Display for Rebuilt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rebuilt from {} logs: {}", self.logs, self.database)
    }
}
