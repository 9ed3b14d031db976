//! `salus subject`: who controls a subject, who may act for the controller, and who follows.

mod view;

use std::path::PathBuf;

use alloy_core::primitives::{Address, B256, U256};
use clap::{Args, Subcommand, ValueEnum};
use salus_core::{codes::Purpose, consent::registry::power};

pub(super) use self::view::powers;
use self::view::{Acted, Shown};
use super::{Context, Output, action::ActionOpts, codes, moment, owner::HeirOpts, relay};
use salus_client::{
    chain::Chain,
    contracts::{Suite, access::Access, consent::IConsent, telehealth::Telehealth},
    error::Error,
};

/// Pass control on, name delegates and a successor, cancel what was signed.
#[derive(Debug, Args)]
#[command(after_help = "\
The controller of a subject grants and withdraws consent for it. Delegates, as guardians, do a part of that in the controller's
place until a date; a successor follows when the controller has not acted for a declared time.

Examples:
  salus subject delegate 0x5a.. --to guardian --may grant,end,answer,veto --until 2031-05-04 --from child
  salus subject delegate 0x5a.. --to researcher-liaison --may grant --purpose HRESCH --until +2592000 --from patient
  salus subject successor 0x5a.. --to spouse --silence 15552000 --grace 2592000 --from patient
  salus subject transfer 0x5a.. --to new-phone --from patient --sign-to transfer.json
  salus subject show 0x5a..")]
pub(super) struct Opts {
    #[command(subcommand)]
    command: Command,
}

/// What a delegate may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Power {
    /// Grant consents
    Grant,
    /// Revoke consents, mark them as entered in error, and, with `grant`, supersede them
    End,
    /// Answer requests for access
    Answer,
    /// Veto emergency access
    Veto,
    /// Name delegates who may do no more
    Delegate,
}

impl Power {
    fn mask(self) -> u8 {
        match self {
            Self::Grant => power::GRANT,
            Self::End => power::END,
            Self::Answer => power::ANSWER,
            Self::Veto => power::VETO,
            Self::Delegate => power::DELEGATE,
        }
    }
}

#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "made once, from the command line")]
enum Command {
    /// Show who controls a subject and who is to follow, and what an account may do for it
    Show {
        /// The subject
        subject: B256,
        /// Whose powers to show
        #[arg(long, value_name = "ACCOUNT")]
        delegate: Option<String>,
    },
    /// Offer the control to another account, which has to accept it
    Transfer {
        /// The subject
        subject: B256,
        #[command(flatten)]
        heir: HeirOpts,
        #[command(flatten)]
        action: ActionOpts,
    },
    /// Take the control over: as it was offered, or as the successor whose claim went unanswered
    Accept {
        /// The subject
        subject: B256,
        #[command(flatten)]
        action: ActionOpts,
    },
    /// Say that the controller is there
    Confirm {
        /// The subject
        subject: B256,
        #[command(flatten)]
        action: ActionOpts,
    },
    /// Declare who follows when the controller has fallen silent
    Successor {
        /// The subject
        subject: B256,
        /// Who follows
        #[arg(
            long,
            value_name = "ACCOUNT",
            required_unless_present = "none",
            conflicts_with = "none"
        )]
        to: Option<String>,
        /// Nobody follows any more
        #[arg(long)]
        none: bool,
        /// After how many seconds without any action the control can be claimed
        #[arg(long, value_name = "SECONDS", required_unless_present = "none")]
        silence: Option<u64>,
        /// How many seconds after the claim it can be accepted
        #[arg(long, value_name = "SECONDS", required_unless_present = "none")]
        grace: Option<u64>,
        #[command(flatten)]
        action: ActionOpts,
    },
    /// Claim the control, as the successor of a controller who has fallen silent
    Claim {
        /// The subject
        subject: B256,
        #[command(flatten)]
        action: ActionOpts,
    },
    /// Set what an account may do in the controller's place
    Delegate {
        /// The subject
        subject: B256,
        /// Who may act
        #[arg(long, value_name = "ACCOUNT")]
        to: String,
        /// What they may do; without it, nothing any more
        #[arg(long, value_enum, value_delimiter = ',')]
        may: Vec<Power>,
        /// For which purposes they may grant, e.g. TREAT; without it, any
        #[arg(long, value_name = "CODE", value_parser = codes::purpose)]
        purpose: Vec<Purpose>,
        /// Until when; without it, until they are set otherwise
        #[arg(long, value_name = "TIME")]
        until: Option<String>,
        #[command(flatten)]
        action: ActionOpts,
    },
    /// Use the nonce of a signed action up, so that nobody can send it any more; for who has signed it
    Cancel {
        /// The signed action
        file: PathBuf,
        #[command(flatten)]
        action: ActionOpts,
    },
}

