//! Visits as Appointment, Invoice and PaymentReconciliation.

use std::{env, fmt::Write as _, fs};

use alloy_core::primitives::{Address, B256};
use salus_client::{
    contracts::telehealth::{convert::account, status_name},
    fhir::{
        Bundle, Limits,
        consent::FhirVersion::{self, R4, R5},
        visit::{
            Closed, Facts, Form, History, Names, ORGANIZATION, PATIENT, PROVIDER, ResourceName, Token, Written,
            appointment_status, cancellation_reason, invoice_status, write,
        },
    },
};
use salus_core::telehealth::{BasisPoints, Conditions, Side, Split, Status, Terms, Visit, WHOLE};
use serde_json::{Value, json};

use crate::{definitions::Definitions, support::at};

const PATIENT_ACCOUNT: Address = Address::repeat_byte(0xa1);
const PROVIDER_ACCOUNT: Address = Address::repeat_byte(0xb2);
const FEE: u64 = 25_500_000;

/// The documents are made at this second.
pub(crate) const NOW: u64 = 1_900_000_000;

fn visit(status: Status) -> Visit {
    let start = at("2027-01-31T09:30:00Z");
    Visit {
        patient: account(PATIENT_ACCOUNT),
        provider: account(PROVIDER_ACCOUNT),
        arbiter: account(Address::repeat_byte(0xc3)),
        token: account(Address::repeat_byte(0xd4)),
        fee: FEE.into(),
        start_time: start,
        end_time: start + 1_800,
        confirm_by: start,
        deadline: 0,
        terms_version: 1,
        platform_fee: 0,
        conditions: Conditions::default(),
        status,
        started_by: None,
        claim: None,
    }
}

pub(crate) fn facts(status: Status) -> Facts {
    Facts {
        chain_id: 420_420_421,
        id: B256::repeat_byte(0x7e),
        visit: visit(status),
        terms: Some(Terms::default()),
        token: Token {
            decimals: 6,
            symbol: "SALUS".into(),
        },
        history: None,
    }
}

/// What an index would have of a visit that was confirmed, and of which the provider earned so much if it is over.
pub(crate) fn known(status: Status, share: BasisPoints, platform_fee: BasisPoints) -> Facts {
    let mut facts = facts(status);
    facts.visit.platform_fee = platform_fee;
    let start = facts.visit.start_time;
    facts.history = Some(History {
        service: B256::with_last_byte(1),
        requested: Some(start - 86_400),
        funded: (status != Status::Requested).then_some(start - 86_394),
        confirmed: (status as u8 >= Status::Confirmed as u8).then_some(start - 80_000),
        closed: status.is_final().then(|| Closed {
            at: match status {
                Status::CancelledEarly | Status::CancelledLate | Status::Declined => start - 7_200,
                _ => start + 3_600,
            },
            status,
            split: Split::of(facts.visit.fee, share, platform_fee),
        }),
    });
    facts
}

fn named() -> Names {
    let name = |text, allowed| Some(ResourceName::parse(text, allowed).unwrap());
    Names {
        patient: name("Patient/17", PATIENT),
        provider: name("PractitionerRole/anna", PROVIDER),
        issuer: name("urn:ehr:org|clinic", ORGANIZATION),
    }
}

pub(crate) fn written(facts: &Facts, version: FhirVersion, form: Form) -> Written {
    write(facts, &Names::default(), version, form, NOW).unwrap()
}

pub(crate) fn document(facts: &Facts, version: FhirVersion, form: Form) -> Value {
    written(facts, version, form).document
}

#[test]
fn every_document_is_as_its_version_of_fhir_defines_it() {
    let mut documents = 0;
    for version in [R4, R5] {
        let definitions = Definitions::of(version);
        for status in Status::ALL {
            let without = facts(status);
            let mut begun = facts(status);
            begun.visit.started_by = Some(Side::Patient);
            let mut termless = facts(status);
            termless.terms = None;
            termless.visit.platform_fee = 250;
            // An index that is behind.
            let mut behind = known(status, 5_000, 250);
            behind.history.as_mut().unwrap().closed = None;
            let whole = known(status, 5_000, 250);
            for facts in [without, begun, termless, behind, whole] {
                for names in [Names::default(), named()] {
                    for form in [
                        Form::Appointment,
                        Form::Invoice,
                        Form::PaymentReconciliation,
                        Form::Bundle,
                    ] {
                        let Ok(written) = write(&facts, &names, version, form, NOW) else {
                            assert_eq!(form, Form::PaymentReconciliation, "{status:?}");
                            continue;
                        };
                        let problems = definitions.problems(&written.document);
                        assert!(problems.is_empty(), "{problems:#?}: {:#}", written.document);
                        documents += 1;
                    }
                }
            }
        }
    }
    assert!(documents > 900, "{documents}");
}

