//! The types of the rules and those of the ABI, each as the other.

use alloy_core::primitives::{Address, U256};
use salus_core::{
    codes::Role,
    telehealth::{self as rules, Booking, Conditions, REFUND_STEPS, RefundStep, Side, Status, Terms, Visit},
};

use super::ITelehealth;

/// The number that stands for no role.
const NO_ROLE: u8 = u8::MAX;

/// An amount of the rules.
pub fn amount(number: rules::U256) -> U256 {
    U256::from_be_bytes(number.to_big_endian())
}

/// An amount for the rules.
pub fn number(amount: U256) -> rules::U256 {
    rules::U256::from_big_endian(&amount.to_be_bytes::<32>())
}

/// An address of the rules.
pub fn address(account: rules::Address) -> Address {
    account.0.into()
}

/// An address for the rules.
pub fn account(address: Address) -> rules::Address {
    address.into_array().into()
}

impl From<&Booking> for ITelehealth::Booking {
    fn from(booking: &Booking) -> Self {
        let Conditions { role, record, subject } = booking.conditions;
        Self {
            provider: address(booking.provider),
            service: booking.service.into(),
            token: address(booking.token),
            fee: amount(booking.fee),
            termsVersion: booking.terms_version,
            startTime: booking.start_time,
            endTime: booking.end_time,
            confirmBy: booking.confirm_by,
            arbiter: address(booking.arbiter),
            conditions: ITelehealth::Conditions {
                role: role.map_or(NO_ROLE, Role::bit),
                record,
                subject: subject.into(),
            },
            detailsHash: booking.details_hash.into(),
        }
    }
}

/// The role if it is none that is known.
impl TryFrom<&ITelehealth::Booking> for Booking {
    type Error = u8;

    fn try_from(booking: &ITelehealth::Booking) -> Result<Self, u8> {
        let ITelehealth::Conditions { role, record, subject } = booking.conditions;
        Ok(Self {
            provider: account(booking.provider),
            service: booking.service.0,
            token: account(booking.token),
            fee: number(booking.fee),
            terms_version: booking.termsVersion,
            start_time: booking.startTime,
            end_time: booking.endTime,
            confirm_by: booking.confirmBy,
            arbiter: account(booking.arbiter),
            conditions: Conditions {
                role: self::role(role)?,
                record,
                subject: subject.0,
            },
            details_hash: booking.detailsHash.0,
        })
    }
}

/// The role with a number, which is the answer where there is none.
fn role(number: u8) -> Result<Option<Role>, u8> {
    match number {
        NO_ROLE => Ok(None),
        role => Role::from_bit(role).map(Some).ok_or(role),
    }
}

impl From<&Terms> for ITelehealth::setTermsCall {
    fn from(terms: &Terms) -> Self {
        let steps = || terms.refunds.iter().take_while(|step| **step != RefundStep::default());
        Self {
            notices: steps().map(|step| step.notice).collect(),
            refunds: steps().map(|step| step.refund).collect(),
            grace: terms.grace,
            noShowShare: terms.no_show_share,
            claimWindow: terms.claim_window,
            objectionWindow: terms.objection_window,
            decisionWindow: terms.decision_window,
            defaultShare: terms.default_share,
        }
    }
}

/// What the contract tells of terms; `None` if it tells of more steps than there are.
pub(super) fn terms(found: &ITelehealth::termsOfReturn) -> Option<Terms> {
    let mut refunds = [RefundStep::default(); REFUND_STEPS];
    for (index, (notice, refund)) in found.notices.iter().zip(&found.refunds).enumerate() {
        *refunds.get_mut(index)? = RefundStep {
            notice: *notice,
            refund: *refund,
        };
    }
    Some(Terms {
        refunds,
        grace: found.grace,
        no_show_share: found.noShowShare,
        claim_window: found.claimWindow,
        objection_window: found.objectionWindow,
        decision_window: found.decisionWindow,
        default_share: found.defaultShare,
    })
}

/// What the contract tells of a visit; `None` if it tells of a status or role that is none.
pub(super) fn visit(found: &ITelehealth::visitReturn, progress: &ITelehealth::progressOfReturn) -> Option<Visit> {
    let role = role(progress.role).ok()?;
    Some(Visit {
        patient: account(found.patient),
        provider: account(found.provider),
        arbiter: account(found.arbiter),
        token: account(found.token),
        fee: number(found.fee),
        start_time: found.startTime,
        end_time: found.endTime,
        confirm_by: found.confirmBy,
        deadline: found.deadline,
        terms_version: found.termsVersion,
        platform_fee: found.platformFee,
        conditions: Conditions {
            role,
            record: progress.record,
            subject: progress.subject.0,
        },
        status: Status::from_number(found.status)?,
        started_by: Side::from_number(progress.startedBy),
        claim: Status::from_number(progress.outcome).zip(Side::from_number(progress.claimedBy)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_and_addresses_are_the_same_both_ways() {
        let largest = U256::MAX - U256::from(7);
        assert_eq!(amount(number(largest)), largest);
        assert_eq!(number(U256::from(258)), rules::U256::from(258));
        let somebody = Address::from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
        assert_eq!(address(account(somebody)), somebody);
    }

    #[test]
    fn bookings_are_the_same_both_ways_and_a_role_that_is_none_is_told() {
        for role in [None, Some(Role::PHYS)] {
            let booking = Booking {
                provider: account(Address::repeat_byte(1)),
                service: [2; 32],
                token: account(Address::repeat_byte(3)),
                fee: number(U256::MAX),
                terms_version: 4,
                start_time: 5,
                end_time: 6,
                confirm_by: 7,
                arbiter: account(Address::repeat_byte(8)),
                conditions: Conditions {
                    role,
                    record: role.is_some(),
                    subject: [9; 32],
                },
                details_hash: [10; 32],
            };
            let mut told = ITelehealth::Booking::from(&booking);
            assert_eq!(Booking::try_from(&told), Ok(booking));
            told.conditions.role = 200;
            assert_eq!(Booking::try_from(&told), Err(200));
        }
    }

    #[test]
    fn terms_are_told_without_steps_that_are_none_and_read_back() {
        let call = ITelehealth::setTermsCall::from(&Terms::default());
        assert_eq!(
            (&*call.notices, &*call.refunds),
            (&[86_400, 3_600][..], &[10_000, 5_000][..])
        );
        let mut told = ITelehealth::termsOfReturn {
            notices: call.notices,
            refunds: call.refunds,
            grace: call.grace,
            noShowShare: call.noShowShare,
            claimWindow: call.claimWindow,
            objectionWindow: call.objectionWindow,
            decisionWindow: call.decisionWindow,
            defaultShare: call.defaultShare,
        };
        assert_eq!(terms(&told), Some(Terms::default()));
        told.notices = vec![5, 4, 3, 2, 1];
        told.refunds = vec![5, 4, 3, 2, 1];
        assert_eq!(terms(&told), None);
    }
}
