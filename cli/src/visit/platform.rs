//! What the platform keeps of what providers earn, and who says so.

use std::fmt;

use alloy_core::primitives::Address;
use clap::Subcommand;
use salus_core::telehealth::{BasisPoints, PlatformFee as Rules};
use serde::Serialize;

use super::{
    desk::{self, Desk},
    view::percent,
};
use crate::{
    Context, Output,
    moment::Moment,
    owner::{HeirOpts, Owned},
    transaction::{Transaction, TransactionOpts},
};
use salus_client::{
    contracts::telehealth::{
        convert::{account, address},
        platform::AnnouncedFee,
    },
    error::Error,
};

#[derive(Debug, Subcommand)]
pub(super) enum PlatformFee {
    /// Show what the platform keeps of what providers earn
    Show,
    /// Announce another fee for visits that are booked in seven days and later; for the owner
    Announce {
        /// What is kept of what a provider earns, in ten thousandths: at most 1000
        #[arg(value_parser = desk::share)]
        share: u16,
        /// Whose it is; nobody's if it is nothing
        #[arg(long, value_name = "ACCOUNT")]
        collector: Option<String>,
        #[command(flatten)]
        transaction: TransactionOpts,
    },
}

/// The office of whoever announces the fee.
#[derive(Debug, Subcommand)]
pub(super) enum Office {
    /// Show who owns the escrow, and to whom that office is offered
    Owner,
    /// Offer the office of the owner to another account, which has to accept it
    TransferOwnership {
        #[command(flatten)]
        heir: HeirOpts,
        #[command(flatten)]
        transaction: TransactionOpts,
    },
    /// Take the office of the owner over, as it was offered
    AcceptOwnership {
        #[command(flatten)]
        transaction: TransactionOpts,
    },
}

impl PlatformFee {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Show => "visit platform-fee show",
            Self::Announce { .. } => "visit platform-fee announce",
        }
    }

    pub(super) async fn run(self, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
        match self {
            Self::Show => {
                let desk = Desk::connect(context).await?;
                let now = desk.chain.time().await?;
                let fees = desk.telehealth.platform_fees(now).await?;
                out.result(&Fees {
                    now: fees.now.into(),
                    announced: fees.announced.map(Announced::from),
                })
            }
            Self::Announce {
                share,
                collector,
                transaction,
            } => {
                let collector = collector.map(|text| context.account(&text)).transpose()?;
                let fee = Rules {
                    fee: share,
                    collector: account(collector.map_or(Address::ZERO, |account| account.address())),
                };
                // The contract's own rule: nobody waits for its answer.
                fee.check().map_err(|error| Error::Usage(error.to_string()))?;
                let (desk, key) = Desk::start(&transaction, context).await?;
                let options = transaction.options();
                let (effective_at, receipt) = desk.telehealth.announce_platform_fee(&key, fee, options).await?;
                out.result(&Change {
                    announced: AnnouncedFee { fee, effective_at }.into(),
                    transaction: receipt.into(),
                })
            }
        }
    }
}

impl Office {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Owner => "visit owner",
            Self::TransferOwnership { .. } => "visit transfer-ownership",
            Self::AcceptOwnership { .. } => "visit accept-ownership",
        }
    }

    pub(super) async fn run(self, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
        match self {
            Self::Owner => {
                let desk = Desk::connect(context).await?;
                out.result(&Owned::read(desk.telehealth.contract(), None).await?)
            }
            Self::TransferOwnership { heir, transaction } => {
                let heir = heir.address(context)?;
                let (desk, key) = Desk::start(&transaction, context).await?;
                let options = transaction.options();
                let receipt = desk
                    .telehealth
                    .contract()
                    .transfer_ownership(&key, heir, options)
                    .await?;
                out.result(&Owned::read(desk.telehealth.contract(), Some(receipt)).await?)
            }
            Self::AcceptOwnership { transaction } => {
                let (desk, key) = Desk::start(&transaction, context).await?;
                let contract = desk.telehealth.contract();
                let receipt = contract.accept_ownership(&key, transaction.options()).await?;
                out.result(&Owned::read(desk.telehealth.contract(), Some(receipt)).await?)
            }
        }
    }
}

/// A fee: ten thousandths of what the provider earns.
#[derive(Serialize)]
struct Fee {
    fee: BasisPoints,
    /// Null: there is no fee.
    collector: Option<Address>,
}

impl From<Rules> for Fee {
    fn from(fee: Rules) -> Self {
        Self {
            fee: fee.fee,
            collector: Some(address(fee.collector)).filter(|collector| !collector.is_zero()),
        }
    }
}

impl fmt::Display for Fee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of what the provider earns", percent(self.fee))?;
        match self.collector {
            Some(collector) => write!(f, ", for {collector}"),
            None => Ok(()),
        }
    }
}

/// A fee of visits that are booked from a time on.
#[derive(Serialize)]
pub(super) struct Announced {
    #[serde(flatten)]
    fee: Fee,
    effective_at: Moment,
}

impl From<AnnouncedFee> for Announced {
    fn from(announced: AnnouncedFee) -> Self {
        Self {
            fee: announced.fee.into(),
            effective_at: Moment(announced.effective_at),
        }
    }
}

impl fmt::Display for Announced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, if booked from {} on", self.fee, self.effective_at)
    }
}

#[derive(Serialize)]
struct Fees {
    #[serde(flatten)]
    now: Fee,
    /// Null: no change is to come.
    announced: Option<Announced>,
}

impl fmt::Display for Fees {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "platform     {}", self.now)?;
        match &self.announced {
            Some(announced) => write!(f, "\nannounced    {announced}"),
            None => Ok(()),
        }
    }
}

#[derive(Serialize)]
struct Change {
    announced: Announced,
    transaction: Transaction,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "announced    {}", self.announced)?;
        self.transaction.fmt(f)
    }
}
