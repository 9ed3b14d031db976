//! What providers publish: terms, fees and quotes.

use alloy_core::primitives::{Address, B256};
use clap::{Args, Subcommand};
use salus_core::telehealth::{MAX_VISITS, REFUND_STEPS, RefundStep, Terms as Rules};

use super::{
    desk::{self, Desk},
    view,
};
use crate::{
    Context, Output,
    action::ActionOpts,
    moment::{self, Moment},
    transaction::TransactionOpts,
};
use salus_client::{contracts::telehealth::ITelehealth, error::Error};

#[derive(Debug, Subcommand)]
pub(super) enum Terms {
    /// Publish terms for bookings to come; visits keep those that they were booked under
    Set(TermsOpts),
    /// Show a provider's terms
    Show {
        /// The provider: a key's name, `dev:NAME`, an SS58 or Ethereum address
        provider: String,
        /// Earlier ones, by their number [default: the present ones]
        #[arg(long, value_name = "NUMBER")]
        version: Option<u32>,
    },
}

#[derive(Debug, Args)]
pub(super) struct TermsOpts {
    #[command(flatten)]
    terms: TermsArgs,
    #[command(flatten)]
    transaction: TransactionOpts,
}

/// What is not given is as usual. Shares are ten thousandths of the fee.
#[derive(Debug, Args)]
pub(super) struct TermsArgs {
    /// What a patient gets back who calls off so many seconds before the beginning, at least; may be repeated, up to four times, the most
    /// notice first [default: 86400=10000 and 3600=5000]
    #[arg(long, value_name = "SECONDS=SHARE", value_parser = refund)]
    refund: Vec<RefundStep>,
    /// Give nothing back to a patient who calls a confirmed visit off
    #[arg(long, conflicts_with = "refund")]
    no_refund: bool,
    /// Seconds after the beginning from which a side that is not there counts as absent
    #[arg(long, value_name = "SECONDS", default_value_t = Rules::default().grace)]
    grace: u32,
    /// What the provider earns of a patient who does not come
    #[arg(long, value_name = "SHARE", value_parser = desk::share, default_value_t = Rules::default().no_show_share)]
    no_show_share: u16,
    /// Seconds after the end in which either side may say how it ended
    #[arg(long, value_name = "SECONDS", default_value_t = Rules::default().claim_window)]
    claim_window: u32,
    /// Seconds in which the other side may contest that
    #[arg(long, value_name = "SECONDS", default_value_t = Rules::default().objection_window)]
    objection_window: u32,
    /// Seconds in which the arbiter has to decide
    #[arg(long, value_name = "SECONDS", default_value_t = Rules::default().decision_window)]
    decision_window: u32,
    /// What the provider earns if the arbiter does not
    #[arg(long, value_name = "SHARE", value_parser = desk::share, default_value_t = Rules::default().default_share)]
    default_share: u16,
}

#[derive(Debug, Subcommand)]
pub(super) enum Fee {
    /// Offer a service for a fee; 0: no more
    Set {
        #[command(flatten)]
        service: ServiceOpts,
        /// The fee in whole tokens, e.g. 25
        #[arg(long, value_name = "AMOUNT")]
        fee: String,
        #[command(flatten)]
        visits: VisitsOpt,
        #[command(flatten)]
        transaction: TransactionOpts,
    },
    /// Show what a service costs by a provider's list
    Show {
        /// The provider: a key's name, `dev:NAME`, an SS58 or Ethereum address
        provider: String,
        #[command(flatten)]
        service: ServiceOpts,
        #[command(flatten)]
        visits: VisitsOpt,
    },
}

/// How many visits a fee is for.
#[derive(Debug, Clone, Args)]
pub(super) struct VisitsOpt {
    /// The fee of each of so many visits that are booked together, from 2 to 16; 0: what it costs by itself
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(2..=MAX_VISITS.into()))]
    visits: Option<u32>,
}

