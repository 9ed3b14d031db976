//! Records from the command line.

use std::fs;

use serde_json::{Value, json};

use crate::{
    node::Node,
    user::{User, fixture},
};

const RECORD: &str =
    r#"{"resourceType":"Observation","id":"bp","status":"final","valueQuantity":{"value":120,"unit":"mmHg"}}"#;

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

#[test]
fn a_record_of_a_bundle_is_proved_and_an_altered_one_is_found_out() {
    let user = User::new();
    let node = Node::start(&user, &[]);
    let on = ["--network", node.url(), "record"];
    let salus = |args: &[&str]| user.done(&[&on[..], args].concat());
    let bundle = fixture("ashli_kshlerin.json.gz");
    let types = ["--type", "Encounter", "--type", "Observation"];
    let anchored = salus(&[&["anchor-batch", &bundle, "--from", "dev:alith"], &types[..]].concat());
    assert_eq!(anchored["leaf_count"], 346);

    let resource = "Observation/49a94e6d-3712-47c1-9d2f-9e4b367cfc8c";
    let proof = user.path("proof.json");
    let proof = proof.to_str().unwrap();
    let proved = salus(&["prove", text(&anchored["root"]), resource, "--to", proof]);
    assert!(proved["hashes"].as_u64().unwrap() <= 9, "{proved}");
    let verified = salus(&["verify", &bundle, "--proof", proof]);
    assert_eq!(
        (&verified["verified"], &verified["leaf_count"]),
        (&json!(true), &json!(346))
    );

    // The resource itself, and the same with one value changed.
    let document: Value = {
        let whole = salus_bundle(&bundle);
        let entries = whole["entry"].as_array().unwrap();
        let (_, id) = resource.split_once('/').unwrap();
        entries
            .iter()
            .map(|entry| &entry["resource"])
            .find(|found| found["id"] == id)
            .unwrap()
            .clone()
    };
    let alone = user.file("observation.json", &document.to_string());
    assert_eq!(salus(&["verify", &alone, "--proof", proof])["verified"], true);
    let mut altered = document;
    altered["status"] = json!("amended");
    let altered = user.file("altered.json", &altered.to_string());
    let (code, error, message) = user.refused(&[&on[..], &["verify", &altered, "--proof", proof]].concat());
    assert_eq!((code, error.as_str()), (1, "record_altered"), "{message}");

    // A batch of nobody, and a proof that was tampered with.
    let tampered = fs::read_to_string(proof)
        .unwrap()
        .replace(text(&anchored["root"]), &format!("0x{}", "11".repeat(32)));
    let tampered = user.file("tampered.json", &tampered);
    let (code, error, _) = user.refused(&[&on[..], &["verify", &alone, "--proof", &tampered]].concat());
    assert_eq!((code, error.as_str()), (1, "record_not_anchored"));
    let (code, error, message) =
        user.refused(&[&on[..], &["prove", text(&anchored["root"]), "Patient/1", "--to", "x"]].concat());
    assert_eq!((code, error.as_str()), (2, "no_such_record"), "{message}");
}

/// The bundle as plain JSON.
fn salus_bundle(path: &str) -> Value {
    let limits = salus_client::fhir::Limits::default();
    serde_json::from_slice(&salus_client::fhir::read_file(path.as_ref(), &limits).unwrap()).unwrap()
}

#[test]
fn a_records_versions_are_anchored_verified_and_shown() {
    let user = User::new();
    let node = Node::start(&user, &[]);
    let on = ["--network", node.url(), "record"];
    let salus = |args: &[&str]| user.done(&[&on[..], args].concat());
    let first = user.file("first.json", RECORD);
    let anchored = salus(&["anchor", &first, "--from", "dev:alice"]);
    let id = text(&anchored["record"]);
    // White space and the order of names are not part of a record.
    let same = serde_json::to_string_pretty(&serde_json::from_str::<Value>(RECORD).unwrap()).unwrap();
    let same = user.file("same.json", &same);
    let verify = |file: &str, version: &str| {
        [&on[..], &["verify", file, "--record", id, "--version", version]]
            .concat()
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    let run = |file: &str, version: &str| {
        let args = verify(file, version);
        user.json(&args.iter().map(String::as_str).collect::<Vec<_>>())
    };
    assert_eq!(run(&same, "1").1["result"]["status"], "current");

    let corrected = user.file("corrected.json", &RECORD.replace("120", "130"));
    let (code, refused) = run(&corrected, "1");
    assert_eq!((code, &refused["error"]["code"]), (1, &json!("record_altered")));
    let second = salus(&[
        "anchor",
        &corrected,
        "--record",
        id,
        "--previous",
        "1",
        "--from",
        "dev:alice",
    ]);
    assert_eq!(second["version"], 2);
    assert_eq!(run(&same, "1").1["result"]["status"], "superseded");
    assert_eq!(run(&corrected, "2").1["result"]["status"], "current");
    assert_eq!(run(&corrected, "3").1["error"]["code"], "record_not_anchored");

    let shown = salus(&["show", id]);
    assert_eq!(
        (&shown["latest_version"], shown["versions"].as_array().unwrap().len()),
        (&json!(2), 2)
    );
    let stranger = ["anchor", &first, "--record", id, "--previous", "2", "--from", "dev:bob"];
    let (code, error, message) = user.refused(&[&on[..], &stranger].concat());
    assert_eq!((code, error.as_str()), (1, "reverted"));
    assert!(message.contains("NotAuthor("), "{message}");
    // What opens nothing is not kept.
    let openings = fs::read_dir(user.path(".local/share/salus/openings")).unwrap();
    assert_eq!(openings.count(), 2);
}

#[test]
fn a_document_that_is_no_record_is_refused_with_its_field() {
    let user = User::new();
    let node = Node::start(&user, &["--bare"]);
    let on = ["--network", node.url(), "record"];
    let refused = |args: &[&str]| user.refused(&[&on[..], args, &["--from", "dev:alice"]].concat());
    let no_type = user.file("no_type.json", r#"{"id":"x"}"#);
    let (code, error, message) = refused(&["anchor", &no_type]);
    assert_eq!((code, error.as_str()), (7, "malformed_fhir"));
    assert_eq!(message, "resourceType: missing");
    let twice = user.file("twice.json", r#"{"resourceType":"Observation","id":"a","id":"b"}"#);
    let (code, error, message) = refused(&["anchor", &twice]);
    assert_eq!((code, error.as_str()), (7, "malformed_json"), "{message}");
    let bundle = user.file(
        "bundle.json",
        r#"{"resourceType":"Bundle","type":"transaction","entry":[{"resource":{"id":"x"}}]}"#,
    );
    let (code, error, message) = refused(&["anchor-batch", &bundle]);
    assert_eq!((code, error.as_str()), (7, "malformed_fhir"));
    assert!(message.contains("entry[0].resource.resourceType: missing"), "{message}");
    let fine = user.file("fine.json", RECORD);
    let (code, error, _) = refused(&["anchor", &fine]);
    assert_eq!((code, error.as_str()), (6, "not_deployed"));
}
