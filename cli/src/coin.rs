//! The native coin: what fees and storage deposits are paid in.

use std::fmt;

use serde::Serialize;

use super::{
    Context, Output,
    amount::{self, Amount, NATIVE_DECIMALS},
    transaction::{Transaction, TransactionOpts},
};
use salus_client::{account::Account, chain::Chain, error::Error};

#[derive(Serialize)]
struct Balance {
    #[serde(flatten)]
    account: Account,
    balance: Amount,
}

impl fmt::Display for Balance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.balance.fmt(f)
    }
}

#[derive(Serialize)]
struct Sent {
    recipient: Account,
    value: Amount,
    transaction: Transaction,
}

impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} for {}", self.value, self.recipient)?;
        self.transaction.fmt(f)
    }
}

/// What an account can spend.
pub(super) async fn balance(account: &str, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
    let account = context.account(account)?;
    let chain = Chain::connect(&context.network()?).await?;
    let balance = Amount::new(chain.balance(account).await?, NATIVE_DECIMALS, "coins".into());
    out.result(&Balance { account, balance })
}

/// Sends coins, to an account of either kind.
pub(super) async fn send(
    recipient: &str,
    amount: &str,
    transaction: &TransactionOpts,
    context: &Context,
    out: &mut Output<'_>,
) -> Result<(), Error> {
    let recipient = context.account(recipient)?;
    let value = amount::parse(amount, NATIVE_DECIMALS)?;
    let (chain, key) = transaction.start(context).await?;
    let receipt = chain.transfer(&key, recipient, value, transaction.options()).await?;
    let value = Amount::new(value, NATIVE_DECIMALS, "coins".into());
    out.result(&Sent {
        recipient,
        value,
        transaction: receipt.into(),
    })
}
