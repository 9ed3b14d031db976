//! A consultation in escrow as FHIR R4 (4.0.1) and R5 (5.0.0): the Appointment, the Invoice of its fee, and the PaymentReconciliation
//! of what escrow released.
//!
//! The functions are pure: what is known goes in as [`Facts`], a document comes out. Nothing is made up. What is not known is left out
//! and named in [`Written::unknown`]; where FHIR demands an element all the same, it has FHIR's own extension that says so. People are
//! known by their accounts, unless whoever asks has better [`Names`] for them. `docs/fhir.md` has the elements one by one.

mod appointment;
mod facts;
mod invoice;
mod money;
mod name;
mod payment;
mod status;

use alloy_core::primitives::{Address, B256, U256, keccak256};
use salus_core::telehealth::Status;
use serde_json::{Map, Value, json};

pub use self::{
    facts::{Closed, Facts, History, Token},
    name::{NameError, ORGANIZATION, PATIENT, PROVIDER, ResourceName},
    status::{appointment_status, cancellation_reason, invoice_status},
};
use super::{
    consent::{FhirVersion, date::date_time, urn as consent_urn},
    element,
};
use crate::{
    contracts::telehealth::{convert::address, status_name},
    error::{Exit, Fault},
    receipt::uuid_of_version,
};

/// The systems of what only the chain names.
pub mod urn {
    /// A visit: 32 bytes.
    pub const VISIT: &str = "urn:salus:visit";
    /// The status of a visit, as [`crate::contracts::telehealth::status_name`] has it.
    pub const STATUS: &str = "urn:salus:visit-status";
    /// A provider's service: the provider's 20 bytes, `/`, and 32 bytes of the provider's choosing.
    pub const SERVICE: &str = "urn:salus:service";
    /// A token: `eip155:`, the chain id, `:` and the contract's 20 bytes (CAIP-10). The zero address is the native coin.
    pub const TOKEN: &str = "urn:salus:token";
}

/// Kinds of participation.
const PARTICIPATION_TYPE: &str = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";

/// Why a visit cannot be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VisitError {
    /// Escrow has released nothing.
    #[error("the visit is {}: escrow has released nothing that could be reconciled", words(.0))]
    NothingReleased(Status),
    /// In this status a fee may have been paid or not.
    #[error("the visit is {}, and the chain does not say whether it was paid for", words(.0))]
    PaymentUnknown(Status),
    /// A number is longer than what FHIR has.
    #[error("{amount} smallest units of {decimals} decimals are no decimal of FHIR {}", version.name())]
    Amount {
        /// The amount, in the token's smallest unit.
        amount: U256,
        /// The token's decimals.
        decimals: u8,
        /// The version of FHIR.
        version: FhirVersion,
    },
    /// A time is after the year 9999.
    #[error("{0} seconds since the epoch are no time of FHIR")]
    Time(u64),
}

impl Fault for VisitError {
    fn code(&self) -> &'static str {
        match self {
            Self::NothingReleased(_) => "nothing_released",
            Self::PaymentUnknown(_) => "payment_unknown",
            Self::Amount { .. } => "amount_not_in_fhir",
            Self::Time(_) => "time_not_in_fhir",
        }
    }

    fn exit(&self) -> Exit {
        Exit::Failure
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::PaymentUnknown(_) => Some("`salus index` reads the visit's history, which says so".into()),
            _ => None,
        }
    }

    fn is_retryable(&self) -> bool {
        // The visit goes on.
        matches!(self, Self::NothingReleased(status) if !status.is_final())
    }
}

/// What a visit is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// When it is, and what became of it.
    Appointment,
    /// What it costs its patient.
    Invoice,
    /// What escrow released, and to whom; of a visit that is over and was paid for.
    PaymentReconciliation,
    /// A Bundle of type `collection` of these, as far as they exist.
    Bundle,
}

/// What people and organisations are called in FHIR. Who has no name is known by the account, which is on chain.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// The patient: a [`PATIENT`].
    pub patient: Option<ResourceName>,
    /// Who gives the consultation: one of [`PROVIDER`].
    pub provider: Option<ResourceName>,
    /// On behalf of which organisation it is invoiced: an [`ORGANIZATION`]. The chain knows none.
    pub issuer: Option<ResourceName>,
}

/// A document, and what is not in it because it is not known.
#[derive(Debug, Clone)]
pub struct Written {
    /// The resource.
    pub document: Value,
    /// Elements that would be there if more were known, such as `Appointment.created`: the index knows it.
    pub unknown: Vec<String>,
}

