//! Bookings, and paying for them.

use std::path::{Path, PathBuf};

use alloy_core::primitives::{Address, B256, U256};
use clap::Args;
use salus_core::{
    codes::Role,
    telehealth::{Booking, Conditions, Status},
};

use super::{
    desk::{Currency, Desk},
    terms::ServiceOpts,
    view,
};
use crate::{
    Context, Output,
    action::{Done, Signed},
    codes,
    moment::{self, Moment},
    transaction::{Transaction, TransactionOpts},
};
use salus_client::{
    authorization::SignedBooking,
    chain::{Receipt, SubmitOptions},
    contracts::telehealth::{
        NATIVE,
        convert::{account, address, amount, number},
    },
    error::Error,
    keystore::SigningKey,
};

/// For how many seconds a permit can be used.
const PERMIT_USABLE: u64 = 3_600;

/// When a consultation is.
#[derive(Debug, Clone, Args)]
pub(super) struct TimeOpts {
    /// When it begins: 2027-01-31T09:30:00Z or +SECONDS
    #[arg(long, value_name = "TIME")]
    start: String,
    /// How long it lasts
    #[arg(long, value_name = "SECONDS", default_value_t = 1_800)]
    duration: u64,
    /// Until when the provider can confirm it [default: until it begins]
    #[arg(long, value_name = "TIME")]
    confirm_by: Option<String>,
}

/// A beginning, an end, and the second from which it can no longer be confirmed.
pub(super) struct Times {
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) confirm_by: u64,
}

impl TimeOpts {
    pub(super) fn parse(&self, now: u64) -> Result<Times, Error> {
        let start = moment::parse(&self.start, now, false)?;
        let confirm_by = self.confirm_by.as_ref().map(|text| moment::parse(text, now, true));
        Ok(Times {
            start,
            end: start.saturating_add(self.duration),
            confirm_by: confirm_by.transpose()?.unwrap_or(start),
        })
    }
}

/// A consultation as a patient books it.
#[derive(Debug, Args)]
pub(super) struct BookingOpts {
    /// Who shall give it: a key's name, `dev:NAME`, an SS58 or Ethereum address
    #[arg(long, value_name = "ACCOUNT")]
    provider: String,
    #[command(flatten)]
    service: ServiceOpts,
    /// The fee in whole tokens; another one than what the provider asks is refused
    #[arg(long, value_name = "AMOUNT")]
    fee: String,
    /// The number of the provider's terms; others than the present ones are refused [default: the present ones]
    #[arg(long, value_name = "NUMBER")]
    terms: Option<u32>,
    #[command(flatten)]
    time: TimeOpts,
    /// Who decides if the sides do not agree
    #[arg(long, value_name = "ACCOUNT")]
    arbiter: String,
    /// The provider has to have an active credential in this role when it begins, e.g. PHYS
    #[arg(long, value_name = "CODE", value_parser = codes::role)]
    require_role: Option<Role>,
    /// The provider has to have anchored a record since it began
    #[arg(long)]
    require_record: bool,
    /// This subject's consent has to be in force for the provider
    #[arg(long, value_name = "SUBJECT", default_value_t = B256::ZERO, hide_default_value = true)]
    require_consent: B256,
    /// A salted hash of what else was agreed [default: random]
    #[arg(long, value_name = "HEX")]
    details_hash: Option<B256>,
}

impl BookingOpts {
    /// The booking, and what it is paid in.
    pub(super) async fn booking(&self, context: &Context, desk: &Desk, now: u64) -> Result<(Booking, Currency), Error> {
        let provider = context.account(&self.provider)?.address();
        let arbiter = context.account(&self.arbiter)?.address();
        let Times { start, end, confirm_by } = self.time.parse(now)?;
        let currency = desk.currency_of(self.service.token).await?;
        let terms_version = match self.terms {
            Some(version) => version,
            None => desk.telehealth.terms_version(provider).await?,
        };
        let details_hash = self.details_hash.unwrap_or_else(|| rand::random::<[u8; 32]>().into());
        let booking = Booking {
            provider: account(provider),
            service: self.service.service.0,
            token: account(currency.token),
            fee: number(currency.parse(&self.fee)?),
            terms_version,
            start_time: start,
            end_time: end,
            confirm_by,
            arbiter: account(arbiter),
            conditions: Conditions {
                role: self.require_role,
                record: self.require_record,
                subject: self.require_consent.0,
            },
            details_hash: details_hash.0,
        };
        Ok((booking, currency))
    }
}

