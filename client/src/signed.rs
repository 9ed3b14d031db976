//! Actions that one key signs and another account sends: whoever acts needs no coins, and need not be seen by the chain.
//!
//! What is signed is typed data (EIP-712), as the contracts' `actBySig` describes it: the type is the message's name with a capital
//! and its parameters, with `uint256 nonce` and `uint256 deadline` at the end. It is derived from the contract's ABI here, and
//! by the contract from its source. docs/signed-actions.md has the file's format.

use std::{io, path::PathBuf};

use alloy_core::{
    json_abi::{Function, JsonAbi},
    primitives::{Address, B256, Bytes, U256, keccak256},
    sol_types::{Eip712Domain, SolCall},
};
use salus_core::signed::{struct_hash, wrapped};
use serde::{Deserialize, Serialize};

use crate::{
    chain::{Chain, Message, Receipt, SubmitOptions},
    contracts::{ContractError, artifact, consent::IConsent::actBySigCall},
    error::{Exit, Fault},
    keystore::SigningKey,
};

pub(crate) mod recover;

/// The version of the file's format.
const SCHEMA_VERSION: u32 = 1;

/// Why a signed action cannot be made or used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignedError {
    /// The file cannot be read or written.
    #[error("cannot access {}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file holds no signed action and no authorization.
    #[error("{}: it holds nothing that was signed: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// It is of a version that this program does not know.
    #[error("schema_version: {0} is not known")]
    Version(u32),
    /// It is for a contract that takes none.
    #[error("contract: `{0}` takes no signed actions")]
    Contract(String),
    /// It is a call of no message that can be signed.
    #[error("call: no message of `{contract}` that can be signed begins with {selector}")]
    Call {
        /// The contract.
        contract: String,
        /// How the call begins.
        selector: String,
    },
    /// It is not the signer's signature over this call.
    #[error("signature: it is not {signer}'s over this call, on this chain, for this contract")]
    Signature {
        /// Whose it should be.
        signer: Address,
    },
    /// It is for another chain or contract than the one that is met.
    #[error("{field}: it is for {found}, and this is {expected}")]
    Elsewhere {
        /// Which of the two.
        field: &'static str,
        /// What it is for.
        found: String,
        /// What is met.
        expected: String,
    },
    /// It lets somebody else do something, or something else be done.
    #[error("{field}: it was signed for {found}, not for {expected}")]
    ForAnother {
        /// Which part of it.
        field: &'static str,
        /// What it is for.
        found: String,
        /// What it was to be used for.
        expected: String,
    },
    /// The chain or the contract refused it.
    #[error(transparent)]
    Contracts(#[from] ContractError),
}

impl Fault for SignedError {
    fn code(&self) -> &'static str {
        match self {
            Self::File { .. } => "file_io",
            Self::Malformed { .. } | Self::Version(_) | Self::Contract(_) | Self::Call { .. } => {
                "signed_action_malformed"
            }
            Self::Signature { .. } => "signature_invalid",
            Self::Elsewhere { .. } => "signed_for_another_chain",
            Self::ForAnother { .. } => "signed_for_another",
            Self::Contracts(error) => error.code(),
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Malformed { .. }
            | Self::Version(_)
            | Self::Contract(_)
            | Self::Call { .. }
            | Self::Signature { .. } => Exit::Document,
            Self::File { .. } | Self::ForAnother { .. } => Exit::Failure,
            Self::Elsewhere { .. } => Exit::WrongChain,
            Self::Contracts(error) => error.exit(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Contracts(error) => error.hint(),
            _ => None,
        }
    }

    fn is_retryable(&self) -> bool {
        matches!(self, Self::Contracts(error) if error.is_retryable())
    }
}

/// What is to be done, and where.
#[derive(Debug, Clone)]
pub struct Action {
    contract: &'static str,
    chain_id: u64,
    address: Address,
    function: Function,
    call: Vec<u8>,
}

