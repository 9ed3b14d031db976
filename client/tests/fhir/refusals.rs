//! Consent documents that are malformed, or say what cannot be said in a policy: each field is named.

use crate::support::{directory, document, translate, translate_as};
use proptest::prelude::*;
use salus_client::fhir::{
    FhirError, Limits,
    consent::{self, FhirVersion},
    json,
};
use salus_core::consent::{MAX_DEPTH, MAX_PROVISIONS};
use serde_json::{Value, json};

/// The fixture with the value at a JSON pointer replaced, or added to its object; `null` takes it away.
fn changed(fixture: &str, pointer: &str, value: Value) -> Value {
    let mut document = document(fixture);
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match document.pointer_mut(parent).unwrap() {
        Value::Object(members) if value.is_null() => {
            members.remove(name).unwrap();
        }
        Value::Object(members) => {
            members.insert(name.to_owned(), value);
        }
        other => other[name.parse::<usize>().unwrap()] = value,
    }
    document
}

#[test]
fn a_malformed_field_is_named() {
    for (fixture, pointer, value, error) in [
        (
            "r5",
            "/resourceType",
            json!("Patient"),
            r#"resourceType: "Patient" where a Consent is expected"#,
        ),
        ("r5", "/status", json!(null), "Consent.status: missing"),
        (
            "r5",
            "/status",
            json!("proposed"),
            r#"Consent.status: "proposed" is not a status of a Consent"#,
        ),
        ("r5", "/date", json!(null), "Consent.date: missing"),
        (
            "r5",
            "/date",
            json!("15.1.2025"),
            r#"Consent.date: "15.1.2025" is not a FHIR date or dateTime"#,
        ),
        (
            "r5",
            "/decision",
            json!("maybe"),
            r#"Consent.decision: "maybe" is not permit or deny"#,
        ),
        (
            "r5",
            "/period/end",
            json!("2024"),
            "Consent.period: the period ends before it begins",
        ),
        ("r5", "/provision", json!({}), "Consent.provision: not an array"),
        ("r5", "/provision", json!([]), "Consent.provision: empty"),
        (
            "r5",
            "/provision/0/provision/0",
            json!({}),
            "Consent.provision[0].provision[0]: empty",
        ),
        (
            "r5",
            "/provision/0/purpose/0/code",
            json!(7),
            "Consent.provision[0].purpose[0].code: not a string",
        ),
        (
            "r5",
            "/provision/0/type",
            json!("deny"),
            "Consent.provision[0].type: there is no such element in FHIR R5",
        ),
        (
            "r5",
            "/provision/0/porpose",
            json!([]),
            "Consent.provision[0].porpose: there is no such element in FHIR R5",
        ),
        (
            "r5",
            "/period/begin",
            json!("2025"),
            "Consent.period.begin: there is no such element in FHIR R5",
        ),
        (
            "r5",
            "/provision/0/provision/0/data/0/meaning",
            json!("like"),
            r#"Consent.provision[0].provision[0].data[0].meaning: "like" is not instance, related, dependents or authoredby"#,
        ),
        ("r4_ihe", "/scope", json!(null), "Consent.scope: missing"),
        ("r4_ihe", "/dateTime", json!(null), "Consent.dateTime: missing"),
        (
            "r4_ihe",
            "/provision/type",
            json!(true),
            "Consent.provision.type: not a string",
        ),
        (
            "r4_ihe",
            "/provision/provision/1/type",
            json!(null),
            "Consent.provision.provision[1].type: missing",
        ),
        (
            "r4_ihe",
            "/provision/provision/0/actor/1/role",
            json!(null),
            "Consent.provision.provision[0].actor[1].role: missing",
        ),
        (
            "r4_ihe",
            "/provision/provision/0/actor/1/reference",
            json!(null),
            "Consent.provision.provision[0].actor[1].reference: missing",
        ),
        (
            "r4_ihe",
            "/decision",
            json!("permit"),
            "Consent: neither clearly FHIR R4 nor clearly R5: say which it is",
        ),
    ] {
        let failed = translate(&changed(fixture, pointer, value)).unwrap_err();
        assert!(matches!(failed, FhirError::Field(_)), "{pointer}: {failed}");
        assert_eq!(failed.to_string(), error);
    }
}

