//! The registry of anchored records and batches: who may write what. Storage is whoever calls.
//!
//! Every function reads and writes a fixed number of entries.

use core::fmt;

use super::{
    chain::{RecordStatus, RecordVersion, VersionError, next_version},
    merkle::{self, leaf_hash},
};
use crate::hash::Hash;

/// A 20-byte address.
pub type Address = [u8; 20];

/// A record: who writes it, and how far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// Who anchored it, and alone may add to it.
    pub author: Address,
    /// The number of its latest version. The first is number 1.
    pub latest: u32,
}

/// Many commitments under one root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
    /// How many leaves the tree has.
    pub leaf_count: u64,
    /// Whatever the author finds the leaves by, off chain.
    pub reference: [u8; 32],
    /// When it was anchored, in seconds since the epoch.
    pub anchored_at: u64,
}

/// What the registry is stored in.
pub trait Registry {
    /// What a refusal becomes: an error, or, where it ends everything at once, nothing.
    type Refusal: From<RegistryError>;

    /// A record.
    fn record(&self, id: &Hash) -> Option<Record>;
    /// Sets a record.
    fn set_record(&mut self, id: &Hash, record: &Record);
    /// A version of a record.
    fn version(&self, id: &Hash, number: u32) -> Option<RecordVersion>;
    /// Sets a version of a record.
    fn set_version(&mut self, id: &Hash, number: u32, version: &RecordVersion);
    /// Which record a commitment was anchored for.
    fn committed(&self, commitment: &Hash) -> Option<Hash>;
    /// Sets which record a commitment is anchored for.
    fn set_committed(&mut self, commitment: &Hash, id: &Hash);
    /// An author's batch with this root.
    fn batch(&self, author: &Address, root: &Hash) -> Option<Batch>;
    /// Sets an author's batch.
    fn set_batch(&mut self, author: &Address, root: &Hash, batch: &Batch);
}

/// Why the registry refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegistryError {
    /// The record of 32 zero bytes stands for none.
    InvalidRecord,
    /// The commitment of 32 zero bytes commits to nothing.
    InvalidCommitment,
    /// Somebody has anchored a record with this identifier before.
    RecordAlreadyAnchored(Hash),
    /// The commitment, the first, was anchored for a record, the second, before.
    CommitmentAlreadyAnchored(Hash, Hash),
    /// There is no such record.
    UnknownRecord(Hash),
    /// There is no such version of the record.
    UnknownVersion(Hash, u32),
    /// Only the record's author may do that.
    NotAuthor(Hash, Address),
    /// The record's chain of versions does not allow that.
    Version(Hash, VersionError),
    /// The root of 32 zero bytes is the root of no tree.
    InvalidRoot,
    /// A batch has leaves.
    EmptyBatch(Hash),
    /// This author has anchored a batch with this root before.
    BatchAlreadyAnchored(Address, Hash),
}

impl fmt::Display for RegistryError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidRecord => formatter.write_str("the zero record identifier stands for none"),
            Self::InvalidCommitment => formatter.write_str("the zero commitment commits to nothing"),
            Self::RecordAlreadyAnchored(_) => formatter.write_str("the record is anchored already"),
            Self::CommitmentAlreadyAnchored(..) => formatter.write_str("the commitment is anchored already"),
            Self::UnknownRecord(_) => formatter.write_str("there is no such record"),
            Self::UnknownVersion(_, version) => write!(formatter, "the record has no version {version}"),
            Self::NotAuthor(..) => formatter.write_str("only the record's author may do that"),
            Self::Version(_, error) => error.fmt(formatter),
            Self::InvalidRoot => formatter.write_str("the zero root is the root of no tree"),
            Self::EmptyBatch(_) => formatter.write_str("a batch has leaves"),
            Self::BatchAlreadyAnchored(..) => formatter.write_str("the author has anchored this batch already"),
        }
    }
}

impl core::error::Error for RegistryError {}

/// Anchors the first version of a record, whose author is `caller`.
///
/// # Errors
/// [`RegistryError::InvalidRecord`], [`RegistryError::InvalidCommitment`], [`RegistryError::RecordAlreadyAnchored`],
/// [`RegistryError::CommitmentAlreadyAnchored`].
pub fn anchor<R: Registry>(
    registry: &mut R,
    caller: &Address,
    now: u64,
    id: &Hash,
    commitment: &Hash,
) -> Result<(), R::Refusal> {
    if id == &[0; 32] {
        return Err(RegistryError::InvalidRecord.into());
    }
    if registry.record(id).is_some() {
        return Err(RegistryError::RecordAlreadyAnchored(*id).into());
    }
    put(
        registry,
        id,
        &Record {
            author: *caller,
            latest: 1,
        },
        commitment,
        now,
    )
}

