use ink::{Address, H256, sol::refuse};
use salus_core::records::{VersionError, registry::RegistryError};

ink::errors! {
    /// Why a call was refused.
    pub enum Error {
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

impl From<RegistryError> for Error {
    #[inline(never)]
    fn from(error: RegistryError) -> Self {
        refuse(match error {
            RegistryError::InvalidRecord => Self::InvalidRecord,
            RegistryError::InvalidCommitment => Self::InvalidCommitment,
            RegistryError::RecordAlreadyAnchored(id) => Self::RecordAlreadyAnchored { record_id: H256(id) },
            RegistryError::CommitmentAlreadyAnchored(commitment, id) => Self::CommitmentAlreadyAnchored {
                commitment: H256(commitment),
                record_id: H256(id),
            },
            RegistryError::UnknownRecord(id) => Self::UnknownRecord { record_id: H256(id) },
            RegistryError::UnknownVersion(id, version) => Self::UnknownVersion {
                record_id: H256(id),
                version,
            },
            RegistryError::NotAuthor(id, caller) => Self::NotAuthor {
                record_id: H256(id),
                caller: caller.into(),
            },
            RegistryError::Version(id, error) => Self::from_version(H256(id), error),
            RegistryError::InvalidRoot => Self::InvalidRoot,
            RegistryError::EmptyBatch(root) => Self::EmptyBatch { root: H256(root) },
            RegistryError::BatchAlreadyAnchored(author, root) => Self::BatchAlreadyAnchored {
                author: author.into(),
                root: H256(root),
            },
        })
    }
}

impl Error {
    fn from_version(record_id: H256, error: VersionError) -> Self {
        match error {
            VersionError::NotLatestVersion { latest, named } => Self::NotLatestVersion {
                record_id,
                latest,
                named,
            },
            VersionError::TooManyVersions => Self::TooManyVersions { record_id },
            VersionError::AlreadyEnteredInError => Self::AlreadyEnteredInError { record_id },
        }
    }
}
