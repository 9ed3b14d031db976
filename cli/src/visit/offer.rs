//! `salus visit offer`: what a booking would cost and be under.

use std::fmt;

use alloy_core::primitives::{Address, B256};
use clap::Args;
use salus_core::telehealth::{BasisPoints, MAX_VISITS, RefundStep, Split, Terms, U256, WHOLE};
use serde::Serialize;

use super::{
    booking::{TimeOpts, Times},
    desk::{Currency, Desk},
    platform::Announced,
    terms::ServiceOpts,
    view::percent,
};
use crate::{
    Context, Output,
    amount::Amount,
    moment::{Local, Moment},
};
use salus_client::{
    contracts::telehealth::{
        Offer,
        convert::{amount, number},
    },
    error::Error,
};

/// Nothing is sent, and nothing is held free. Times are shown in UTC and in this machine's zone.
#[derive(Debug, Args)]
pub(super) struct OfferOpts {
    /// The provider: a key's name, `dev:NAME`, an SS58 or Ethereum address
    provider: String,
    #[command(flatten)]
    service: ServiceOpts,
    #[command(flatten)]
    time: TimeOpts,
    /// How many are booked together
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=MAX_VISITS.into()))]
    visits: u32,
    /// Who would book: what was quoted to them counts
    #[arg(long, value_name = "ACCOUNT")]
    patient: Option<String>,
}

impl OfferOpts {
    pub(super) async fn run(self, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
        let provider = context.account(&self.provider)?.address();
        let patient = self.patient.as_ref().map(|text| context.account(text)).transpose()?;
        let desk = Desk::connect(context).await?;
        let now = desk.chain.time().await?;
        let times = self.time.parse(now)?;
        let ServiceOpts { service, token } = self.service;
        let currency = desk.currency_of(token).await?;
        let parties = (provider, patient.map(|account| account.address()));
        let offer = desk
            .telehealth
            .offer(parties, service, currency.token, self.visits, now)
            .await?;
        let Some((version, terms)) = offer.terms else {
            return Err(Error::Usage(format!(
                "{provider} has published no terms, so that nobody can book"
            )));
        };
        if offer.fee.is_zero() {
            return Err(Error::Usage(format!(
                "{provider} does not offer the service {service} in {}",
                currency.token
            )));
        }
        out.result(&Shown {
            provider,
            service,
            token: currency.token,
            fee: currency.amount(offer.fee),
            visits: self.visits,
            total: currency.amount(
                offer
                    .fee
                    .saturating_mul(alloy_core::primitives::U256::from(self.visits)),
            ),
            quoted_until: offer.quoted_until.map(Moment),
            platform_fee: offer.platform_fee.fee,
            announced_fee: offer.announced_fee.map(Announced::from),
            availability: offer.availability,
            terms_version: version,
            refunds: refunds(&offer, &terms, times.start, &currency),
            deadlines: Deadlines::new(&terms, &times),
            shares: Shares::new(&offer, &terms, &currency),
        })
    }
}

#[derive(Serialize)]
struct Shown {
    provider: Address,
    service: B256,
    token: Address,
    /// Of each visit.
    fee: Amount,
    visits: u32,
    total: Amount,
    /// Null: it is the list's.
    quoted_until: Option<Moment>,
    /// In ten thousandths of what the provider earns.
    platform_fee: BasisPoints,
    /// Null: no change of it is to come.
    announced_fee: Option<Announced>,
    /// A hash of when the provider can be booked; null: none was published.
    availability: Option<B256>,
    terms_version: u32,
    refunds: Vec<Refund>,
    deadlines: Deadlines,
    shares: Shares,
}

/// What a patient gets back who calls a confirmed visit off.
#[derive(Serialize)]
struct Refund {
    /// The last second in which it is that much.
    until: Moment,
    share: BasisPoints,
    amount: Amount,
}

