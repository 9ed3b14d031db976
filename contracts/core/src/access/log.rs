//! Logs of accesses: a provider anchors batches of entries, and everybody who has an entry can show that it is in a batch, or that
//! it is not.
//!
//! A batch is a Merkle tree (see [`crate::records::merkle`]) over the *sorted, distinct* leaf values of its entries. That a value
//! is not in it is shown by the two leaves beside each other between which it would be. Whether the leaves are sorted is seen by
//! whoever gets the whole batch: it then has the root and the count of [`SortedTree`]. In a tree that is not sorted, some
//! value can be shown both to be in it and not to be: two proofs of neighbours in the wrong order are what convicts its author.
//!
//! Every function reads and writes a fixed number of entries, and as many hashes as a proof has, which are 64 at most.

mod batch;
mod entry;
mod sorted;

pub use batch::{Batch, LogError, Logs, Neighbour, anchor, is_logged, is_not_logged};
pub use entry::{Basis, ENTRY_BYTES, Entry, LOG_VERSION};
pub use sorted::{Proof, SortedTree};