/// Anchors a new version of a record, which names its predecessor; answers its number.
///
/// # Errors
/// [`RegistryError::UnknownRecord`], [`RegistryError::NotAuthor`], [`RegistryError::Version`] if `previous` is not the
/// latest version, [`RegistryError::InvalidCommitment`], [`RegistryError::CommitmentAlreadyAnchored`].
pub fn add_version<R: Registry>(
    registry: &mut R,
    caller: &Address,
    now: u64,
    id: &Hash,
    previous: u32,
    commitment: &Hash,
) -> Result<u32, R::Refusal> {
    let record = only_author(registry, caller, id)?;
    let latest = next_version(record.latest, previous).map_err(|error| RegistryError::Version(*id, error))?;
    put(registry, id, &Record { latest, ..record }, commitment, now)?;
    Ok(latest)
}

/// Flags a version of a record as wrong. It stays readable.
///
/// # Errors
/// [`RegistryError::UnknownRecord`], [`RegistryError::NotAuthor`], [`RegistryError::UnknownVersion`],
/// [`RegistryError::Version`] if it is flagged already.
pub fn enter_in_error<R: Registry>(
    registry: &mut R,
    caller: &Address,
    id: &Hash,
    number: u32,
) -> Result<(), R::Refusal> {
    only_author(registry, caller, id)?;
    let version = registry
        .version(id, number)
        .ok_or_else(|| RegistryError::UnknownVersion(*id, number))?;
    let flagged = version
        .enter_in_error()
        .map_err(|error| RegistryError::Version(*id, error))?;
    registry.set_version(id, number, &flagged);
    Ok(())
}

/// What can be said of a commitment that is claimed to be a version of a record.
pub fn verify(registry: &impl Registry, id: &Hash, number: u32, commitment: &Hash) -> RecordStatus {
    match (registry.record(id), registry.version(id, number)) {
        (Some(record), Some(version)) => version.verify(commitment, number, record.latest),
        _ => RecordStatus::Unknown,
    }
}

/// Anchors a batch of commitments by the root of their tree. Roots are bound to their authors: that somebody else has
/// anchored the same root says nothing, and hinders nobody.
///
/// # Errors
/// [`RegistryError::InvalidRoot`], [`RegistryError::EmptyBatch`], [`RegistryError::BatchAlreadyAnchored`].
pub fn anchor_batch<R: Registry>(
    registry: &mut R,
    caller: &Address,
    root: &Hash,
    batch: &Batch,
) -> Result<(), R::Refusal> {
    if root == &[0; 32] {
        return Err(RegistryError::InvalidRoot.into());
    }
    if batch.leaf_count == 0 {
        return Err(RegistryError::EmptyBatch(*root).into());
    }
    if registry.batch(caller, root).is_some() {
        return Err(RegistryError::BatchAlreadyAnchored(*caller, *root).into());
    }
    registry.set_batch(caller, root, batch);
    Ok(())
}

/// Whether `proof` shows that an author's batch has this commitment at this index. No batch, no proof.
pub fn verify_in_batch(
    registry: &impl Registry,
    author: &Address,
    root: &Hash,
    commitment: &Hash,
    index: u64,
    proof: &[Hash],
    keccak256: impl Fn(&[u8]) -> Hash,
) -> bool {
    registry.batch(author, root).is_some_and(|batch| {
        let leaf = leaf_hash(commitment, &keccak256);
        merkle::verify(root, leaf, index, batch.leaf_count, proof, &keccak256)
    })
}

fn put<R: Registry>(
    registry: &mut R,
    id: &Hash,
    record: &Record,
    commitment: &Hash,
    now: u64,
) -> Result<(), R::Refusal> {
    if commitment == &[0; 32] {
        return Err(RegistryError::InvalidCommitment.into());
    }
    if let Some(other) = registry.committed(commitment) {
        return Err(RegistryError::CommitmentAlreadyAnchored(*commitment, other).into());
    }
    let version = RecordVersion {
        commitment: *commitment,
        anchored_at: now,
        is_entered_in_error: false,
    };
    registry.set_record(id, record);
    registry.set_version(id, record.latest, &version);
    registry.set_committed(commitment, id);
    Ok(())
}

fn only_author<R: Registry>(registry: &R, caller: &Address, id: &Hash) -> Result<Record, R::Refusal> {
    let record = registry.record(id).ok_or_else(|| RegistryError::UnknownRecord(*id))?;
    if record.author == *caller {
        Ok(record)
    } else {
        Err(RegistryError::NotAuthor(*id, *caller).into())
    }
}
