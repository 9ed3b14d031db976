//! Consents that are imported: the same answers on chain and off.

use std::{collections::BTreeSet, fs};

use serde_json::{Value, json};

use crate::{
    codes::{but_for_a_code, coding},
    decide::{bundle, consent, request},
    node::Node,
    user::User,
};

/// A permit with exceptions, a later denial for one purpose, and one of somebody else that denies everything.
fn consents() -> Value {
    let mut research = consent();
    research["date"] = json!("2024-05-01");
    research["decision"] = json!("deny");
    research["provision"] = json!([{
        "purpose": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "TREAT"}]
    }]);
    research["period"] = json!({"start": "2020-01-01", "end": "2021-01-01"});
    let mut care = consent();
    care["date"] = json!("2022-01-01");
    care["provision"] = json!([{
        "resourceType": [{"system": "http://hl7.org/fhir/fhir-types", "code": "Condition"}],
        "provision": [{"actor": [{"reference": {"reference": "Organization/54"}}]}]
    }]);
    let mut other = consent();
    other["subject"] = json!({"identifier": {"system": "urn:mrn", "value": "2"}});
    other["date"] = json!("2025-01-01");
    other["decision"] = json!("deny");
    let mut coded = but_for_a_code("permit");
    coded["subject"] = json!({"identifier": {"system": "urn:mrn", "value": "4"}});
    bundle(&[consent(), research, care, other, coded])
}

struct World {
    user: User,
    node: Node,
    file: String,
}

impl World {
    fn new() -> Self {
        let user = User::new();
        let node = Node::start(&user, &[]);
        let file = user.file("consents.json", &consents().to_string());
        Self { user, node, file }
    }

