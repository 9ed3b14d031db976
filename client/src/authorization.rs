//! Transfers of tokens by signature (EIP-3009): a holder signs, and needs no coins; anybody sends, or the payee alone.
//!
//! docs/token.md has the format of the file that they are handed on in.

mod booking;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use alloy_core::{
    primitives::{Address, B256, U256, keccak256},
    sol_types::{Eip712Domain, SolCall},
};
use salus_core::{
    eip712,
    telehealth::SeriesError,
    token::authorization::{self, RECEIVE_TYPE_HASH, TRANSFER_TYPE_HASH},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

pub use booking::SignedBooking;

use crate::{
    chain::{Receipt, SubmitOptions},
    contracts::{
        ContractError,
        token::{IToken, Token},
    },
    error::{Exit, Fault},
    files::{self, Access},
    keystore::SigningKey,
    signed::{recover, sign_digest},
};

/// The version of the file's format.
const SCHEMA_VERSION: u32 = 1;
/// In both ends, it makes them numbers of blocks, as in OpenZeppelin's `ERC3009`.
const BLOCK_RANGE_FLAG: u64 = 1 << 47;

/// Why an authorization cannot be made or used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuthorizationError {
    /// The file cannot be read or written.
    #[error("cannot access {}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file holds no authorization.
    #[error("{}: it is no authorization: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// It is of a version that this program does not know.
    #[error("schema_version: {0} is not known")]
    Version(u32),
    /// EIP-3009 knows Ethereum's keys alone.
    #[error("{0} has an sr25519 key, and transfers are authorized by secp256k1 keys only")]
    KeyKind(Address),
    /// It is not the signer's signature over this.
    #[error("signature: it is not {signer}'s over this, on this chain, for this token")]
    Signature {
        /// Whose it should be.
        signer: Address,
    },
    /// It is for another chain, token or escrow than the one that is met.
    #[error("{field}: it is for {found}, and this is {expected}")]
    Elsewhere {
        /// Which of them.
        field: &'static str,
        /// What it is for.
        found: String,
        /// What is met.
        expected: String,
    },
    /// It pays something else than the booking that it comes with.
    #[error("payment: its {0} is not the booking's")]
    OtherPayment(&'static str),
    /// It holds no booking.
    #[error("booking: it is none")]
    NoBooking,
    /// The bookings are no series.
    #[error("bookings: {0}")]
    Series(#[from] SeriesError),
    /// Only tokens know signatures.
    #[error("token: native coin is not paid by a signature")]
    NativeCoin,
    /// The chain or the contract refused it.
    #[error(transparent)]
    Contract(#[from] ContractError),
}

impl Fault for AuthorizationError {
    fn code(&self) -> &'static str {
        match self {
            Self::File { .. } => "file_io",
            Self::Malformed { .. } | Self::Version(_) | Self::OtherPayment(_) | Self::NoBooking | Self::Series(_) => {
                "authorization_malformed"
            }
            Self::NativeCoin => "native_coin",
            Self::KeyKind(_) => "key_kind",
            Self::Signature { .. } => "signature_invalid",
            Self::Elsewhere { .. } => "signed_for_another_chain",
            Self::Contract(error) => error.code(),
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::File { .. } => Exit::Failure,
            Self::Malformed { .. }
            | Self::Version(_)
            | Self::OtherPayment(_)
            | Self::NoBooking
            | Self::Series(_)
            | Self::Signature { .. } => Exit::Document,
            Self::KeyKind(_) | Self::NativeCoin => Exit::Usage,
            Self::Elsewhere { .. } => Exit::WrongChain,
            Self::Contract(error) => error.exit(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::KeyKind(_) => Some("`salus account new NAME --kind ethereum` makes a key that can".into()),
            Self::Contract(error) => error.hint(),
            _ => None,
        }
    }

    fn is_retryable(&self) -> bool {
        matches!(self, Self::Contract(error) if error.is_retryable())
    }
}

/// What a holder of tokens agrees to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authorization {
    /// A transfer that anybody may hand in.
    Transfer(Payment),
    /// A transfer that its payee alone hands in.
    Receive(Payment),
    /// That a transfer is not carried out.
    Cancel(Cancellation),
}

/// A transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payment {
    /// Whose tokens.
    pub from: Address,
    /// To whom.
    pub to: Address,
    /// How many, in the smallest unit.
    pub value: U256,
    /// The last second since the epoch at which it is too early.
    pub valid_after: u64,
    /// The first second since the epoch at which it is too late.
    pub valid_before: u64,
    /// Which of the holder's nonces it uses.
    pub nonce: B256,
}

/// The end of a nonce.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cancellation {
    /// Whose nonce.
    pub authorizer: Address,
    /// The nonce.
    pub nonce: B256,
}