/// An action with its signature. It is no secret: whoever has it can send it, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedAction {
    /// The format's version.
    pub schema_version: u32,
    /// The contract's name in address books.
    pub contract: String,
    /// The chain's id (EIP-155).
    pub chain_id: u64,
    /// Where the contract is.
    pub address: Address,
    /// Whose action it is.
    pub signer: Address,
    /// The message's name, for people.
    pub message: String,
    /// The call, as the signer would send it.
    pub call: Bytes,
    /// Which of the signer's nonces it uses.
    pub nonce: U256,
    /// The last second since the epoch at which it can be sent.
    pub deadline: U256,
    /// 27 or 28 with a signature by secp256k1; the public key, with one by sr25519.
    pub v: U256,
    /// The first half of the signature.
    pub r: B256,
    /// The second half of the signature.
    pub s: B256,
}

impl Action {
    /// A call of a contract, by its name in address books, that is at an address on a chain.
    ///
    /// # Errors
    /// [`SignedError::Contract`], [`SignedError::Call`].
    pub fn new(contract: &str, chain_id: u64, address: Address, call: &impl SolCall) -> Result<Self, SignedError> {
        Self::of_bytes(contract, chain_id, address, call.abi_encode())
    }

    pub(crate) fn of_bytes(
        contract: &str,
        chain_id: u64,
        address: Address,
        call: Vec<u8>,
    ) -> Result<Self, SignedError> {
        let artifact = artifact(contract).ok_or_else(|| SignedError::Contract(contract.into()))?;
        // The ABIs are the build's own, which the tests read.
        let abi: JsonAbi = serde_json::from_str(artifact.abi).map_err(|_| SignedError::Contract(contract.into()))?;
        if !abi.functions.contains_key("actBySig") {
            return Err(SignedError::Contract(contract.into()));
        }
        let unknown = || SignedError::Call {
            contract: contract.into(),
            selector: Bytes::copy_from_slice(call.get(..4).unwrap_or(&call)).to_string(),
        };
        let function = call.first_chunk::<4>().and_then(|selector| {
            let mut functions = abi.functions();
            functions
                .find(|function| function.selector() == *selector && is_signable(function))
                .cloned()
        });
        let function = function.ok_or_else(unknown)?;
        if call.len() != 4 + 32 * function.inputs.len() {
            return Err(unknown());
        }
        Ok(Self {
            contract: artifact.name,
            chain_id,
            address,
            function,
            call,
        })
    }

    /// The type that is signed, as EIP-712 writes it.
    pub fn encode_type(&self) -> String {
        let parameters: String = self
            .function
            .inputs
            .iter()
            .map(|input| format!("{} {},", input.ty, input.name))
            .collect();
        format!(
            "{}({parameters}uint256 nonce,uint256 deadline)",
            capital(&self.function.name)
        )
    }

    /// What is signed: the digest of EIP-712.
    pub fn digest(&self, nonce: U256, deadline: U256) -> B256 {
        let domain = Eip712Domain::new(
            Some(format!("Salus {}", capital(self.contract)).into()),
            Some(salus_core::signed::DOMAIN_VERSION.into()),
            Some(U256::from(self.chain_id)),
            Some(self.address),
            None,
        );
        let type_hash = keccak256(self.encode_type());
        let [nonce, deadline] =
            [nonce, deadline].map(|number| salus_core::signed::U256::from_big_endian(&number.to_be_bytes::<32>()));
        let keccak = |bytes: &[u8]| keccak256(bytes).0;
        let hash = struct_hash(&type_hash.0, &self.call[4..], &nonce, &deadline, keccak);
        salus_core::eip712::digest(&domain.separator().0, &hash, keccak).into()
    }

    /// Signs it, with a nonce that is drawn at random: of 2^256, none is drawn twice.
    pub fn sign(&self, key: &SigningKey, deadline: U256) -> SignedAction {
        self.sign_with_nonce(key, U256::from_be_bytes(rand::random::<[u8; 32]>()), deadline)
    }

