//! `salus consent`: subjects, and what they consent to.

mod audit;
mod evaluate;
mod explain;
mod export;
mod import;
mod policy;
mod receipt;
mod share;
mod view;

use alloy_core::{
    primitives::{Address, B256},
    sol_types::SolCall,
};
use clap::{Args, Subcommand};
use salus_core::codes::{Purpose, ResourceClass};

use self::{
    evaluate::EvaluateOpts,
    explain::ExplainOpts,
    export::ExportOpts,
    import::ImportOpts,
    policy::PolicyOpts,
    receipt::ReceiptOpts,
    share::{ReceiveOpts, ShareOpts},
    view::{Answered, Ended, Granted, Registered, Shown},
};
use super::{
    Context, Output,
    action::{Acting, ActionOpts},
    codes,
};
use salus_client::{
    chain::Chain,
    consents::{self, ConsentError, Draft},
    contracts::{
        Suite,
        consent::{Consent, IConsent, supersede_call},
    },
    decide::name_of,
    error::Error,
    openings::PolicyOpening,
};

/// Register subjects; grant, replace and revoke consents; ask by them.
#[derive(Debug, Args)]
#[command(after_help = "\
A subject is 32 random bytes that stand for a patient in one relationship; the account that registers it controls it.
A policy is committed to with a new salt. The opening (salt and policy) is kept in a private file on this machine and never
sent to the chain in a transaction; the grantee needs a copy of it (share) to have the policy evaluated.

Examples:
  salus consent register --from patient
  salus consent grant --subject 0x5a.. --to clinic --purpose TREAT --class Observation --disclose --from patient
  salus consent grant --subject 0x5a.. --to clinic --fhir consent.json --actor Practitioner/1=clinic --from patient
  salus consent check --subject 0x5a.. --grantee clinic --purpose TREAT --class Observation
  salus consent evaluate 0x1c.. --purpose TREAT --class Observation --label ETHUD
  salus consent import consents.json --to clinic --from patient
  salus consent evaluate --request request.json
  salus consent evaluate --fhir consent.json --request request.json --at 2027-01-31
  salus consent share 0x1c.. --to-key 0x8f.. --out for-clinic.json
  salus consent receive for-clinic.json --key wallet:clinic/0
  salus consent revoke 0x1c.. --from patient")]
pub(super) struct Opts {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "made once, from the command line")]
enum Command {
    /// Register a subject, which the signer controls from then on
    Register {
        /// The subject, 32 bytes [default: that of the wallet's relationship which signs, or else random ones]
        #[arg(long, value_name = "HEX")]
        subject: Option<B256>,
        #[command(flatten)]
        action: ActionOpts,
    },
    /// Grant a consent; the signer has to control the subject
    Grant {
        /// Whose data it is about
        #[arg(long, value_name = "HEX")]
        subject: B256,
        /// To whom it is given: a key's name, `dev:NAME`, an SS58 or Ethereum address
        #[arg(long, value_name = "ACCOUNT")]
        to: String,
        #[command(flatten)]
        policy: PolicyOpts,
        #[command(flatten)]
        action: ActionOpts,
    },
    /// Put a new consent in the place of a live one, for the same grantee
    Supersede {
        /// The live consent
        consent: B256,
        #[command(flatten)]
        policy: PolicyOpts,
        #[command(flatten)]
        action: ActionOpts,
    },
    /// Withdraw a consent, for good
    Revoke {
        /// The consent
        consent: B256,
        #[command(flatten)]
        action: ActionOpts,
    },
    /// Mark a consent as one that should never have been recorded
    EnteredInError {
        /// The consent
        consent: B256,
        #[command(flatten)]
        action: ActionOpts,
    },
    /// Ask by what is disclosed: permit, deny or no consent
    Check {
        /// Whose data it is about
        #[arg(long, value_name = "HEX")]
        subject: B256,
        /// Who asks
        #[arg(long, value_name = "ACCOUNT")]
        grantee: String,
        /// Why, e.g. TREAT
        #[arg(long, value_name = "CODE", value_parser = codes::purpose)]
        purpose: Purpose,
        /// For what kind of data, e.g. Observation
        #[arg(long, value_name = "TYPE", value_parser = codes::class)]
        class: ResourceClass,
    },
    /// Keep FHIR Consents to decide by, and grant them on chain
    Import(ImportOpts),
    /// Have the contract open policies and answer by them, or decide off chain by FHIR Consents
    Evaluate(EvaluateOpts),
    /// Say in words how a decision off chain comes about
    Explain(ExplainOpts),
    /// Write a policy as a FHIR Consent
    Export(ExportOpts),
    /// Issue a receipt of a consent (ISO/IEC TS 27560), or verify one
    Receipt(ReceiptOpts),
    /// Seal a consent's opening for its grantee, to be sent by any way
    Share(ShareOpts),
    /// Open what was shared, make sure that it is the consent's opening, and keep it
    Receive(ReceiveOpts),
    /// Show a consent, or the last one of a subject for a grantee
    Show {
        /// The consent
        #[arg(required_unless_present = "subject", conflicts_with = "subject")]
        consent: Option<B256>,
        /// Whose data it is about
        #[arg(long, value_name = "HEX", requires = "grantee")]
        subject: Option<B256>,
        /// To whom it was given
        #[arg(long, value_name = "ACCOUNT", requires = "subject")]
        grantee: Option<String>,
    },
}

