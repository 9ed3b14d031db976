//! What a visit's status is in FHIR.

use salus_core::telehealth::Status;

/// HL7's `appointmentstatus`. A claim, or a dispute about one, says nothing of whether somebody came unless one side said that it began.
pub const fn appointment_status(status: Status, has_begun: bool) -> &'static str {
    match status {
        Status::Requested => "proposed",
        Status::Funded => "pending",
        Status::Confirmed => "booked",
        Status::Claimed | Status::Disputed if !has_begun => "booked",
        Status::InSession | Status::Claimed | Status::Disputed => "arrived",
        Status::Completed | Status::Resolved => "fulfilled",
        Status::PatientNoShow | Status::ProviderNoShow => "noshow",
        Status::CancelledEarly
        | Status::CancelledLate
        | Status::CancelledByProvider
        | Status::TechnicalFailure
        | Status::Declined
        | Status::Expired => "cancelled",
    }
}

/// HL7's `appointment-cancellation-reason` of what did not take place: whose doing that was.
pub const fn cancellation_reason(status: Status) -> Option<&'static str> {
    match status {
        Status::CancelledEarly | Status::CancelledLate | Status::PatientNoShow => Some("pat"),
        Status::CancelledByProvider | Status::Declined | Status::ProviderNoShow => Some("prov"),
        Status::TechnicalFailure | Status::Expired => Some("other"),
        _ => None,
    }
}

/// HL7's `invoice-status`: a fee that both sides agreed to is issued, one of which the provider may have earned something is balanced
/// when the visit is over, and any other is cancelled.
pub const fn invoice_status(status: Status) -> &'static str {
    match status {
        Status::Requested | Status::Funded => "draft",
        Status::Confirmed | Status::InSession | Status::Claimed | Status::Disputed => "issued",
        Status::Completed | Status::CancelledLate | Status::PatientNoShow | Status::Resolved => "balanced",
        Status::CancelledEarly
        | Status::CancelledByProvider
        | Status::ProviderNoShow
        | Status::TechnicalFailure
        | Status::Declined
        | Status::Expired => "cancelled",
    }
}
