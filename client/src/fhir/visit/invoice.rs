//! The Invoice of a visit's fee.

use salus_core::telehealth::{Status, U256};
use serde_json::{Value, json};

use super::{PARTICIPATION_TYPE, VisitError, Writer, invoice_status, time, words};
use crate::fhir::consent::FhirVersion;

impl Writer<'_> {
    pub(super) fn invoice(&mut self) -> Result<Value, VisitError> {
        let of = self.facts.visit.status;
        let status = invoice_status(of);
        let mut invoice = self.resource("Invoice");
        invoice.insert("status".into(), status.into());
        if status == "cancelled" {
            invoice.insert("cancelledReason".into(), words(&of).into());
        }
        invoice.insert("subject".into(), self.patient());
        invoice.insert("recipient".into(), self.patient());
        // R5 has replaced the one by the other.
        let (posted, element) = match self.version {
            FhirVersion::R4 => ("date", "Invoice.date"),
            FhirVersion::R5 => ("creation", "Invoice.creation"),
        };
        let requested = self.facts.history.as_ref().and_then(|history| history.requested);
        if let Some(at) = self.when(element, requested)? {
            invoice.insert(posted.into(), at.into());
        }
        let role = json!({"coding": [{"system": PARTICIPATION_TYPE, "code": "PPRF", "display": "primary performer"}]});
        let participant = json!([{"role": role, "actor": self.provider()}]);
        invoice.insert("participant".into(), participant);
        if let Some(issuer) = &self.names.issuer {
            invoice.insert("issuer".into(), issuer.reference());
        }
        invoice.insert("lineItem".into(), json!([self.line()?]));
        // Whether taxes are in it, the chain does not know: so there is no net total.
        match self.due() {
            Some(due) => {
                let total = self.money(due)?;
                invoice.insert("totalGross".into(), total);
            }
            None => self.miss("Invoice.totalGross"),
        }
        Ok(invoice.into())
    }

    fn line(&mut self) -> Result<Value, VisitError> {
        let visit = self.facts.visit;
        let mut charge = json!({"text": "consultation"});
        match self.service() {
            Some(coding) => charge["coding"] = json!([coding]),
            None => self.miss("Invoice.lineItem[0].chargeItemCodeableConcept.coding"),
        }
        let mut line = json!({
            "sequence": 1,
            "chargeItemCodeableConcept": charge,
            "priceComponent": self.price()?,
        });
        if self.version == FhirVersion::R5 && visit.status == Status::Completed {
            line["servicedPeriod"] = json!({"start": time(visit.start_time)?, "end": time(visit.end_time)?});
        }
        Ok(line)
    }

    /// The fee, what the patient has back of it, and for their information what the platform keeps of what the provider earned.
    fn price(&mut self) -> Result<Vec<Value>, VisitError> {
        let visit = self.facts.visit;
        let mut components = vec![json!({"type": "base", "amount": self.money(visit.fee)?})];
        let Some(released) = self.facts.released() else {
            if visit.status.is_final() {
                self.miss("Invoice.lineItem[0].priceComponent");
            }
            return Ok(components);
        };
        if !released.to_patient.is_zero() {
            let amount = self.money(released.to_patient)?;
            let text = if self.facts.was_paid() == Some(true) {
                "refund"
            } else {
                "not charged"
            };
            components.push(json!({"type": "deduction", "code": {"text": text}, "amount": amount}));
        }
        match released.earned {
            Some((_, to_platform)) if !to_platform.is_zero() => {
                let amount = self.money(to_platform)?;
                components.push(json!({"type": "informational", "code": {"text": "platform fee"}, "amount": amount}));
            }
            Some(_) => {}
            None => self.miss("Invoice.lineItem[0].priceComponent: the platform's fee"),
        }
        Ok(components)
    }

    /// What the patient pays in all, if that is known.
    fn due(&self) -> Option<U256> {
        let visit = self.facts.visit;
        if !visit.status.is_final() {
            return Some(visit.fee);
        }
        // No more comes back than was paid.
        Some(visit.fee.saturating_sub(self.facts.released()?.to_patient))
    }
}
