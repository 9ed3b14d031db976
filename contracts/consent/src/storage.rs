use ink::{Address, H256};
use salus_core::consent::{Entry, Period, Status, Terms};

/// A consent as it is stored: 121 bytes in one entry.
#[ink::storage_item(packed)]
pub struct StoredConsent {
    subject: H256,
    grantee: Address,
    status: u8,
    sequence: u32,
    valid_from: u64,
    valid_until: u64,
    purposes: u64,
    classes: u64,
    commitment: H256,
}

impl From<&Entry> for StoredConsent {
    fn from(entry: &Entry) -> Self {
        Self {
            subject: H256(entry.subject),
            grantee: entry.grantee.into(),
            status: entry.status as u8,
            sequence: entry.sequence,
            valid_from: entry.terms.validity.from,
            valid_until: entry.terms.validity.until,
            purposes: entry.terms.purposes,
            classes: entry.terms.classes,
            commitment: H256(entry.commitment),
        }
    }
}

impl From<StoredConsent> for Entry {
    fn from(stored: StoredConsent) -> Self {
        Self {
            subject: stored.subject.0,
            grantee: stored.grantee.0,
            // Only the conversion above writes the number; an unknown one could permit nothing.
            status: Status::from_number(stored.status).unwrap_or_default(),
            sequence: stored.sequence,
            terms: Terms {
                validity: Period {
                    from: stored.valid_from,
                    until: stored.valid_until,
                },
                purposes: stored.purposes,
                classes: stored.classes,
            },
            commitment: stored.commitment.0,
        }
    }
}
