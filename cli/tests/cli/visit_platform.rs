//! What providers publish of their time, and what the platform keeps, from the command line.

use serde_json::{Value, json};

use crate::practice::{PROVIDER, Practice, released};

/// `dev:alice` deployed the contracts.
const OWNER: &str = "dev:alice";
const COLLECTOR: &str = "dev:dorothy";
const WEEK: u64 = 604_800;

#[test]
fn when_a_provider_can_be_booked_is_published_by_its_hash() {
    let practice = Practice::new();
    let show = ["availability", "show", PROVIDER];
    assert!(practice.done(&show)["availability"].is_null());
    let slots = r#"{"resourceType": "Slot", "status": "free", "start": "2027-01-31T09:30:00Z"}"#;
    let slots = practice.world.user.file("slots.json", slots);
    let set = practice.done(&["availability", "set", "--file", &slots, "--from", PROVIDER]);
    // The same document, written otherwise: keccak-256 of its canonical form, in which the names are sorted.
    let again = r#"{"status":"free","start":"2027-01-31T09:30:00Z","resourceType":"Slot"}"#;
    let again = practice.world.user.file("again.json", again);
    let shown = practice.done(&[&show[..], &["--file", &again]].concat());
    assert_eq!(
        (&shown["availability"], &shown["matches"]),
        (&set["availability"], &json!(true))
    );
    let canonical = r#"{"resourceType":"Slot","start":"2027-01-31T09:30:00Z","status":"free"}"#;
    let hash = alloy_core::primitives::keccak256(canonical).to_string();
    assert_eq!(shown["availability"], hash);
    let busy = practice
        .world
        .user
        .file("busy.json", r#"{"resourceType": "Slot", "status": "busy"}"#);
    assert_eq!(
        practice.done(&[&show[..], &["--file", &busy]].concat())["matches"],
        false
    );

    let offer = ["offer", PROVIDER, "--service", "1", "--start", "+3600"];
    assert_eq!(practice.done(&offer)["availability"], hash);
    assert!(practice.said(&offer).contains(&hash));
    let other = format!("0x{}", "5a".repeat(32));
    assert_eq!(
        practice.done(&["availability", "set", &other, "--from", PROVIDER])["availability"],
        other
    );
    let none = format!("0x{}", "00".repeat(32));
    assert!(practice.done(&["availability", "set", &none, "--from", PROVIDER])["availability"].is_null());
    assert!(practice.done(&offer)["availability"].is_null());

    let malformed = practice.world.user.file("malformed.json", "{\"a\": 1, \"a\": 2}");
    let set = ["visit", "availability", "set", "--file", &malformed, "--from", PROVIDER];
    let (code, error, _) = practice.world.refused(&set);
    assert_eq!((code, error.as_str()), (7, "malformed_json"));
    practice.misused(&["availability", "set", "--from", PROVIDER]);
    practice.misused(&["availability", "set", "0x5a", "--from", PROVIDER]);
    practice.misused(&["availability", "set", &other, "--file", &slots, "--from", PROVIDER]);
}

/// The platform's fee as it is shown: what is kept, and what was announced.
fn fees(practice: &Practice) -> (Value, Value) {
    let mut shown = practice.done(&["platform-fee", "show"]);
    (shown["fee"].take(), shown["announced"].take())
}

#[test]
fn another_platform_fee_is_announced_a_week_ahead_by_the_owner() {
    let practice = Practice::new();
    assert_eq!(fees(&practice), (json!(0), Value::Null));
    let announce = ["platform-fee", "announce", "250", "--collector", COLLECTOR, "--from"];
    let stranger = practice.reverted(&[&announce[..], &[PROVIDER]].concat());
    assert!(stranger.contains("OwnableUnauthorizedAccount("), "{stranger}");
    let announced = practice.done(&[&announce[..], &[OWNER]].concat());
    let effective_at = announced["announced"]["effective_at"].as_u64().unwrap();
    assert_eq!(announced["announced"]["fee"], 250);
    let (now, next) = fees(&practice);
    assert_eq!((now, &next), (json!(0), &announced["announced"]));
    let offer = ["offer", PROVIDER, "--service", "1", "--start", "+3600"];
    let offered = practice.done(&offer);
    assert_eq!(
        (&offered["platform_fee"], &offered["announced_fee"]),
        (&json!(0), &next)
    );
    assert!(
        practice
            .said(&offer)
            .contains("\nannounced    2.50 % of what the provider earns, for 0x")
    );

    // What is booked before keeps what was then.
    let before = practice.booked();
    practice.done(&["confirm", &before, "--from", PROVIDER]);
    practice.world.node.advance(WEEK);
    let (now, next) = fees(&practice);
    assert_eq!((now, next), (json!(250), Value::Null));
    let shown = practice.done(&["platform-fee", "show"]);
    assert!(effective_at > 0 && shown["collector"].is_string(), "{shown}");
    assert!(practice.done(&offer)["announced_fee"].is_null());
    let visit = practice.begun();
    let completed = practice.done(&["complete", &visit, "--from", "dev:alice"]);
    assert_eq!(released(&completed), ["0", "24.8625", "0.6375"]);
    assert_eq!(
        practice.done(&["withdraw", "--from", COLLECTOR])["amount"]["amount"],
        "0.6375"
    );

    let high = [
        "platform-fee",
        "announce",
        "1001",
        "--collector",
        COLLECTOR,
        "--from",
        OWNER,
    ];
    assert!(practice.misused(&high).contains("more than 1000"));
    let nobodys = ["platform-fee", "announce", "1", "--from", OWNER];
    assert!(practice.misused(&nobodys).contains("a fee is somebody's"));
    let vain = [
        "platform-fee",
        "announce",
        "0",
        "--collector",
        COLLECTOR,
        "--from",
        OWNER,
    ];
    assert!(practice.misused(&vain).contains("no fee is nobody's"));
    let none = practice.done(&["platform-fee", "announce", "0", "--from", OWNER]);
    assert!(none["announced"]["collector"].is_null());
}

#[test]
fn the_office_of_the_owner_passes_on_in_two_steps() {
    let practice = Practice::new();
    let owner = practice.done(&["owner"]);
    assert!(owner["pending_owner"].is_null());
    let offer = ["transfer-ownership", "--to", "dev:bob", "--from"];
    assert!(
        practice
            .reverted(&[&offer[..], &["dev:bob"]].concat())
            .contains("OwnableUnauthorizedAccount(")
    );
    let offered = practice.done(&[&offer[..], &[OWNER]].concat());
    assert_eq!(
        (&offered["owner"], offered["pending_owner"].is_string()),
        (&owner["owner"], true)
    );
    let withdrawn = practice.done(&["transfer-ownership", "--withdraw", "--from", OWNER]);
    assert!(withdrawn["pending_owner"].is_null());
    assert!(
        practice
            .reverted(&["accept-ownership", "--from", "dev:bob"])
            .contains("OwnableUnauthorizedAccount(")
    );
    practice.done(&[&offer[..], &[OWNER]].concat());
    assert!(
        practice
            .reverted(&["accept-ownership", "--from", PROVIDER])
            .contains("OwnableUnauthorizedAccount(")
    );
    let accepted = practice.done(&["accept-ownership", "--from", "dev:bob"]);
    assert_eq!(accepted["owner"], offered["pending_owner"]);
    let announce = ["platform-fee", "announce", "1", "--collector", "dev:bob", "--from"];
    assert!(
        practice
            .reverted(&[&announce[..], &[OWNER]].concat())
            .contains("OwnableUnauthorizedAccount(")
    );
    practice.done(&[&announce[..], &["dev:bob"]].concat());
    practice.misused(&["transfer-ownership", "--from", "dev:bob"]);
}
