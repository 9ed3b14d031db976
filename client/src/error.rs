//! One error type over all areas, with what a program or a person needs to act on it.
//!
//! Each area has an enum of its own (`NetworkError`, `KeystoreError`, ...) that implements [`Fault`]; [`Error`] gathers
//! them and forwards.

use std::{io, process::ExitCode};

use crate::{
    access::AccessError,
    audit::AuditError,
    authorization::AuthorizationError,
    batch::RecordError,
    chain::ChainError,
    consents::ConsentError,
    contracts::ContractError,
    fhir::{FhirError, visit::VisitError},
    guard::GuardError,
    indexer::IndexError,
    keystore::KeystoreError,
    network::{NetworkError, address_book::AddressBookError},
    openings::OpeningError,
    receipt::ReceiptError,
    relayer::RelayError,
    signed::SignedError,
    story::StoryError,
    vault::VaultError,
    wallet::WalletError,
};

/// What the program exits with. The numbers are part of the command line's interface (`docs/cli.md`) and never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// The command did what it was asked.
    Success = 0,
    /// A contract or the chain refused, or something failed that no other code names.
    Failure = 1,
    /// The arguments are wrong.
    Usage = 2,
    /// The network is unknown or its RPC does not answer.
    Network = 3,
    /// The RPC answers for another chain than the one configured.
    WrongChain = 4,
    /// A key file is missing or damaged, or the password is wrong.
    Keystore = 5,
    /// The contracts are not deployed on this network.
    NotDeployed = 6,
    /// An input document (FHIR, JSON) is malformed.
    Document = 7,
    /// The database of the index, or of the relayer, cannot be used.
    Database = 8,
    /// A decision could not be recorded in the audit log, and is not given.
    Audit = 9,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// What every area's error tells about itself.
pub trait Fault: std::error::Error {
    /// A stable name in `snake_case` for programs, e.g. `wrong_password`.
    fn code(&self) -> &'static str;
    /// The program's exit code for it.
    fn exit(&self) -> Exit;
    /// What the user can do about it, if there is something to say.
    fn hint(&self) -> Option<String> {
        None
    }
    /// Whether the same request may succeed later without a change.
    fn is_retryable(&self) -> bool {
        false
    }
}

/// Any error of the client.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Arguments that contradict each other or name nothing.
    #[error("{0}")]
    Usage(String),
    /// Finding or describing a network.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// Keys and passwords.
    #[error(transparent)]
    Keystore(#[from] KeystoreError),
    /// Wallets and their relationships.
    #[error(transparent)]
    Wallet(#[from] WalletError),
    /// Sealing and opening.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// Reading a FHIR document.
    #[error(transparent)]
    Fhir(#[from] FhirError),
    /// Writing a visit as FHIR.
    #[error(transparent)]
    Visit(#[from] VisitError),
    /// Starting the embedded chain.
    #[cfg(feature = "devchain")]
    #[error(transparent)]
    Devnet(#[from] crate::devnet::DevnetError),
    /// Talking to the chain.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// What is deployed where.
    #[error(transparent)]
    AddressBook(#[from] AddressBookError),
    /// Calling a contract.
    #[error(transparent)]
    Contract(#[from] ContractError),
    /// Giving consent, and asking by it.
    #[error(transparent)]
    Consent(#[from] ConsentError),
    /// Actions that one signs and another sends.
    #[error(transparent)]
    Signed(#[from] SignedError),
    /// Transfers of tokens that one signs and another sends.
    #[error(transparent)]
    Authorization(#[from] AuthorizationError),
    /// Sending such messages for others.
    #[error(transparent)]
    Relay(#[from] RelayError),
    /// What opens commitments.
    #[error(transparent)]
    Opening(#[from] OpeningError),
    /// Credentials, access beside consent, and logs of it.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// Recording decisions.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// Guarding data by consents.
    #[error(transparent)]
    Guard(#[from] GuardError),
    /// Issuing a consent's receipt, or verifying one.
    #[error(transparent)]
    Receipt(#[from] ReceiptError),
    /// Records, batches of them, and their proofs.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// Indexing the chain, or asking the index.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The story.
    #[error(transparent)]
    Story(#[from] StoryError),
    /// Simulating consultations.
    #[cfg(feature = "devchain")]
    #[error(transparent)]
    Simulation(#[from] crate::simulation::SimulationError),
    /// Writing the result failed, e.g. because the reader of a pipe is gone.
    #[error("cannot write the result: {0}")]
    Output(#[from] io::Error),
}

impl Error {
    fn area(&self) -> Option<&dyn Fault> {
        match self {
            Self::Network(error) => Some(error),
            Self::Keystore(error) => Some(error),
            Self::Wallet(error) => Some(error),
            Self::Vault(error) => Some(error),
            Self::Fhir(error) => Some(error),
            Self::Visit(error) => Some(error),
            Self::Index(error) => Some(error),
            Self::Story(error) => Some(error),
            #[cfg(feature = "devchain")]
            Self::Simulation(error) => Some(error),
            #[cfg(feature = "devchain")]
            Self::Devnet(error) => Some(error),
            Self::Chain(error) => Some(error),
            Self::AddressBook(error) => Some(error),
            Self::Contract(error) => Some(error),
            Self::Consent(error) => Some(error),
            Self::Signed(error) => Some(error),
            Self::Authorization(error) => Some(error),
            Self::Relay(error) => Some(error),
            Self::Opening(error) => Some(error),
            Self::Access(error) => Some(error),
            Self::Audit(error) => Some(error),
            Self::Guard(error) => Some(error),
            Self::Receipt(error) => Some(error),
            Self::Record(error) => Some(error),
            Self::Usage(_) | Self::Output(_) => None,
        }
    }
}

impl Fault for Error {
    fn code(&self) -> &'static str {
        match self {
            Self::Usage(_) => "usage",
            Self::Output(_) => "output",
            other => other.area().map_or("failure", Fault::code),
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Usage(_) => Exit::Usage,
            Self::Output(_) => Exit::Failure,
            other => other.area().map_or(Exit::Failure, Fault::exit),
        }
    }

    fn hint(&self) -> Option<String> {
        self.area().and_then(Fault::hint)
    }

    fn is_retryable(&self) -> bool {
        self.area().is_some_and(Fault::is_retryable)
    }
}
