//! `salus credential`: who has which role, licensed by whom, and when.

mod ask;
mod view;

use alloy_core::primitives::B256;
use clap::{Args, Subcommand};
use salus_core::{codes::Role, consent::Period, credentials::Status};

use self::{
    ask::{Question, find},
    view::{Changed, Issued, Target},
};
use super::{
    Context, Output, codes, moment,
    opening::OpeningOpts,
    owner::{HeirOpts, Owned},
    transaction::TransactionOpts,
};
use salus_client::{
    chain::{Chain, Receipt},
    contracts::{
        Suite,
        credentials::{CredentialChange, Credentials, Issue},
    },
    error::Error,
    fhir::Salt,
    keystore::SigningKey,
    openings::{LicenceOpening, Opening as _},
};

/// Say who has which role, and ask who had it then.
#[derive(Debug, Args)]
#[command(after_help = "\
The owner of the registry admits issuers, as medical boards; issuers issue credentials to accounts. Emergency access needs one.
The licence's number is committed to with a new salt, which is kept in a private file on this machine.

Examples:
  salus credential admit-issuer board --from owner
  salus credential issue doctor --role PHYS --jurisdiction DE-BY --licence 4711/08 --valid-until 2030-12-31 --from board
  salus credential check doctor --role PHYS --at 2027-01-31T09:30:00Z
  salus credential suspend 0x77.. --from board
  salus credential verify-licence 0x77.. --licence 4711/08 --opening from-doctor.json")]
pub(super) struct Opts {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "made once, from the command line")]
enum Command {
    /// Let an account issue credentials; for the owner
    AdmitIssuer {
        /// Who may issue
        issuer: String,
        #[command(flatten)]
        transaction: TransactionOpts,
    },
    /// Let an account issue no more credentials, nor change those that it issued; for the owner
    RemoveIssuer {
        /// Who may issue no more
        issuer: String,
        #[command(flatten)]
        transaction: TransactionOpts,
    },
    /// Issue a credential; for issuers
    Issue {
        /// To whom
        holder: String,
        /// As what, e.g. PHYS
        #[arg(long, value_name = "CODE", value_parser = codes::role)]
        role: Role,
        /// Where it is good for: an ISO 3166-1 or 3166-2 code, e.g. DE or DE-BY
        #[arg(long, value_name = "CODE", value_parser = codes::jurisdiction)]
        jurisdiction: String,
        /// The licence's number, of which a salted hash goes on chain
        #[arg(long, value_name = "NUMBER", value_parser = licence)]
        licence: String,
        #[command(flatten)]
        validity: ValidityOpts,
        #[command(flatten)]
        handed: OpeningOpts,
        #[command(flatten)]
        transaction: TransactionOpts,
    },
    /// Put a new credential in the place of an active one, without a gap; for its issuer
    Renew {
        /// The active credential
        credential: B256,
        #[command(flatten)]
        validity: ValidityOpts,
        #[command(flatten)]
        transaction: TransactionOpts,
    },
    /// Put a credential out of force, for a time; for its issuer and the owner
    Suspend {
        /// The credential
        credential: B256,
        #[command(flatten)]
        transaction: TransactionOpts,
    },
    /// Put a suspended credential into force again; for its issuer and the owner
    Reinstate {
        /// The credential
        credential: B256,
        #[command(flatten)]
        transaction: TransactionOpts,
    },
    /// Withdraw a credential, for good; for its issuer and the owner
    Revoke {
        /// The credential
        credential: B256,
        #[command(flatten)]
        transaction: TransactionOpts,
    },
    #[command(flatten)]
    Ask(Question),
    /// Offer the office of the owner to another account, which has to accept it
    TransferOwnership {
        #[command(flatten)]
        heir: HeirOpts,
        #[command(flatten)]
        transaction: TransactionOpts,
    },
    /// Take the office of the owner over, as it was offered
    AcceptOwnership {
        #[command(flatten)]
        transaction: TransactionOpts,
    },
}

/// When a credential is in force.
#[derive(Debug, Args)]
struct ValidityOpts {
    /// In force from this time on: 2027-01-31, 2027-01-31T09:30:00Z or +SECONDS [default: at once]
    #[arg(long, value_name = "TIME")]
    valid_from: Option<String>,
    /// In force until this time [default: open]
    #[arg(long, value_name = "TIME")]
    valid_until: Option<String>,
}

impl ValidityOpts {
    async fn period(&self, chain: &Chain) -> Result<Period, Error> {
        let now = chain.time().await?;
        let time = |text: &Option<String>, last| text.as_deref().map(|text| moment::parse(text, now, last)).transpose();
        let period = Period {
            from: time(&self.valid_from, false)?.unwrap_or(0),
            until: time(&self.valid_until, true)?.unwrap_or(u64::MAX),
        };
        if period.until < period.from {
            return Err(Error::Usage("--valid-until is before --valid-from".into()));
        }
        Ok(period)
    }
}

/// White space around it, or none of it, would open nothing for whoever writes it otherwise.
fn licence(text: &str) -> Result<String, String> {
    if text.is_empty() || text.trim() != text || text.contains(char::is_control) {
        return Err("a licence's number is neither empty nor begins or ends with white space".into());
    }
    Ok(text.into())
}

