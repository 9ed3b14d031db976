use ink::{Address, H256, sol::Revert as _};
use salus_core::records::{VersionError, registry::RegistryError};

ink::errors! {
    /// Why a call was refused.
    pub enum Error, by reference ErrorRef {
        /// The record of 32 zero bytes stands for none.
        InvalidRecord,
        /// 32 zero bytes commit to nothing.
        InvalidCommitment,
        /// Somebody has anchored a record with this identifier before.
        RecordAlreadyAnchored {
            /// The record.
            record_id: H256,
        },
        /// The commitment was anchored before.
        CommitmentAlreadyAnchored {
            /// The commitment.
            commitment: H256,
            /// The record that it was anchored for.
            record_id: H256,
        },
        /// There is no such record.
        UnknownRecord {
            /// What was asked for.
            record_id: H256,
        },
        /// The record has no such version.
        UnknownVersion {
            /// The record.
            record_id: H256,
            /// What was asked for.
            version: u32,
        },
        /// Only the record's author may do that.
        NotAuthor {
            /// The record.
            record_id: H256,
            /// Who tried.
            caller: Address,
        },
        /// The predecessor that was named is not the latest version.
        NotLatestVersion {
            /// The record.
            record_id: H256,
            /// The latest version.
            latest: u32,
            /// The version that was named.
            named: u32,
        },
        /// The record has 2^32 - 1 versions.
        TooManyVersions {
            /// The record.
            record_id: H256,
        },
        /// The version is flagged as wrong already.
        AlreadyEnteredInError {
            /// The record.
            record_id: H256,
        },
        /// The root of 32 zero bytes is the root of no tree.
        InvalidRoot,
        /// A batch has leaves.
        EmptyBatch {
            /// Its root.
            root: H256,
        },
        /// The author has anchored a batch with this root before.
        BatchAlreadyAnchored {
            /// The author.
            author: Address,
            /// The root.
            root: H256,
        },
    }
}

/// A refusal of the rules, which ends the call where it is made: there is none to be carried on.
#[derive(Debug)]
pub enum Refused {}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        match refused {}
    }
}

impl From<RegistryError> for Refused {
    #[inline(always)]
    fn from(error: RegistryError) -> Self {
        match &error {
            RegistryError::InvalidRecord => ErrorRef::InvalidRecord.revert(),
            RegistryError::InvalidCommitment => ErrorRef::InvalidCommitment.revert(),
            RegistryError::RecordAlreadyAnchored(id) => {
                ErrorRef::RecordAlreadyAnchored { record_id: &H256(*id) }.revert()
            }
            RegistryError::CommitmentAlreadyAnchored(commitment, id) => ErrorRef::CommitmentAlreadyAnchored {
                commitment: &H256(*commitment),
                record_id: &H256(*id),
            }
            .revert(),
            RegistryError::UnknownRecord(id) => ErrorRef::UnknownRecord { record_id: &H256(*id) }.revert(),
            RegistryError::UnknownVersion(id, version) => ErrorRef::UnknownVersion {
                record_id: &H256(*id),
                version,
            }
            .revert(),
            RegistryError::NotAuthor(id, caller) => ErrorRef::NotAuthor {
                record_id: &H256(*id),
                caller: &(*caller).into(),
            }
            .revert(),
            RegistryError::Version(id, VersionError::NotLatestVersion { latest, named }) => {
                ErrorRef::NotLatestVersion {
                    record_id: &H256(*id),
                    latest,
                    named,
                }
                .revert()
            }
            RegistryError::Version(id, VersionError::TooManyVersions) => {
                ErrorRef::TooManyVersions { record_id: &H256(*id) }.revert()
            }
            RegistryError::Version(id, VersionError::AlreadyEnteredInError) => {
                ErrorRef::AlreadyEnteredInError { record_id: &H256(*id) }.revert()
            }
            RegistryError::InvalidRoot => ErrorRef::InvalidRoot.revert(),
            RegistryError::EmptyBatch(root) => ErrorRef::EmptyBatch { root: &H256(*root) }.revert(),
            RegistryError::BatchAlreadyAnchored(author, root) => ErrorRef::BatchAlreadyAnchored {
                author: &(*author).into(),
                root: &H256(*root),
            }
            .revert(),
        }
    }
}