#[test]
fn the_definitions_refuse_what_is_none() {
    for version in [R4, R5] {
        let definitions = Definitions::of(version);
        let facts = known(Status::Resolved, 5_000, 250);
        let bundle = document(&facts, version, Form::Bundle);
        let spoilt = |pointer: &str, value: Value| {
            let mut spoilt = bundle.clone();
            *spoilt.pointer_mut(pointer).unwrap() = value;
            definitions.problems(&spoilt)
        };
        assert_eq!(definitions.problems(&bundle), [""; 0]);
        for (pointer, value) in [
            ("/entry/0/resource/status", json!("no-show")),
            ("/entry/0/resource/start", json!("2027-01-31")),
            ("/entry/0/resource/minutesDuration", json!(0)),
            ("/entry/0/resource/participant", json!([])),
            ("/entry/0/resource/participant/0", json!({})),
            ("/entry/0/resource/participant/0/actor/type", json!("Invoice")),
            ("/entry/1/resource/subject", json!({"reference": "Practitioner/1"})),
            ("/entry/1/resource/lineItem/0/priceComponent/0/type", json!("refund")),
            ("/entry/1/resource/totalGross/currency", json!("SAL")),
            ("/entry/1/resource/totalGross/value", json!("25.5")),
            ("/entry/2/resource/status", json!("complete")),
            ("/entry/2/resource/identifier", json!({"value": "1"})),
            ("/entry/2/resource/outcome", json!(true)),
        ] {
            assert_ne!(spoilt(pointer, value), [""; 0], "{pointer}");
        }
        // What the other version has.
        let other = if version == R4 { R5 } else { R4 };
        assert_ne!(Definitions::of(other).problems(&bundle), [""; 0]);
    }
}

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/fhir.md");
const BEGIN: &str = "<!-- statuses -->\n";
const END: &str = "<!-- /statuses -->";

/// `SALUS_WRITE_DOCS=1` writes it.
#[test]
fn the_documented_statuses_are_those_of_the_code() {
    let mut table = String::from(
        "| visit | Appointment | participants: patient, provider | reason | Invoice |\n| --- | --- | --- | --- | --- |\n",
    );
    for status in Status::ALL {
        let (before, begun) = (appointment_status(status, false), appointment_status(status, true));
        let appointment = match before == begun {
            true => format!("`{before}`"),
            false => format!("`{begun}`; `{before}` if nobody said that it began"),
        };
        let written = document(&facts(status), R4, Form::Appointment);
        let participant = |position: usize| match written["participant"][position]["status"].as_str() {
            Some(status) => format!("`{status}`"),
            None => "by the index `accepted` or `needs-action`".into(),
        };
        let reason =
            cancellation_reason(status).map_or(String::new(), |code| match appointment_status(status, false) {
                "noshow" => format!("`{code}`; in R4 none"),
                _ => format!("`{code}`"),
            });
        writeln!(
            table,
            "| `{}` | {appointment} | {}, {} | {reason} | `{}` |",
            status_name(status),
            participant(0),
            participant(1),
            invoice_status(status)
        )
        .unwrap();
    }
    let page = fs::read_to_string(PAGE).unwrap();
    let (before, rest) = page.split_once(BEGIN).expect("the page has a place for the table");
    let (found, after) = rest.split_once(END).expect("the place has an end");
    if env::var_os("SALUS_WRITE_DOCS").is_some() {
        fs::write(PAGE, [before, BEGIN, &table, END, after].concat()).unwrap();
        return;
    }
    assert_eq!(found, table, "SALUS_WRITE_DOCS=1 writes docs/fhir.md");
}

#[test]
fn a_visit_is_written_as_the_golden_files_show() {
    // Called off two hours before: a half is the patient's, and the platform keeps 2.5 % of the other.
    let facts = known(Status::CancelledLate, 5_000, 250);
    for (file, version, form) in [
        ("appointment.r5", R5, Form::Appointment),
        ("invoice.r4", R4, Form::Invoice),
        ("payment_reconciliation.r5", R5, Form::PaymentReconciliation),
    ] {
        let written = write(&facts, &named(), version, form, NOW).unwrap();
        assert_eq!(written.unknown, [""; 0]);
        let path = format!("{}/tests/fixtures/fhir/visit/{file}.json", env!("CARGO_MANIFEST_DIR"));
        if env::var_os("SALUS_WRITE_FIXTURES").is_some() {
            fs::write(&path, format!("{:#}\n", written.document)).unwrap();
        }
        let golden: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        assert_eq!(written.document, golden, "{:#}", written.document);
    }
}

