//! A booking as it is handed in.

use ink::{Address, H256, U256};
use salus_core::{
    codes::Role,
    telehealth::{Booking as Core, Conditions as CoreConditions},
};

ink::structs! {
    /// One consultation, as a patient books it.
    pub struct Booking {
        /// Who shall give it, and gets the fee.
        pub provider: Address,
        /// Which of the provider's services it is.
        pub service: H256,
        /// The ERC-20 token of the fee; the zero address is the chain's native coin.
        pub token: Address,
        /// The fee, in the token's smallest unit.
        pub fee: U256,
        /// Under which of the provider's terms.
        pub terms_version: u32,
        /// When it begins, in seconds since the epoch.
        pub start_time: u64,
        /// When it ends.
        pub end_time: u64,
        /// The second from which the provider can no longer confirm it.
        pub confirm_by: u64,
        /// Who decides if the sides do not agree.
        pub arbiter: Address,
        /// What has to be when the provider claims the fee.
        pub conditions: Conditions,
        /// A salted hash of what else was agreed.
        pub details_hash: H256,
    }

    /// What has to be when the provider says that a consultation took place.
    pub struct Conditions {
        /// The provider had an active credential in this role when it began; 255 if in none.
        pub role: u8,
        /// The provider has anchored a record since it began.
        pub record: bool,
        /// This subject has a consent in force for the provider; zero if none has.
        pub subject: H256,
    }
}

/// The role that stands for none.
pub(crate) const NO_ROLE: u8 = u8::MAX;

impl Booking {
    /// The booking of the rules; the role if it is none that is known.
    pub(crate) fn rules(&self) -> Result<Core, u8> {
        let Conditions { role, record, subject } = self.conditions;
        Ok(Core {
            provider: self.provider,
            service: self.service.0,
            token: self.token,
            fee: self.fee,
            terms_version: self.terms_version,
            start_time: self.start_time,
            end_time: self.end_time,
            confirm_by: self.confirm_by,
            arbiter: self.arbiter,
            conditions: CoreConditions {
                role: match role {
                    NO_ROLE => None,
                    role => Some(Role::from_bit(role).ok_or(role)?),
                },
                record,
                subject: subject.0,
            },
            details_hash: self.details_hash.0,
        })
    }
}
