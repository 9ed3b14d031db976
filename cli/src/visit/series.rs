//! `salus visit book-series`: several consultations, paid for together.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use alloy_core::primitives::B256;
use clap::Args;
use salus_core::telehealth::{Booking, Series, Status};
use serde::Serialize;

use super::{
    booking::BookingOpts,
    desk::{Currency, Desk},
    view,
};
use crate::{
    Context, Output,
    action::{Done, Outcome, Signed},
    amount::Amount,
    moment::{self, Moment},
    transaction::{Transaction, TransactionOpts},
};
use salus_client::{
    authorization::SignedBooking,
    contracts::telehealth::{convert::amount, series::BookedSeries},
    error::Error,
};

/// Each consultation is a visit with an end of its own: what took place is released, what is called off goes back by the terms. They
/// can be confirmed until the first one begins, if --confirm-by does not say otherwise.
#[derive(Debug, Args)]
pub(super) struct SeriesOpts {
    #[command(flatten)]
    booking: BookingOpts,
    /// When the consultations after the first begin, which last as long; in their order
    #[arg(long, value_name = "TIME", required = true, value_delimiter = ',')]
    next: Vec<String>,
    /// Only sign the series, payment included (EIP-3009), and write it to FILE for anybody to send by `salus relay`, as long as it can
    /// be confirmed; --from needs no coins, and an Ethereum key
    #[arg(long, value_name = "FILE")]
    sign_to: Option<PathBuf>,
    #[command(flatten)]
    transaction: TransactionOpts,
}

impl SeriesOpts {
    pub(super) async fn run(self, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
        if let Some(file) = &self.sign_to {
            return out.result(&self.sign(file, context).await?);
        }
        let (desk, key) = Desk::start(&self.transaction, context).await?;
        let options = self.transaction.options();
        let now = desk.chain.time().await?;
        let (bookings, series, currency) = self.bookings(context, &desk, now).await?;
        // What would be refused anyhow is not approved either.
        desk.check(key.account().address(), &bookings, &currency, now).await?;
        let approval = desk
            .approve(&key, currency.token, amount(series.total), options)
            .await?;
        let (booked, receipt) = desk.telehealth.book_series(&key, &bookings, &series, options).await?;
        let status = Some(view::status(Status::Funded));
        let told = Told::new(&bookings, &series, &currency, booked, Done::Sent(receipt));
        out.result(&Told {
            status,
            approval,
            ..told
        })
    }

    async fn sign(&self, file: &Path, context: &Context) -> Result<Told, Error> {
        let (chain, signer) = self.transaction.unlock_as(context).await?;
        let desk = Desk::on(&chain, context).await?;
        let now = desk.chain.time().await?;
        let (bookings, series, currency) = self.bookings(context, &desk, now).await?;
        let patient = signer.key.account().address();
        desk.check(patient, &bookings, &currency, now).await?;
        let signed = SignedBooking::sign_series(&signer.key, &desk.telehealth, &bookings).await?;
        signed.save(file)?;
        let done = Done::Signed(Signed {
            file: file.into(),
            signer: patient,
            nonce: signed.id().into(),
            deadline: Moment(signed.last_second()),
        });
        let booked = desk.telehealth.series_id(patient, &bookings);
        Ok(Told::new(&bookings, &series, &currency, booked, done))
    }

    async fn bookings(
        &self,
        context: &Context,
        desk: &Desk,
        now: u64,
    ) -> Result<(Vec<Booking>, Series, Currency), Error> {
        let (first, currency) = self.booking.booking(context, desk, now).await?;
        let duration = first.end_time.saturating_sub(first.start_time);
        let mut bookings = vec![first];
        for time in &self.next {
            let start_time = moment::parse(time, now, false)?;
            bookings.push(Booking {
                start_time,
                end_time: start_time.saturating_add(duration),
                ..first
            });
        }
        let series = Series::of(&bookings).map_err(|error| Error::Usage(error.to_string()))?;
        Ok((bookings, series, currency))
    }
}

#[derive(Serialize)]
struct Told {
    series: B256,
    /// Of each visit; not of what is only signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<view::StatusName>,
    total: Amount,
    terms_version: u32,
    confirm_by: Moment,
    details_hash: B256,
    visits: Vec<Visit>,
    #[serde(skip_serializing_if = "Option::is_none")]
    approval: Option<Transaction>,
    #[serde(flatten)]
    outcome: Outcome,
}

#[derive(Serialize)]
struct Visit {
    visit: B256,
    fee: Amount,
    start_time: Moment,
    end_time: Moment,
}

impl Told {
    fn new(bookings: &[Booking], series: &Series, currency: &Currency, booked: BookedSeries, done: Done) -> Self {
        let visit = |(visit, booking): (B256, &Booking)| Visit {
            visit,
            fee: currency.amount(amount(booking.fee)),
            start_time: Moment(booking.start_time),
            end_time: Moment(booking.end_time),
        };
        // All have the same.
        let first = bookings.first();
        Self {
            series: booked.id,
            status: None,
            total: currency.amount(amount(series.total)),
            terms_version: first.map_or(0, |booking| booking.terms_version),
            confirm_by: Moment(first.map_or(0, |booking| booking.confirm_by)),
            details_hash: first.map(|booking| booking.details_hash).unwrap_or_default().into(),
            visits: booked.visits.into_iter().zip(bookings).map(visit).collect(),
            approval: None,
            outcome: done.into(),
        }
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.status {
            Some(status) => writeln!(f, "series       {} is {status}", self.series)?,
            None => writeln!(f, "series       {}", self.series)?,
        }
        writeln!(
            f,
            "fees         {} in all, under terms {}",
            self.total, self.terms_version
        )?;
        for visit in &self.visits {
            let Visit {
                visit,
                fee,
                start_time,
                end_time,
            } = visit;
            writeln!(f, "visit        {visit}: {fee}, {start_time} to {end_time}")?;
        }
        writeln!(f, "confirm by   {}", self.confirm_by)?;
        self.outcome.fmt(f)
    }
}