/// An authorization with its signature. Whoever has it can do what it says, once, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedAuthorization {
    /// The format's version.
    pub schema_version: u32,
    /// The chain's id (EIP-155).
    pub chain_id: u64,
    /// Where the token is.
    pub address: Address,
    /// What was signed.
    pub authorization: Authorization,
    /// 27 or 28.
    pub v: u8,
    /// The first half of the signature.
    pub r: B256,
    /// The second half of the signature.
    pub s: B256,
}

impl Authorization {
    /// Whose signature counts.
    pub const fn signer(&self) -> Address {
        match self {
            Self::Transfer(payment) | Self::Receive(payment) => payment.from,
            Self::Cancel(cancellation) => cancellation.authorizer,
        }
    }

    /// The nonce that it uses up.
    pub const fn nonce(&self) -> B256 {
        match self {
            Self::Transfer(payment) | Self::Receive(payment) => payment.nonce,
            Self::Cancel(cancellation) => cancellation.nonce,
        }
    }

    /// What is signed: the digest of EIP-712.
    pub fn digest(&self, domain: &Eip712Domain) -> B256 {
        let keccak = |bytes: &[u8]| keccak256(bytes).0;
        let hash = match self {
            Self::Transfer(payment) => payment.struct_hash(&TRANSFER_TYPE_HASH),
            Self::Receive(payment) => payment.struct_hash(&RECEIVE_TYPE_HASH),
            Self::Cancel(Cancellation { authorizer, nonce }) => {
                authorization::cancellation_hash(&core_address(authorizer), &nonce.0, keccak)
            }
        };
        eip712::digest(&domain.separator().0, &hash, keccak).into()
    }

    /// Signs it, for a token.
    ///
    /// # Errors
    /// [`AuthorizationError::KeyKind`], [`AuthorizationError::Signature`] if the key is another account's; what asking the token can
    /// fail with.
    pub async fn sign(self, key: &SigningKey, token: &Token) -> Result<SignedAuthorization, AuthorizationError> {
        let account = key.account().address();
        if matches!(key, SigningKey::Sr25519(_)) {
            return Err(AuthorizationError::KeyKind(account));
        }
        if account != self.signer() {
            return Err(AuthorizationError::Signature { signer: self.signer() });
        }
        let contract = token.contract();
        let (v, r, s) = sign_digest(key, &self.digest(&token.signing_domain().await?));
        Ok(SignedAuthorization {
            schema_version: SCHEMA_VERSION,
            chain_id: contract.chain().chain_id(),
            address: contract.address(),
            authorization: self,
            // 27 or 28.
            v: v.to(),
            r,
            s,
        })
    }
}

impl Payment {
    /// The last second since the epoch at which it can be sent; `None` if its ends are numbers of blocks.
    pub const fn last_second(&self) -> Option<u64> {
        if self.valid_after & self.valid_before & BLOCK_RANGE_FLAG == 0 {
            Some(self.valid_before.saturating_sub(1))
        } else {
            None
        }
    }

    fn struct_hash(&self, type_hash: &[u8; 32]) -> [u8; 32] {
        let [value, after, before] = [self.value, U256::from(self.valid_after), U256::from(self.valid_before)]
            .map(|number| salus_core::token::U256::from_big_endian(&number.to_be_bytes::<32>()));
        let authorization = authorization::Authorization {
            from: &core_address(&self.from),
            to: &core_address(&self.to),
            value: &value,
            valid_after: &after,
            valid_before: &before,
            nonce: &self.nonce.0,
        };
        authorization.struct_hash(type_hash, |bytes| keccak256(bytes).0)
    }
}