#[test]
fn an_element_of_the_other_version_is_refused_when_the_version_is_said() {
    let both = changed("r4_ihe", "/decision", json!("permit"));
    let error = translate_as(&both, FhirVersion::R4).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Consent.decision: there is no such element in FHIR R4"
    );
}

#[test]
fn what_cannot_be_said_is_refused_by_name() {
    const SYSTEM: &str = "https://example.org/codes";
    let code = json!({"system": SYSTEM, "code": "X"});
    let concept = json!({"coding": [code]});
    let unknown = "the code https://example.org/codes|X is not known";
    for (fixture, pointer, value, error) in [
        ("r5", "/provision/0/purpose/0", code.clone(), format!("Consent.provision[0].purpose[0]: {unknown}")),
        ("r5", "/provision/0/resourceType/1", code.clone(), format!("Consent.provision[0].resourceType[1]: {unknown}")),
        ("r5", "/provision/0/securityLabel", json!([code]), format!("Consent.provision[0].securityLabel[0]: {unknown}")),
        ("r5", "/provision/0/action", json!([concept]), format!("Consent.provision[0].action[0]: {unknown}")),
        ("r5", "/provision/0/action", json!([{"text": "read"}]), "Consent.provision[0].action[0]: what has no code cannot be said in a policy".into()),
        ("r5", "/category", json!([concept]), format!("Consent.category[0]: {unknown}")),
        ("r5", "/provision/0/actor/0/role", concept.clone(), format!("Consent.provision[0].actor[0].role: {unknown}")),
        ("r5", "/provision/0/actor/1/role", concept.clone(), format!("Consent.provision[0].actor[1].role: {unknown}")),
        ("r5", "/provision/0/code", json!([{"text": "x-rays"}]), "Consent.provision[0].code[0]: what has no code cannot be said in a policy".into()),
        ("r5", "/provision/0/code", json!([{"coding": [{"code": "X"}]}]), "Consent.provision[0].code[0]: a code without a system cannot be said in a policy".into()),
        ("r5", "/provision/0/documentType", json!([code]), "Consent.provision[0].documentType: a selection of data by their content cannot be said in a policy".into()),
        ("r5", "/provision/0/expression", json!({"language": "text/cql"}), "Consent.provision[0].expression: a selection of data by their content cannot be said in a policy".into()),
        ("r5", "/modifierExtension", json!([{"url": "u"}]), "Consent.modifierExtension: what changes the meaning of other fields cannot be said in a policy".into()),
        ("r5", "/provision/0/modifierExtension", json!([{"url": "u"}]), "Consent.provision[0].modifierExtension: what changes the meaning of other fields cannot be said in a policy".into()),
        ("r5", "/period", json!({"end": "1969"}), "Consent.period: a period that ends before 1970 cannot be said in a policy".into()),
        ("r5", "/provision/0/actor/0/reference", json!({"reference": "Practitioner/nobody"}), r#"Consent.provision[0].actor[0].reference: it is not known who or what "Practitioner/nobody" is on chain"#.into()),
        ("r5", "/provision/0/provision/0/data/0/reference", json!({"reference": "Encounter/none"}), r#"Consent.provision[0].provision[0].data[0].reference: it is not known who or what "Encounter/none" is on chain"#.into()),
        ("r4_opt_in", "/provision/type", json!("deny"), "Consent.provision.type: it contradicts Consent.policyRule".into()),
        ("r4_root_type", "/provision", json!({
            "type": "permit",
            "code": [concept],
            "data": [{"meaning": "instance", "reference": {"reference": "Encounter/e1"}}],
        }), "Consent.provision.code: a scope by codes and by references cannot be said in a policy".into()),
        ("r4_root_type", "/provision/securityLabel", json!([
            {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "N"},
            {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "HIV"},
        ]), "Consent.provision.securityLabel: a scope by confidentiality or else by sensitivity cannot be said in a policy".into()),
    ] {
        let failed = translate(&changed(fixture, pointer, value)).unwrap_err();
        assert!(matches!(failed, FhirError::Untranslatable(_)), "{pointer}: {failed}");
        assert_eq!(failed.to_string(), format!("the consent cannot be translated: {error}"));
    }
}

#[test]
fn all_that_cannot_be_said_is_listed_at_once() {
    let mut consent = document("r4_ihe");
    consent["provision"]["provision"][0]["purpose"][0]["code"] = json!("TREATING");
    consent["provision"]["provision"][1]["actor"][0]["reference"]["reference"] = json!("Organization/x");
    let FhirError::Untranslatable(refusals) = translate(&consent).unwrap_err() else {
        panic!("not refused as untranslatable");
    };
    let paths: Vec<_> = refusals.iter().map(|refusal| refusal.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "Consent.provision.provision[0].purpose[0]",
            "Consent.provision.provision[1].actor[0].reference"
        ]
    );
}

#[test]
fn extensions_are_listed_and_change_nothing() {
    let plain = translate(&document("r5")).unwrap();
    let extended = changed("r5", "/provision/0/extension", json!([{"url": "u", "valueCode": "c"}]));
    let extended = translate(&extended).unwrap();
    assert_eq!(plain.policy, extended.policy);
    assert!(
        extended
            .losses
            .iter()
            .any(|loss| loss.path == "Consent.provision[0].extension")
    );
}

#[test]
fn rule_05_the_deepest_nesting_is_accepted_and_one_deeper_refused() {
    let nested = |depth: usize| {
        let innermost =
            json!({"purpose": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "TREAT"}]});
        let tree = (1..depth).fold(innermost.clone(), |inner, _| {
            let mut outer = innermost.clone();
            outer["provision"] = json!([inner]);
            outer
        });
        translate(&changed("r5", "/provision", json!([tree])))
    };
    assert!(nested(MAX_DEPTH).is_ok());
    assert!(matches!(nested(MAX_DEPTH + 1), Err(FhirError::Encode(_))));
}