impl Opts {
    pub(super) fn name(&self) -> &'static str {
        match self.command {
            Command::Register { .. } => "consent register",
            Command::Grant { .. } => "consent grant",
            Command::Supersede { .. } => "consent supersede",
            Command::Revoke { .. } => "consent revoke",
            Command::EnteredInError { .. } => "consent entered-in-error",
            Command::Check { .. } => "consent check",
            Command::Import(_) => "consent import",
            Command::Explain(_) => "consent explain",
            Command::Export(_) => "consent export",
            Command::Receipt(_) => "consent receipt",
            Command::Evaluate(_) => "consent evaluate",
            Command::Share(_) => "consent share",
            Command::Receive(_) => "consent receive",
            Command::Show { .. } => "consent show",
        }
    }
}

pub(super) async fn run(opts: Opts, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
    match opts.command {
        Command::Register { subject, action } => {
            let acting = action.start(context).await?;
            let subject = subject
                .or(acting.subject)
                .unwrap_or_else(|| B256::from(rand::random::<[u8; 32]>()));
            let consent = acting.suite.consent().await?;
            let call = IConsent::registerSubjectCall { subject };
            let done = acting.carry_out(consent.contract(), &call).await?;
            out.result(&Registered {
                subject,
                controller: acting.actor(),
                outcome: done.into(),
            })
        }
        Command::Grant {
            subject,
            to,
            policy,
            action,
        } => {
            let parties = (subject, context.account(&to)?.address());
            let acting = action.start(context).await?;
            let draft = policy.draft(context, out, &acting.chain, parties.1).await?;
            let call = draft.grant(parties).call();
            let consent = acting.suite.consent().await?;
            let granted = give(&acting, &consent, context, parties, draft, &call).await?;
            out.result(&granted)
        }
        Command::Supersede {
            consent: old,
            policy,
            action,
        } => {
            let acting = action.start(context).await?;
            let consent = acting.suite.consent().await?;
            let entry = consent.entry(old).await?.ok_or(ConsentError::Unknown(old))?;
            let parties = (B256::from(entry.subject), Address::from(entry.grantee));
            let draft = policy.draft(context, out, &acting.chain, parties.1).await?;
            let call = supersede_call(old, draft.commitment, draft.terms);
            let granted = give(&acting, &consent, context, parties, draft, &call).await?;
            out.result(&granted)
        }
        Command::Revoke { consent: id, action } => {
            let call = IConsent::revokeConsentCall { consentId: id };
            end(&action, id, "revoked", &call, context, out).await
        }
        Command::EnteredInError { consent: id, action } => {
            let call = IConsent::markEnteredInErrorCall { consentId: id };
            end(&action, id, "entered in error", &call, context, out).await
        }
        Command::Check {
            subject,
            grantee,
            purpose,
            class,
        } => {
            let grantee = context.account(&grantee)?.address();
            let consent = connect(context).await?;
            let answer = consent.check(subject, grantee, purpose, class).await?;
            out.result(&Answered {
                answer: name_of(answer),
            })
        }
        Command::Import(opts) => import::run(opts, context, out).await,
        Command::Explain(opts) => explain::run(&opts, context, out),
        Command::Export(opts) => export::run(opts, context, out).await,
        Command::Receipt(opts) => receipt::run(opts, context, out).await,
        Command::Evaluate(opts) => evaluate::run(opts, context, out).await,
        Command::Share(opts) => share::share(&opts, context, out).await,
        Command::Receive(opts) => share::receive(&opts, context, out).await,
        Command::Show {
            consent: id,
            subject,
            grantee,
        } => {
            let consent = connect(context).await?;
            let id = match (id, subject, grantee) {
                (Some(id), ..) => id,
                (None, Some(subject), Some(grantee)) => {
                    let grantee = context.account(&grantee)?.address();
                    let current = consent.current(subject, grantee).await?;
                    current.ok_or_else(|| Error::Usage(format!("{subject} has given {grantee} no consent")))?
                }
                _ => return Err(Error::Usage("name a consent, or a subject and a grantee".into())),
            };
            let entry = consent.entry(id).await?.ok_or(ConsentError::Unknown(id))?;
            out.result(&Shown::new(id, &entry))
        }
    }
}

/// Keeps the opening of what is given, and gives it.
async fn give(
    acting: &Acting,
    consent: &Consent,
    context: &Context,
    parties: (B256, Address),
    draft: Draft,
    call: &impl SolCall,
) -> Result<Granted, Error> {
    let openings = context.openings();
    let id = consent.next_id(parties.0, parties.1).await?;
    consents::keep(&openings, parties, &draft)?;
    let done = acting.carry_out(consent.contract(), call).await;
    let done = openings.settle::<PolicyOpening, _>(draft.commitment, done)?;
    Ok(Granted::new(id, parties, &draft, &openings, done.into()))
}

async fn end(
    action: &ActionOpts,
    consent: B256,
    status: &'static str,
    call: &impl SolCall,
    context: &Context,
    out: &mut Output<'_>,
) -> Result<(), Error> {
    let acting = action.start(context).await?;
    let registry = acting.suite.consent().await?;
    let done = acting.carry_out(registry.contract(), call).await?;
    out.result(&Ended {
        consent,
        status,
        outcome: done.into(),
    })
}

async fn connect(context: &Context) -> Result<Consent, Error> {
    open(context, &Chain::connect(&context.network()?).await?).await
}

async fn open(context: &Context, chain: &Chain) -> Result<Consent, Error> {
    Suite::open(chain, &context.deployments(chain.network()))?
        .consent()
        .await
}
