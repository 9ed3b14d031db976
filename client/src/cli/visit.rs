//! `salus visit`: consultations in escrow.

use std::fmt;

use alloy_core::primitives::{Address, B256, U256};
use clap::{Args, Subcommand};
use serde::Serialize;

use super::{
    Context, Output,
    amount::{self, Amount},
    moment::{self, Moment},
    transaction::{Transaction, TransactionOpts},
};
use crate::{
    chain::{Chain, SubmitOptions},
    contracts::{
        Suite,
        telehealth::{Telehealth, Visit, VisitAction, VisitStatus, VisitTerms},
        token::{Token, TokenInfo},
    },
    error::Error,
    keystore::SigningKey,
};

/// Ask for consultations, pay for them through escrow, and withdraw what is yours.
#[derive(Debug, Args)]
#[command(after_help = "\
The patient requests and funds; the provider confirms, and completes once the consultation has begun. Called off before that, or
not confirmed or completed in time, it is refunded in full. Nothing is sent to anybody: each side withdraws what is theirs.

Examples:
  salus visit request --provider clinic --fee 25 --start 2027-01-31T09:30:00Z --confirm-by 2027-01-30 --from patient
  salus visit fund 1 --from patient
  salus visit confirm 1 --from clinic
  salus visit complete 1 --from clinic
  salus visit withdraw --from clinic
  salus visit show 1")]
pub(super) struct Opts {
    #[command(subcommand)]
    command: Command,
}

/// A visit and who acts.
#[derive(Debug, Args)]
struct Step {
    /// The visit's number
    visit: U256,
    #[command(flatten)]
    transaction: TransactionOpts,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Ask a provider for a consultation; the signer is the patient
    Request {
        /// Who shall give it: a key's name, `dev:NAME`, an SS58 or Ethereum address
        #[arg(long, value_name = "ACCOUNT")]
        provider: String,
        /// The fee in tokens, e.g. 25
        #[arg(long, value_name = "AMOUNT")]
        fee: String,
        /// When it begins: 2027-01-31T09:30:00Z or +SECONDS
        #[arg(long, value_name = "TIME")]
        start: String,
        /// Until when the provider can confirm it [default: until it begins]
        #[arg(long, value_name = "TIME")]
        confirm_by: Option<String>,
        /// A salted hash of what else was agreed
        #[arg(long, value_name = "HEX", default_value_t = B256::ZERO, hide_default_value = true)]
        details_hash: B256,
        #[command(flatten)]
        transaction: TransactionOpts,
    },
    /// Put the fee in escrow; approves the escrow for it first, where that is needed
    Fund(Step),
    /// Agree to a funded visit; for the provider
    Confirm(Step),
    /// Do not agree to it; for the provider
    Decline(Step),
    /// Call it off before it begins; for either side
    Cancel(Step),
    /// Say that it took place; for the provider, once it has begun
    Complete(Step),
    /// End a visit that was not confirmed or completed in time; for anybody
    Expire(Step),
    /// Get all tokens that are yours
    Withdraw {
        #[command(flatten)]
        transaction: TransactionOpts,
    },
    /// Show a visit
    Show {
        /// The visit's number
        visit: U256,
    },
}

impl Opts {
    pub(super) fn name(&self) -> &'static str {
        match self.command {
            Command::Request { .. } => "visit request",
            Command::Fund(_) => "visit fund",
            Command::Confirm(_) => "visit confirm",
            Command::Decline(_) => "visit decline",
            Command::Cancel(_) => "visit cancel",
            Command::Complete(_) => "visit complete",
            Command::Expire(_) => "visit expire",
            Command::Withdraw { .. } => "visit withdraw",
            Command::Show { .. } => "visit show",
        }
    }
}

#[derive(Serialize)]
struct Requested {
    visit: U256Text,
    fee: Amount,
    start_time: Moment,
    confirm_by: Moment,
    transaction: Transaction,
}

impl fmt::Display for Requested {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "visit        {}", self.visit.0)?;
        writeln!(f, "fee          {}", self.fee)?;
        writeln!(
            f,
            "begins       {}, to be confirmed by {}",
            self.start_time, self.confirm_by
        )?;
        self.transaction.fmt(f)
    }
}

#[derive(Serialize)]
struct Done {
    visit: U256Text,
    status: VisitStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    approval: Option<Transaction>,
    transaction: Transaction,
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "visit        {} is {}", self.visit.0, self.status)?;
        self.transaction.fmt(f)
    }
}

#[derive(Serialize)]
struct Withdrawn {
    amount: Amount,
    transaction: Transaction,
}

impl fmt::Display for Withdrawn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "withdrawn    {}", self.amount)?;
        self.transaction.fmt(f)
    }
}

#[derive(Serialize)]
struct Shown {
    visit: U256Text,
    status: VisitStatus,
    patient: Address,
    provider: Address,
    token: Address,
    fee: Amount,
    start_time: Moment,
    confirm_by: Moment,
    complete_by: Moment,
    details_hash: B256,
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "visit        {} ({})", self.visit.0, self.status)?;
        writeln!(f, "patient      {}", self.patient)?;
        writeln!(f, "provider     {}", self.provider)?;
        writeln!(f, "fee          {}", self.fee)?;
        writeln!(f, "begins       {}", self.start_time)?;
        write!(f, "confirm by   {}, complete by {}", self.confirm_by, self.complete_by)
    }
}