impl Opts {
    pub(super) fn name(&self) -> &'static str {
        match &self.command {
            Command::AdmitIssuer { .. } => "credential admit-issuer",
            Command::RemoveIssuer { .. } => "credential remove-issuer",
            Command::Issue { .. } => "credential issue",
            Command::Renew { .. } => "credential renew",
            Command::Suspend { .. } => "credential suspend",
            Command::Reinstate { .. } => "credential reinstate",
            Command::Revoke { .. } => "credential revoke",
            Command::Ask(question) => question.name(),
            Command::TransferOwnership { .. } => "credential transfer-ownership",
            Command::AcceptOwnership { .. } => "credential accept-ownership",
        }
    }
}

pub(super) async fn run(opts: Opts, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
    use CredentialChange::{Reinstate, Revoke, Suspend};
    match opts.command {
        Command::AdmitIssuer { issuer, transaction } => {
            let issuer = context.account(&issuer)?.address();
            let (key, credentials) = start(&transaction, context).await?;
            let receipt = credentials.admit_issuer(&key, issuer, transaction.options()).await?;
            changed(Target::Issuer(issuer), "admitted", receipt, out)
        }
        Command::RemoveIssuer { issuer, transaction } => {
            let issuer = context.account(&issuer)?.address();
            let (key, credentials) = start(&transaction, context).await?;
            let receipt = credentials.remove_issuer(&key, issuer, transaction.options()).await?;
            changed(Target::Issuer(issuer), "removed", receipt, out)
        }
        Command::Issue {
            holder,
            role,
            jurisdiction,
            licence: number,
            validity,
            handed,
            transaction,
        } => {
            let holder = context.account(&holder)?.address();
            let (key, credentials) = start(&transaction, context).await?;
            let opening = LicenceOpening {
                salt: Salt::random(),
                number,
                holder,
            };
            let issue = Issue {
                holder,
                role,
                jurisdiction: B256::right_padding_from(jurisdiction.as_bytes()),
                licence: opening.opens(),
                validity: validity.period(credentials.contract().chain()).await?,
            };
            let openings = context.openings();
            let file = handed.keep(&openings, &opening)?;
            let sent = credentials.issue(&key, &issue, transaction.options()).await;
            let (id, receipt) = handed.settle::<LicenceOpening, _>(&openings, issue.licence, sent)?;
            out.result(&Issued::new(id, &issue, Some(file), receipt))
        }
        Command::Renew {
            credential,
            validity,
            transaction,
        } => {
            let (key, credentials) = start(&transaction, context).await?;
            let issue = renewal(&credentials, credential, &validity).await?;
            let (id, receipt) = credentials.issue(&key, &issue, transaction.options()).await?;
            out.result(&Issued::new(id, &issue, None, receipt))
        }
        Command::Suspend {
            credential,
            transaction,
        } => change(credential, Suspend, "suspended", &transaction, context, out).await,
        Command::Reinstate {
            credential,
            transaction,
        } => change(credential, Reinstate, "active", &transaction, context, out).await,
        Command::Revoke {
            credential,
            transaction,
        } => change(credential, Revoke, "revoked", &transaction, context, out).await,
        Command::TransferOwnership { heir, transaction } => {
            let heir = heir.address(context)?;
            let (key, credentials) = start(&transaction, context).await?;
            let options = transaction.options();
            let receipt = credentials.contract().transfer_ownership(&key, heir, options).await?;
            out.result(&Owned::read(credentials.contract(), Some(receipt)).await?)
        }
        Command::AcceptOwnership { transaction } => {
            let (key, credentials) = start(&transaction, context).await?;
            let contract = credentials.contract();
            let receipt = contract.accept_ownership(&key, transaction.options()).await?;
            out.result(&Owned::read(contract, Some(receipt)).await?)
        }
        Command::Ask(question) => ask::run(question, context, out).await,
    }
}

async fn change(
    credential: B256,
    to: CredentialChange,
    status: &'static str,
    transaction: &TransactionOpts,
    context: &Context,
    out: &mut Output<'_>,
) -> Result<(), Error> {
    let (key, credentials) = start(transaction, context).await?;
    let receipt = credentials.change(&key, credential, to, transaction.options()).await?;
    changed(Target::Credential(credential), status, receipt, out)
}

fn changed(target: Target, status: &'static str, receipt: Receipt, out: &mut Output<'_>) -> Result<(), Error> {
    out.result(&Changed {
        target,
        status,
        transaction: receipt.into(),
    })
}

/// The same credential for another time. The contract renews an active one alone; after any other, it would issue another one.
async fn renewal(credentials: &Credentials, id: B256, validity: &ValidityOpts) -> Result<Issue, Error> {
    let old = find(credentials, id).await?;
    let chain = credentials.contract().chain();
    let holder = old.holder.into();
    let now = credentials.standing_at(holder, old.role, chain.time().await?).await?;
    if (now.credential_id, now.status) != (id, Status::Active) {
        return Err(Error::Usage(format!(
            "the credential {id} is not active: issue another one"
        )));
    }
    Ok(Issue {
        holder,
        role: old.role,
        jurisdiction: old.jurisdiction.into(),
        licence: old.licence.into(),
        validity: validity.period(chain).await?,
    })
}

async fn start(transaction: &TransactionOpts, context: &Context) -> Result<(SigningKey, Credentials), Error> {
    let (chain, key) = transaction.start(context).await?;
    Ok((key, open(context, &chain).await?))
}

async fn open(context: &Context, chain: &Chain) -> Result<Credentials, Error> {
    Suite::open(chain, &context.deployments(chain.network()))?
        .credentials()
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_licence_has_a_number() {
        assert_eq!(licence("BY 123/4").as_deref(), Ok("BY 123/4"));
        for bad in ["", " ", " 1", "1\n", "1\t2"] {
            assert!(licence(bad).is_err(), "{bad:?}");
        }
    }
}
