//! Reading bundles: the fixtures as they are, and what is wrong named by its path.

use std::{io::Write, path::PathBuf};

use flate2::{Compression, write::GzEncoder};
use salus_client::fhir::{Bundle, BundleType, FhirError, Limits, Salt};

fn fixture(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests/fixtures/fhir", name]
        .iter()
        .collect()
}

fn read(name: &str) -> Bundle {
    Bundle::from_file(&fixture(name), &Limits::default()).unwrap()
}

fn error_of(json: &str) -> String {
    Bundle::from_json(json.as_bytes(), &Limits::default())
        .unwrap_err()
        .to_string()
}

#[test]
fn a_synthea_bundle_is_read_whole() {
    let bundle = read("ashli_kshlerin.json.gz");
    assert_eq!(bundle.kind(), BundleType::Transaction);
    assert_eq!(bundle.resources().len(), 527);
    assert_eq!(bundle.of_type("Observation").count(), 326);
    assert_eq!(bundle.of_type("Patient").count(), 1);
    assert_eq!(read("jose_zelaya.json.gz").resources().len(), 1027);
}

#[test]
fn every_reference_of_an_observation_is_found_in_its_bundle() {
    let bundle = read("jose_zelaya.json.gz");
    let patient = bundle.of_type("Patient").next().unwrap();
    for observation in bundle.of_type("Observation") {
        let subject = observation.references("subject").next().unwrap();
        assert!(std::ptr::eq(bundle.resolve(subject).unwrap(), patient));
        for encounter in observation.references("encounter") {
            assert_eq!(bundle.resolve(encounter).unwrap().kind(), "Encounter");
        }
    }
}

#[test]
fn an_encounter_has_its_observations_and_no_others() {
    let bundle = read("ashli_kshlerin.json.gz");
    let mut found = 0;
    for encounter in bundle.of_type("Encounter") {
        for observation in bundle.referring_to(encounter, "Observation", "encounter") {
            let reference = observation.value()["encounter"]["reference"].as_str().unwrap();
            assert_eq!(Some(reference), encounter.full_url());
            found += 1;
        }
    }
    let with_encounter = bundle
        .of_type("Observation")
        .filter(|observation| observation.value().get("encounter").is_some());
    assert_eq!(found, with_encounter.count());
    assert!(found > 0);
}

#[test]
fn each_resource_of_the_fixtures_has_a_commitment_of_its_own() {
    let bundle = read("ashli_kshlerin.json.gz");
    let salt = Salt::from_bytes([7; 32]);
    let mut commitments: Vec<_> = bundle
        .resources()
        .iter()
        .map(|resource| resource.canonical().unwrap().commit(&salt))
        .collect();
    commitments.sort_unstable();
    commitments.dedup();
    assert_eq!(commitments.len(), bundle.resources().len());
}

#[test]
fn references_are_resolved_by_url_by_type_and_id_by_version_and_by_identifier() {
    let bundle = Bundle::from_json(
        br#"{"resourceType": "Bundle", "type": "collection", "entry": [
            {"fullUrl": "https://example.org/fhir/Encounter/e1", "resource": {"resourceType": "Encounter", "id": "e1", "meta": {"versionId": "2"}}},
            {"resource": {"resourceType": "Practitioner", "identifier": [{"system": "http://hl7.org/fhir/sid/us-npi", "value": "1234567893"}]}},
            {"resource": {"resourceType": "Observation", "encounter": {"reference": "Encounter/e1"}}},
            {"resource": {"resourceType": "Observation", "encounter": {"reference": "Encounter/e2"}}},
            {"resource": {"resourceType": "Composition", "encounter": {"display": "no reference"}}}
        ]}"#,
        &Limits::default(),
    )
    .unwrap();
    let encounter = &bundle.resources()[0];
    for reference in [
        "https://example.org/fhir/Encounter/e1",
        "Encounter/e1",
        "Encounter/e1/_history/2",
    ] {
        assert!(
            std::ptr::eq(bundle.resolve(reference).unwrap(), encounter),
            "{reference}"
        );
    }
    let practitioner = bundle.resolve("Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|1234567893");
    assert_eq!(practitioner.unwrap().position(), 1);
    for reference in [
        "Encounter/e1/_history/1",
        "Encounter/e2",
        "#contained",
        "",
        "Practitioner?name=x",
        "Organization?identifier=|",
    ] {
        assert!(bundle.resolve(reference).is_none(), "{reference}");
    }
    let observations: Vec<_> = bundle.referring_to(encounter, "Observation", "encounter").collect();
    assert_eq!(observations.len(), 1);
    assert_eq!(observations[0].position(), 2);
}

