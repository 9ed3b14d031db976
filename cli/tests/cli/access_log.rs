//! Logs of accesses from the command line: anchored, proved both ways, and verified.

use std::fs;

use serde_json::{Value, json};

use crate::{
    decide::{bundle, consent, request},
    world::World,
};

/// An entry of the second `at`.
fn entry(at: u64, basis: &str) -> Value {
    json!({
        "subject": format!("0x{}", "5a".repeat(32)),
        "actor": format!("0x{}", "0b".repeat(20)),
        "at": at,
        "purpose": "TREAT",
        "class": "Observation",
        "action": "access",
        "basis": basis,
        "decided_by": format!("0x{}", "1c".repeat(32)),
    })
}

fn lines(entries: &[Value]) -> String {
    entries.iter().map(|entry| format!("{entry}\n")).collect()
}

fn salted(mut entry: Value, byte: &str) -> Value {
    entry["salt"] = json!(format!("0x{}", byte.repeat(32)));
    entry
}

fn anchor(file: &str) -> Vec<&str> {
    vec!["access", "log", "anchor", file, "--from", "dev:alith"]
}

fn prove<'a>(entry: &'a str, to: &'a str) -> Vec<&'a str> {
    vec!["access", "log", "prove", "dev:alith", "0", "--entry", entry, "--to", to]
}

fn verify(proof: &str) -> [&str; 4] {
    ["access", "log", "verify", proof]
}

/// The proof in a file, changed, in another one.
fn altered(world: &World, file: &str, change: impl Fn(&mut Value)) -> String {
    let mut document = serde_json::from_slice(&fs::read(world.user.path(file)).unwrap()).unwrap();
    change(&mut document);
    world.user.file("altered.json", &document.to_string())
}

/// Another number below `count`.
fn next(number: &mut Value, count: u64) {
    *number = json!((number.as_u64().unwrap() + 1) % count);
}

#[test]
fn an_entry_is_proved_to_be_there_and_another_one_not_to_be() {
    let world = World::new();
    let entries: Vec<Value> = (1_000..1_006).map(|at| entry(at, "PERMIT")).collect();
    let denied = salted(entry(900, "DENY"), "d1");
    let log = world.user.file(
        "log.ndjson",
        &lines(&[&entries[..], std::slice::from_ref(&denied)].concat()),
    );
    let anchored = world.done(&anchor(&log));
    assert_eq!((&anchored["batch"], &anchored["count"]), (&json!(0), &json!(7)));
    assert_eq!((&anchored["from"], &anchored["until"]), (&json!(900), &json!(1_005)));
    let shown = world.done(&["access", "log", "show", "dev:alith", "0"]);
    assert_eq!((&shown["root"], &shown["batches"]), (&anchored["root"], &json!(1)));

    // Of an entry whose salt was drawn, and of one that came with its salt.
    for (asked, file) in [(&entries[3], "permit.json"), (&denied, "deny.json")] {
        let asked = world.user.file("entry.json", &asked.to_string());
        assert_eq!(world.done(&prove(&asked, file))["logged"], true);
        let verified = world.done(&verify(file));
        assert_eq!(
            (&verified["verified"], &verified["logged"]),
            (&json!(true), &json!(true))
        );
        assert_eq!(verified["entry"].get("salt"), None);
    }
    let held_back = world
        .user
        .file("entry.json", &salted(entry(950, "PERMIT"), "e1").to_string());
    assert_eq!(world.done(&prove(&held_back, "absent.json"))["logged"], false);
    assert_eq!(world.done(&verify("absent.json"))["logged"], false);
    let unknown = world.user.file("entry.json", &entry(950, "PERMIT").to_string());
    let (code, error, _) = world.refused(&prove(&unknown, "none.json"));
    assert_eq!((code, error.as_str()), (2, "no_such_entry"), "without its salt");
    let (code, error, _) = world.refused(&prove(&held_back, "absent.json"));
    assert_eq!(code, 2, "{error}");

    // Whatever is changed, or proves something else, is not proved.
    let permit: Value = serde_json::from_slice(&fs::read(world.user.path("permit.json")).unwrap()).unwrap();
    for (file, change) in [
        (
            "permit.json",
            &(|proof: &mut Value| proof["entry"]["basis"] = json!("DENY")) as &dyn Fn(&mut Value),
        ),
        ("permit.json", &|proof| {
            proof["salt"] = json!(format!("0x{}", "5a".repeat(32)));
        }),
        ("permit.json", &|proof| next(&mut proof["proof"]["logged"]["index"], 7)),
        ("permit.json", &|proof| {
            proof["proof"]["logged"]["path"].as_array_mut().unwrap().pop();
        }),
        ("absent.json", &|proof| {
            proof["entry"] = permit["entry"].clone();
            proof["salt"] = permit["salt"].clone();
        }),
        ("absent.json", &|proof| {
            next(&mut proof["proof"]["not_logged"]["position"], 8)
        }),
    ] {
        let (code, error, message) = world.refused(&verify(&altered(&world, file, change)));
        assert_eq!((code, error.as_str()), (1, "not_proved"), "{message}");
    }
    let (code, error, _) = world.refused(&verify(&altered(&world, "permit.json", |proof| {
        proof["batch"] = json!(1)
    })));
    assert_eq!((code, error.as_str()), (1, "batch_not_anchored"));
    let (code, error, _) = world.refused(&verify(&altered(&world, "permit.json", |proof| {
        proof["chain_id"] = json!(1)
    })));
    assert_eq!((code, error.as_str()), (1, "proof_for_another_chain"));
    let long = altered(&world, "permit.json", |proof| {
        proof["proof"]["logged"]["path"] = json!(vec![format!("0x{}", "00".repeat(32)); 65]);
    });
    let (code, error, message) = world.refused(&verify(&long));
    assert_eq!((code, error.as_str()), (7, "proof_malformed"), "{message}");
}

