//! `salus token`: the token.

mod authorize;
mod roles;

use std::fmt;

use alloy_core::primitives::{Address, U256};
use clap::{Args, Subcommand};
use serde::Serialize;

use self::{
    authorize::{AuthorizeOpts, CancelOpts, SubmitOpts},
    roles::RolesCommand,
};
use super::{
    Context, Output,
    amount::{self, Amount},
    transaction::{Transaction, TransactionOpts},
};
use salus_client::{
    chain::Chain,
    contracts::{Suite, token::Token},
    error::Error,
    keystore::SigningKey,
};

/// Ask for balances; send, approve, create and destroy tokens; authorize transfers by signature; roles.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  salus token info
  salus token balance dev:alice
  salus token transfer dev:bob 12.5 --from dev:alice
  salus token approve 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 100 --from patient
  salus token allowance patient 0x70997970C51812dc3A010C7d01b50e0d17dc79C8
  salus token mint patient 100 --from treasury
  salus token authorize clinic 25 --from patient --sign-to payment.json
  salus token submit payment.json --from clinic
  salus token roles grant minter treasury --from admin")]
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
    /// Create tokens; for minters
    Mint {
        /// For whom
        to: String,
        /// How much, e.g. 12.5
        amount: String,
        #[command(flatten)]
        transaction: TransactionOpts,
    },
    /// Destroy tokens
    Burn {
        /// How much, e.g. 12.5
        amount: String,
        /// Whose, who has approved it [default: the signer's]
        #[arg(long, value_name = "ACCOUNT")]
        of: Option<String>,
        #[command(flatten)]
        transaction: TransactionOpts,
    },
    /// Stop all moving, creating and destroying of tokens; for pausers
    Pause {
        #[command(flatten)]
        transaction: TransactionOpts,
    },
    /// Let tokens move again; for pausers
    Unpause {
        #[command(flatten)]
        transaction: TransactionOpts,
    },
    /// Sign a transfer, for somebody else to send by `salus token submit`; --from needs no coins
    Authorize(AuthorizeOpts),
    /// Send a transfer, or a cancellation, that somebody else has signed
    Submit(SubmitOpts),
    /// Make a signed transfer useless that was not sent yet
    CancelAuthorization(CancelOpts),
    /// Who may create tokens and pause, and who says so
    #[command(subcommand)]
    Roles(RolesCommand),
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
            Command::Mint { .. } => "token mint",
            Command::Burn { .. } => "token burn",
            Command::Pause { .. } => "token pause",
            Command::Unpause { .. } => "token unpause",
            Command::Authorize(_) => "token authorize",
            Command::Submit(_) => "token submit",
            Command::CancelAuthorization(_) => "token cancel-authorization",
            Command::Roles(ref command) => command.name(),
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
    cap: Amount,
    paused: bool,
}

impl fmt::Display for Info {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "address   {}", self.address)?;
        writeln!(f, "name      {}", self.name)?;
        writeln!(f, "symbol    {}", self.symbol)?;
        writeln!(f, "decimals  {}", self.decimals)?;
        write!(f, "supply    {}, of at most {}", self.total_supply, self.cap)?;
        if self.paused {
            write!(f, "\npaused    no tokens are moved")?;
        }
        Ok(())
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

#[derive(Serialize)]
struct Burnt {
    holder: Address,
    value: Amount,
    transaction: Transaction,
}

impl fmt::Display for Burnt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} of {} destroyed", self.value, self.holder)?;
        self.transaction.fmt(f)
    }
}

#[derive(Serialize)]
struct Stopped {
    paused: bool,
    transaction: Transaction,
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.paused { "paused" } else { "not paused" };
        writeln!(f, "the token is {state}")?;
        self.transaction.fmt(f)
    }
}

/// How tokens come to somebody.
#[derive(Clone, Copy)]
enum Sending {
    Transfer,
    Approve,
    Mint,
}