#[derive(Debug, Args)]
pub(super) struct RequestOpts {
    #[command(flatten)]
    booking: BookingOpts,
    #[command(flatten)]
    transaction: TransactionOpts,
}

#[derive(Debug, Args)]
pub(super) struct BookOpts {
    #[command(flatten)]
    booking: BookingOpts,
    /// Sign a permit (EIP-2612) in place of approving the escrow in a transaction of its own; with Ethereum keys
    #[arg(long)]
    permit: bool,
    /// Only sign the booking, payment included (EIP-3009), and write it to FILE for anybody to send by `salus relay`, as long as it can
    /// be confirmed; --from needs no coins, and an Ethereum key
    #[arg(long, value_name = "FILE", conflicts_with = "permit")]
    sign_to: Option<PathBuf>,
    #[command(flatten)]
    transaction: TransactionOpts,
}

#[derive(Debug, Args)]
pub(super) struct FundOpts {
    /// The visit (32 bytes in hexadecimal)
    visit: B256,
    #[command(flatten)]
    transaction: TransactionOpts,
}

impl RequestOpts {
    pub(super) async fn run(self, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
        let (desk, key) = Desk::start(&self.transaction, context).await?;
        let now = desk.chain.time().await?;
        let (booking, currency) = self.booking.booking(context, &desk, now).await?;
        let sent = desk
            .telehealth
            .request(&key, &booking, self.transaction.options())
            .await?;
        out.result(&booked(&booking, &currency, Status::Requested, None, sent))
    }
}

impl BookOpts {
    pub(super) async fn run(self, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
        if let Some(file) = &self.sign_to {
            return out.result(&self.sign(file, context).await?);
        }
        let (desk, key) = Desk::start(&self.transaction, context).await?;
        let options = self.transaction.options();
        let now = desk.chain.time().await?;
        let (booking, currency) = self.booking.booking(context, &desk, now).await?;
        if self.permit {
            let sent = desk.book_with_permit(&key, &booking, options).await?;
            return out.result(&booked(&booking, &currency, Status::Funded, None, sent));
        }
        // What would be refused anyhow is not approved either.
        desk.telehealth.try_request(key.account(), &booking).await?;
        let approval = desk.approve(&key, currency.token, amount(booking.fee), options).await?;
        let sent = desk.telehealth.book(&key, &booking, options).await?;
        out.result(&booked(&booking, &currency, Status::Funded, approval, sent))
    }

    async fn sign(&self, file: &Path, context: &Context) -> Result<view::Booked, Error> {
        let (chain, signer) = self.transaction.unlock_as(context).await?;
        let desk = Desk::on(&chain, context).await?;
        let now = desk.chain.time().await?;
        let (booking, currency) = self.booking.booking(context, &desk, now).await?;
        desk.check(signer.key.account().address(), &[booking], &currency, now)
            .await?;
        let signed = SignedBooking::sign(&signer.key, &desk.telehealth, &booking).await?;
        signed.save(file)?;
        let done = Done::Signed(Signed {
            file: file.into(),
            signer: signed.patient(),
            nonce: signed.id().into(),
            deadline: Moment(booking.confirm_by.saturating_sub(1)),
        });
        Ok(told(&booking, &currency, signed.id(), done))
    }
}

impl FundOpts {
    pub(super) async fn run(self, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
        let (desk, key) = Desk::start(&self.transaction, context).await?;
        let options = self.transaction.options();
        let visit = desk.telehealth.visit(self.visit).await?;
        let (token, fee) = (address(visit.token), amount(visit.fee));
        let mut approval = None;
        // Of anybody else, or at another time, the contract refuses it: then nothing is approved either.
        let is_due = visit.status == Status::Requested && desk.chain.time().await? < visit.confirm_by;
        if is_due && address(visit.patient) == key.account().address() {
            approval = desk.approve(&key, token, fee, options).await?;
        }
        let receipt = desk.telehealth.fund(&key, self.visit, (token, fee), options).await?;
        out.result(&view::Funded {
            visit: self.visit,
            status: view::status(Status::Funded),
            fee: desk.currency(token).await?.amount(fee),
            approval,
            transaction: receipt.into(),
        })
    }
}

