//! What a health record was, and when. The rules are in `salus_core::records`; this is their storage and their ABI.
#![cfg_attr(not(feature = "std"), no_std)]

mod error;
mod event;
mod storage;

pub use error::{Error, Refused};
pub use event::{BatchAnchored, RecordAnchored, RecordEnteredInError, RecordVersionAdded};

/// Salted commitments to health records: one by one with a chain of versions, or any number of them under one Merkle root.
///
/// No data are here, nor anything that they could be guessed from.
#[ink::contract]
#[allow(
    missing_docs,
    reason = "ink! generates undocumented items here; the builder demands what is in the ABI"
)]
mod records {
    use crate::{
        BatchAnchored, Error, RecordAnchored, RecordEnteredInError, RecordVersionAdded, Refused,
        storage::{self, BATCHES, COMMITTED, RECORDS, VERSIONS},
    };
    use ink::{H256, prelude::vec::Vec};
    use salus_core::records::{
        RecordVersion,
        registry::{self, Batch, Record, Registry},
    };
    use salus_env::keccak256;

    /// The state is in the slots of `storage`.
    #[ink(storage)]
    #[derive(Default)]
    pub struct Records {}

    impl Records {
        /// Creates the contract. Nobody has any power over it.
        #[ink(constructor)]
        pub fn new() -> Self {
            Self::default()
        }

        /// Anchors the first version of a record. The caller is its author.
        ///
        /// `recordId` and `commitment` have to be new. Both are best random or salted: whoever sees them learns nothing.
        #[ink(message)]
        pub fn anchor(&mut self, record_id: H256, commitment: H256) -> Result<(), Error> {
            let (author, now) = (self.env().caller(), self.env().block_timestamp());
            registry::anchor(self, &author.0, now, &record_id.0, &commitment.0)?;
            self.env().emit_event(RecordAnchored {
                record_id,
                author,
                commitment,
            });
            Ok(())
        }

        /// Anchors a new version of a record, which follows its latest one, `previousVersion`. For the record's author.
        ///
        /// @return version its number
        #[ink(message, name = "addVersion")]
        pub fn add_version(&mut self, record_id: H256, previous_version: u32, commitment: H256) -> Result<u32, Error> {
            let (author, now) = (self.env().caller(), self.env().block_timestamp());
            let version = registry::add_version(self, &author.0, now, &record_id.0, previous_version, &commitment.0)?;
            self.env().emit_event(RecordVersionAdded {
                record_id,
                author,
                version,
                commitment,
            });
            Ok(version)
        }

        /// Flags a version of a record as wrong. It stays readable; a corrected version may follow. For the record's author.
        #[ink(message, name = "markEnteredInError")]
        pub fn mark_entered_in_error(&mut self, record_id: H256, version: u32) -> Result<(), Error> {
            let author = self.env().caller();
            registry::enter_in_error(self, &author.0, &record_id.0, version)?;
            self.env().emit_event(RecordEnteredInError {
                record_id,
                author,
                version,
            });
            Ok(())
        }

        /// What can be said of a commitment that is claimed to be a version of a record.
        ///
        /// @return status 0 no such version, 1 the latest, 2 superseded, 3 entered in error, 4 there is another commitment: altered
        #[ink(message)]
        pub fn verify(&self, record_id: H256, version: u32, commitment: H256) -> u8 {
            registry::verify(self, &record_id.0, version, &commitment.0) as u8
        }

        /// A record; all zero if there is none.
        ///
        /// @return author who alone may add to it
        /// @return latestVersion the number of its latest version; the first is 1
        #[ink(message, name = "recordOf")]
        pub fn record_of(&self, record_id: H256) -> (Address, u32) {
            self.record(&record_id.0)
                .map(|record| (record.author.into(), record.latest))
                .unwrap_or_default()
        }

