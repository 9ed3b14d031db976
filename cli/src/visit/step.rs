//! What the two sides and the arbiter do with a visit.

use alloy_core::{
    primitives::{Address, B256},
    sol_types::SolCall,
};
use clap::Args;

use super::{
    desk::{self, Desk},
    view,
};
use crate::{
    Context, Output,
    action::{ActionOpts, Done, Outcome},
    transaction::TransactionOpts,
};
use salus_client::{
    contracts::telehealth::{ITelehealth, convert::address},
    error::Error,
};

/// A visit and who acts.
#[derive(Debug, Args)]
pub(super) struct Plain {
    /// The visit (32 bytes in hexadecimal)
    visit: B256,
    #[command(flatten)]
    action: ActionOpts,
}

#[derive(Debug, Args)]
pub(super) struct Complete {
    /// The visit (32 bytes in hexadecimal)
    visit: B256,
    /// The record that was anchored for it, if the booking demands one
    #[arg(long, value_name = "HEX", default_value_t = B256::ZERO, hide_default_value = true)]
    record: B256,
    #[command(flatten)]
    action: ActionOpts,
}

#[derive(Debug, Args)]
pub(super) struct Claim {
    /// The visit (32 bytes in hexadecimal)
    visit: B256,
    /// A salted hash of what shows it
    #[arg(long, value_name = "HEX", default_value_t = B256::ZERO, hide_default_value = true)]
    evidence: B256,
    #[command(flatten)]
    action: ActionOpts,
}

#[derive(Debug, Args)]
pub(super) struct Evidence {
    /// The visit (32 bytes in hexadecimal)
    visit: B256,
    /// The salted hash
    evidence: B256,
    #[command(flatten)]
    action: ActionOpts,
}

#[derive(Debug, Args)]
pub(super) struct Decide {
    /// The visit (32 bytes in hexadecimal)
    visit: B256,
    /// What the provider earns of the fee, in ten thousandths; the patient gets the rest back
    #[arg(long, value_name = "SHARE", value_parser = desk::share)]
    provider_share: u16,
    /// A salted hash of the reasons
    #[arg(long, value_name = "HEX", default_value_t = B256::ZERO, hide_default_value = true)]
    reasons: B256,
    #[command(flatten)]
    action: ActionOpts,
}

#[derive(Debug, Args)]
pub(super) struct Settle {
    /// The visit (32 bytes in hexadecimal)
    visit: B256,
    #[command(flatten)]
    transaction: TransactionOpts,
}

#[derive(Debug, Args)]
pub(super) struct Withdraw {
    /// In which token: an ERC-20 token's address, or `native` [default: the network's token]
    #[arg(long, value_name = "TOKEN", value_parser = desk::token)]
    token: Option<Address>,
    #[command(flatten)]
    action: ActionOpts,
}

impl Plain {
    pub(super) async fn confirm(self, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
        let call = ITelehealth::confirmCall { visitId: self.visit };
        act(self.visit, &self.action, &call, context, out).await
    }

    pub(super) async fn decline(self, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
        let call = ITelehealth::declineCall { visitId: self.visit };
        act(self.visit, &self.action, &call, context, out).await
    }

    pub(super) async fn cancel(self, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
        let call = ITelehealth::cancelCall { visitId: self.visit };
        act(self.visit, &self.action, &call, context, out).await
    }

    pub(super) async fn start(self, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
        let call = ITelehealth::startCall { visitId: self.visit };
        act(self.visit, &self.action, &call, context, out).await
    }

    pub(super) async fn accept(self, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
        let call = ITelehealth::acceptCall { visitId: self.visit };
        act(self.visit, &self.action, &call, context, out).await
    }
}

impl Complete {
    pub(super) async fn run(self, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
        let call = ITelehealth::completeCall {
            visitId: self.visit,
            recordId: self.record,
        };
        act(self.visit, &self.action, &call, context, out).await
    }
}

impl Claim {
    pub(super) async fn no_show(self, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
        let call = ITelehealth::claimNoShowCall {
            visitId: self.visit,
            evidence: self.evidence,
        };
        act(self.visit, &self.action, &call, context, out).await
    }

    pub(super) async fn technical_failure(self, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
        let call = ITelehealth::claimTechnicalFailureCall {
            visitId: self.visit,
            evidence: self.evidence,
        };
        act(self.visit, &self.action, &call, context, out).await
    }

    pub(super) async fn contest(self, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
        let call = ITelehealth::contestCall {
            visitId: self.visit,
            evidence: self.evidence,
        };
        act(self.visit, &self.action, &call, context, out).await
    }
}

impl Evidence {
    pub(super) async fn run(self, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
        let call = ITelehealth::submitEvidenceCall {
            visitId: self.visit,
            evidence: self.evidence,
        };
        act(self.visit, &self.action, &call, context, out).await
    }
}

impl Decide {
    pub(super) async fn run(self, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
        let call = ITelehealth::decideCall {
            visitId: self.visit,
            providerShare: self.provider_share,
            reasons: self.reasons,
        };
        act(self.visit, &self.action, &call, context, out).await
    }
}

impl Settle {
    pub(super) async fn run(self, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
        let (desk, key) = Desk::start(&self.transaction, context).await?;
        let call = ITelehealth::settleCall { visitId: self.visit };
        let receipt = desk.telehealth.act(&key, &call, self.transaction.options()).await?;
        out.result(&stepped(&desk, self.visit, Done::Sent(receipt)).await?)
    }
}

impl Withdraw {
    pub(super) async fn run(self, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
        let acting = self.action.start(context).await?;
        let desk = Desk::open(acting.suite.clone()).await?;
        let currency = desk.currency_of(self.token).await?;
        let contract = desk.telehealth.contract();
        let call = ITelehealth::withdrawCall { token: currency.token };
        let done = acting.carry_out(contract, &call).await?;
        let amount = match &done {
            Done::Sent(receipt) => {
                let withdrawn: ITelehealth::Withdrawn = contract.event(receipt)?;
                Some(currency.amount(withdrawn.amount))
            }
            Done::Signed(_) => None,
        };
        out.result(&view::Withdrawn {
            token: currency.token,
            amount,
            outcome: done.into(),
        })
    }
}

async fn act(
    visit: B256,
    action: &ActionOpts,
    call: &impl SolCall,
    context: &Context,
    out: &mut Output<'_>,
) -> Result<(), Error> {
    let acting = action.start(context).await?;
    let desk = Desk::open(acting.suite.clone()).await?;
    let done = acting.carry_out(desk.telehealth.contract(), call).await?;
    out.result(&stepped(&desk, visit, done).await?)
}

/// What a step came to, as far as it was sent.
async fn stepped(desk: &Desk, id: B256, done: Done) -> Result<view::Stepped, Error> {
    let (mut status, mut deadline, mut released) = (None, None, None);
    if let Done::Sent(receipt) = &done {
        let visit = desk.telehealth.visit(id).await?;
        status = Some(view::status(visit.status));
        deadline = view::deadline(&visit);
        let closed = desk.telehealth.contract().events(receipt).next();
        if let Some(ITelehealth::VisitClosed {
            toPatient,
            toProvider,
            toPlatform,
            ..
        }) = closed
        {
            let currency = desk.currency(address(visit.token)).await?;
            released = Some(view::Released {
                to_patient: currency.amount(toPatient),
                to_provider: currency.amount(toProvider),
                to_platform: currency.amount(toPlatform),
            });
        }
    }
    Ok(view::Stepped {
        visit: id,
        status,
        deadline,
        released,
        outcome: Outcome::from(done),
    })
}