#[test]
fn a_search_that_finds_two_resolves_to_neither() {
    let one = r#"{"resource": {"resourceType": "Location", "identifier": [{"system": "s", "value": "v"}]}}"#;
    let bundle = format!(r#"{{"resourceType": "Bundle", "type": "batch", "entry": [{one}, {one}]}}"#);
    let bundle = Bundle::from_json(bundle.as_bytes(), &Limits::default()).unwrap();
    assert!(bundle.resolve("Location?identifier=s|v").is_none());
}

#[test]
fn what_is_wrong_is_named_by_its_path() {
    let entry = |entry: &str| format!(r#"{{"resourceType": "Bundle", "type": "collection", "entry": [{entry}]}}"#);
    for (json, error) in [
        ("{}".to_owned(), "document: empty"),
        (r#"{"type": "collection"}"#.to_owned(), "resourceType: missing"),
        (
            r#"{"resourceType": "Patient"}"#.to_owned(),
            r#"resourceType: "Patient" where a Bundle is expected"#,
        ),
        (r#"{"resourceType": "Bundle"}"#.to_owned(), "type: missing"),
        (
            r#"{"resourceType": "Bundle", "type": "transaction-response"}"#.to_owned(),
            r#"type: "transaction-response" is not a type of bundle whose entries carry resources"#,
        ),
        (
            r#"{"resourceType": "Bundle", "type": "collection", "entry": {}}"#.to_owned(),
            "entry: not an array",
        ),
        (entry(r#"{"fullUrl": "urn:uuid:1"}"#), "entry[0].resource: missing"),
        (
            entry(r#"{"resource": {"id": "1"}}"#),
            "entry[0].resource.resourceType: missing",
        ),
        (
            entry(r#"{"resource": {"resourceType": 3}}"#),
            "entry[0].resource.resourceType: not a string",
        ),
        (
            entry(
                r#"{"resource": {"resourceType": "List", "id": "1"}}, {"resource": {"resourceType": "List", "id": "1"}}"#,
            ),
            "entry[1].resource.id: the same as entry[0].resource.id",
        ),
        (
            entry(
                r#"{"fullUrl": "u", "resource": {"resourceType": "List"}}, {"fullUrl": "u", "resource": {"resourceType": "List"}}"#,
            ),
            "entry[1].fullUrl: the same as entry[0].fullUrl",
        ),
        (
            entry(r#"{"resource": {"resourceType": "List", "id": "1", "id": "2"}}"#),
            "entry[0].resource.id: the name occurs twice in its object (line 1, column 109)",
        ),
    ] {
        assert_eq!(error_of(&json), error);
    }
}

#[test]
fn a_bundle_with_more_entries_than_the_limit_is_refused() {
    let limits = Limits {
        entries: 100,
        ..Limits::default()
    };
    let error = Bundle::from_file(&fixture("ashli_kshlerin.json.gz"), &limits).unwrap_err();
    assert_eq!(error.to_string(), "entry: more than 100 items");
}

#[test]
fn a_gzip_bomb_is_refused_at_the_limit() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("bomb.json");
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&vec![b' '; 4 << 20]).unwrap();
    std::fs::write(&path, encoder.finish().unwrap()).unwrap();
    let limits = Limits {
        bytes: 1 << 20,
        ..Limits::default()
    };
    let error = Bundle::from_file(&path, &limits).unwrap_err();
    assert!(matches!(error, FhirError::TooLarge { limit: 1_048_576 }), "{error}");
}

#[test]
fn a_plain_file_is_read_like_a_gzipped_one_and_a_cut_one_is_an_error() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("bundle.json");
    std::fs::write(&path, r#"{"resourceType": "Bundle", "type": "batch"}"#).unwrap();
    let bundle = Bundle::from_file(&path, &Limits::default()).unwrap();
    assert!(bundle.resources().is_empty());

    let whole = std::fs::read(fixture("ashli_kshlerin.json.gz")).unwrap();
    std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    let error = Bundle::from_file(&path, &Limits::default()).unwrap_err();
    assert!(matches!(error, FhirError::Read { .. }), "{error}");

    let error = Bundle::from_file(&directory.path().join("none.json"), &Limits::default()).unwrap_err();
    assert!(matches!(error, FhirError::Read { .. }), "{error}");
}