    /// Signs it with this nonce. One that other actions share lets one of them be sent, and no more.
    pub fn sign_with_nonce(&self, key: &SigningKey, nonce: U256, deadline: U256) -> SignedAction {
        let (v, r, s) = sign_digest(key, &self.digest(nonce, deadline));
        SignedAction {
            schema_version: SCHEMA_VERSION,
            contract: self.contract.into(),
            chain_id: self.chain_id,
            address: self.address,
            signer: key.account().address(),
            message: self.function.name.clone(),
            call: self.call.clone().into(),
            nonce,
            deadline,
            v,
            r,
            s,
        }
    }
}

/// A digest's signature, as contracts take it: 27 or 28 and the halves of one by secp256k1; the public key and the halves of one by
/// sr25519.
pub(crate) fn sign_digest(key: &SigningKey, digest: &B256) -> (U256, B256, B256) {
    let (v, signature) = match key {
        SigningKey::Ethereum(pair) => {
            let signature = pair.sign_prehashed(&digest.0).0;
            (U256::from(signature[64] % 27 + 27), signature[..64].to_vec())
        }
        SigningKey::Sr25519(pair) => {
            let signature = pair.sign(&wrapped(&digest.0)).0;
            (U256::from_be_bytes(pair.public_key().0), signature.to_vec())
        }
    };
    (
        v,
        B256::from_slice(&signature[..32]),
        B256::from_slice(&signature[32..]),
    )
}

impl SignedAction {
    /// What was signed, if the signature is the signer's.
    ///
    /// # Errors
    /// [`SignedError::Version`], [`SignedError::Contract`], [`SignedError::Call`], [`SignedError::Signature`].
    pub fn verify(&self) -> Result<Action, SignedError> {
        if self.schema_version != SCHEMA_VERSION {
            return Err(SignedError::Version(self.schema_version));
        }
        let action = Action::of_bytes(&self.contract, self.chain_id, self.address, self.call.to_vec())?;
        let digest = action.digest(self.nonce, self.deadline);
        let recovered = recover::signer(&digest, self.v, &self.r, &self.s);
        if recovered != Some(self.signer) || action.function.name != self.message {
            return Err(SignedError::Signature { signer: self.signer });
        }
        Ok(action)
    }

    /// The call that carries it out.
    pub fn to_call(&self) -> actBySigCall {
        actBySigCall {
            signer: self.signer,
            call: self.call.clone(),
            nonce: self.nonce,
            deadline: self.deadline,
            v: self.v,
            r: self.r,
            s: self.s,
        }
    }

    /// Sends it, as `key`, which pays. `address` is where the contract is that is meant. It is verified and tried first:
    /// what would be refused is not sent.
    ///
    /// # Errors
    /// Those of [`SignedAction::verify`], [`SignedError::Elsewhere`], and what the contract or the
    /// chain refuses.
    pub async fn relay(
        &self,
        chain: &Chain,
        address: Address,
        key: &SigningKey,
        options: SubmitOptions,
    ) -> Result<Receipt, SignedError> {
        self.verify()?;
        let elsewhere = |field, found: String, expected: String| SignedError::Elsewhere { field, found, expected };
        if self.chain_id != chain.chain_id() {
            return Err(elsewhere(
                "chain_id",
                self.chain_id.to_string(),
                chain.chain_id().to_string(),
            ));
        }
        if self.address != address {
            return Err(elsewhere("address", self.address.to_string(), address.to_string()));
        }
        let message = Message::call(address, self.to_call().abi_encode());
        Ok(chain
            .submit(key, &message, options)
            .await
            .map_err(ContractError::from)?)
    }
}

/// Whether a message can be signed: those that change something, and take one word an argument.
fn is_signable(function: &Function) -> bool {
    let is_view = matches!(
        function.state_mutability,
        alloy_core::json_abi::StateMutability::View | alloy_core::json_abi::StateMutability::Pure
    );
    let takes_words = function
        .inputs
        .iter()
        .all(|input| !["bytes", "string", "tuple"].contains(&input.ty.as_str()) && !input.ty.ends_with(']'));
    !is_view && takes_words
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