    fn args<'a>(&'a self, args: &[&'a str]) -> Vec<&'a str> {
        [&["--network", self.node.url(), "consent"], args].concat()
    }

    fn done(&self, args: &[&str]) -> Value {
        self.user.done(&self.args(args))
    }

    fn grant(&self) -> Vec<Value> {
        let mut imported = self.done(&["import", &self.file, "--to", "dev:bob", "--from", "dev:charlie"]);
        imported["consents"].as_array_mut().unwrap().split_off(0)
    }

    fn ask(&self, changes: Value, how: &[&str]) -> Value {
        let file = self.user.file("request.json", &request(changes).to_string());
        self.done(&[&["evaluate", "--request", &file], how].concat())
    }
}

#[test]
fn what_is_imported_answers_the_same_on_chain_and_off() {
    let world = World::new();
    let rows = world.grant();
    assert_eq!(rows.len(), 5);
    let subjects: BTreeSet<&str> = rows
        .iter()
        .map(|row| row["granted"]["subject"].as_str().unwrap())
        .collect();
    assert_eq!(subjects.len(), 5, "a subject for each consent");

    let ethud = json!({"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "ETHUD"});
    let mut answers = Vec::new();
    for changes in [
        json!({}),
        json!({"class": ["Condition"]}),
        json!({"class": ["Condition"], "actor": [{"system": "urn:org", "value": "other"}]}),
        json!({"class": ["MedicationStatement", "Observation"], "purposeOfUse": ["TREAT", "HPAYMT"]}),
        json!({"securityLabel": [ethud]}),
        json!({"purposeOfUse": ["HRESCH"]}),
        json!({"class": []}),
        json!({"patientId": {"system": "urn:mrn", "value": "2"}}),
        json!({"patientId": {"system": "urn:mrn", "value": "3"}}),
        json!({"scope": "research"}),
        json!({"patientId": {"system": "urn:mrn", "value": "4"}}),
        json!({"patientId": {"system": "urn:mrn", "value": "4"}, "code": coding("42828-4")}),
        json!({"patientId": {"system": "urn:mrn", "value": "4"}, "code": coding("8480-6")}),
    ] {
        let there = world.ask(changes.clone(), &[]);
        let mut here = world.ask(changes.clone(), &["--offline"]);
        if there.get("reason").is_none() {
            assert_eq!(here["answer"], "NO_CONSENT");
            here.as_object_mut().unwrap().remove("reason");
        }
        assert_eq!(there, here, "{changes}");
        answers.push(there["answer"].as_str().unwrap().to_owned());
    }
    let (permit, deny, none) = ("PERMIT", "DENY", "NO_CONSENT");
    let expected = [
        permit, permit, deny, permit, permit, permit, permit, deny, none, none, permit, deny, permit,
    ];
    assert_eq!(answers, expected);
}

#[test]
fn an_import_is_kept_once_and_what_is_revoked_answers_no_longer_on_chain() {
    let world = World::new();
    let first = world.done(&["import", &world.file]);
    assert!(first["consents"][0].get("granted").is_none());
    assert_eq!(world.ask(json!({}), &[])["answer"], "NO_CONSENT", "not granted yet");
    assert_eq!(world.ask(json!({}), &["--offline"])["answer"], "PERMIT");

    let granted = world.grant();
    let again = world.grant();
    for (row, (first, again)) in granted
        .iter()
        .zip(first["consents"].as_array().unwrap().iter().zip(&again))
    {
        assert_eq!((&row["import"], &row["is_new"]), (&first["import"], &json!(false)));
        assert_eq!(row["granted"]["consent"], again["granted"]["consent"]);
        assert!(
            again["granted"].get("transaction").is_none(),
            "nothing is granted twice"
        );
    }
    // The most recent of those that apply decides; when it is revoked, the one before it.
    let answer = world.ask(json!({}), &[]);
    assert_eq!(answer["import"], granted[2]["import"]);
    assert_eq!(answer["obligations"], json!([]));
    let care = granted[2]["granted"]["consent"].as_str().unwrap();
    world.done(&["revoke", care, "--from", "dev:charlie"]);
    let answer = world.ask(json!({}), &[]);
    assert_eq!(answer["import"], granted[0]["import"]);
    assert_eq!(answer["obligations"][0]["code"], "ETHUD");

    // A consent by its identifier, whoever imported it.
    let file = world.user.file("request.json", &request(json!({})).to_string());
    let one = granted[0]["granted"]["consent"].as_str().unwrap();
    assert_eq!(world.done(&["evaluate", one, "--request", &file])["answer"], "PERMIT");
    assert_eq!(
        world.done(&["evaluate", care, "--request", &file])["answer"],
        "NO_CONSENT"
    );
    let stranger = world.done(&["evaluate", one, "--request", &file, "--as", "dev:dave"]);
    assert_eq!(stranger["answer"], "NO_CONSENT", "it was given to another account");
}

#[test]
fn what_cannot_be_imported_or_asked_is_named_and_changes_nothing() {
    let world = World::new();
    let refused = |args: &[&str]| world.user.refused(&world.args(args));
    let grant = ["--to", "dev:bob", "--from", "dev:charlie"];

    let (exit, code, _) = refused(&["import", &world.file, "--to", "dev:bob"]);
    assert_eq!((exit, code.as_str()), (2, "usage"), "nobody signs");
    let subject = format!("0x{}", "5a".repeat(32));
    let (exit, _, message) = refused(&[&["import", &world.file, "--subject", &subject], &grant[..]].concat());
    assert_eq!(exit, 2, "{message}");
    assert!(message.contains("5 consents are active"), "{message}");
    let empty = world.user.file("empty.json", &bundle(&[]).to_string());
    let (exit, _, message) = refused(&["import", &empty]);
    assert_eq!(exit, 2, "{message}");
    // Whom it means cannot be told without the resources beside it.
    let alone = world.user.file("alone.json", &consent().to_string());
    assert_eq!(refused(&["import", &alone]).1, "untranslatable_consent");
    let openings = fs::read_dir(world.user.path(".local/share/salus/openings"));
    assert_eq!(openings.map_or(0, Iterator::count), 0);

    let mut draft = consent();
    draft["status"] = json!("draft");
    let draft = world.user.file("draft.json", &bundle(&[draft]).to_string());
    let imported = world.done(&[&["import", &draft], &grant[..]].concat());
    assert_eq!(imported["consents"][0]["is_active"], false);
    assert!(
        imported["consents"][0].get("granted").is_none(),
        "only an active one is granted"
    );
    assert_eq!(world.ask(json!({}), &["--offline"])["reason"], "not_active");

    let timed = world
        .user
        .file("timed.json", &request(json!({"at": "2026-01-01"})).to_string());
    let (exit, _, message) = refused(&["evaluate", "--request", &timed]);
    assert_eq!(exit, 2);
    assert!(message.contains("--offline"), "{message}");

    // A file that was changed is not the import that its name says.
    let id = imported["consents"][0]["import"].as_str().unwrap();
    let path = world
        .user
        .path(&format!(".local/share/salus/openings/import-{id}.json"));
    let kept = fs::read_to_string(&path).unwrap();
    fs::write(&path, kept.replace("\"is_active\": false", "\"is_active\": true")).unwrap();
    let (exit, code, message) = refused(&["evaluate", "--request", &timed, "--offline"]);
    assert_eq!((exit, code.as_str()), (7, "opening_malformed"), "{message}");
}
