//! `salus up`: the embedded chain behind its RPC ports, with the contracts deployed, until Ctrl-C.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr},
    path::PathBuf,
    time::Duration,
};

use alloy_core::primitives::{Address, B256};
use clap::Args;
use salus_devchain::{
    chain::{Finality, Sealing},
    rpc::Origins,
};
use serde::Serialize;

use super::{Context, Output};
use salus_client::{
    account::Account,
    devnet::{Devnet, DevnetOptions},
    error::Error,
    keystore::{KeyKind, dev},
    network::address_book,
};

/// Run the embedded chain with its RPC ports and the contracts deployed, until Ctrl-C.
#[derive(Debug, Args)]
#[command(after_help = "\
The chain is a development chain: its keys are public and its history can be rewritten over RPC. It listens on the
loopback address unless told otherwise. `dev:alice` deploys the contracts and has all tokens at first. The result is
printed once the contracts are there; the address book that other commands read is written before that.

Examples:
  salus up
  salus up --persist ~/salus-chain          # goes on where it was, next time
  salus up --block-time 6 --finality 3      # a block every 6 seconds, final three blocks later
  salus --json up --substrate-port 0 --ethereum-port 0")]
pub(super) struct Opts {
    /// Keep the chain, and which contracts are on it, in this directory; without it, all is gone at the end
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
    /// Deploy no contracts
    #[arg(long)]
    bare: bool,
    /// Deploy anew the contracts that are there in another version
    #[arg(long, conflicts_with = "bare")]
    fresh: bool,
}

#[derive(Serialize)]
struct Running {
    network: String,
    substrate_rpc: String,
    ethereum_rpc: Option<String>,
    chain_id: Option<u64>,
    genesis_hash: Option<B256>,
    best_block: u32,
    persisted_in: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address_book: Option<PathBuf>,
    contracts: Vec<RunningContract>,
    accounts: Vec<DevelopmentAccount>,
}

#[derive(Serialize)]
struct RunningContract {
    contract: &'static str,
    address: Address,
    code_hash: B256,
    /// Whether it was deployed now; otherwise it was there.
    new: bool,
}

#[derive(Serialize)]
struct DevelopmentAccount {
    name: String,
    kind: KeyKind,
    #[serde(flatten)]
    account: Account,
}

impl fmt::Display for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Substrate RPC  {}", self.substrate_rpc)?;
        if let (Some(ethereum), Some(chain_id)) = (&self.ethereum_rpc, self.chain_id) {
            writeln!(f, "Ethereum RPC   {ethereum}  (chain id {chain_id})")?;
        }
        match &self.persisted_in {
            Some(directory) => writeln!(f, "Kept in        {} (block {})", directory.display(), self.best_block)?,
            None => writeln!(f, "Kept in        memory")?,
        }
        if let Some(path) = &self.address_book {
            writeln!(f, "Address book   {}  (--network {})", path.display(), self.network)?;
            writeln!(f, "\nContracts")?;
            for contract in &self.contracts {
                let note = if contract.new { "" } else { "  (was there)" };
                writeln!(f, "  {:<16} {}{note}", contract.contract, contract.address)?;
            }
        }
        writeln!(
            f,
            "\nDevelopment accounts (their keys are public: never send anything of worth to them)"
        )?;
        for DevelopmentAccount { name, account, .. } in &self.accounts {
            writeln!(f, "  {name:<16} {}  {account}", account.address())?;
        }
        Ok(())
    }
}

pub(super) async fn run(opts: Opts, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
    let interrupted = Interrupt::listen()?;
    let (bare, fresh) = (opts.bare, opts.fresh);
    let persisted_in = opts.persist.clone();
    let devnet = Devnet::start(opts.into()).await?;
    // A name where a network is configured for this port, as `local` is for the usual one.
    let network = context.networks()?.resolve(&devnet.substrate_rpc())?;
    let deployments = context.deployments(&network);
    let contracts = if bare {
        Vec::new()
    } else {
        devnet.deploy(&network.name, &deployments, fresh).await?
    };
    devnet.settle()?;
    let contracts = contracts.into_iter().map(|deployed| RunningContract {
        contract: deployed.contract,
        address: deployed.address,
        code_hash: deployed.code_hash,
        new: deployed.receipt.is_some(),
    });
    let own = devnet.network();
    out.result(&Running {
        substrate_rpc: own.substrate_rpc,
        ethereum_rpc: own.ethereum_rpc,
        chain_id: own.chain_id,
        genesis_hash: own.genesis_hash,
        best_block: devnet.engine().best().number,
        persisted_in,
        address_book: (!bare).then(|| address_book::path(&deployments, &network.name)),
        network: network.name,
        contracts: contracts.collect(),
        accounts: development_accounts(),
    })?;
    out.note("running; Ctrl-C stops it");
    interrupted.wait().await;
    out.note("stopping");
    devnet.stop().await;
    Ok(())
}

impl From<Opts> for DevnetOptions {
    fn from(opts: Opts) -> Self {
        Self {
            persist: opts.persist,
            listen: opts.listen,
            substrate_port: opts.substrate_port,
            ethereum_port: opts.ethereum_port,
            sealing: opts.block_time.map_or(Sealing::Instant, |seconds| {
                Sealing::Interval(Duration::from_secs(seconds))
            }),
            finality: Finality::Depth(opts.finality),
            origins: if opts.origin.is_empty() {
                Origins::Any
            } else {
                Origins::Only(opts.origin)
            },
        }
    }
}

fn development_accounts() -> Vec<DevelopmentAccount> {
    let account = |known: dev::DevelopmentKey| DevelopmentAccount {
        name: format!("{}{}", dev::PREFIX, known.name),
        kind: known.key.kind(),
        account: known.key.account(),
    };
    dev::all().into_iter().map(account).collect()
}

/// Ctrl-C, or the system's request to end. From when it is made, these are waited for and do not end the program.
struct Interrupt {
    #[cfg(unix)]
    signals: [tokio::signal::unix::Signal; 2],
}

impl Interrupt {
    fn listen() -> Result<Self, Error> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let signals = [signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?];
            Ok(Self { signals })
        }
        #[cfg(not(unix))]
        Ok(Self {})
    }

    async fn wait(self) {
        #[cfg(unix)]
        {
            let [mut interrupt, mut terminate] = self.signals;
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        }
        #[cfg(not(unix))]
        if tokio::signal::ctrl_c().await.is_err() {
            // Nothing tells when to stop: it is for the system to end the program.
            std::future::pending::<()>().await;
        }
    }
}