/// Writes a visit. `at` is the present second: when the document is made.
///
/// # Errors
/// [`VisitError`]: there is nothing to reconcile, or a number or time has no place in this version of FHIR.
pub fn write(facts: &Facts, names: &Names, version: FhirVersion, form: Form, at: u64) -> Result<Written, VisitError> {
    let mut writer = Writer {
        facts,
        names,
        version,
        at,
        in_bundle: form == Form::Bundle,
        unknown: Vec::new(),
    };
    let document = match form {
        Form::Appointment => writer.appointment()?,
        Form::Invoice => writer.invoice()?,
        Form::PaymentReconciliation => writer.payment()?,
        Form::Bundle => writer.bundle()?,
    };
    Ok(Written {
        document,
        unknown: writer.unknown,
    })
}

struct Writer<'a> {
    facts: &'a Facts,
    names: &'a Names,
    version: FhirVersion,
    at: u64,
    in_bundle: bool,
    unknown: Vec<String>,
}

impl Writer<'_> {
    fn bundle(&mut self) -> Result<Value, VisitError> {
        let mut resources = vec![self.appointment()?, self.invoice()?];
        match self.payment() {
            Ok(payment) => resources.push(payment),
            Err(VisitError::NothingReleased(_)) => {}
            Err(VisitError::PaymentUnknown(_)) => self.miss("PaymentReconciliation"),
            Err(error) => return Err(error),
        }
        let entry = |resource: Value| {
            let kind = resource["resourceType"].as_str().unwrap_or_default();
            json!({"fullUrl": full_url(kind, self.facts.id), "resource": resource})
        };
        let entries: Vec<Value> = resources.into_iter().map(entry).collect();
        Ok(json!({
            "resourceType": "Bundle",
            "type": "collection",
            "timestamp": time(self.at)?,
            "entry": entries,
        }))
    }

    /// What every resource of a visit begins with.
    fn resource(&self, kind: &str) -> Map<String, Value> {
        let Facts { id, visit, .. } = self.facts;
        let mut resource = Map::new();
        resource.insert("resourceType".into(), kind.into());
        let tag = json!({"system": urn::STATUS, "code": status_name(visit.status)});
        resource.insert("meta".into(), json!({"tag": [tag]}));
        resource.insert("identifier".into(), json!([identifier(*id)]));
        resource
    }

    /// Something is not known.
    fn miss(&mut self, element: &str) {
        self.unknown.push(element.to_owned());
    }

    /// The time that the history has of something, or the note that it is not known.
    fn when(&mut self, element: &str, seconds: Option<u64>) -> Result<Option<String>, VisitError> {
        if seconds.is_none() {
            self.miss(element);
        }
        seconds.map(time).transpose()
    }

    fn patient(&self) -> Value {
        let named = |name: &ResourceName| name.reference();
        let known = || {
            let mut reference = account(address(self.facts.visit.patient));
            reference["type"] = "Patient".into();
            reference
        };
        self.names.patient.as_ref().map_or_else(known, named)
    }

    /// Whether the account is a person's or an organisation's is not known.
    fn provider(&self) -> Value {
        let named = |name: &ResourceName| name.reference();
        let known = || account(address(self.facts.visit.provider));
        self.names.provider.as_ref().map_or_else(known, named)
    }

    /// The Invoice of the same visit.
    fn invoice_reference(&self) -> Value {
        let mut reference = json!({"type": "Invoice", "identifier": identifier(self.facts.id)});
        if self.in_bundle {
            reference["reference"] = full_url("Invoice", self.facts.id).into();
        }
        reference
    }

    /// Which of the provider's services it is, if that is known.
    fn service(&self) -> Option<Value> {
        let service = self.facts.history.as_ref()?.service;
        let provider = address(self.facts.visit.provider);
        Some(json!({"system": urn::SERVICE, "code": format!("{provider:#x}/{service}")}))
    }
}

fn identifier(visit: B256) -> Value {
    json!({"system": urn::VISIT, "value": visit})
}

fn account(address: Address) -> Value {
    element::identifier(consent_urn::ACCOUNT, address.as_slice())
}

/// The same for the same visit whenever it is written: a UUID (RFC 9562, version 8) of a hash of both.
fn full_url(kind: &str, visit: B256) -> String {
    let hash = keccak256([kind.as_bytes(), visit.as_slice()].concat());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    format!("urn:uuid:{}", uuid_of_version(8, bytes))
}

fn time(seconds: u64) -> Result<String, VisitError> {
    let text = i64::try_from(seconds).ok().and_then(date_time);
    text.ok_or(VisitError::Time(seconds))
}

/// A status in words.
fn words(status: &Status) -> String {
    status_name(*status).replace('_', " ")
}