#[test]
fn more_provisions_than_a_policy_may_have_are_refused_without_effort() {
    let one = json!({"type": "permit", "class": [{"system": "http://hl7.org/fhir/resource-types", "code": "Goal"}]});
    let many = |count| changed("r4_ihe", "/provision/provision", json!(vec![one.clone(); count]));
    assert!(translate(&many(MAX_PROVISIONS)).is_ok());
    assert!(matches!(
        translate(&many(MAX_PROVISIONS + 1)),
        Err(FhirError::Untranslatable(_))
    ));

    // Each denial is an exception to each permit beside it, at each level: what would grow without bound is cut short.
    let mut tree = json!([{"type": "permit"}, {"type": "deny"}]);
    for _ in 0..12 {
        tree = json!([
            {"type": "permit", "provision": tree}, {"type": "deny", "provision": tree},
        ]);
    }
    let error = translate(&changed("r4_ihe", "/provision/provision", tree)).unwrap_err();
    assert!(matches!(error, FhirError::Untranslatable(_)), "{error}");
}

/// Values as they occur in Consents, and others.
fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        Just(json!([])),
        Just(json!({})),
        Just(json!([{}])),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        prop::sample::select(vec!["permit", "deny", "2025", "active", "é", "2025-01-01T00:00:00Z"])
            .prop_map(Value::from),
    ]
}

/// All places in a document, as JSON pointers.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(members) => members
            .iter()
            .for_each(|(name, value)| pointers(value, &format!("{at}/{name}"), found)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(position, value)| pointers(value, &format!("{at}/{position}"), found)),
        _ => {}
    }
}

proptest! {
    #[test]
    fn no_change_to_a_document_panics_and_every_error_names_a_field(
        fixture in prop::sample::select(vec!["r4_root_type", "r4_ihe", "r4_opt_in", "r4_three_levels", "r4_labels", "r5", "written_r4", "written_r5"]),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any_value()), 1..4),
    ) {
        let mut document = document(fixture);
        for (place, value) in changes {
            let mut places = Vec::new();
            pointers(&document, "", &mut places);
            *document.pointer_mut(&places[place.index(places.len())]).unwrap() = value;
        }
        match translate(&document) {
            Ok(translation) => prop_assert!(!translation.encoded.is_empty()),
            Err(FhirError::Field(error)) => prop_assert!(error.path.is_empty() || error.path.starts_with("Consent") || error.path.starts_with("resourceType")),
            Err(FhirError::Untranslatable(refusals)) => prop_assert!(refusals.iter().all(|refusal| refusal.path.starts_with("Consent."))),
            Err(error) => prop_assert!(matches!(error, FhirError::Encode(_)), "{}", error),
        }
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
        if let Ok(value) = json::parse(&bytes, &Limits::default()) {
            let _ = consent::read(&value, None, &directory());
        }
    }
}
