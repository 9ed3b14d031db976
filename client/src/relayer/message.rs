//! What a relayer takes: messages that one key signs and anybody may send.
//!
//! Another kind is another variant of [`SignedMessage`], and an arm of each of the four functions that look into them:
//! [`SignedMessage::parse`] tells it by a member that only it has, [`SignedMessage::facts`] says what it is about,
//! [`SignedMessage::to_call`] how it is sent, and [`SignedMessage::verify`] checks its signature. Nothing else knows kinds.

use alloy_core::{
    primitives::{Address, B256},
    sol_types::SolCall,
};
use serde::{
    Deserialize, Serialize,
    de::{DeserializeOwned, IgnoredAny},
};

use super::RelayError;
use crate::{
    authorization::{Authorization, Payment, SignedAuthorization, SignedBooking},
    chain::Chain,
    contracts::{telehealth::Telehealth, token::Token},
    signed::SignedAction,
};

/// The largest message in JSON, in bytes. The longest series of bookings fits.
pub const MAX_BYTES: usize = 16 * 1024;

/// A message that one key signed and anybody may send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum SignedMessage {
    /// An action of `consent`, `access` or `telehealth`.
    Action(SignedAction),
    /// A transfer of tokens, or the end of one (EIP-3009).
    Authorization(SignedAuthorization),
    /// A booking, or those of a series, with the transfer that pays for it.
    Booking(Box<SignedBooking>),
}

/// What a message says of itself; only [`SignedMessage::verify`] knows whether it is true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts<'m> {
    /// The contract's name in address books.
    pub contract: &'m str,
    /// The name of what it does there.
    pub name: &'m str,
    /// The chain's id (EIP-155).
    pub chain_id: u64,
    /// Where the contract is.
    pub address: Address,
    /// Who signed. Of a signer's messages to a contract with the same nonce, one can be carried out.
    pub signer: Address,
    /// The nonce.
    pub nonce: B256,
    /// The last second since the epoch at which it can be sent, if there is one.
    pub last_second: Option<u64>,
}

/// Tells kinds apart.
#[derive(Deserialize)]
struct Probe {
    authorization: Option<IgnoredAny>,
    booking: Option<IgnoredAny>,
    bookings: Option<IgnoredAny>,
}

impl SignedMessage {
    /// Reads a message of any kind: what a command with `--sign-to` wrote.
    ///
    /// # Errors
    /// [`RelayError::TooLarge`], [`RelayError::Malformed`]
    pub fn parse(json: &[u8]) -> Result<Self, RelayError> {
        if json.len() > MAX_BYTES {
            return Err(RelayError::TooLarge { size: json.len() });
        }
        let Probe {
            authorization,
            booking,
            bookings,
        } = read(json, "signed_action_malformed")?;
        if booking.is_some() || bookings.is_some() {
            Ok(Self::Booking(read(json, "authorization_malformed")?))
        } else if authorization.is_some() {
            Ok(Self::Authorization(read(json, "authorization_malformed")?))
        } else {
            Ok(Self::Action(read(json, "signed_action_malformed")?))
        }
    }

    /// What it says of itself.
    pub fn facts(&self) -> Facts<'_> {
        match self {
            Self::Action(action) => Facts {
                contract: &action.contract,
                name: &action.message,
                chain_id: action.chain_id,
                address: action.address,
                signer: action.signer,
                nonce: action.nonce.into(),
                last_second: Some(action.deadline.saturating_to()),
            },
            Self::Authorization(signed) => {
                let (name, payment) = match &signed.authorization {
                    Authorization::Transfer(payment) => ("transferWithAuthorization", Some(payment)),
                    Authorization::Receive(payment) => ("receiveWithAuthorization", Some(payment)),
                    Authorization::Cancel(_) => ("cancelAuthorization", None),
                };
                Facts {
                    contract: Token::NAME,
                    name,
                    chain_id: signed.chain_id,
                    address: signed.address,
                    signer: signed.authorization.signer(),
                    nonce: signed.authorization.nonce(),
                    last_second: payment.and_then(Payment::last_second),
                }
            }
            Self::Booking(signed) => Facts {
                contract: Telehealth::NAME,
                name: signed.message(),
                chain_id: signed.chain_id(),
                address: signed.escrow(),
                signer: signed.patient(),
                nonce: signed.id(),
                last_second: Some(signed.last_second()),
            },
        }
    }

    /// The call that carries it out, whoever sends it.
    pub fn to_call(&self) -> Vec<u8> {
        match self {
            Self::Action(action) => action.to_call().abi_encode(),
            Self::Authorization(signed) => signed.to_call(),
            Self::Booking(signed) => signed.to_call(),
        }
    }

    /// Refuses what its signer did not sign; answers what was signed, the digest of EIP-712.
    ///
    /// # Errors
    /// [`RelayError::Signed`], [`RelayError::Authorization`]; for a token, what asking it can fail with.
    pub async fn verify(&self, chain: &Chain) -> Result<B256, RelayError> {
        match self {
            Self::Action(action) => Ok(action.verify()?.digest(action.nonce, action.deadline)),
            Self::Authorization(signed) => Ok(signed.verify(&Token::new(chain.clone(), signed.address)).await?),
            Self::Booking(signed) => Ok(signed.verify(&Telehealth::new(chain.clone(), signed.escrow())).await?),
        }
    }
}

fn read<T: DeserializeOwned>(json: &[u8], code: &'static str) -> Result<T, RelayError> {
    serde_json::from_slice(json).map_err(|error| RelayError::Malformed {
        code,
        reason: error.to_string(),
    })
}

#[cfg(test)]
mod tests;
