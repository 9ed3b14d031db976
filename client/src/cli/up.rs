//! `salus up`: the embedded chain behind its RPC ports, until Ctrl-C.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr},
    path::PathBuf,
    time::Duration,
};

use clap::Args;
use salus_devchain::{
    accounts,
    chain::{Chain, Config, Finality, Sealing},
    rpc::{Origins, Server, ServerConfig},
    runtime::CHAIN_ID,
};
use serde::Serialize;

use super::{Context, Output};
use crate::{devnet::DevnetError, error::Error, keystore::dev};

/// Run the embedded chain with its Substrate and Ethereum RPC ports, until Ctrl-C.
#[derive(Debug, Args)]
#[command(after_help = "\
The chain is a development chain: its keys are public and its history can be rewritten over RPC. It listens on the
loopback address unless told otherwise.

Examples:
  salus up
  salus up --persist ~/salus-chain          # goes on where it was, next time
  salus up --block-time 6 --finality 3      # a block every 6 seconds, final three blocks later
  salus --json up --substrate-port 0 --ethereum-port 0")]
pub(super) struct Opts {
    /// Keep the chain in this directory; without it, it is gone at the end
    #[arg(long, value_name = "DIR")]
    persist: Option<PathBuf>,
    /// Address to listen on
    #[arg(long, value_name = "IP", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    listen: IpAddr,
    /// Port of the Substrate RPC (subxt, polkadot.js, PAPI); 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 9944)]
    substrate_port: u16,
    /// Port of the Ethereum RPC (ethers, viem, wallets); 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 8545)]
    ethereum_port: u16,
    /// Seconds between blocks; without it, every transaction gets its block at once
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3600))]
    block_time: Option<u64>,
    /// Blocks that a block waits until it is final
    #[arg(long, value_name = "BLOCKS", default_value_t = 0)]
    finality: u32,
    /// Web pages that may use the ports (an origin such as http://localhost:5173); without it, any
    #[arg(long, value_name = "ORIGIN")]
    origin: Vec<String>,
}

#[derive(Serialize)]
struct Running {
    substrate_rpc: String,
    ethereum_rpc: Option<String>,
    chain_id: u64,
    genesis_hash: String,
    best_block: u32,
    persisted_in: Option<PathBuf>,
    accounts: Vec<DevelopmentAccount>,
}

#[derive(Serialize)]
struct DevelopmentAccount {
    name: String,
    kind: &'static str,
    account: String,
    address: String,
}

impl fmt::Display for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Substrate RPC  {}", self.substrate_rpc)?;
        if let Some(ethereum) = &self.ethereum_rpc {
            writeln!(f, "Ethereum RPC   {ethereum}  (chain id {})", self.chain_id)?;
        }
        writeln!(f, "Genesis        {}", self.genesis_hash)?;
        match &self.persisted_in {
            Some(directory) => writeln!(f, "Kept in        {} (block {})", directory.display(), self.best_block)?,
            None => writeln!(f, "Kept in        memory")?,
        }
        writeln!(
            f,
            "\nDevelopment accounts (their keys are public: never send anything of worth to them)"
        )?;
        for account in &self.accounts {
            writeln!(f, "  {:<16} {}  {}", account.name, account.address, account.account)?;
        }
        Ok(())
    }
}

pub(super) async fn run(opts: Opts, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
    let _ = context;
    let chain = start_chain(&opts)?;
    let server = Server::start(chain.clone(), &server_config(&opts))
        .await
        .map_err(DevnetError::from)?;
    out.result(&describe(&opts, &chain, &server))?;
    out.note("running; Ctrl-C stops it");
    interrupted().await?;
    out.note("stopping");
    server.stop();
    // A client that keeps its connection open does not keep the program.
    let _ = tokio::time::timeout(Duration::from_secs(2), server.stopped()).await;
    Ok(())
}

fn start_chain(opts: &Opts) -> Result<Chain, Error> {
    if let Some(directory) = &opts.persist {
        std::fs::create_dir_all(directory).map_err(|cause| DevnetError::Directory {
            path: directory.clone(),
            cause,
        })?;
    }
    let config = Config {
        sealing: opts.block_time.map_or(Sealing::Instant, |seconds| {
            Sealing::Interval(Duration::from_secs(seconds))
        }),
        finality: Finality::Depth(opts.finality),
        path: opts.persist.as_ref().map(|directory| directory.join("chain.redb")),
        ..Config::default()
    };
    Ok(Chain::start(&config).map_err(DevnetError::from)?)
}

fn server_config(opts: &Opts) -> ServerConfig {
    let origins = if opts.origin.is_empty() {
        Origins::Any
    } else {
        Origins::Only(opts.origin.clone())
    };
    ServerConfig {
        substrate: (opts.listen, opts.substrate_port).into(),
        ethereum: Some((opts.listen, opts.ethereum_port).into()),
        origins,
        ..ServerConfig::default()
    }
}

fn describe(opts: &Opts, chain: &Chain, server: &Server) -> Running {
    let accounts = dev::all().into_iter().map(|known| {
        let account = known.key.account();
        DevelopmentAccount {
            name: format!("{}{}", dev::PREFIX, known.name),
            kind: if accounts::ETHEREUM.iter().any(|(name, _)| *name == known.name) {
                "ethereum"
            } else {
                "sr25519"
            },
            account: account.to_string(),
            address: account.address().to_string(),
        }
    });
    Running {
        substrate_rpc: format!("ws://{}", server.substrate_addr()),
        ethereum_rpc: server.ethereum_addr().map(|address| format!("http://{address}")),
        chain_id: CHAIN_ID,
        genesis_hash: format!("{:?}", chain.genesis_hash()),
        best_block: chain.best().number,
        persisted_in: opts.persist.clone(),
        accounts: accounts.collect(),
    }
}

/// Waits for Ctrl-C or for the system's request to end.
async fn interrupted() -> Result<(), Error> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            done = tokio::signal::ctrl_c() => done?,
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await?;
    Ok(())
}