impl Opts {
    pub(super) fn name(&self) -> &'static str {
        match self.command {
            Command::Show { .. } => "subject show",
            Command::Transfer { .. } => "subject transfer",
            Command::Accept { .. } => "subject accept",
            Command::Confirm { .. } => "subject confirm",
            Command::Successor { .. } => "subject successor",
            Command::Claim { .. } => "subject claim",
            Command::Delegate { .. } => "subject delegate",
            Command::Cancel { .. } => "subject cancel",
        }
    }
}

pub(super) async fn run(opts: Opts, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
    let account = |text: Option<String>| match text {
        Some(text) => Ok::<_, Error>(context.account(&text)?.address()),
        None => Ok(Address::ZERO),
    };
    match opts.command {
        Command::Show { subject, delegate } => {
            let chain = Chain::connect(&context.network()?).await?;
            let suite = Suite::open(&chain, &context.deployments(chain.network()))?;
            let delegate = delegate.map(|text| context.account(&text)).transpose()?;
            let shown = Shown::read(
                &suite.consent().await?,
                subject,
                delegate.map(|account| account.address()),
            )
            .await?;
            out.result(&shown)
        }
        Command::Transfer { subject, heir, action } => {
            let call = IConsent::transferControllerCall {
                subject,
                newController: heir.address(context)?,
            };
            act(subject, &action, &call, context, out).await
        }
        Command::Accept { subject, action } => {
            act(
                subject,
                &action,
                &IConsent::acceptControllerCall { subject },
                context,
                out,
            )
            .await
        }
        Command::Confirm { subject, action } => {
            act(
                subject,
                &action,
                &IConsent::confirmControllerCall { subject },
                context,
                out,
            )
            .await
        }
        Command::Successor {
            subject,
            to,
            silence,
            grace,
            action,
            ..
        } => {
            let successor = account(to)?;
            let call = IConsent::setSuccessorCall {
                subject,
                successor,
                silence: silence.unwrap_or_default(),
                grace: grace.unwrap_or_default(),
            };
            act(subject, &action, &call, context, out).await
        }
        Command::Claim { subject, action } => {
            act(
                subject,
                &action,
                &IConsent::claimControllerCall { subject },
                context,
                out,
            )
            .await
        }
        Command::Delegate {
            subject,
            to,
            may,
            purpose,
            until,
            action,
        } => {
            let until = until
                .map(|until| moment::parse(&until, moment::now(), true))
                .transpose()?;
            let call = IConsent::setDelegateCall {
                subject,
                delegate: context.account(&to)?.address(),
                powers: may.iter().fold(0, |mask, power| mask | power.mask()),
                purposes: if purpose.is_empty() {
                    u64::MAX
                } else {
                    purpose.iter().fold(0, |mask, purpose| mask | purpose.mask())
                },
                validUntil: until.unwrap_or(u64::MAX),
            };
            act(subject, &action, &call, context, out).await
        }
        Command::Cancel { file, action } => cancel(file, &action, context, out).await,
    }
}

async fn act(
    subject: B256,
    action: &ActionOpts,
    call: &impl alloy_core::sol_types::SolCall,
    context: &Context,
    out: &mut Output<'_>,
) -> Result<(), Error> {
    let acting = action.start(context).await?;
    let consent = acting.suite.consent().await?;
    let done = acting.carry_out(consent.contract(), call).await?;
    out.result(&Acted {
        subject: Some(subject),
        actor: acting.actor(),
        outcome: done.into(),
    })
}

async fn cancel(file: PathBuf, action: &ActionOpts, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
    let signed = relay::read(file)?;
    signed.verify()?;
    let acting = action.start(context).await?;
    if acting.actor() != signed.signer {
        return Err(Error::Usage(format!(
            "the action is {}'s, and {} cannot cancel it",
            signed.signer,
            acting.actor()
        )));
    }
    let call = IConsent::invalidateUnorderedNoncesCall {
        wordPos: signed.nonce >> 8,
        mask: U256::ONE << (signed.nonce & U256::from(0xff)).to::<usize>(),
    };
    // The nonces are each contract's own.
    let contract = match signed.contract.as_str() {
        Access::NAME => acting.suite.access().await?.contract().clone(),
        Telehealth::NAME => acting.suite.telehealth().await?.contract().clone(),
        _ => acting.suite.consent().await?.contract().clone(),
    };
    let done = acting.carry_out(&contract, &call).await?;
    out.result(&Acted {
        subject: None,
        actor: acting.actor(),
        outcome: done.into(),
    })
}
