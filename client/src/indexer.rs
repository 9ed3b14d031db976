//! The index: finalized blocks of a chain in a database that can be asked.

mod abi;
mod catalogue;
mod error;
mod fetch;
mod layout;
mod log;
mod project;
mod run;
mod runtime;
mod source;
mod store;
#[cfg(test)]
mod testing;

pub use abi::{AbiError, ContractAbi, Decoded, EventAbi, Undecoded};
pub use catalogue::{Catalogue, CatalogueError};
pub use error::IndexError;
pub use fetch::{Fetched, Fetcher};
pub use log::{Block, RawLog};
pub use project::ProjectionError;
pub use run::{Extent, Indexer, Progress, Summary};
pub use runtime::{EventReader, RuntimeError};
pub use source::{Head, Patience, Source, SourceError};
pub use store::{
    AccessLog, AccessRequest, AnchoredBatch, Balance, BalanceFilter, Batch, Checkpoint, Consent, ConsentFilter,
    ConsentStep, ContractStatus, Credential, CredentialFilter, CredentialStep, Cursor, Delegation, DelegationFilter,
    DelegationStep, Emergency, EmergencyFilter, Event, EventFilter, Followed, IndexedLog, Issuer, IssuerFilter,
    IssuerStep, Location, LogFilter, Reader, Record, RecordFilter, RecordVersion, RequestFilter, SafeguardFilter,
    Safeguards, Status, Store, StoreError, Subject, SubjectFilter, Succession, SuccessionFilter, TableRows, Visit,
    VisitFilter, VisitStep, Withdrawal, WithdrawalFilter,
};
pub(crate) use store::{Schema, WriterLock, integer};