#[test]
fn a_bundle_is_read_as_bundles_are_and_its_references_resolve() {
    let text = document(&known(Status::Completed, WHOLE, 250), R4, Form::Bundle).to_string();
    let bundle = Bundle::from_json(text.as_bytes(), &Limits::default()).unwrap();
    let kinds: Vec<_> = bundle
        .resources()
        .iter()
        .map(|resource| resource.kind().to_owned())
        .collect();
    assert_eq!(kinds, ["Appointment", "Invoice", "PaymentReconciliation"]);
    let payment = bundle.resources()[2].value();
    let request = payment["detail"][0]["request"]["reference"].as_str().unwrap();
    assert_eq!(bundle.resolve(request).unwrap().kind(), "Invoice");
    // The same visit has the same addresses whenever it is written, and another one has others.
    assert_eq!(
        text,
        document(&known(Status::Completed, WHOLE, 250), R4, Form::Bundle).to_string()
    );
    let mut other = known(Status::Completed, WHOLE, 250);
    other.id = B256::repeat_byte(1);
    assert!(!document(&other, R4, Form::Bundle).to_string().contains(request));
}

#[test]
fn what_only_an_index_knows_is_left_out_and_named() {
    let written = written(&facts(Status::CancelledEarly), R5, Form::Appointment);
    let expected = [
        "Appointment.cancellationDate",
        "Appointment.serviceType",
        "Appointment.created",
        "Appointment.participant[1].status",
    ];
    assert_eq!(written.unknown, expected);
    let unknown = json!({"extension": [{
        "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
        "valueCode": "unknown",
    }]});
    let provider = &written.document["participant"][1];
    assert_eq!((&provider["_status"], provider.get("status")), (&unknown, None));
    // Somebody said that it began: so it was confirmed.
    let mut expired = facts(Status::Expired);
    expired.visit.started_by = Some(Side::Provider);
    let appointment = document(&expired, R4, Form::Appointment);
    assert_eq!(appointment["participant"][1]["status"], "accepted");
    // An index that has not seen the end knows nothing of it.
    let mut behind = known(Status::CancelledEarly, 0, 0);
    behind.history.as_mut().unwrap().closed = None;
    let appointment = document(&behind, R5, Form::Appointment);
    assert_eq!(appointment["participant"][1].get("status"), None);
    assert_eq!(appointment["created"], "2027-01-30T09:30:00Z");
    // One that has seen another end has seen another visit.
    let mut astray = known(Status::Resolved, 0, 0);
    astray.history.as_mut().unwrap().closed.as_mut().unwrap().status = Status::Completed;
    let invoice = document(&astray, R4, Form::Invoice);
    assert_eq!(invoice.get("totalGross"), None);
}

#[test]
fn people_are_known_by_their_accounts_or_as_whoever_asks_calls_them() {
    let facts = known(Status::Completed, WHOLE, 0);
    let account = |address: Address| json!({"system": "urn:salus:account", "value": format!("{address:#x}")});
    let invoice = document(&facts, R4, Form::Invoice);
    let patient = json!({"type": "Patient", "identifier": account(PATIENT_ACCOUNT)});
    assert_eq!((&invoice["subject"], &invoice["recipient"]), (&patient, &patient));
    let provider = json!({"identifier": account(PROVIDER_ACCOUNT)});
    assert_eq!(
        (&invoice["participant"][0]["actor"], invoice.get("issuer")),
        (&provider, None)
    );
    let named = |form| {
        let document = write(&facts, &named(), R5, form, NOW).unwrap().document;
        let text = document.to_string();
        assert!(!text.contains("urn:salus:account"), "{text}");
        document
    };
    let invoice = named(Form::Invoice);
    assert_eq!(invoice["subject"], json!({"reference": "Patient/17"}));
    assert_eq!(
        invoice["issuer"]["identifier"],
        json!({"system": "urn:ehr:org", "value": "clinic"})
    );
    let appointment = named(Form::Appointment);
    assert_eq!(
        appointment["participant"][1]["actor"],
        json!({"reference": "PractitionerRole/anna"})
    );
    let payment = named(Form::PaymentReconciliation);
    assert_eq!(
        payment["allocation"][0]["payee"],
        json!({"reference": "PractitionerRole/anna"})
    );
    // Who would decide a dispute takes no part in the consultation.
    let arbiter = hex::encode([0xc3; 20]);
    assert!(!document(&facts, R5, Form::Bundle).to_string().contains(&arbiter));
}

#[test]
fn short_consultations_are_not_said_to_take_minutes() {
    let minutes = |seconds: u64| {
        let mut facts = facts(Status::Confirmed);
        facts.visit.end_time = facts.visit.start_time + seconds;
        document(&facts, R4, Form::Appointment).get("minutesDuration").cloned()
    };
    assert_eq!(minutes(59), None);
    assert_eq!((minutes(60), minutes(119)), (Some(json!(1)), Some(json!(1))));
}
