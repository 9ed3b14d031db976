//! `salus wallet recover`: which relationships of a wallet exist, found by the mnemonic and the chain alone.

use clap::Args;

use super::view::{Recovered, Row};
use crate::{Context, Output};
use salus_client::{chain::Chain, contracts::Suite, error::Error, wallet::MAX_INDEX};

/// Which wallet, and how far to look.
#[derive(Debug, Args)]
#[command(after_help = "\
The node that is asked sees the subjects together, and can tell that somebody knows them all: ask one that you trust.

Examples:
  salus wallet recover me
  salus wallet recover me --gap 100    # if many relationships were begun and never registered")]
pub(super) struct RecoverOpts {
    /// The wallet
    name: String,
    /// After how many numbers in a row that nobody registered to stop
    #[arg(long, value_name = "COUNT", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    gap: u32,
}

pub(super) async fn run(opts: RecoverOpts, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
    let RecoverOpts { name, gap } = opts;
    let chain = Chain::connect(&context.network()?).await?;
    let registry = Suite::open(&chain, &context.deployments(chain.network()))?
        .consent()
        .await?;
    let password = context.wallet_password(&name)?;
    let wallet = context.wallets().unlock(&name, &password)?;
    // What was begun here is looked at whatever the gaps in it.
    let known = wallet.count().unwrap_or(0);
    let (mut rows, mut next, mut index) = (Vec::new(), 0, 0);
    while index <= MAX_INDEX && index < known.max(next).saturating_add(gap) {
        let relationship = wallet.derive(index)?;
        index += 1;
        if let Some(controller) = registry.controller_of(relationship.subject).await? {
            let mut row = Row::of(&name, &wallet, &relationship)?;
            let own = relationship.controller.signing_key()?.account().address();
            row.controlled_by = (controller != own).then_some(controller);
            rows.push(row);
            next = index;
        }
    }
    let (_, next) = context.wallets().change(&name, &password, |wallet| {
        wallet.recover(next);
        wallet.count()
    })?;
    out.result(&Recovered {
        wallet: name,
        searched: index,
        next,
        relationships: rows,
    })
}
