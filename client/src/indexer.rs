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
    AnchoredBatch, Balance, BalanceFilter, Batch, Checkpoint, Consent, ConsentFilter, ConsentStep, ContractStatus,
    Cursor, Event, EventFilter, Followed, IndexedLog, Location, Reader, Record, RecordFilter, RecordVersion, Status,
    Store, StoreError, Subject, SubjectFilter, TableRows, Visit, VisitFilter, VisitStep, Withdrawal, WithdrawalFilter,
};
