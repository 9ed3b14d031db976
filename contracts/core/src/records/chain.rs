//! The versions of one record.

use core::fmt;

use crate::hash::Hash;

/// What can be said of a commitment that is claimed to be a version of a record. The numbers are those of the
/// contract's ABI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum RecordStatus {
    /// There is no such record, or no such version of it.
    Unknown = 0,
    /// It is the latest version.
    Current = 1,
    /// It is a version, and there is a later one.
    Superseded = 2,
    /// It is a version which its author declared to be wrong.
    EnteredInError = 3,
    /// There is such a version, and it is another one: what was presented has been altered.
    Mismatch = 4,
}

/// One anchored version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordVersion {
    /// What was committed to, see [`super::record_commitment`].
    pub commitment: Hash,
    /// When it was anchored, in seconds since the epoch.
    pub anchored_at: u64,
    /// Whether its author declared it to be wrong.
    pub is_entered_in_error: bool,
}

impl RecordVersion {
    /// What can be said of `commitment` if it is claimed to be this version, number `version`, of a record whose
    /// latest version is number `latest`. An altered record is told before anything else.
    pub fn verify(&self, commitment: &Hash, version: u32, latest: u32) -> RecordStatus {
        if self.commitment != *commitment {
            RecordStatus::Mismatch
        } else if self.is_entered_in_error {
            RecordStatus::EnteredInError
        } else if version < latest {
            RecordStatus::Superseded
        } else {
            RecordStatus::Current
        }
    }

    /// Flags the version as wrong. It stays readable: nothing is deleted.
    ///
    /// # Errors
    /// [`VersionError::AlreadyEnteredInError`].
    pub const fn enter_in_error(self) -> Result<Self, VersionError> {
        if self.is_entered_in_error {
            Err(VersionError::AlreadyEnteredInError)
        } else {
            Ok(Self {
                is_entered_in_error: true,
                ..self
            })
        }
    }
}

/// A step that a record's chain of versions does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VersionError {
    /// A new version names a predecessor that is not the latest version.
    NotLatestVersion {
        /// The latest version.
        latest: u32,
        /// The one that was named.
        named: u32,
    },
    /// There is no number left for a version.
    TooManyVersions,
    /// The version is already flagged as wrong.
    AlreadyEnteredInError,
}

impl fmt::Display for VersionError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotLatestVersion { latest, named } => {
                write!(formatter, "version {named} is not the latest one, {latest}")
            }
            Self::TooManyVersions => formatter.write_str("no version number is left"),
            Self::AlreadyEnteredInError => formatter.write_str("the version is already entered in error"),
        }
    }
}

impl core::error::Error for VersionError {}

/// The number of the version that follows `named`. The first version of a record is number 1.
///
/// # Errors
/// [`VersionError::NotLatestVersion`] if `named` is not the latest version: somebody else was faster, or the author is
/// not up to date.
pub const fn next_version(latest: u32, named: u32) -> Result<u32, VersionError> {
    if named != latest {
        return Err(VersionError::NotLatestVersion { latest, named });
    }
    match latest.checked_add(1) {
        Some(next) => Ok(next),
        None => Err(VersionError::TooManyVersions),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: RecordVersion = RecordVersion {
        commitment: [1; 32],
        anchored_at: 5,
        is_entered_in_error: false,
    };

    #[test]
    fn a_new_version_names_the_latest_one() {
        assert_eq!(next_version(1, 1), Ok(2));
        assert_eq!(
            next_version(3, 2),
            Err(VersionError::NotLatestVersion { latest: 3, named: 2 })
        );
        assert_eq!(
            next_version(3, 4),
            Err(VersionError::NotLatestVersion { latest: 3, named: 4 })
        );
        assert_eq!(next_version(u32::MAX, u32::MAX), Err(VersionError::TooManyVersions));
    }

    #[test]
    fn an_older_version_is_valid_and_superseded() {
        assert_eq!(FIRST.verify(&[1; 32], 1, 1), RecordStatus::Current);
        assert_eq!(FIRST.verify(&[1; 32], 1, 2), RecordStatus::Superseded);
    }

    #[test]
    fn an_altered_record_is_a_mismatch_even_if_entered_in_error() {
        assert_eq!(FIRST.verify(&[2; 32], 1, 1), RecordStatus::Mismatch);
        let wrong = FIRST.enter_in_error().unwrap();
        assert_eq!(wrong.verify(&[1; 32], 1, 1), RecordStatus::EnteredInError);
        assert_eq!(wrong.verify(&[2; 32], 1, 1), RecordStatus::Mismatch);
    }

    #[test]
    fn entered_in_error_is_flagged_once() {
        let wrong = FIRST.enter_in_error().unwrap();
        assert_eq!(wrong.commitment, FIRST.commitment);
        assert_eq!(wrong.enter_in_error(), Err(VersionError::AlreadyEnteredInError));
    }
}
