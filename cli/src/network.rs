//! `salus network`: which networks there are.

use std::fmt;

use clap::Args;
use serde::Serialize;

use super::{Context, Output};
use salus_client::{error::Error, network::Network};

/// Show the networks that --network can name.
#[derive(Debug, Args)]
#[command(after_help = "\
Networks are added in networks.json in the configuration directory (~/.config/salus):
  { \"schema_version\": 1, \"networks\": { \"staging\": {
      \"substrate_rpc\": \"wss://node.example.org\", \"ethereum_rpc\": \"https://eth.example.org\",
      \"chain_id\": 420420421, \"genesis_hash\": \"0x...\", \"development\": false } } }

Examples:
  salus network
  salus --json network")]
pub(super) struct Opts {}

#[derive(Serialize)]
struct List {
    networks: Vec<Network>,
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for network in &self.networks {
            let chain_id = network.chain_id.map_or("any".into(), |id| id.to_string());
            let note = if network.development { "  (development)" } else { "" };
            writeln!(
                f,
                "{:<16} chain id {chain_id:<10} {}{note}",
                network.name, network.substrate_rpc
            )?;
        }
        Ok(())
    }
}

pub(super) fn run(_opts: Opts, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
    let networks = context.networks()?.iter().cloned().collect();
    out.result(&List { networks })
}
