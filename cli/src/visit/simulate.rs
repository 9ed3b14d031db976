//! `salus visit simulate`: every way in which a consultation can end.

use std::fmt;

use alloy_core::primitives::{Address, B256, I256};
use clap::Args;
use salus_core::telehealth::{Action, BasisPoints};
use serde::Serialize;

use super::{
    desk,
    terms::TermsArgs,
    view::{self, StatusName},
};
use crate::{
    Output,
    amount::{self, Amount},
};
use salus_client::{
    contracts::token::TokenInfo,
    deploy::Settings,
    error::Error,
    simulation::{self, Act, Played, Setting, Who},
};

/// Each case is played on a chain of its own, whose time is moved, with real transactions; and who got what has to be what the rules say.
/// Try terms here before you publish them.
#[derive(Debug, Args)]
pub(super) struct SimulateOpts {
    /// The fee in whole tokens
    #[arg(long, value_name = "AMOUNT", default_value = "25")]
    fee: String,
    /// What the platform keeps of what the provider earns, in ten thousandths
    #[arg(long, value_name = "SHARE", value_parser = desk::share, default_value_t = Setting::default().platform_fee)]
    platform_fee: u16,
    /// What the provider earns where the arbiter decides
    #[arg(long, value_name = "SHARE", value_parser = desk::share, default_value_t = Setting::default().decision)]
    decision: u16,
    #[command(flatten)]
    terms: TermsArgs,
}

#[derive(Serialize)]
struct Simulated {
    fee: Amount,
    platform_fee: BasisPoints,
    decision: BasisPoints,
    terms: view::Terms,
    cases: Vec<Case>,
}

#[derive(Serialize)]
struct Case {
    name: &'static str,
    text: &'static str,
    visit: B256,
    status: StatusName,
    acts: Vec<Done>,
    /// What each has more than before; less, if it is negative.
    patient: Amount,
    provider: Amount,
    platform: Amount,
    escrow: Amount,
    /// Of all four.
    sum: Amount,
}

#[derive(Serialize)]
struct Done {
    who: &'static str,
    action: &'static str,
    after_start: i64,
    tx_hash: B256,
}

impl SimulateOpts {
    pub(super) async fn run(self, out: &mut Output<'_>) -> Result<(), Error> {
        let terms = self.terms.parse()?;
        // That of a development chain.
        let decimals = Settings::development(Address::ZERO).token.decimals;
        let setting = Setting {
            terms,
            fee: amount::parse(&self.fee, decimals)?,
            platform_fee: self.platform_fee,
            decision: self.decision,
        };
        let (info, played) = simulation::simulate(setting, &mut |one| {
            out.note(format_args!("{}: {}", one.case.name, one.case.text));
        })
        .await?;
        out.result(&Simulated {
            fee: Amount::new(setting.fee, info.decimals, info.symbol.clone()),
            platform_fee: setting.platform_fee,
            decision: setting.decision,
            terms: view::Terms::new(1, &terms),
            cases: played.iter().map(|one| Case::new(one, &info)).collect(),
        })
    }
}

impl Case {
    fn new(played: &Played, info: &TokenInfo) -> Self {
        let change = |of| change(of, info);
        Self {
            name: played.case.name,
            text: played.case.text,
            visit: played.visit,
            status: view::status(played.status),
            acts: played.acts.iter().map(Done::from).collect(),
            patient: change(played.patient),
            provider: change(played.provider),
            platform: change(played.platform),
            escrow: change(played.escrow),
            sum: change(played.sum()),
        }
    }
}

impl From<&Act> for Done {
    fn from(act: &Act) -> Self {
        Self {
            who: match act.who {
                Who::Patient => "patient",
                Who::Provider => "provider",
                Who::Arbiter => "arbiter",
                Who::Anybody => "anybody",
            },
            action: act.action.map_or("book", name),
            after_start: act.after_start,
            tx_hash: act.tx_hash,
        }
    }
}

/// An action as the commands call it.
const fn name(action: Action) -> &'static str {
    match action {
        Action::Fund => "fund",
        Action::Confirm => "confirm",
        Action::Decline => "decline",
        Action::Cancel => "cancel",
        Action::Start => "start",
        Action::Complete => "complete",
        Action::ClaimNoShow => "no_show",
        Action::ClaimTechnicalFailure => "technical_failure",
        Action::Accept => "accept",
        Action::Contest => "contest",
        Action::SubmitEvidence => "evidence",
        Action::Decide => "decide",
        Action::Settle => "settle",
    }
}

/// A change of what somebody has: an amount with a sign.
fn change(change: I256, info: &TokenInfo) -> Amount {
    let size = Amount::new(change.unsigned_abs(), info.decimals, info.symbol.clone());
    if change.is_negative() { size.negative() } else { size }
}

impl fmt::Display for Simulated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "fee          {}", self.fee)?;
        writeln!(f, "platform     {} of what is earned", view::percent(self.platform_fee))?;
        writeln!(f, "decision     {} for the provider\n", view::percent(self.decision))?;
        let head = ["patient", "provider", "platform", "escrow", "sum"];
        let [patient, provider, platform, escrow, sum] = head;
        writeln!(
            f,
            "{:<22} {:<22} {patient:>12} {provider:>12} {platform:>12} {escrow:>7} {sum:>4}",
            "case", "ends as"
        )?;
        for case in &self.cases {
            writeln!(
                f,
                "{:<22} {:<22} {:>12} {:>12} {:>12} {:>7} {:>4}",
                case.name,
                case.status.to_string(),
                case.patient.number(),
                case.provider.number(),
                case.platform.number(),
                case.escrow.number(),
                case.sum.number()
            )?;
        }
        write!(
            f,
            "\nWhat each has more than before, in tokens. Chain and rules agree on every step."
        )
    }
}