        /// A version of a record; all zero if there is none.
        ///
        /// @return commitment to its canonical bytes
        /// @return anchoredAt when it was anchored, in seconds since the epoch
        /// @return enteredInError whether its author flagged it as wrong
        #[ink(message, name = "versionOf")]
        pub fn version_of(&self, record_id: H256, version: u32) -> (H256, u64, bool) {
            self.version(&record_id.0, version)
                .map(|version| {
                    (
                        H256(version.commitment),
                        version.anchored_at,
                        version.is_entered_in_error,
                    )
                })
                .unwrap_or_default()
        }

        /// Anchors any number of commitments by the root of their Merkle tree and its number of leaves. The caller is the
        /// author; a root counts for its author alone. `reference` is whatever the author finds the leaves by.
        #[ink(message, name = "anchorBatch")]
        pub fn anchor_batch(&mut self, root: H256, leaf_count: u64, reference: H256) -> Result<(), Error> {
            let (author, anchored_at) = (self.env().caller(), self.env().block_timestamp());
            let batch = Batch {
                leaf_count,
                reference: reference.0,
                anchored_at,
            };
            registry::anchor_batch(self, &author.0, &root.0, &batch)?;
            self.env().emit_event(BatchAnchored {
                root,
                author,
                leaf_count,
                reference,
            });
            Ok(())
        }

        /// An author's batch; all zero if there is none.
        ///
        /// @return leafCount how many commitments it has
        /// @return reference what the author finds them by
        /// @return anchoredAt when it was anchored, in seconds since the epoch
        #[ink(message, name = "batchOf")]
        pub fn batch_of(&self, author: Address, root: H256) -> (u64, H256, u64) {
            self.batch(&author.0, &root.0)
                .map(|batch| (batch.leaf_count, H256(batch.reference), batch.anchored_at))
                .unwrap_or_default()
        }

        /// Whether `proof` shows that the author's batch with this root has the commitment `leaf` at `index`, from 0. Without
        /// such a batch: no.
        #[ink(message, name = "verifyInBatch")]
        pub fn verify_in_batch(&self, author: Address, root: H256, leaf: H256, index: u64, proof: Vec<H256>) -> bool {
            let proof: Vec<[u8; 32]> = proof.into_iter().map(|hash| hash.0).collect();
            registry::verify_in_batch(self, &author.0, &root.0, &leaf.0, index, &proof, keccak256)
        }
    }

    impl Registry for Records {
        type Refusal = Refused;

        fn record(&self, id: &[u8; 32]) -> Option<Record> {
            RECORDS.get(id).map(storage::record)
        }

        fn set_record(&mut self, id: &[u8; 32], record: &Record) {
            RECORDS.set(id, &(record.author, record.latest));
        }

        fn version(&self, id: &[u8; 32], number: u32) -> Option<RecordVersion> {
            VERSIONS.get(&(*id, number)).map(storage::version)
        }

        fn set_version(&mut self, id: &[u8; 32], number: u32, version: &RecordVersion) {
            let stored = (version.commitment, version.anchored_at, version.is_entered_in_error);
            // A version is entered in error after it was read, and is otherwise new.
            if version.is_entered_in_error {
                VERSIONS.set(&(*id, number), &stored);
            } else {
                VERSIONS.set_unread(&(*id, number), &stored);
            }
        }

        fn committed(&self, commitment: &[u8; 32]) -> Option<[u8; 32]> {
            COMMITTED.get(commitment)
        }

        fn set_committed(&mut self, commitment: &[u8; 32], id: &[u8; 32]) {
            COMMITTED.set(commitment, id);
        }

        fn batch(&self, author: &[u8; 20], root: &[u8; 32]) -> Option<Batch> {
            BATCHES.get(&(*author, *root)).map(storage::batch)
        }

        fn set_batch(&mut self, author: &[u8; 20], root: &[u8; 32], batch: &Batch) {
            let stored = (batch.leaf_count, batch.reference, batch.anchored_at);
            BATCHES.set(&(*author, *root), &stored);
        }
    }
}