/// Each is the first second in which something is too late, or can be done.
#[derive(Serialize)]
struct Deadlines {
    confirm_by: Moment,
    start_time: Moment,
    absent_from: Moment,
    end_time: Moment,
    claim_by: Moment,
    /// Seconds from a claim on, and from the end on.
    objection_window: u32,
    /// Seconds from an objection on.
    decision_window: u32,
}

/// What providers get.
#[derive(Serialize)]
struct Shares {
    completed: Amount,
    patient_no_show: Amount,
    arbiter_silent: Amount,
}

fn refunds(offer: &Offer, terms: &Terms, start: u64, currency: &Currency) -> Vec<Refund> {
    let steps = terms.refunds.iter().filter(|step| **step != RefundStep::default());
    let refund = |step: &RefundStep| {
        let back = Split::of(number(offer.fee), WHOLE.saturating_sub(step.refund), 0).to_patient;
        Refund {
            // From its beginning on, it cannot be called off.
            until: Moment(start.saturating_sub(u64::from(step.notice).max(1))),
            share: step.refund,
            amount: currency.amount(amount(back)),
        }
    };
    steps.map(refund).collect()
}

impl Deadlines {
    fn new(terms: &Terms, times: &Times) -> Self {
        Self {
            confirm_by: Moment(times.confirm_by),
            start_time: Moment(times.start),
            absent_from: Moment(times.start.saturating_add(terms.grace.into())),
            end_time: Moment(times.end),
            claim_by: Moment(times.end.saturating_add(terms.claim_window.into())),
            objection_window: terms.objection_window,
            decision_window: terms.decision_window,
        }
    }
}

impl Shares {
    fn new(offer: &Offer, terms: &Terms, currency: &Currency) -> Self {
        let fee: U256 = number(offer.fee);
        let earned = |share| {
            let split = Split::of(fee, share, offer.platform_fee.fee);
            currency.amount(amount(split.to_provider))
        };
        Self {
            completed: earned(WHOLE),
            patient_no_show: earned(terms.no_show_share),
            arbiter_silent: earned(terms.default_share),
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = |moment: Moment| Local(moment.0);
        writeln!(f, "provider     {}", self.provider)?;
        match self.quoted_until {
            Some(until) => writeln!(f, "fee          {}, quoted until {}", self.fee, at(until))?,
            None => writeln!(f, "fee          {}", self.fee)?,
        }
        if self.visits > 1 {
            writeln!(f, "series       {} visits, {} in all", self.visits, self.total)?;
        }
        writeln!(
            f,
            "platform     {} of what the provider earns",
            percent(self.platform_fee)
        )?;
        if let Some(announced) = &self.announced_fee {
            writeln!(f, "announced    {announced}")?;
        }
        if let Some(hash) = self.availability {
            writeln!(f, "available    as in what has the hash {hash}")?;
        }
        writeln!(f, "terms        number {}", self.terms_version)?;
        let times = &self.deadlines;
        writeln!(f, "confirm      before {}", at(times.confirm_by))?;
        writeln!(f, "begins       {}", at(times.start_time))?;
        writeln!(f, "ends         {}", at(times.end_time))?;
        writeln!(f, "absent       from {}", at(times.absent_from))?;
        writeln!(f, "claim        before {}", at(times.claim_by))?;
        writeln!(
            f,
            "contest      within {} s; the arbiter decides within {} s",
            times.objection_window, times.decision_window
        )?;
        writeln!(f, "refund       everything until it is confirmed; then, called off")?;
        for refund in &self.refunds {
            let Refund { until, share, amount } = refund;
            writeln!(f, "             {amount} ({}) until {}", percent(*share), at(*until))?;
        }
        writeln!(f, "             nothing later")?;
        let shares = &self.shares;
        write!(
            f,
            "provider has {} of a completed one, {} if the patient does not come, {} if the arbiter is silent",
            shares.completed, shares.patient_no_show, shares.arbiter_silent
        )
    }
}