/// A service, and what it is paid in.
#[derive(Debug, Clone, Args)]
pub(super) struct ServiceOpts {
    /// Which of the provider's services: a number, or 32 bytes in hexadecimal
    #[arg(long, value_name = "SERVICE", value_parser = desk::service)]
    pub(super) service: B256,
    /// What it is paid in: an ERC-20 token's address, or `native` [default: the network's token]
    #[arg(long, value_name = "TOKEN", value_parser = desk::token)]
    pub(super) token: Option<Address>,
}

#[derive(Debug, Args)]
pub(super) struct QuoteOpts {
    /// Whom: a key's name, `dev:NAME`, an SS58 or Ethereum address
    #[arg(long, value_name = "ACCOUNT")]
    patient: String,
    #[command(flatten)]
    service: ServiceOpts,
    /// The fee in whole tokens, e.g. 25
    #[arg(long, value_name = "AMOUNT")]
    fee: String,
    /// Until when it can be booked at it
    #[arg(long, value_name = "TIME", default_value = "+900")]
    valid_until: String,
    #[command(flatten)]
    action: ActionOpts,
}

impl Terms {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Set(_) => "visit terms set",
            Self::Show { .. } => "visit terms show",
        }
    }

    pub(super) async fn run(self, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
        match self {
            Self::Set(opts) => {
                let terms = opts.terms.parse()?;
                let (desk, key) = Desk::start(&opts.transaction, context).await?;
                let options = opts.transaction.options();
                let (version, receipt) = desk.telehealth.set_terms(&key, &terms, options).await?;
                out.result(&view::Published {
                    terms: view::Terms::new(version, &terms),
                    transaction: receipt.into(),
                })
            }
            Self::Show { provider, version } => {
                let provider = context.account(&provider)?.address();
                let desk = Desk::connect(context).await?;
                let version = match version {
                    Some(version) => version,
                    None => desk.telehealth.terms_version(provider).await?,
                };
                let terms = desk.telehealth.terms(provider, version).await?;
                out.result(&view::ProviderTerms {
                    provider,
                    terms: terms.map(|terms| view::Terms::new(version, &terms)),
                })
            }
        }
    }
}

impl TermsArgs {
    pub(super) fn parse(&self) -> Result<Rules, Error> {
        let mut terms = Rules {
            grace: self.grace,
            no_show_share: self.no_show_share,
            claim_window: self.claim_window,
            objection_window: self.objection_window,
            decision_window: self.decision_window,
            default_share: self.default_share,
            ..Rules::default()
        };
        if self.no_refund || !self.refund.is_empty() {
            terms.refunds = [RefundStep::default(); REFUND_STEPS];
        }
        for (index, step) in self.refund.iter().enumerate() {
            let slot = terms.refunds.get_mut(index);
            *slot.ok_or_else(|| Error::Usage(format!("--refund: at most {REFUND_STEPS} steps")))? = *step;
        }
        // The contract's own rule: nobody waits for its answer.
        terms.check().map_err(|error| Error::Usage(error.to_string()))?;
        Ok(terms)
    }
}

impl Fee {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Set { .. } => "visit fee set",
            Self::Show { .. } => "visit fee show",
        }
    }

    pub(super) async fn run(self, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
        match self {
            Self::Set {
                service: ServiceOpts { service, token },
                fee,
                visits: VisitsOpt { visits },
                transaction,
            } => {
                let (desk, key) = Desk::start(&transaction, context).await?;
                let currency = desk.currency_of(token).await?;
                let (fee, token) = (currency.parse(&fee)?, currency.token);
                let options = transaction.options();
                let receipt = match visits {
                    Some(visits) => {
                        let call = ITelehealth::setSeriesFeeCall {
                            service,
                            token,
                            visits,
                            fee,
                        };
                        desk.telehealth.act(&key, &call, options).await?
                    }
                    None => {
                        let call = ITelehealth::setFeeCall { service, token, fee };
                        desk.telehealth.act(&key, &call, options).await?
                    }
                };
                out.result(&view::Fee {
                    provider: key.account().address(),
                    service,
                    token,
                    visits,
                    fee: currency.amount(fee),
                    transaction: Some(receipt.into()),
                })
            }
            Self::Show {
                provider,
                service: ServiceOpts { service, token },
                visits: VisitsOpt { visits },
            } => {
                let provider = context.account(&provider)?.address();
                let desk = Desk::connect(context).await?;
                let currency = desk.currency_of(token).await?;
                let fee = match visits {
                    Some(visits) => {
                        let fees = desk.telehealth.series_fee(provider, service, currency.token, visits);
                        fees.await?
                    }
                    None => desk.telehealth.fee(provider, service, currency.token).await?,
                };
                out.result(&view::Fee {
                    provider,
                    service,
                    token: currency.token,
                    visits,
                    fee: currency.amount(fee),
                    transaction: None,
                })
            }
        }
    }
}

