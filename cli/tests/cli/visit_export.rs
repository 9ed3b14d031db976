//! Visits exported as FHIR.

use serde_json::{Value, json};

use crate::practice::{ARBITER, PROVIDER, Practice};

impl Practice {
    fn exported(&self, visit: &str, form: &str, more: &[&str]) -> Value {
        self.done(&[&["export", visit, "--as", form], more].concat())
    }

    fn index(&self) {
        self.world.done(&["index"]);
    }

    /// What has to be refused: the exit code, the error's code and its message.
    fn not_exported(&self, visit: &str, form: &str, more: &[&str]) -> (i32, String, String) {
        self.world
            .refused(&[&["visit", "export", visit, "--as", form], more].concat())
    }
}

fn unknown(exported: &Value) -> Vec<&str> {
    let unknown = exported["unknown"].as_array().unwrap();
    unknown.iter().map(|element| element.as_str().unwrap()).collect()
}

#[test]
fn a_visit_is_exported_from_the_chain_and_with_an_index_in_full() {
    let practice = Practice::new();
    let visit = practice.begun();
    let appointment = practice.exported(&visit, "appointment", &[]);
    assert_eq!(appointment["fhir_version"], "R4");
    let document = &appointment["document"];
    assert_eq!(
        document["identifier"],
        json!([{"system": "urn:salus:visit", "value": visit}])
    );
    assert_eq!(
        (&document["status"], &document["meta"]["tag"][0]["code"]),
        (&json!("arrived"), &json!("in_session"))
    );
    let shown = practice.done(&["show", &visit]);
    let patient = shown["patient"].as_str().unwrap().to_lowercase();
    assert_eq!(
        document["participant"][0]["actor"]["identifier"]["value"],
        patient.as_str()
    );
    assert_eq!(
        unknown(&appointment),
        ["Appointment.serviceType", "Appointment.created"]
    );
    // The text is the document alone.
    let said = practice.said(&["export", &visit, "--as", "appointment"]);
    assert_eq!(serde_json::from_str::<Value>(&said).unwrap(), *document);
    let (code, error, message) = practice.not_exported(&visit, "payment-reconciliation", &[]);
    assert_eq!((code, error.as_str()), (1, "nothing_released"));
    assert!(message.contains("is in session"), "{message}");

    practice.done(&["complete", &visit, "--from", PROVIDER]);
    practice.done(&["contest", &visit, "--from", "dev:alice"]);
    let decide = ["decide", &visit, "--provider-share", "2500", "--from", ARBITER];
    practice.done(&decide);
    // Without an index, how it was decided is not known, and of an index that is behind neither.
    practice.world.done(&["index", "--to", "5"]);
    let invoice = practice.exported(&visit, "invoice", &["--fhir-version", "r5"]);
    assert_eq!(invoice["document"].get("totalGross"), None);
    assert!(unknown(&invoice).contains(&"Invoice.totalGross"), "{invoice}");
    practice.index();
    let names = ["--patient", "Patient/17", "--provider", "Practitioner/anna"];
    let bundle = practice.exported(&visit, "bundle", &[&names[..], &["--fhir-version", "r5"]].concat());
    assert_eq!((&bundle["fhir_version"], unknown(&bundle)), (&json!("R5"), Vec::new()));
    let [appointment, invoice, payment] = &bundle["document"]["entry"].as_array().unwrap()[..] else {
        panic!("{bundle}")
    };
    let resource = &appointment["resource"];
    assert_eq!(resource["subject"], json!({"reference": "Patient/17"}));
    let provider = resource["identifier"][0]["value"].as_str().unwrap();
    assert_eq!(provider, visit);
    let service = resource["serviceType"][0]["concept"]["coding"][0]["code"]
        .as_str()
        .unwrap();
    let provider = shown["provider"].as_str().unwrap().to_lowercase();
    assert_eq!(service, format!("{provider}/0x{:064x}", 1));
    let total = &invoice["resource"]["totalGross"];
    assert_eq!(
        (total["value"].to_string(), &total["currency"]),
        ("6.375".into(), &json!("XXX"))
    );
    let token = &total["_currency"]["extension"][0]["valueCodeableConcept"]["coding"][0];
    let address = shown["token"].as_str().unwrap().to_lowercase();
    let code = token["code"].as_str().unwrap();
    assert!(code.starts_with("eip155:") && code.ends_with(&address), "{code}");
    assert_eq!(token["display"], "SALUS");
    let allocation = payment["resource"]["allocation"].as_array().unwrap();
    let amounts: Vec<_> = allocation
        .iter()
        .map(|part| part["amount"]["value"].to_string())
        .collect();
    assert_eq!(amounts, ["6.375", "19.125"]);
    assert_eq!(allocation[0]["payee"], json!({"reference": "Practitioner/anna"}));
    assert_eq!(allocation[0]["target"]["reference"], invoice["fullUrl"]);
    let amount = &payment["resource"]["amount"]["value"];
    assert_eq!(amount.to_string(), "25.5");
}

