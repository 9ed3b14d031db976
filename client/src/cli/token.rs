//! `salus token`: the token.

use std::fmt;

use alloy_core::primitives::{Address, U256};
use clap::{Args, Subcommand};
use serde::Serialize;

use super::{
    Context, Output,
    amount::{self, Amount},
    transaction::{Transaction, TransactionOpts},
};
use crate::{
    chain::Chain,
    contracts::{Suite, token::Token},
    error::Error,
};

/// Ask for balances, send and approve tokens.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  salus token info
  salus token balance dev:alice
  salus token transfer dev:bob 12.5 --from dev:alice
  salus token approve 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 100 --from patient
  salus token allowance patient 0x70997970C51812dc3A010C7d01b50e0d17dc79C8")]
pub(super) struct Opts {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Name, symbol, decimals, supply and address
    Info,
    /// How much an account has
    Balance {
        /// A key's name, `dev:NAME`, an SS58 or Ethereum address
        account: String,
    },
    /// How much an account may take from another
    Allowance {
        /// Whose tokens
        owner: String,
        /// Who may take them
        spender: String,
    },
    /// Send tokens
    Transfer {
        /// To whom
        to: String,
        /// How much, e.g. 12.5
        amount: String,
        #[command(flatten)]
        transaction: TransactionOpts,
    },
    /// Let an account or a contract take tokens
    Approve {
        /// Who may take them
        spender: String,
        /// How much in all, e.g. 100; 0 takes an approval back
        amount: String,
        #[command(flatten)]
        transaction: TransactionOpts,
    },
}

impl Opts {
    pub(super) fn name(&self) -> &'static str {
        match self.command {
            Command::Info => "token info",
            Command::Balance { .. } => "token balance",
            Command::Allowance { .. } => "token allowance",
            Command::Transfer { .. } => "token transfer",
            Command::Approve { .. } => "token approve",
        }
    }
}

#[derive(Serialize)]
struct Info {
    address: Address,
    name: String,
    symbol: String,
    decimals: u8,
    total_supply: Amount,
}

impl fmt::Display for Info {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "address   {}", self.address)?;
        writeln!(f, "name      {}", self.name)?;
        writeln!(f, "symbol    {}", self.symbol)?;
        writeln!(f, "decimals  {}", self.decimals)?;
        write!(f, "supply    {}", self.total_supply)
    }
}

#[derive(Serialize)]
struct Sent {
    recipient: Address,
    value: Amount,
    transaction: Transaction,
}

impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} for {}", self.value, self.recipient)?;
        self.transaction.fmt(f)
    }
}

pub(super) async fn run(opts: Opts, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
    match opts.command {
        Command::Info => {
            let token = open(context).await?;
            let info = token.info().await?;
            let total_supply = Amount::new(info.total_supply, info.decimals, info.symbol.clone());
            let address = token.contract().address();
            out.result(&Info {
                address,
                name: info.name,
                symbol: info.symbol,
                decimals: info.decimals,
                total_supply,
            })
        }
        Command::Balance { account } => {
            let owner = context.account(&account)?.address();
            let token = open(context).await?;
            let value = token.balance_of(owner).await?;
            out.result(&in_tokens(&token, value).await?)
        }
        Command::Allowance { owner, spender } => {
            let (owner, spender) = (context.account(&owner)?.address(), context.account(&spender)?.address());
            let token = open(context).await?;
            let value = token.allowance(owner, spender).await?;
            out.result(&in_tokens(&token, value).await?)
        }
        Command::Transfer {
            to,
            amount,
            transaction,
        } => send(context, out, &to, &amount, &transaction, true).await,
        Command::Approve {
            spender,
            amount,
            transaction,
        } => send(context, out, &spender, &amount, &transaction, false).await,
    }
}

async fn open(context: &Context) -> Result<Token, Error> {
    let chain = Chain::connect(&context.network()?).await?;
    Suite::open(&chain, &context.deployments(chain.network()))?
        .token()
        .await
}

async fn in_tokens(token: &Token, value: U256) -> Result<Amount, Error> {
    let info = token.info().await?;
    Ok(Amount::new(value, info.decimals, info.symbol))
}

async fn send(
    context: &Context,
    out: &mut Output<'_>,
    recipient: &str,
    amount: &str,
    transaction: &TransactionOpts,
    transfer: bool,
) -> Result<(), Error> {
    let recipient = context.account(recipient)?.address();
    let (chain, key) = transaction.start(context).await?;
    let token = Suite::open(&chain, &context.deployments(chain.network()))?
        .token()
        .await?;
    let info = token.info().await?;
    let value = amount::parse(amount, info.decimals)?;
    let receipt = if transfer {
        token.transfer(&key, recipient, value, transaction.options()).await?
    } else {
        token.approve(&key, recipient, value, transaction.options()).await?
    };
    out.result(&Sent {
        recipient,
        value: Amount::new(value, info.decimals, info.symbol),
        transaction: receipt.into(),
    })
}
