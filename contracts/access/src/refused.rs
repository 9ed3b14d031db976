//! What the rules refuse, as the contract's errors.

use ink::{H256, sol::Revert as _};
use salus_core::access::{ParameterError, emergency::EmergencyError, log::LogError, request::RequestError};

use crate::error::{Error, ErrorRef};

/// A refusal of the rules, which ends the call where it is made: there is none to be carried on.
#[derive(Debug)]
pub enum Refused {}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        match refused {}
    }
}

impl From<ParameterError> for Refused {
    #[inline(always)]
    fn from(error: ParameterError) -> Self {
        match &error {
            ParameterError::EmergencyRoles(roles) => ErrorRef::InvalidEmergencyRoles { roles },
            ParameterError::MaxDuration(seconds) => ErrorRef::InvalidMaxDuration { seconds },
            ParameterError::MaxUses(count) => ErrorRef::InvalidMaxUses { count },
            ParameterError::UsesWindow(seconds) => ErrorRef::InvalidUsesWindow { seconds },
            ParameterError::ReviewPeriod(seconds) => ErrorRef::InvalidReviewPeriod { seconds },
            ParameterError::MaxVetoWindow(seconds) => ErrorRef::InvalidMaxVetoWindow { seconds },
        }
        .revert()
    }
}

impl From<RequestError> for Refused {
    #[inline(always)]
    fn from(error: RequestError) -> Self {
        match &error {
            RequestError::UnknownSubject(subject) => unknown_subject(subject),
            RequestError::InvalidCommitment => ErrorRef::InvalidCommitment.revert(),
            RequestError::InvalidUntil(until, now) => ErrorRef::InvalidUntil {
                until,
                current_time: now,
            }
            .revert(),
            RequestError::RequestOpen(id) => ErrorRef::RequestOpen { request_id: &H256(*id) }.revert(),
            RequestError::UnknownRequest(id) => ErrorRef::UnknownRequest { request_id: &H256(*id) }.revert(),
            RequestError::NotOpen(id, status) => ErrorRef::RequestNotOpen {
                request_id: &H256(*id),
                status: &(*status as u8),
            }
            .revert(),
            RequestError::MayNotAct(subject, caller) => may_not_act(subject, caller),
            RequestError::NotRequester(id, caller) => ErrorRef::NotRequester {
                request_id: &H256(*id),
                caller: &(*caller).into(),
            }
            .revert(),
            RequestError::UnsuitableConsent(id) => ErrorRef::UnsuitableConsent { consent_id: &H256(*id) }.revert(),
            RequestError::TooManyRequests => ErrorRef::TooManyRequests.revert(),
        }
    }
}

impl From<EmergencyError> for Refused {
    #[inline(always)]
    fn from(error: EmergencyError) -> Self {
        match &error {
            EmergencyError::UnknownSubject(subject) => unknown_subject(subject),
            EmergencyError::NotController(subject, caller) => ErrorRef::NotController {
                subject: &H256(*subject),
                caller: &(*caller).into(),
            }
            .revert(),
            EmergencyError::MayNotAct(subject, caller) => may_not_act(subject, caller),
            EmergencyError::VetoWindowTooLong(seconds, limit) => {
                ErrorRef::VetoWindowTooLong { seconds, limit }.revert()
            }
            EmergencyError::NotAnEmergency(purpose) => ErrorRef::NotAnEmergency {
                purpose: &purpose.bit(),
            }
            .revert(),
            EmergencyError::RoleNotAdmitted(role) => ErrorRef::RoleNotAdmitted { role: &role.bit() }.revert(),
            EmergencyError::MissingEvidence => ErrorRef::MissingEvidence.revert(),
            EmergencyError::InvalidDuration(duration, limit) => ErrorRef::InvalidDuration { duration, limit }.revert(),
            EmergencyError::InvalidReviewer(reviewer) => ErrorRef::InvalidReviewer {
                reviewer: &(*reviewer).into(),
            }
            .revert(),
            EmergencyError::MissingCredential(account, role) => ErrorRef::MissingCredential {
                account: &(*account).into(),
                role: &role.bit(),
            }
            .revert(),
            EmergencyError::NoEmergencyKey(subject) => ErrorRef::NoEmergencyKey {
                subject: &H256(*subject),
            }
            .revert(),
            EmergencyError::AccessLive(id) => ErrorRef::AccessLive { access_id: &H256(*id) }.revert(),
            EmergencyError::ReviewOverdue(id, review_by) => ErrorRef::ReviewOverdue {
                access_id: &H256(*id),
                review_by,
            }
            .revert(),
            EmergencyError::TooManyUnreviewed => ErrorRef::TooManyUnreviewed.revert(),
            EmergencyError::TooManyUses(window_ends) => ErrorRef::TooManyUses { window_ends }.revert(),
            EmergencyError::TooManyAccesses => ErrorRef::TooManyAccesses.revert(),
            EmergencyError::UnknownAccess(id) => ErrorRef::UnknownAccess { access_id: &H256(*id) }.revert(),
            EmergencyError::NotActor(id, caller) => ErrorRef::NotActor {
                access_id: &H256(*id),
                caller: &(*caller).into(),
            }
            .revert(),
            EmergencyError::NotReviewer(id, caller) => ErrorRef::NotReviewer {
                access_id: &H256(*id),
                caller: &(*caller).into(),
            }
            .revert(),
            EmergencyError::WrongStatus(id, status) => ErrorRef::WrongStatus {
                access_id: &H256(*id),
                status: &(*status as u8),
            }
            .revert(),
            EmergencyError::AlreadyReviewed(id) => ErrorRef::AlreadyReviewed { access_id: &H256(*id) }.revert(),
            EmergencyError::InvalidOutcome => ErrorRef::InvalidOutcome { outcome: &0 }.revert(),
        }
    }
}

impl From<LogError> for Refused {
    #[inline(always)]
    fn from(error: LogError) -> Self {
        match &error {
            LogError::InvalidRoot => ErrorRef::InvalidRoot.revert(),
            LogError::EmptyBatch(root) => ErrorRef::EmptyBatch { root: &H256(*root) }.revert(),
            LogError::InvalidRange(from, until, now) => ErrorRef::InvalidRange {
                from,
                until,
                current_time: now,
            }
            .revert(),
            LogError::AlreadyAnchored(root, batch) => ErrorRef::BatchAlreadyAnchored {
                root: &H256(*root),
                batch,
            }
            .revert(),
            LogError::TooManyBatches => ErrorRef::TooManyBatches.revert(),
        }
    }
}

fn unknown_subject(subject: &[u8; 32]) -> ! {
    ErrorRef::UnknownSubject {
        subject: &H256(*subject),
    }
    .revert()
}

fn may_not_act(subject: &[u8; 32], caller: &[u8; 20]) -> ! {
    ErrorRef::MayNotAct {
        subject: &H256(*subject),
        caller: &(*caller).into(),
    }
    .revert()
}