#[test]
fn recorded_decisions_are_anchored_and_proved() {
    let world = World::new();
    world.user.file("request.json", &request(json!({})).to_string());
    world.user.file("bundle.json", &bundle(&[consent()]).to_string());
    let evaluate = [
        "consent",
        "evaluate",
        "--request",
        "request.json",
        "--fhir",
        "bundle.json",
    ];
    for _ in 0..2 {
        world.done(&[&evaluate[..], &["--audit", "audit.ndjson"]].concat());
    }
    // The decisions are of this machine's time, and the chain's may be a second behind.
    world.node.advance(2);
    assert_eq!(world.done(&anchor("audit.ndjson"))["count"], 2);
    let log = fs::read_to_string(world.user.path("audit.ndjson")).unwrap();
    let first = log.lines().next().unwrap();
    let event = world.user.file("event.json", first);
    assert_eq!(world.done(&prove(&event, "proof.json"))["logged"], true);
    assert_eq!(world.done(&verify("proof.json"))["entry"]["resourceType"], "AuditEvent");
    let changed = altered(&world, "proof.json", |proof| proof["entry"]["outcome"] = json!("8"));
    let (code, error, _) = world.refused(&verify(&changed));
    assert_eq!((code, error.as_str()), (1, "not_proved"));

    // The same batch again, which leaves what opens it where it is.
    world.reverted(&anchor("audit.ndjson"), "BatchAlreadyAnchored");
    assert_eq!(world.done(&prove(&event, "again.json"))["logged"], true);
    let (code, error, message) = world.refused(&[&anchor("audit.ndjson")[..], &["--openings", "elsewhere"]].concat());
    assert_eq!((code, error.as_str()), (1, "no_opening"), "{message}");
}

#[test]
fn a_log_that_cannot_be_anchored_is_refused_with_its_line() {
    let world = World::new();
    let change = |member: &str, value: Value| {
        let mut changed = entry(1, "PERMIT");
        changed[member] = value;
        changed
    };
    for (bad, told) in [
        (change("purpose", json!("FUN")), "purpose"),
        (change("class", json!("observation")), "class"),
        (change("action", json!("look")), "action"),
        (change("basis", json!("MAYBE")), "basis"),
        (change("subject", json!("0x5a")), "subject"),
        (change("actor", json!("dev:bob")), "actor"),
        (change("at", json!(-1)), "at"),
        (change("decided_by", json!(7)), "decided_by"),
        (change("more", json!(7)), "more: not understood"),
        (json!({"resourceType": "Patient", "id": "1"}), "resourceType"),
        (json!([]), "document"),
    ] {
        let log = world.user.file("log.ndjson", &lines(&[entry(1, "PERMIT"), bad]));
        let (code, error, message) = world.refused(&anchor(&log));
        assert_eq!((code, error.as_str()), (7, "malformed_fhir"), "{message}");
        assert!(message.starts_with("line 2: ") && message.contains(told), "{message}");
    }
    let secret = "abababab";
    let log = world.user.file("log.ndjson", &lines(&[change("salt", json!(secret))]));
    let (code, _, message) = world.refused(&anchor(&log));
    assert_eq!(code, 7);
    assert!(message.contains("salt") && !message.contains(secret), "{message}");
    let log = world.user.file("log.ndjson", "{}\n{\n");
    let (code, _, message) = world.refused(&anchor(&log));
    assert_eq!(code, 7, "{message}");
    let log = world.user.file("log.ndjson", "\n");
    let (code, error, _) = world.refused(&anchor(&log));
    assert_eq!((code, error.as_str()), (2, "empty_batch"));
    let log = world.user.file("log.ndjson", &lines(&[entry(4_000_000_000, "PERMIT")]));
    let hint = world.reverted(&anchor(&log), "InvalidRange");
    assert!(hint.contains("has not come yet"), "{hint}");
    let kept = fs::read_dir(world.user.path(".local/share/salus/openings")).map_or(0, Iterator::count);
    assert_eq!(kept, 0, "what opens nothing is not kept");
    let (code, error, _) = world.refused(&["access", "log", "show", "dev:alith", "0"]);
    assert_eq!((code, error.as_str()), (1, "batch_not_anchored"));
    assert_eq!(world.done(&["access", "log", "show", "dev:alith"])["batches"], 0);
}
