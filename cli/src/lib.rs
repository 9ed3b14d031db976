//! The program `salus`: its arguments, its commands, and what it prints.
//!
//! Standard output carries the result and nothing else; everything else goes to standard error. One file a command,
//! each with its `Opts` and a `run(opts, context, out)`.

mod access;
mod account;
mod action;
mod amount;
mod codes;
mod coin;
mod consent;
mod context;
mod credential;
mod deploy;
mod document;
mod index;
mod moment;
mod network;
mod opening;
mod output;
mod owner;
mod record;
mod relay;
mod story;
mod subject;
mod token;
mod transaction;
#[cfg(feature = "devchain")]
mod up;
mod vault;
mod visit;
mod wallet;

use std::{
    ffi::OsString,
    io::{self, Write},
};

use clap::{Parser, Subcommand, error::ErrorKind};

pub use context::{Context, Global};
pub use output::Output;

use salus_client::error::{Error, Exit};

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  a contract or the chain refused, or another failure
  2  wrong arguments
  3  unknown network, or its RPC does not answer
  4  the RPC answers for another chain than the one configured
  5  key file missing or damaged, or wrong password
  6  the contracts are not deployed on this network
  7  malformed input document
  8  the database of the index, or of the relayer, cannot be used

With --json, standard output is one document:
  { \"schema_version\": 1, \"command\": \"...\", \"ok\": true,  \"result\": { ... } }
  { \"schema_version\": 1, \"command\": \"...\", \"ok\": false, \"error\": { \"code\", \"message\", \"hint\"?, \"retryable\" } }";

/// Health-care contracts on Polkadot: consent, records, tokens, consultations.
#[derive(Debug, Parser)]
#[command(name = "salus", version, after_long_help = EXIT_CODES, after_help = "More with --help: exit codes, the JSON envelope.")]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make, list, import and export keys
    Account(account::Opts),
    /// Make, recover and list wallets, and begin relationships
    Wallet(wallet::Opts),
    /// Encrypt the openings that are kept here, and destroy them
    Vault(vault::Opts),
    /// Deploy the contracts of a network
    Deploy(deploy::Opts),
    /// Ask for token balances, send and approve tokens
    Token(token::Opts),
    /// Register subjects; grant, replace and revoke consents; ask by them
    Consent(consent::Opts),
    /// Pass control of subjects on, name delegates and a successor, cancel what was signed
    Subject(subject::Opts),
    /// Say who has which role, and ask who had it then
    Credential(credential::Opts),
    /// Ask for access, break the glass in an emergency, review it, and anchor logs of accesses
    Access(access::Opts),
    /// Send what others have signed
    Relay(relay::Opts),
    /// Anchor records, prove them, and verify them
    Record(record::Opts),
    /// Offer and book consultations, pay for them through escrow, and withdraw
    Visit(visit::Opts),
    /// Show the networks that --network can name
    Network(network::Opts),
    /// Keep a database of what the contracts did, and ask it
    Index(index::Opts),
    /// Tell the story of one patient and two providers, with real transactions
    Story(story::Opts),
    /// Run the embedded chain with its RPC ports
    #[cfg(feature = "devchain")]
    Up(up::Opts),
}

impl Command {
    /// The command's words, as they stand in the JSON envelope.
    fn name(&self) -> &'static str {
        match self {
            Self::Account(opts) => opts.name(),
            Self::Wallet(opts) => opts.name(),
            Self::Vault(opts) => opts.name(),
            Self::Deploy(_) => "deploy",
            Self::Token(opts) => opts.name(),
            Self::Consent(opts) => opts.name(),
            Self::Subject(opts) => opts.name(),
            Self::Credential(opts) => opts.name(),
            Self::Access(opts) => opts.name(),
            Self::Relay(_) => "relay",
            Self::Record(opts) => opts.name(),
            Self::Visit(opts) => opts.name(),
            Self::Network(_) => "network",
            Self::Index(opts) => opts.name(),
            Self::Story(_) => "story",
            #[cfg(feature = "devchain")]
            Self::Up(_) => "up",
        }
    }

    async fn run(self, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
        match self {
            Self::Account(opts) => account::run(opts, context, out).await,
            Self::Wallet(opts) => wallet::run(opts, context, out).await,
            Self::Vault(opts) => vault::run(&opts, context, out),
            Self::Deploy(opts) => deploy::run(opts, context, out).await,
            Self::Token(opts) => token::run(opts, context, out).await,
            Self::Consent(opts) => consent::run(opts, context, out).await,
            Self::Subject(opts) => subject::run(opts, context, out).await,
            Self::Credential(opts) => credential::run(opts, context, out).await,
            Self::Access(opts) => access::run(opts, context, out).await,
            Self::Relay(opts) => relay::run(opts, context, out).await,
            Self::Record(opts) => record::run(opts, context, out).await,
            Self::Visit(opts) => visit::run(opts, context, out).await,
            Self::Network(opts) => network::run(opts, context, out),
            Self::Index(opts) => index::run(opts, context, out).await,
            Self::Story(opts) => story::run(opts, context, out).await,
            #[cfg(feature = "devchain")]
            Self::Up(opts) => up::run(opts, context, out).await,
        }
    }
}

/// Runs the program with `args` (the first is the program's name) and writes the result to `stdout`.
pub async fn main<I, T>(args: I, stdout: &mut (dyn Write + Send)) -> Exit
where
    I: IntoIterator<Item = T>,
    T: Into<OsString> + Clone,
{
    let args: Vec<OsString> = args.into_iter().map(Into::into).collect();
    let cli = match Cli::try_parse_from(&args) {
        Ok(cli) => cli,
        Err(error) => return refuse_arguments(&error, &args, stdout),
    };
    start_log(cli.global.verbose);
    let mut out = Output::new(stdout, cli.command.name(), cli.global.json);
    let context = Context::new(cli.global);
    match cli.command.run(&context, &mut out).await {
        Ok(()) => Exit::Success,
        Err(error) => out.error(&error),
    }
}

/// Help and version are results; anything else is a mistake, told in the form that was asked for.
fn refuse_arguments(error: &clap::Error, args: &[OsString], stdout: &mut (dyn Write + Send)) -> Exit {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => match write!(stdout, "{}", error.render()) {
            Ok(()) => Exit::Success,
            Err(_) => Exit::Failure,
        },
        _ if args.iter().any(|arg| arg == "--json") => {
            let message = error.to_string().trim().trim_start_matches("error: ").to_string();
            Output::new(stdout, "salus", true).error(&Error::Usage(message))
        }
        _ => {
            // Standard error is the last resort: if it is gone, there is nobody to tell.
            let _ = write!(io::stderr(), "{}", error.render().ansi());
            Exit::Usage
        }
    }
}

fn start_log(verbose: u8) {
    let level = match verbose {
        0 => "warn",
        1 => "salus_client=info,salus_cli=info,warn",
        2 => "salus_client=debug,salus_cli=debug,info",
        _ => "debug",
    };
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| level.into());
    // It fails if a log was started before, as in tests that run several commands: then that one serves.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .without_time()
        .try_init();
}