#[test]
fn whether_one_was_paid_for_before_it_was_called_off_says_the_index() {
    let practice = Practice::new();
    let requested = practice.done(&Practice::booking("request", "25.5", &["--from", "dev:alice"]));
    let unpaid = requested["visit"].as_str().unwrap();
    let paid = practice.booked();
    for visit in [unpaid, &paid] {
        practice.done(&["cancel", visit, "--from", "dev:alice"]);
        let (code, error, _) = practice.not_exported(visit, "payment-reconciliation", &[]);
        assert_eq!((code, error.as_str()), (1, "payment_unknown"));
    }
    practice.index();
    let (code, error, _) = practice.not_exported(unpaid, "payment-reconciliation", &[]);
    assert_eq!((code, error.as_str()), (1, "nothing_released"));
    let payment = practice.exported(&paid, "payment-reconciliation", &[]);
    let detail = payment["document"]["detail"].as_array().unwrap();
    assert_eq!(
        (detail.len(), detail[0]["amount"]["value"].to_string()),
        (1, "25.5".into())
    );
    let appointment = practice.exported(&paid, "appointment", &[]);
    let document = &appointment["document"];
    let statuses = [0, 1].map(|position| document["participant"][position]["status"].as_str().unwrap());
    assert_eq!(
        (&document["status"], statuses),
        (&json!("cancelled"), ["declined", "needs-action"])
    );
    assert_eq!(document["cancelationReason"]["coding"][0]["code"], "pat");
}

#[test]
fn what_cannot_be_exported_is_refused() {
    let practice = Practice::new();
    let visit = practice.booked();
    let nobodys = format!("0x{}", "07".repeat(32));
    let (code, error, message) = practice.not_exported(&nobodys, "bundle", &[]);
    assert_eq!((code, error.as_str()), (1, "reverted"));
    assert!(
        message.contains(&format!("UnknownVisit(visitId: {nobodys})")),
        "{message}"
    );
    let (code, error, _) = practice.not_exported(&visit, "bundle", &["--database", "nowhere"]);
    assert_eq!((code, error.as_str()), (8, "database_missing"));
    for (argument, value, told) in [
        ("--fhir-version", "r3", "write r4 or r5"),
        ("--patient", "Patient", "is no reference: write Patient/ID"),
        (
            "--patient",
            "Practitioner/1",
            "is a Practitioner, where a Patient is expected",
        ),
        (
            "--provider",
            "Organization/1",
            "is a Organization, where a Practitioner or a PractitionerRole is expected",
        ),
        ("--issuer", "mrn|7", "is no reference: write Organization/ID"),
    ] {
        let (code, error, message) = practice.not_exported(&visit, "invoice", &[argument, value]);
        assert_eq!((code, error.as_str()), (2, "usage"), "{message}");
        assert!(message.contains(told), "{message}");
    }
    let (code, error, _) = practice.not_exported(&visit, "encounter", &[]);
    assert_eq!((code, error.as_str()), (2, "usage"));
}
