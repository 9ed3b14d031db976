//! `salus relay`: sends what somebody else has signed.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

use alloy_core::primitives::Address;
use clap::Args;
use serde::Serialize;

use super::{
    Context, Output,
    transaction::{Transaction, TransactionOpts},
};
use crate::{
    authorization::SignedBooking,
    contracts::{Suite, telehealth::Telehealth},
    error::Error,
    signed::{SignedAction, SignedError},
};

/// Send what somebody else has signed, and pay for it.
#[derive(Debug, Args)]
#[command(after_help = "\
The file is what a command with --sign-to wrote. It is verified, and tried before it is sent: what the contract would refuse
costs nothing. It can be sent once.

Examples:
  salus consent revoke 0x1c.. --from patient --sign-to revoke.json
  salus relay revoke.json --from clinic")]
pub(super) struct Opts {
    /// The signed action
    file: PathBuf,
    #[command(flatten)]
    transaction: TransactionOpts,
}

#[derive(Serialize)]
struct Relayed {
    contract: String,
    message: String,
    signer: Address,
    transaction: Transaction,
}

impl fmt::Display for Relayed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "relayed      {} of `{}`, signed by {}",
            self.message, self.contract, self.signer
        )?;
        self.transaction.fmt(f)
    }
}

pub(super) async fn run(opts: Opts, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
    let signed = Signed::read(&opts.file)?;
    let (chain, key) = opts.transaction.start(context).await?;
    let suite = Suite::open(&chain, &context.deployments(chain.network()))?;
    let options = opts.transaction.options();
    out.result(&match signed {
        Signed::Action(signed) => {
            let address = suite.address_of(&signed.contract).await?;
            let receipt = signed.relay(&chain, address, &key, options).await?;
            Relayed {
                contract: signed.contract,
                message: signed.message,
                signer: signed.signer,
                transaction: receipt.into(),
            }
        }
        Signed::Booking(signed) => {
            let receipt = signed.submit(&suite.telehealth().await?, &key, options).await?;
            Relayed {
                contract: Telehealth::NAME.into(),
                message: "bookWithAuthorization".into(),
                signer: signed.patient(),
                transaction: receipt.into(),
            }
        }
    })
}

/// What a file holds.
enum Signed {
    Action(SignedAction),
    Booking(SignedBooking),
}

impl Signed {
    /// Reads it, and makes sure as far as it can be without a chain that it is what its signer signed.
    fn read(path: &Path) -> Result<Self, Error> {
        let is_booking = fs::read(path)
            .ok()
            .and_then(|json| serde_json::from_slice::<serde_json::Value>(&json).ok())
            .is_some_and(|value| value.get("booking").is_some());
        if is_booking {
            return Ok(Self::Booking(SignedBooking::load(path)?));
        }
        let signed = read(path.into())?;
        signed.verify()?;
        Ok(Self::Action(signed))
    }
}

/// Reads a signed action.
pub(super) fn read(path: PathBuf) -> Result<SignedAction, SignedError> {
    let json = match fs::read(&path) {
        Ok(json) => json,
        Err(source) => return Err(SignedError::File { path, source }),
    };
    serde_json::from_slice(&json).map_err(|error| SignedError::Malformed {
        path,
        reason: error.to_string(),
    })
}
