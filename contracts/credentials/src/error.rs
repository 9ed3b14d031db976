use ink::{Address, H256, sol::Revert as _};
use salus_core::credentials::{ownership::OwnershipError, registry::RegistryError};

ink::errors! {
    /// Why a call was refused. The first two are those of OpenZeppelin's `Ownable`.
    pub enum Error, by reference ErrorRef {
        /// Only the owner may do that, or whom the office was offered to.
        OwnableUnauthorizedAccount {
            /// Who tried.
            account: Address,
        },
        /// The zero address cannot be the owner.
        OwnableInvalidOwner {
            /// The zero address.
            owner: Address,
        },
        /// The zero address can issue nothing.
        InvalidIssuer {
            /// The zero address.
            issuer: Address,
        },
        /// The account may issue already.
        AlreadyIssuer {
            /// The account.
            issuer: Address,
        },
        /// The account may not issue.
        NotIssuer {
            /// The account.
            account: Address,
        },
        /// The zero address can hold nothing.
        InvalidHolder {
            /// The zero address.
            holder: Address,
        },
        /// No role has this number.
        UnknownRole {
            /// The number.
            role: u8,
        },
        /// 32 zero bytes are no jurisdiction.
        InvalidJurisdiction,
        /// 32 zero bytes commit to no licence.
        InvalidLicence,
        /// The credential would end before it begins, or has ended before now.
        InvalidValidity {
            /// The first second, since the epoch.
            valid_from: u64,
            /// The last second.
            valid_until: u64,
        },
        /// The holder has this live credential in the role. Its issuer can renew it while it is active; for others, it has to
        /// be revoked first.
        CredentialLive {
            /// The credential.
            credential_id: H256,
        },
        /// There is no such credential.
        UnknownCredential {
            /// What was asked for.
            credential_id: H256,
        },
        /// Only the credential's issuer, while it may issue, or the owner may do that.
        NotIssuerOfCredential {
            /// The credential.
            credential_id: H256,
            /// Who tried.
            caller: Address,
        },
        /// In this status the credential does not allow that. 1 active, 2 suspended, 3 revoked, 5 superseded.
        WrongStatus {
            /// The credential.
            credential_id: H256,
            /// Its status.
            status: u8,
        },
        /// The credential has expired.
        CredentialExpired {
            /// The credential.
            credential_id: H256,
            /// Its last second, since the epoch.
            valid_until: u64,
        },
        /// No more changes can be kept of this holder in this role, or of this issuer.
        TooManyChanges,
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

impl From<OwnershipError> for Refused {
    #[inline(always)]
    fn from(error: OwnershipError) -> Self {
        match &error {
            OwnershipError::Unauthorized(account) => ErrorRef::OwnableUnauthorizedAccount {
                account: &(*account).into(),
            }
            .revert(),
            OwnershipError::InvalidOwner => ErrorRef::OwnableInvalidOwner {
                owner: &Address::zero(),
            }
            .revert(),
        }
    }
}

impl From<RegistryError> for Refused {
    #[inline(always)]
    fn from(error: RegistryError) -> Self {
        match &error {
            RegistryError::Ownership(error) => (*error).into(),
            RegistryError::InvalidIssuer => ErrorRef::InvalidIssuer {
                issuer: &Address::zero(),
            }
            .revert(),
            RegistryError::AlreadyIssuer(issuer) => ErrorRef::AlreadyIssuer {
                issuer: &(*issuer).into(),
            }
            .revert(),
            RegistryError::NotIssuer(account) => ErrorRef::NotIssuer {
                account: &(*account).into(),
            }
            .revert(),
            RegistryError::InvalidHolder => ErrorRef::InvalidHolder {
                holder: &Address::zero(),
            }
            .revert(),
            RegistryError::InvalidJurisdiction => ErrorRef::InvalidJurisdiction.revert(),
            RegistryError::InvalidLicence => ErrorRef::InvalidLicence.revert(),
            RegistryError::InvalidValidity(period) => ErrorRef::InvalidValidity {
                valid_from: &period.from,
                valid_until: &period.until,
            }
            .revert(),
            RegistryError::CredentialLive(id) => ErrorRef::CredentialLive {
                credential_id: &H256(*id),
            }
            .revert(),
            RegistryError::UnknownCredential(id) => ErrorRef::UnknownCredential {
                credential_id: &H256(*id),
            }
            .revert(),
            RegistryError::NotIssuerOfCredential(id, caller) => ErrorRef::NotIssuerOfCredential {
                credential_id: &H256(*id),
                caller: &(*caller).into(),
            }
            .revert(),
            RegistryError::Transition(id, error) => ErrorRef::WrongStatus {
                credential_id: &H256(*id),
                status: &(error.from as u8),
            }
            .revert(),
            RegistryError::CredentialExpired(id, valid_until) => ErrorRef::CredentialExpired {
                credential_id: &H256(*id),
                valid_until,
            }
            .revert(),
            RegistryError::TooManyChanges => ErrorRef::TooManyChanges.revert(),
        }
    }
}
