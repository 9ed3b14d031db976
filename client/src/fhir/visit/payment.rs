//! The PaymentReconciliation of what escrow released when a visit ended.

use salus_core::telehealth::U256;
use serde_json::{Value, json};

use super::{VisitError, Writer, time, words};
use crate::fhir::{
    consent::{FhirVersion, date::date},
    element::absent,
};

/// Kinds of payments.
const PAYMENT_TYPE: &str = "http://terminology.hl7.org/CodeSystem/payment-type";
/// Where a payment was made.
const PAYMENT_KIND: &str = "http://hl7.org/fhir/payment-kind";
/// Who pays.
const ISSUER_TYPE: &str = "http://hl7.org/fhir/payment-issuertype";

impl Writer<'_> {
    pub(super) fn payment(&mut self) -> Result<Value, VisitError> {
        let visit = self.facts.visit;
        match self.facts.was_paid() {
            Some(true) if visit.status.is_final() => {}
            None => return Err(VisitError::PaymentUnknown(visit.status)),
            Some(_) => return Err(VisitError::NothingReleased(visit.status)),
        }
        let mut payment = self.resource("PaymentReconciliation");
        payment.insert("status".into(), "active".into());
        if self.version == FhirVersion::R5 {
            let is_refund = self
                .facts
                .released()
                .is_some_and(|released| released.to_patient == visit.fee);
            let code = if is_refund { "adjustment" } else { "payment" };
            payment.insert("type".into(), payment_type(code, None));
            if !is_refund {
                let kind = json!({"coding": [{"system": PAYMENT_KIND, "code": "online"}]});
                payment.insert("kind".into(), kind);
            }
            payment.insert(
                "issuerType".into(),
                json!({"coding": [{"system": ISSUER_TYPE, "code": "patient"}]}),
            );
            // R4 knows organisations alone that pay.
            payment.insert("paymentIssuer".into(), self.patient());
        }
        let funded = self.facts.history.as_ref().and_then(|history| history.funded);
        let closed = self.facts.closed().map(|closed| closed.at);
        match funded.zip(closed) {
            Some((funded, closed)) => {
                payment.insert("period".into(), json!({"start": time(funded)?, "end": time(closed)?}));
            }
            None => self.miss("PaymentReconciliation.period"),
        }
        payment.insert("created".into(), time(self.at)?.into());
        payment.insert("requestor".into(), self.provider());
        payment.insert("outcome".into(), "complete".into());
        payment.insert(
            "disposition".into(),
            format!("released from escrow: {}", words(&visit.status)).into(),
        );
        let (date, amount, items) = match self.version {
            FhirVersion::R4 => ("paymentDate", "paymentAmount", "detail"),
            FhirVersion::R5 => ("date", "amount", "allocation"),
        };
        match closed.map(day).transpose()? {
            Some(day) => payment.insert(date.into(), day.into()),
            None => {
                self.miss(&format!("PaymentReconciliation.{date}"));
                payment.insert(format!("_{date}"), absent("unknown"))
            }
        };
        payment.insert(amount.into(), self.money(visit.fee)?);
        payment.insert("paymentIdentifier".into(), super::identifier(self.facts.id));
        let shares = self.shares(items)?;
        if !shares.is_empty() {
            payment.insert(items.into(), shares.into());
        }
        Ok(payment.into())
    }

    /// To whom the fee went. Together the parts are the fee, if all are known.
    fn shares(&mut self, items: &str) -> Result<Vec<Value>, VisitError> {
        let Some(released) = self.facts.released() else {
            self.miss(&format!("PaymentReconciliation.{items}"));
            return Ok(Vec::new());
        };
        let mut shares = Vec::new();
        match released.earned {
            Some((to_provider, to_platform)) => {
                shares.push(self.share("payment", "fee", Some(self.provider()), to_provider)?);
                shares.push(self.share("payment", "platform fee", None, to_platform)?);
            }
            None => self.miss(&format!("PaymentReconciliation.{items}: of provider and platform")),
        }
        // A payee is never a patient in FHIR.
        shares.push(self.share("adjustment", "refund to the patient", None, released.to_patient)?);
        Ok(shares.into_iter().flatten().collect())
    }

    fn share(&self, code: &str, text: &str, payee: Option<Value>, amount: U256) -> Result<Option<Value>, VisitError> {
        if amount.is_zero() {
            return Ok(None);
        }
        let target = match self.version {
            FhirVersion::R4 => "request",
            FhirVersion::R5 => "target",
        };
        let mut share = json!({"type": payment_type(code, Some(text)), "amount": self.money(amount)?});
        share[target] = self.invoice_reference();
        if let Some(payee) = payee {
            share["payee"] = payee;
        }
        Ok(Some(share))
    }
}

fn payment_type(code: &str, text: Option<&str>) -> Value {
    let mut concept = json!({"coding": [{"system": PAYMENT_TYPE, "code": code}]});
    if let Some(text) = text {
        concept["text"] = text.into();
    }
    concept
}

fn day(seconds: u64) -> Result<String, VisitError> {
    let text = i64::try_from(seconds).ok().and_then(date);
    text.ok_or(VisitError::Time(seconds))
}
