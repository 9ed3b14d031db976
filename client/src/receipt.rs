//! Consent receipts by ISO/IEC TS 27560:2023: what was consented to, by whom, and what became of it, as a patient keeps it.
//!
//! A receipt says what the chain holds and, where the opening is here, what the policy says. What is behind a commitment that is not
//! opened is said to be withheld, and what is recorded nowhere to be that; nothing is made up. `docs/receipt.md` has it field by field.

mod terms;

use alloy_core::primitives::{Address, B256};
use salus_core::consent::{Entry, Period, Policy, Status};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    error::{Exit, Fault},
    fhir::{
        Canonical, FhirError, Salt,
        consent::{date::date_time, urn},
    },
    indexer::ConsentStep,
    openings::{Opening, OpeningError, Openings, salt},
};

/// The version of a receipt's structure.
pub const SCHEMA_VERSION: &str = "salus-consent-receipt/1";

/// Why a receipt proves nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReceiptError {
    /// It is no receipt of this version.
    #[error("not a receipt: {0}")]
    Malformed(&'static str),
    /// It is not what was issued.
    #[error("the receipt was altered: it does not have the commitment {0}")]
    Altered(B256),
    /// What opens its commitment cannot be used.
    #[error(transparent)]
    Opening(#[from] OpeningError),
    /// It has no canonical form.
    #[error(transparent)]
    Fhir(#[from] FhirError),
}

impl Fault for ReceiptError {
    fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "malformed_receipt",
            Self::Altered(_) => "receipt_altered",
            Self::Opening(error) => error.code(),
            Self::Fhir(error) => error.code(),
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Malformed(_) => Exit::Document,
            Self::Altered(_) => Exit::Failure,
            Self::Opening(error) => error.exit(),
            Self::Fhir(error) => error.exit(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Opening(error) => error.hint(),
            _ => None,
        }
    }
}

/// What is known of a consent.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The EIP-155 chain id.
    pub chain_id: u64,
    /// The chain's block 0.
    pub genesis: B256,
    /// The registry.
    pub contract: Address,
    /// The consent in it.
    pub consent: B256,
    /// The consent as the registry holds it.
    pub entry: Entry,
    /// Who controls the subject now; none if nobody does.
    pub controller: Option<Address>,
    /// What was consented to, if the commitment was opened.
    pub policy: Option<Policy>,
    /// Each status that the consent has had, if an index knows.
    pub history: Vec<ConsentStep>,
    /// Which law applies, an ISO 3166 code, if who issues the receipt says so.
    pub jurisdiction: Option<String>,
    /// The notice that was shown, a URI, if who issues the receipt says so.
    pub notice: Option<String>,
}

/// What opens the commitment to a receipt.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptOpening {
    /// To the receipt without its `integrity`.
    pub commitment: B256,
    /// The salt.
    #[serde(with = "salt")]
    pub salt: Salt,
    /// The consent that the receipt is of.
    pub consent: B256,
}

impl Opening for ReceiptOpening {
    const KIND: &'static str = "receipt";

    fn opens(&self) -> B256 {
        self.commitment
    }
}

/// Issues a receipt at a time, in seconds since the epoch, and keeps what opens the commitment in it.
///
/// # Errors
/// [`ReceiptError`] if the opening cannot be kept.
pub fn issue(facts: &Facts, at: u64, openings: &Openings) -> Result<Value, ReceiptError> {
    let mut receipt = document(facts, at);
    let salt = Salt::random();
    let commitment = B256::from(Canonical::of(&receipt)?.commit(&salt));
    openings.save(&ReceiptOpening {
        commitment,
        salt,
        consent: facts.consent,
    })?;
    receipt["integrity"] = json!({
        "canonicalization": "RFC 8785",
        "hash": "keccak-256",
        "domain": "salus/record",
        "commitment": commitment,
    });
    Ok(receipt)
}

/// Checks that a receipt is what was issued: with the salt that is kept here, it has the commitment in it. Answers that.
///
/// # Errors
/// [`ReceiptError::Malformed`] if it is no receipt; [`ReceiptError::Opening`] if what opens it is not here; [`ReceiptError::Altered`].
pub fn verify(receipt: &Value, openings: &Openings) -> Result<B256, ReceiptError> {
    let mut issued = receipt.clone();
    let members = issued.as_object_mut().ok_or(ReceiptError::Malformed("no object"))?;
    let integrity = members
        .remove("integrity")
        .ok_or(ReceiptError::Malformed("no integrity"))?;
    let version = receipt.pointer("/receipt_metadata/schema_version");
    if version.and_then(Value::as_str) != Some(SCHEMA_VERSION) {
        return Err(ReceiptError::Malformed("another schema_version"));
    }
    let stated = integrity.get("commitment").and_then(Value::as_str);
    let commitment: B256 = stated
        .and_then(|text| text.parse().ok())
        .ok_or(ReceiptError::Malformed("no commitment in integrity"))?;
    let opening: ReceiptOpening = openings.load(commitment)?;
    if B256::from(Canonical::of(&issued)?.commit(&opening.salt)) == commitment {
        Ok(commitment)
    } else {
        Err(ReceiptError::Altered(commitment))
    }
}

/// What the commitment hides and nobody has opened here.
fn withheld() -> Value {
    json!({"absent": "withheld"})
}

/// What is recorded nowhere.
fn not_recorded() -> Value {
    json!({"absent": "not_recorded"})
}

