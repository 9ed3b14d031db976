//! Batches of entries, and what can be shown of them.

use core::fmt;

use crate::{
    consent::registry::Address,
    hash::Hash,
    records::merkle::{leaf_hash, verify},
};

/// A batch of entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The root of its tree.
    pub root: Hash,
    /// How many leaves the tree has.
    pub count: u64,
    /// When its earliest entry is of, in seconds since the epoch, or earlier.
    pub from: u64,
    /// When its latest entry is of, or later.
    pub until: u64,
    /// When it was anchored.
    pub anchored_at: u64,
}

/// What batches are stored in. An author's are numbered from 0.
pub trait Logs {
    /// What a refusal becomes: an error, or, where it ends everything at once, nothing.
    type Refusal: From<LogError>;

    /// How many batches an author has anchored.
    fn batch_count(&self, author: &Address) -> u64;
    /// Sets what [`Logs::batch_count`] answers, which was read before.
    fn set_batch_count(&mut self, author: &Address, count: u64);
    /// An author's batch.
    fn batch(&self, author: &Address, number: u64) -> Option<Batch>;
    /// Sets an author's batch, which is new.
    fn set_batch(&mut self, author: &Address, number: u64, batch: &Batch);
    /// The number of an author's batch with this root.
    fn number_of(&self, author: &Address, root: &Hash) -> Option<u64>;
    /// Sets the number of an author's batch, which was read before.
    fn set_number_of(&mut self, author: &Address, root: &Hash, number: u64);
}

/// Why a batch is not anchored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogError {
    /// The root of 32 zero bytes is the root of no tree.
    InvalidRoot,
    /// A batch has entries.
    EmptyBatch(Hash),
    /// The range of time, from the first to the second, is reversed, or ends after the third, which is now.
    InvalidRange(u64, u64, u64),
    /// The author has anchored this root before, under this number.
    AlreadyAnchored(Hash, u64),
    /// No number is left.
    TooManyBatches,
}

impl fmt::Display for LogError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidRoot => formatter.write_str("the zero root is the root of no tree"),
            Self::EmptyBatch(_) => formatter.write_str("a batch has entries"),
            Self::InvalidRange(from, until, now) => {
                write!(formatter, "from {from} until {until} is no range of time before {now}")
            }
            Self::AlreadyAnchored(_, number) => {
                write!(formatter, "the author has anchored this batch as number {number}")
            }
            Self::TooManyBatches => formatter.write_str("no more batches"),
        }
    }
}

impl core::error::Error for LogError {}

/// Anchors a batch of `author`; answers its number.
///
/// # Errors
/// [`LogError`]
pub fn anchor<L: Logs>(logs: &mut L, author: &Address, batch: &Batch) -> Result<u64, L::Refusal> {
    let Batch {
        root,
        count,
        from,
        until,
        anchored_at: now,
    } = *batch;
    if root == [0; 32] {
        return Err(LogError::InvalidRoot.into());
    }
    if count == 0 {
        return Err(LogError::EmptyBatch(root).into());
    }
    if from > until || until > now {
        return Err(LogError::InvalidRange(from, until, now).into());
    }
    if let Some(number) = logs.number_of(author, &root) {
        return Err(LogError::AlreadyAnchored(root, number).into());
    }
    let number = logs.batch_count(author);
    let next = number.checked_add(1);
    logs.set_batch_count(author, next.ok_or_else(|| LogError::TooManyBatches)?);
    logs.set_batch(author, number, batch);
    logs.set_number_of(author, &root, number);
    Ok(number)
}

/// Whether `proof` shows that an author's batch has the leaf `value` at `index`, from 0. No batch, no proof.
pub fn is_logged(
    logs: &impl Logs,
    author: &Address,
    number: u64,
    value: &Hash,
    index: u64,
    proof: &[Hash],
    keccak256: impl Fn(&[u8]) -> Hash,
) -> bool {
    logs.batch(author, number)
        .is_some_and(|batch| has(&batch, &Neighbour { value, proof }, index, &keccak256))
}

/// A leaf beside the place where a value would be, and the proof of it.
#[derive(Clone, Copy, Debug)]
pub struct Neighbour<'a> {
    /// The leaf's value.
    pub value: &'a Hash,
    /// That it is there.
    pub proof: &'a [Hash],
}

/// Whether two neighbours show that an author's batch, if it is sorted, does not have the leaf `value`. `position` is how many
/// leaves come before it: 0 if all come after, and then there is no `left` one, which is not looked at; the batch's count if none
/// does, and then there is no `right` one. No batch, no proof.
#[allow(clippy::too_many_arguments, reason = "a proof of absence has many parts")]
pub fn is_not_logged(
    logs: &impl Logs,
    author: &Address,
    number: u64,
    value: &Hash,
    position: u64,
    left: &Neighbour<'_>,
    right: &Neighbour<'_>,
    keccak256: impl Fn(&[u8]) -> Hash,
) -> bool {
    let Some(batch) = logs.batch(author, number) else {
        return false;
    };
    let before = match position.checked_sub(1) {
        None => true,
        Some(index) => left.value < value && has(&batch, left, index, &keccak256),
    };
    // Beyond the last place there is no leaf on the left.
    let after = position >= batch.count || (value < right.value && has(&batch, right, position, &keccak256));
    before && after
}

fn has(batch: &Batch, leaf: &Neighbour<'_>, index: u64, keccak256: &impl Fn(&[u8]) -> Hash) -> bool {
    let hash = leaf_hash(leaf.value, keccak256);
    verify(&batch.root, hash, index, batch.count, leaf.proof, keccak256)
}