impl SignedAuthorization {
    /// Reads it from a file.
    ///
    /// # Errors
    /// [`AuthorizationError::File`], [`AuthorizationError::Malformed`], [`AuthorizationError::Version`]
    pub fn load(path: &Path) -> Result<Self, AuthorizationError> {
        let signed: Self = load(path)?;
        if signed.schema_version == SCHEMA_VERSION {
            Ok(signed)
        } else {
            Err(AuthorizationError::Version(signed.schema_version))
        }
    }

    /// Writes it to a new file. One that is there is not replaced: it may not have been handed in yet.
    ///
    /// # Errors
    /// [`AuthorizationError::File`]
    pub fn save(&self, path: &Path) -> Result<(), AuthorizationError> {
        save(self, path)
    }

    /// Refuses what is for another chain or token, and what its signer did not sign. Answers the digest that was signed.
    ///
    /// # Errors
    /// [`AuthorizationError::Version`], [`AuthorizationError::Elsewhere`], [`AuthorizationError::Signature`]; what asking the token can
    /// fail with.
    pub async fn verify(&self, token: &Token) -> Result<B256, AuthorizationError> {
        if self.schema_version != SCHEMA_VERSION {
            return Err(AuthorizationError::Version(self.schema_version));
        }
        let elsewhere =
            |field, found: String, expected: String| AuthorizationError::Elsewhere { field, found, expected };
        let (chain_id, address) = (token.contract().chain().chain_id(), token.contract().address());
        if self.chain_id != chain_id {
            return Err(elsewhere("chain_id", self.chain_id.to_string(), chain_id.to_string()));
        }
        if self.address != address {
            return Err(elsewhere("address", self.address.to_string(), address.to_string()));
        }
        let digest = self.authorization.digest(&token.signing_domain().await?);
        let signer = self.authorization.signer();
        if recover::signer(&digest, U256::from(self.v), &self.r, &self.s) == Some(signer) {
            Ok(digest)
        } else {
            Err(AuthorizationError::Signature { signer })
        }
    }

    /// Hands it in, as `key`, which pays, and has to be the payee where that is demanded. It is verified and tried first: what would
    /// be refused is not sent.
    ///
    /// # Errors
    /// Those of [`SignedAuthorization::verify`], and what the contract or the chain refuses.
    pub async fn submit(
        &self,
        token: &Token,
        key: &SigningKey,
        options: SubmitOptions,
    ) -> Result<Receipt, AuthorizationError> {
        self.verify(token).await?;
        Ok(token.contract().send_encoded(key, self.to_call(), options).await?)
    }

    /// The call that carries it out.
    pub fn to_call(&self) -> Vec<u8> {
        let Self { v, r, s, .. } = *self;
        match &self.authorization {
            Authorization::Transfer(payment) => IToken::transferWithAuthorizationCall {
                from: payment.from,
                to: payment.to,
                value: payment.value,
                validAfter: U256::from(payment.valid_after),
                validBefore: U256::from(payment.valid_before),
                nonce: payment.nonce,
                v,
                r,
                s,
            }
            .abi_encode(),
            Authorization::Receive(payment) => IToken::receiveWithAuthorizationCall {
                from: payment.from,
                to: payment.to,
                value: payment.value,
                validAfter: U256::from(payment.valid_after),
                validBefore: U256::from(payment.valid_before),
                nonce: payment.nonce,
                v,
                r,
                s,
            }
            .abi_encode(),
            Authorization::Cancel(Cancellation { authorizer, nonce }) => IToken::cancelAuthorizationCall {
                authorizer: *authorizer,
                nonce: *nonce,
                v,
                r,
                s,
            }
            .abi_encode(),
        }
    }
}

fn load<T: DeserializeOwned>(path: &Path) -> Result<T, AuthorizationError> {
    let json = fs::read(path).map_err(|source| AuthorizationError::File {
        path: path.into(),
        source,
    })?;
    serde_json::from_slice(&json).map_err(|error| AuthorizationError::Malformed {
        path: path.into(),
        reason: error.to_string(),
    })
}

fn save(signed: &impl Serialize, path: &Path) -> Result<(), AuthorizationError> {
    files::create_json(path, signed, Access::Private).map_err(|source| AuthorizationError::File {
        path: path.into(),
        source,
    })
}

fn core_address(address: &Address) -> salus_core::token::Address {
    salus_core::token::Address::from(address.into_array())
}
