//! Requests for access, and the patient's answers.

mod view;

use std::path::PathBuf;

use alloy_core::primitives::B256;
use clap::Subcommand;

use self::view::{Requested, Shown};
use super::{
    act, connect, start,
    view::{Changed, Target},
};
use crate::{
    Context, Output,
    action::{ActionOpts, Done},
    document::read_json,
    moment,
    opening::OpeningOpts,
    transaction::TransactionOpts,
};
use salus_client::{
    access::{AccessError, asked},
    contracts::access::IAccess,
    decide::AccessRequest,
    error::Error,
    openings::{Opening as _, OpeningError, Openings, RequestOpening},
};

#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "made once, from the command line")]
pub(super) enum Command {
    /// Ask for access to a subject's data
    Request {
        /// The subject
        subject: B256,
        /// What is asked, as JSON: see `salus consent evaluate`
        #[arg(long, value_name = "FILE")]
        request: PathBuf,
        /// Until when it can be answered: 2027-01-31, 2027-01-31T09:30:00Z or +SECONDS
        #[arg(long, value_name = "TIME")]
        until: String,
        #[command(flatten)]
        handed: OpeningOpts,
        #[command(flatten)]
        transaction: TransactionOpts,
    },
    /// Answer a request with a consent; for the subject's controller, and delegates who may answer
    Approve {
        /// The request
        request: B256,
        /// The consent, of the subject for who asks
        #[arg(long, value_name = "HEX")]
        consent: B256,
        #[command(flatten)]
        action: ActionOpts,
    },
    /// Answer a request with no; for the subject's controller, and delegates who may answer
    Refuse {
        /// The request
        request: B256,
        #[command(flatten)]
        action: ActionOpts,
    },
    /// Take a request back; for who asked
    Withdraw {
        /// The request
        request: B256,
        #[command(flatten)]
        transaction: TransactionOpts,
    },
    /// Show a request, or the one of a requester for a subject that waits; with its opening, what is asked
    ShowRequest {
        /// The request
        #[arg(required_unless_present = "subject", conflicts_with = "subject")]
        request: Option<B256>,
        /// Whose data it is about
        #[arg(long, value_name = "HEX", requires = "requester")]
        subject: Option<B256>,
        /// Who asks
        #[arg(long, value_name = "ACCOUNT", requires = "subject")]
        requester: Option<String>,
        /// The opening that who asks has sent [default: what is kept here, if anything is]
        #[arg(long, value_name = "FILE")]
        opening: Option<PathBuf>,
    },
}

impl Command {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Request { .. } => "access request",
            Self::Approve { .. } => "access approve",
            Self::Refuse { .. } => "access refuse",
            Self::Withdraw { .. } => "access withdraw",
            Self::ShowRequest { .. } => "access show-request",
        }
    }
}

pub(super) async fn run(command: Command, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
    match command {
        Command::Request {
            subject,
            request,
            until,
            handed,
            transaction,
        } => {
            let asked = AccessRequest::from_json(&read_json(&request)?)?;
            if asked.at.is_some() {
                return Err(Error::Usage(
                    "a request for access is for when it is answered: name no time in it".into(),
                ));
            }
            let (key, access) = start(&transaction, context).await?;
            let until = moment::parse(&until, access.contract().chain().time().await?, true)?;
            let opening = asked::opening(&asked, subject, key.account().address())?;
            let (openings, commitment) = (context.openings(), opening.opens());
            let file = handed.keep(&openings, &opening)?;
            let sent = access
                .request(&key, subject, commitment, until, transaction.options())
                .await;
            let (id, receipt) = handed.settle::<RequestOpening, _>(&openings, commitment, sent)?;
            out.result(&Requested::new(id, &opening, until, file, receipt))
        }
        Command::Approve {
            request,
            consent,
            action,
        } => {
            let call = IAccess::approveRequestCall {
                requestId: request,
                consentId: consent,
            };
            act((Target::Request(request), "approved"), &action, &call, context, out).await
        }
        Command::Refuse { request, action } => {
            let call = IAccess::refuseRequestCall { requestId: request };
            act((Target::Request(request), "refused"), &action, &call, context, out).await
        }
        Command::Withdraw { request, transaction } => {
            let (key, access) = start(&transaction, context).await?;
            let receipt = access.withdraw(&key, request, transaction.options()).await?;
            out.result(&Changed {
                target: Target::Request(request),
                status: "withdrawn",
                actor: key.account().address(),
                outcome: Done::Sent(receipt).into(),
            })
        }
        Command::ShowRequest {
            request,
            subject,
            requester,
            opening,
        } => {
            let access = connect(context).await?;
            let id = match (request, subject, requester) {
                (Some(id), ..) => id,
                (None, Some(subject), Some(requester)) => {
                    let requester = context.account(&requester)?.address();
                    let open = access.open_request(subject, requester).await?;
                    open.ok_or_else(|| Error::Usage(format!("no request of {requester} for {subject} waits")))?
                }
                _ => return Err(Error::Usage("name a request, or a subject and a requester".into())),
            };
            let found = access.request_of(id).await?.ok_or(AccessError::UnknownRequest(id))?;
            let opening = read_opening(&context.openings(), found.commitment, opening)?;
            if let Some(opening) = &opening
                && (opening.subject, opening.requester) != (found.subject, found.requester)
            {
                let (what, commitment) = ("the opening's subject or requester", found.commitment);
                return Err(AccessError::Mismatch { what, commitment }.into());
            }
            out.result(&Shown::new(id, &found, opening.as_ref()))
        }
    }
}

/// The opening in a file, or the one that is kept here, if there is one.
fn read_opening(
    openings: &Openings,
    commitment: B256,
    file: Option<PathBuf>,
) -> Result<Option<RequestOpening>, OpeningError> {
    let path = file
        .clone()
        .unwrap_or_else(|| openings.path::<RequestOpening>(commitment));
    let opening = match openings.read(path.clone(), commitment) {
        Err(OpeningError::NotFound { .. }) if file.is_none() => return Ok(None),
        read => read?,
    };
    if asked::questions(&opening).is_none() {
        let reason = "it is no request of the consent model".into();
        return Err(OpeningError::Malformed { path, reason });
    }
    Ok(Some(opening))
}
