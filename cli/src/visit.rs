//! `salus visit`: consultations in escrow.

mod availability;
mod booking;
mod desk;
mod export;
mod offer;
mod platform;
mod series;
mod show;
#[cfg(feature = "devchain")]
mod simulate;
mod step;
mod terms;
mod view;

use alloy_core::primitives::B256;
use clap::{Args, Subcommand};

use super::{Context, Output};
use salus_client::error::Error;

/// Offer consultations, book them, pay for them through escrow, and withdraw what is yours.
#[derive(Debug, Args)]
#[command(after_help = "\
A provider publishes terms and fees; a patient looks at the offer, books, and pays into escrow. The provider confirms. How it ended
is claimed by one side, and stands unless the other contests it in time; then the arbiter decides. After a deadline anybody can settle a
visit. Nothing is sent to anybody: each side withdraws what is theirs. With --sign-to, a step is signed for somebody else to send.

Examples:
  salus visit terms set --refund 86400=10000 --refund 3600=5000 --from clinic
  salus visit fee set --service 1 --fee 25 --from clinic
  salus visit offer clinic --service 1 --start 2027-01-31T09:30:00Z
  salus visit book --provider clinic --service 1 --fee 25 --start 2027-01-31T09:30:00Z --arbiter 0x9f.. --from patient
  salus visit book-series --provider clinic --service 1 --fee 20 --start +86400 --next +691200,+1296000 --arbiter 0x9f.. --from patient
  salus visit confirm 0x8a.. --from clinic
  salus visit complete 0x8a.. --from clinic
  salus visit accept 0x8a.. --from patient
  salus visit withdraw --from clinic
  salus visit show 0x8a..
  salus visit simulate --refund 86400=10000 --no-show-share 5000
  salus visit export 0x8a.. --as appointment")]
pub(super) struct Opts {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Terms that a provider's bookings are under
    #[command(subcommand)]
    Terms(terms::Terms),
    /// What a provider's services cost
    #[command(subcommand)]
    Fee(terms::Fee),
    /// When a provider can be booked
    #[command(subcommand)]
    Availability(availability::Availability),
    /// Quote one patient a fee for a time; for the provider
    Quote(terms::QuoteOpts),
    /// Show what a booking would cost and be under, before it is made
    Offer(offer::OfferOpts),
    /// Book a consultation without paying yet; the signer is the patient
    Request(booking::RequestOpts),
    /// Book a consultation and pay for it; the signer is the patient
    Book(booking::BookOpts),
    /// Book several consultations and pay for them together; the signer is the patient
    BookSeries(series::SeriesOpts),
    /// Pay for a visit that was requested; approves the escrow for it first, where that is needed
    Fund(booking::FundOpts),
    /// Agree to a visit that is paid for; for the provider
    Confirm(step::Plain),
    /// Do not agree to it; for the provider
    Decline(step::Plain),
    /// Call it off; the patient before it begins, the provider at any time
    Cancel(step::Plain),
    /// Say that it began; for either side
    Start(step::Plain),
    /// Say that it took place: a claim of the provider, or the patient's word that the fee is the provider's
    Complete(step::Complete),
    /// Say that the other side did not come
    NoShow(step::Claim),
    /// Say that the connection failed
    TechnicalFailure(step::Claim),
    /// Agree to what the other side said; it stands at once
    Accept(step::Plain),
    /// Do not agree to it: the arbiter decides
    Contest(step::Claim),
    /// Add a salted hash of evidence to a dispute
    Evidence(step::Evidence),
    /// Decide a dispute; for its arbiter
    Decide(step::Decide),
    /// Do what a deadline that has passed demands; for anybody
    Settle(step::Settle),
    /// Get all that is yours in a token
    Withdraw(step::Withdraw),
    /// Show a visit
    Show {
        /// The visit (32 bytes in hexadecimal)
        visit: B256,
    },
    /// Play every way in which a consultation can end, on a chain of its own
    #[cfg(feature = "devchain")]
    Simulate(simulate::SimulateOpts),
    /// Write a visit as FHIR: Appointment, Invoice, PaymentReconciliation
    Export(export::ExportOpts),
    /// What the platform keeps of what providers earn
    #[command(subcommand)]
    PlatformFee(platform::PlatformFee),
    #[command(flatten)]
    Office(platform::Office),
}

impl Opts {
    pub(super) fn name(&self) -> &'static str {
        match &self.command {
            Command::Terms(terms) => terms.name(),
            Command::Fee(fee) => fee.name(),
            Command::Availability(availability) => availability.name(),
            Command::Quote(_) => "visit quote",
            Command::Offer(_) => "visit offer",
            Command::Request(_) => "visit request",
            Command::Book(_) => "visit book",
            Command::BookSeries(_) => "visit book-series",
            Command::Fund(_) => "visit fund",
            Command::Confirm(_) => "visit confirm",
            Command::Decline(_) => "visit decline",
            Command::Cancel(_) => "visit cancel",
            Command::Start(_) => "visit start",
            Command::Complete(_) => "visit complete",
            Command::NoShow(_) => "visit no-show",
            Command::TechnicalFailure(_) => "visit technical-failure",
            Command::Accept(_) => "visit accept",
            Command::Contest(_) => "visit contest",
            Command::Evidence(_) => "visit evidence",
            Command::Decide(_) => "visit decide",
            Command::Settle(_) => "visit settle",
            Command::Withdraw(_) => "visit withdraw",
            Command::Show { .. } => "visit show",
            #[cfg(feature = "devchain")]
            Command::Simulate(_) => "visit simulate",
            Command::Export(_) => "visit export",
            Command::PlatformFee(fee) => fee.name(),
            Command::Office(office) => office.name(),
        }
    }
}

pub(super) async fn run(opts: Opts, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
    match opts.command {
        Command::Terms(terms) => terms.run(context, out).await,
        Command::Fee(fee) => fee.run(context, out).await,
        Command::Availability(availability) => availability.run(context, out).await,
        Command::Quote(quote) => quote.run(context, out).await,
        Command::Offer(offer) => offer.run(context, out).await,
        Command::Request(request) => request.run(context, out).await,
        Command::Book(book) => book.run(context, out).await,
        Command::BookSeries(series) => series.run(context, out).await,
        Command::Fund(fund) => fund.run(context, out).await,
        Command::Confirm(plain) => plain.confirm(context, out).await,
        Command::Decline(plain) => plain.decline(context, out).await,
        Command::Cancel(plain) => plain.cancel(context, out).await,
        Command::Start(plain) => plain.start(context, out).await,
        Command::Complete(complete) => complete.run(context, out).await,
        Command::NoShow(claim) => claim.no_show(context, out).await,
        Command::TechnicalFailure(claim) => claim.technical_failure(context, out).await,
        Command::Accept(plain) => plain.accept(context, out).await,
        Command::Contest(claim) => claim.contest(context, out).await,
        Command::Evidence(evidence) => evidence.run(context, out).await,
        Command::Decide(decide) => decide.run(context, out).await,
        Command::Settle(settle) => settle.run(context, out).await,
        Command::Withdraw(withdraw) => withdraw.run(context, out).await,
        Command::Show { visit } => {
            let desk = desk::Desk::connect(context).await?;
            out.result(&show::Shown::read(&desk, visit).await?)
        }
        #[cfg(feature = "devchain")]
        Command::Simulate(simulate) => simulate.run(out).await,
        Command::Export(export) => export.run(context, out).await,
        Command::PlatformFee(fee) => fee.run(context, out).await,
        Command::Office(office) => office.run(context, out).await,
    }
}
