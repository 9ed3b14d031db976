//! `salus deploy`: the contracts of a network.

mod emergencies;
mod token;

use std::{fmt, path::PathBuf};

use clap::Args;
use salus_core::codes::Role;
use serde::Serialize;

use self::{emergencies::EmergencyOpts, token::TokenOpts};
use super::{Context, Output, codes, transaction::TransactionOpts};
use salus_client::{
    deploy::{self, Deployed, Settings},
    error::Error,
    network::address_book,
};

/// Deploy the contracts, and write down where they are.
#[derive(Debug, Args)]
#[command(after_help = "\
What is deployed already is kept. The addresses are written to the network's address book after each contract, so that
an interrupted deployment goes on where it stopped.

Examples:
  salus deploy --from dev:alice
  salus deploy --network paseo --from deployer --password-file ~/.deployer-password
  salus deploy --from dev:alice --fresh        # forget what the address book says if the chain does not have it")]
pub(super) struct Opts {
    #[command(flatten)]
    transaction: TransactionOpts,
    /// Deploy anew what the address book says but the chain does not have, and what is on another chain
    #[arg(long)]
    fresh: bool,
    #[command(flatten)]
    token: TokenOpts,
    /// Who admits those who issue credentials [default: the account that deploys]
    #[arg(long, value_name = "ACCOUNT")]
    credentials_owner: Option<String>,
    /// Who may announce what the platform keeps of consultations' fees [default: the account that deploys]
    #[arg(long, value_name = "ACCOUNT")]
    platform_owner: Option<String>,
    /// The role of those who decide disputes about consultations
    #[arg(long, value_name = "CODE", default_value = deploy::USUAL_ARBITER.code(), value_parser = codes::role)]
    arbiter_role: Role,
    #[command(flatten)]
    emergencies: EmergencyOpts,
}

#[derive(Serialize)]
struct Suite {
    network: String,
    address_book: PathBuf,
    contracts: Vec<Deployed>,
}

impl fmt::Display for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for deployed in &self.contracts {
            let note = match &deployed.receipt {
                Some(receipt) => format!("block {}", receipt.block_number),
                None => "was there".into(),
            };
            writeln!(f, "{:<12} {}  {note}", deployed.contract, deployed.address)?;
        }
        write!(f, "address book {}", self.address_book.display())
    }
}

pub(super) async fn run(opts: Opts, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
    let account = |name: &Option<String>| name.as_deref().map(|name| context.account(name)).transpose();
    let (owner, platform) = (account(&opts.credentials_owner)?, account(&opts.platform_owner)?);
    let token = opts.token.parse(context)?;
    let (chain, key) = opts.transaction.start(context).await?;
    let deployer = key.account().address();
    let settings = Settings {
        token: token(deployer),
        credentials_owner: owner.map_or(deployer, |owner| owner.address()),
        platform_owner: platform.map_or(deployer, |owner| owner.address()),
        arbiter_role: opts.arbiter_role,
        emergencies: opts.emergencies.parameters(),
    };
    let options = opts.transaction.options();
    let told = |deployed: &Deployed| match &deployed.receipt {
        Some(receipt) => out.note(format_args!(
            "{} deployed at {} in block {}",
            deployed.contract, deployed.address, receipt.block_number
        )),
        None => out.note(format_args!("{} is at {} already", deployed.contract, deployed.address)),
    };
    let deployments = context.deployments(chain.network());
    let contracts = deploy::deploy(&chain, &key, &deployments, &settings, opts.fresh, options, told).await?;
    let network = chain.network().name.clone();
    let address_book = address_book::path(&deployments, &network);
    out.result(&Suite {
        network,
        address_book,
        contracts,
    })
}