impl Desk {
    /// Refuses bookings, one or those of a series that are alike but for their times, that the escrow would refuse at `now`. Who has no
    /// coins cannot try it.
    pub(super) async fn check(
        &self,
        patient: Address,
        bookings: &[Booking],
        currency: &Currency,
        now: u64,
    ) -> Result<(), Error> {
        let refuse = |reason| Err(Error::Usage(reason));
        for booking in bookings {
            if let Err(error) = booking.check(&account(patient), now) {
                return refuse(error.to_string());
            }
        }
        let Some(booking) = bookings.first() else {
            return Ok(());
        };
        let visits = u32::try_from(bookings.len()).unwrap_or(u32::MAX);
        let parties = (address(booking.provider), Some(patient));
        let service = booking.service.into();
        let offer = self
            .telehealth
            .offer(parties, service, currency.token, visits, now)
            .await?;
        let terms = offer.terms.map_or(0, |(version, _)| version);
        if terms == 0 || terms != booking.terms_version {
            return refuse(format!("--terms: the provider's present ones have the number {terms}"));
        }
        if offer.fee != amount(booking.fee) {
            return refuse(format!("--fee: the provider asks {}", currency.amount(offer.fee)));
        }
        let (arbiter, role) = (
            address(booking.arbiter),
            self.telehealth.registries().await?.arbiter_role,
        );
        if !self.suite.credentials().await?.is_active_at(arbiter, role, now).await? {
            return refuse(format!(
                "--arbiter: {arbiter} has no active credential as {}",
                role.code()
            ));
        }
        Ok(())
    }

    /// Lets the escrow take a fee, where it may not yet.
    pub(super) async fn approve(
        &self,
        key: &SigningKey,
        token: Address,
        fee: U256,
        options: SubmitOptions,
    ) -> Result<Option<Transaction>, Error> {
        if token == NATIVE {
            return Ok(None);
        }
        let token = self.token(token);
        let escrow = self.telehealth.contract().address();
        if token.allowance(key.account().address(), escrow).await? >= fee {
            return Ok(None);
        }
        Ok(Some(token.approve(key, escrow, fee, options).await?.into()))
    }

    async fn book_with_permit(
        &self,
        key: &SigningKey,
        booking: &Booking,
        options: SubmitOptions,
    ) -> Result<(B256, Receipt), Error> {
        let token = address(booking.token);
        if token == NATIVE {
            return Err(Error::Usage("--permit: native coin needs none".into()));
        }
        let escrow = self.telehealth.contract().address();
        let deadline = U256::from(
            self.chain
                .time()
                .await?
                .max(moment::now())
                .saturating_add(PERMIT_USABLE),
        );
        let permit = self
            .token(token)
            .permit(key, escrow, amount(booking.fee), deadline)
            .await?;
        let permit = permit.ok_or_else(|| {
            Error::Usage("--permit: tokens know signatures of Ethereum keys alone; book without it".into())
        })?;
        Ok(self.telehealth.book_with_permit(key, booking, &permit, options).await?)
    }
}

fn booked(
    booking: &Booking,
    currency: &Currency,
    status: Status,
    approval: Option<Transaction>,
    (visit, receipt): (B256, Receipt),
) -> view::Booked {
    view::Booked {
        status: Some(view::status(status)),
        approval,
        ..told(booking, currency, visit, Done::Sent(receipt))
    }
}

fn told(booking: &Booking, currency: &Currency, visit: B256, done: Done) -> view::Booked {
    view::Booked {
        visit,
        status: None,
        fee: currency.amount(amount(booking.fee)),
        terms_version: booking.terms_version,
        start_time: Moment(booking.start_time),
        end_time: Moment(booking.end_time),
        confirm_by: Moment(booking.confirm_by),
        details_hash: booking.details_hash.into(),
        approval: None,
        outcome: done.into(),
    }
}