/// A time; open ends are null.
fn moment(seconds: u64) -> Value {
    let text = i64::try_from(seconds).ok().and_then(date_time);
    text.filter(|_| seconds != 0).map_or(Value::Null, Value::from)
}

fn account(address: &[u8; 20]) -> String {
    format!("{}|0x{}", urn::ACCOUNT, hex::encode(address))
}

fn validity(period: &Period) -> Value {
    json!({"from": moment(period.from), "until": moment(period.until)})
}

fn document(facts: &Facts, at: u64) -> Value {
    let entry = &facts.entry;
    let subject = format!("{}|{}", urn::SUBJECT, B256::from(entry.subject));
    let id = uuid(rand::random());
    json!({
        "receipt_metadata": {
            "schema_version": SCHEMA_VERSION,
            "conforms_to": "ISO/IEC TS 27560:2023",
            "receipt_id": format!("urn:uuid:{id}"),
            "issued_at": moment(at),
        },
        "record_header": {
            "schema_version": SCHEMA_VERSION,
            "record_id": facts.consent,
            "pii_principal_id": subject,
        },
        "pii_processing": processing(facts),
        "party_identification": parties(facts),
        "event": events(facts, &subject),
        "anchor": {
            "chain_id": facts.chain_id,
            "genesis_hash": facts.genesis,
            "contract": facts.contract,
            "consent_id": facts.consent,
            "sequence": entry.sequence,
            "status": status_of(entry.status),
            "commitment": B256::from(entry.commitment),
        },
    })
}

fn processing(facts: &Facts) -> Value {
    let stated = |text: &Option<String>| text.clone().map_or_else(not_recorded, Value::from);
    json!({
        "privacy_notice": stated(&facts.notice),
        "language": not_recorded(),
        "purposes": terms::purposes(facts),
        "pii_controllers": [account(&facts.entry.grantee)],
        "storage_locations": not_recorded(),
        "retention_period": not_recorded(),
        "jurisdiction": stated(&facts.jurisdiction),
        "recipient_third_parties": terms::recipients(facts),
        "withdrawal_method": {
            "contract": facts.contract,
            "message": "revokeConsent(bytes32)",
            "argument": facts.consent,
            "by": "the account that controls the subject",
        },
    })
}

fn parties(facts: &Facts) -> Vec<Value> {
    let party = |address: &[u8; 20], role: &str, kind: &str| {
        json!({
            "party_id": account(address),
            "party_role": role,
            "party_type": kind,
            "party_name": not_recorded(),
            "party_address": not_recorded(),
            "party_contact": not_recorded(),
        })
    };
    let mut parties = vec![party(
        &facts.entry.grantee,
        "PII controller",
        "https://w3id.org/dpv#Recipient",
    )];
    parties.extend(facts.controller.map(|controller| {
        let role = "PII principal, or who acts for the PII principal";
        party(&controller.into(), role, "https://w3id.org/dpv#DataSubject")
    }));
    parties
}

/// What an index knows; else what follows from the status, without times.
fn events(facts: &Facts, subject: &str) -> Vec<Value> {
    let event = |status: &str, step: Option<&ConsentStep>| {
        let time = step.map_or_else(not_recorded, |step| moment(step.timestamp / 1_000));
        let transaction = step.map_or_else(not_recorded, |step| {
            json!({
                "block": step.block,
                "block_hash": step.block_hash,
                "extrinsic_index": step.extrinsic,
                "log_index": step.index,
            })
        });
        json!({
            "event_time": time,
            "event_type": "explicit",
            "event_state": status,
            "dpv_status": dpv_status(status),
            "entity_id": subject,
            "validity_duration": validity(&facts.entry.terms.validity),
            "transaction": transaction,
        })
    };
    let mut told: Vec<(&str, Option<&ConsentStep>)> = Vec::new();
    told.extend(facts.history.iter().map(|step| (step.status.as_str(), Some(step))));
    if told.is_empty() {
        told.push(("active", None));
    }
    // An index may be behind the chain.
    let now = status_of(facts.entry.status);
    if told.last().is_some_and(|(status, _)| *status != now) {
        told.push((now, None));
    }
    told.into_iter().map(|(status, step)| event(status, step)).collect()
}

fn status_of(status: Status) -> &'static str {
    match status {
        Status::None => "none",
        Status::Active => "active",
        Status::Superseded => "superseded",
        Status::Revoked => "revoked",
        Status::EnteredInError => "entered_in_error",
    }
}

/// The state by W3C's vocabulary, which has none for a consent that another one took the place of.
fn dpv_status(status: &str) -> Option<&'static str> {
    match status {
        "active" => Some("https://w3id.org/dpv#ConsentGiven"),
        "revoked" => Some("https://w3id.org/dpv#ConsentWithdrawn"),
        "entered_in_error" => Some("https://w3id.org/dpv#ConsentInvalidated"),
        _ => None,
    }
}

/// A random UUID (RFC 9562, version 4) of these bytes.
pub(crate) fn uuid(bytes: [u8; 16]) -> String {
    uuid_of_version(4, bytes)
}

/// A UUID (RFC 9562) of a version below 16, of these bytes.
pub(crate) fn uuid_of_version(version: u8, mut bytes: [u8; 16]) -> String {
    bytes[6] = bytes[6] & 0x0f | version << 4;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let text = hex::encode(bytes);
    let part = |range: std::ops::Range<usize>| &text[range];
    [part(0..8), part(8..12), part(12..16), part(16..20), part(20..32)].join("-")
}

#[cfg(test)]
mod tests;