/// A number of up to 256 bits, in JSON as decimal digits.
struct U256Text(U256);

impl Serialize for U256Text {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// The contracts that a visit needs.
struct Desk {
    chain: Chain,
    telehealth: Telehealth,
    token: Token,
}

impl Desk {
    async fn open(context: &Context, chain: Chain) -> Result<Self, Error> {
        let suite = Suite::open(&chain, &context.deployments(chain.network()))?;
        let (telehealth, token) = (suite.telehealth().await?, suite.token().await?);
        Ok(Self {
            chain,
            telehealth,
            token,
        })
    }

    /// An amount of the token of a visit, which may be another one than the suite's.
    async fn amount(&self, token: Address, value: U256) -> Result<Amount, Error> {
        let info: TokenInfo = Token::new(self.chain.clone(), token).info().await?;
        Ok(Amount::new(value, info.decimals, info.symbol))
    }

    async fn approve(
        &self,
        key: &SigningKey,
        visit: &Visit,
        options: SubmitOptions,
    ) -> Result<Option<Transaction>, Error> {
        let token = Token::new(self.chain.clone(), visit.token);
        let escrow = self.telehealth.contract().address();
        if token.allowance(key.account().address(), escrow).await? >= visit.fee {
            return Ok(None);
        }
        Ok(Some(token.approve(key, escrow, visit.fee, options).await?.into()))
    }

    async fn step(&self, step: &Step, key: &SigningKey, action: VisitAction) -> Result<Done, Error> {
        let options = step.transaction.options();
        let mut approval = None;
        if action == VisitAction::Fund {
            let visit = self.telehealth.visit(step.visit).await?;
            // Of anybody else, or at another time, the contract refuses it: then nothing is approved either.
            if visit.patient == key.account().address() && visit.status == VisitStatus::Requested {
                approval = self.approve(key, &visit, options).await?;
            }
        }
        let receipt = self.telehealth.act(key, step.visit, action, options).await?;
        Ok(Done {
            visit: U256Text(step.visit),
            status: self.telehealth.visit(step.visit).await?.status,
            approval,
            transaction: receipt.into(),
        })
    }
}

pub(super) async fn run(opts: Opts, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
    let (step, action) = match opts.command {
        Command::Fund(step) => (step, VisitAction::Fund),
        Command::Confirm(step) => (step, VisitAction::Confirm),
        Command::Decline(step) => (step, VisitAction::Decline),
        Command::Cancel(step) => (step, VisitAction::Cancel),
        Command::Complete(step) => (step, VisitAction::Complete),
        Command::Expire(step) => (step, VisitAction::Expire),
        Command::Request {
            provider,
            fee,
            start,
            confirm_by,
            details_hash,
            transaction,
        } => {
            let provider = context.account(&provider)?.address();
            let (chain, key) = transaction.start(context).await?;
            let now = chain.time().await?;
            let start_time = moment::parse(&start, now, false)?;
            let confirm_by = confirm_by.map(|text| moment::parse(&text, now, true)).transpose()?;
            let confirm_by = confirm_by.unwrap_or(start_time);
            let desk = Desk::open(context, chain).await?;
            let info = desk.token.info().await?;
            let fee = amount::parse(&fee, info.decimals)?;
            let token = desk.token.contract().address();
            let terms = VisitTerms {
                provider,
                token,
                fee,
                start_time,
                confirm_by,
                details_hash,
            };
            let (id, receipt) = desk.telehealth.request(&key, &terms, transaction.options()).await?;
            return out.result(&Requested {
                visit: U256Text(id),
                fee: Amount::new(fee, info.decimals, info.symbol),
                start_time: Moment(start_time),
                confirm_by: Moment(confirm_by),
                transaction: receipt.into(),
            });
        }
        Command::Withdraw { transaction } => {
            let (chain, key) = transaction.start(context).await?;
            let desk = Desk::open(context, chain).await?;
            let token = desk.token.contract().address();
            let (value, receipt) = desk.telehealth.withdraw(&key, token, transaction.options()).await?;
            let amount = desk.amount(token, value).await?;
            return out.result(&Withdrawn {
                amount,
                transaction: receipt.into(),
            });
        }
        Command::Show { visit: id } => {
            let desk = Desk::open(context, Chain::connect(&context.network()?).await?).await?;
            let visit = desk.telehealth.visit(id).await?;
            return out.result(&Shown {
                visit: U256Text(id),
                status: visit.status,
                patient: visit.patient,
                provider: visit.provider,
                token: visit.token,
                fee: desk.amount(visit.token, visit.fee).await?,
                start_time: Moment(visit.start_time),
                confirm_by: Moment(visit.confirm_by),
                complete_by: Moment(visit.complete_by),
                details_hash: visit.details_hash,
            });
        }
    };
    let (chain, key) = step.transaction.start(context).await?;
    let desk = Desk::open(context, chain).await?;
    out.result(&desk.step(&step, &key, action).await?)
}
