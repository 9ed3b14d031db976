//! The Appointment.

use salus_core::telehealth::Status;
use serde_json::{Map, Value, json};

use super::{PARTICIPATION_TYPE, VisitError, Writer, appointment_status, cancellation_reason, time, words};
use crate::fhir::{consent::FhirVersion, element::absent};

/// Whose doing it was that a consultation did not take place.
const CANCELLATION_REASONS: &str = "http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason";
/// Kinds of encounters.
const ACT_CODE: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";

impl Writer<'_> {
    pub(super) fn appointment(&mut self) -> Result<Value, VisitError> {
        let visit = self.facts.visit;
        let status = appointment_status(visit.status, visit.started_by.is_some());
        let mut appointment = self.resource("Appointment");
        appointment.insert("status".into(), status.into());
        self.cancellation(status, &mut appointment)?;
        if self.version == FhirVersion::R5 {
            // Consultations at a distance are what the contract is for.
            let class = json!([{"coding": [{"system": ACT_CODE, "code": "VR", "display": "virtual"}]}]);
            appointment.insert("class".into(), class);
            appointment.insert("subject".into(), self.patient());
        }
        match self.service() {
            Some(coding) => {
                let concept = json!({"coding": [coding]});
                let service = match self.version {
                    FhirVersion::R4 => concept,
                    FhirVersion::R5 => json!({"concept": concept}),
                };
                appointment.insert("serviceType".into(), json!([service]));
            }
            None => self.miss("Appointment.serviceType"),
        }
        appointment.insert("start".into(), time(visit.start_time)?.into());
        appointment.insert("end".into(), time(visit.end_time)?.into());
        let minutes = visit.end_time.saturating_sub(visit.start_time) / 60;
        if minutes > 0 {
            appointment.insert("minutesDuration".into(), minutes.into());
        }
        let requested = self.facts.history.as_ref().and_then(|history| history.requested);
        if let Some(created) = self.when("Appointment.created", requested)? {
            appointment.insert("created".into(), created.into());
        }
        let participants = vec![self.patient_participant(), self.provider_participant()];
        appointment.insert("participant".into(), participants.into());
        Ok(appointment.into())
    }

    /// Why it did not take place, and since when that is known.
    fn cancellation(&mut self, status: &str, appointment: &mut Map<String, Value>) -> Result<(), VisitError> {
        let is_cancelled = status == "cancelled";
        // R4's rule app-4 means to allow it for `noshow`, too, and spells that `no-show`.
        let has_reason = is_cancelled || (status == "noshow" && self.version == FhirVersion::R5);
        let of = self.facts.visit.status;
        if let Some(code) = cancellation_reason(of).filter(|_| has_reason) {
            let name = match self.version {
                FhirVersion::R4 => "cancelationReason",
                FhirVersion::R5 => "cancellationReason",
            };
            let coding = json!({"system": CANCELLATION_REASONS, "code": code});
            appointment.insert(name.into(), json!({"coding": [coding], "text": words(&of)}));
        }
        if is_cancelled && self.version == FhirVersion::R5 {
            let closed = self.facts.closed().map(|closed| closed.at);
            if let Some(at) = self.when("Appointment.cancellationDate", closed)? {
                appointment.insert("cancellationDate".into(), at.into());
            }
        }
        Ok(())
    }

    /// Who booked it has accepted it, until calling it off.
    fn patient_participant(&self) -> Value {
        let status = match self.facts.visit.status {
            Status::CancelledEarly | Status::CancelledLate => "declined",
            _ => "accepted",
        };
        json!({"actor": self.patient(), "required": self.required(), "status": status})
    }

    fn provider_participant(&mut self) -> Value {
        let mut participant = json!({
            "type": [{"coding": [{"system": PARTICIPATION_TYPE, "code": "ATND", "display": "attender"}]}],
            "actor": self.provider(),
            "required": self.required(),
        });
        match (self.facts.visit.status, self.facts.was_confirmed()) {
            (Status::Declined | Status::CancelledByProvider, _) => participant["status"] = "declined".into(),
            (_, Some(true)) => participant["status"] = "accepted".into(),
            (_, Some(false)) => participant["status"] = "needs-action".into(),
            (_, None) => {
                self.miss("Appointment.participant[1].status");
                participant["_status"] = absent("unknown");
            }
        }
        participant
    }

    /// Both have to be there.
    fn required(&self) -> Value {
        match self.version {
            FhirVersion::R4 => "required".into(),
            FhirVersion::R5 => true.into(),
        }
    }
}