impl QuoteOpts {
    pub(super) async fn run(self, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
        let patient = context.account(&self.patient)?.address();
        let ServiceOpts { service, token } = self.service;
        let acting = self.action.start(context).await?;
        let valid_until = moment::parse(&self.valid_until, acting.chain.time().await?, true)?;
        let desk = Desk::open(acting.suite.clone()).await?;
        let currency = desk.currency_of(token).await?;
        let call = ITelehealth::setQuoteCall {
            patient,
            service,
            token: currency.token,
            fee: currency.parse(&self.fee)?,
            validUntil: valid_until,
        };
        let done = acting.carry_out(desk.telehealth.contract(), &call).await?;
        out.result(&view::Quoted {
            provider: acting.actor(),
            patient,
            service,
            token: currency.token,
            fee: currency.amount(call.fee),
            valid_until: Moment(valid_until),
            outcome: done.into(),
        })
    }
}

fn refund(text: &str) -> Result<RefundStep, String> {
    let step = || {
        let (notice, refund) = text.split_once('=')?;
        Some(RefundStep {
            notice: notice.parse().ok()?,
            refund: desk::share(refund).ok()?,
        })
    };
    step().ok_or_else(|| "write SECONDS=SHARE, such as 86400=10000 for all of the fee with a day's notice".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Debug, Parser)]
    struct Program {
        #[command(flatten)]
        opts: TermsArgs,
    }

    fn parsed(arguments: &[&str]) -> Result<Rules, String> {
        let arguments = [&["terms"], arguments].concat();
        let program = Program::try_parse_from(arguments).map_err(|error| error.to_string())?;
        program.opts.parse().map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_not_given_is_as_usual() {
        assert_eq!(parsed(&[]), Ok(Rules::default()));
        assert_eq!(parsed(&["--no-refund"]).unwrap().refunds, [RefundStep::default(); 4]);
        let terms = parsed(&["--refund", "7200=2500", "--grace", "60", "--default-share", "0"]).unwrap();
        assert_eq!(
            terms.refunds[0],
            RefundStep {
                notice: 7_200,
                refund: 2_500
            }
        );
        assert_eq!(
            (terms.refunds[1], terms.grace, terms.default_share),
            (RefundStep::default(), 60, 0)
        );
    }

    #[test]
    fn what_the_contract_would_refuse_is_refused_here() {
        let ascending = parsed(&["--refund", "3600=5000", "--refund", "86400=10000"]).unwrap_err();
        assert!(ascending.contains("step 1"), "{ascending}");
        let five: Vec<&str> = ["5=5", "4=4", "3=3", "2=2", "1=1"]
            .iter()
            .flat_map(|step| ["--refund", step])
            .collect();
        assert!(parsed(&five).unwrap_err().contains("at most 4 steps"));
        for wrong in [
            ["--claim-window", "3599"],
            ["--decision-window", "60"],
            ["--no-show-share", "10001"],
            ["--refund", "3600"],
            ["--refund", "3600=10001"],
        ] {
            assert!(parsed(&wrong).is_err(), "{wrong:?}");
        }
    }
}