pub(super) async fn run(opts: Opts, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
    match opts.command {
        Command::Info => {
            let token = open(context).await?;
            let (info, limits) = (token.info().await?, token.limits().await?);
            let amount = |value| Amount::new(value, info.decimals, info.symbol.clone());
            let (total_supply, cap) = (amount(info.total_supply), amount(limits.cap));
            let address = token.contract().address();
            out.result(&Info {
                address,
                name: info.name,
                symbol: info.symbol,
                decimals: info.decimals,
                total_supply,
                cap,
                paused: limits.paused,
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
        } => send(context, out, &to, &amount, &transaction, Sending::Transfer).await,
        Command::Approve {
            spender,
            amount,
            transaction,
        } => send(context, out, &spender, &amount, &transaction, Sending::Approve).await,
        Command::Mint {
            to,
            amount,
            transaction,
        } => send(context, out, &to, &amount, &transaction, Sending::Mint).await,
        Command::Burn {
            amount,
            of,
            transaction,
        } => {
            let of = of.map(|of| context.account(&of)).transpose()?.map(|of| of.address());
            let (token, key) = start(context, &transaction).await?;
            let info = token.info().await?;
            let value = amount::parse(&amount, info.decimals)?;
            let receipt = token.burn(&key, of, value, transaction.options()).await?;
            out.result(&Burnt {
                holder: of.unwrap_or_else(|| key.account().address()),
                value: Amount::new(value, info.decimals, info.symbol),
                transaction: receipt.into(),
            })
        }
        Command::Pause { transaction } => set_paused(context, out, &transaction, true).await,
        Command::Unpause { transaction } => set_paused(context, out, &transaction, false).await,
        Command::Authorize(opts) => authorize::authorize(opts, context, out).await,
        Command::Submit(opts) => authorize::submit(opts, context, out).await,
        Command::CancelAuthorization(opts) => authorize::cancel(opts, context, out).await,
        Command::Roles(command) => roles::run(command, context, out).await,
    }
}

async fn open(context: &Context) -> Result<Token, Error> {
    let chain = Chain::connect(&context.network()?).await?;
    of_suite(context, &chain).await
}

/// The token, and who signs a transaction with it.
async fn start(context: &Context, transaction: &TransactionOpts) -> Result<(Token, SigningKey), Error> {
    let (chain, key) = transaction.start(context).await?;
    Ok((of_suite(context, &chain).await?, key))
}

async fn of_suite(context: &Context, chain: &Chain) -> Result<Token, Error> {
    Suite::open(chain, &context.deployments(chain.network()))?.token().await
}

async fn in_tokens(token: &Token, value: U256) -> Result<Amount, Error> {
    let info = token.info().await?;
    Ok(Amount::new(value, info.decimals, info.symbol))
}

async fn set_paused(
    context: &Context,
    out: &mut Output<'_>,
    transaction: &TransactionOpts,
    paused: bool,
) -> Result<(), Error> {
    let (token, key) = start(context, transaction).await?;
    let receipt = token.set_paused(&key, paused, transaction.options()).await?;
    out.result(&Stopped {
        paused,
        transaction: receipt.into(),
    })
}

async fn send(
    context: &Context,
    out: &mut Output<'_>,
    recipient: &str,
    amount: &str,
    transaction: &TransactionOpts,
    sending: Sending,
) -> Result<(), Error> {
    let recipient = context.account(recipient)?.address();
    let (token, key) = start(context, transaction).await?;
    let info = token.info().await?;
    let value = amount::parse(amount, info.decimals)?;
    let options = transaction.options();
    let receipt = match sending {
        Sending::Transfer => token.transfer(&key, recipient, value, options).await?,
        Sending::Approve => token.approve(&key, recipient, value, options).await?,
        Sending::Mint => token.mint(&key, recipient, value, options).await?,
    };
    out.result(&Sent {
        recipient,
        value: Amount::new(value, info.decimals, info.symbol),
        transaction: receipt.into(),
    })
}
