//! Credentials from the command line.

use std::fs;

use serde_json::{Value, json};

use crate::world::{World, text};

const LICENCE: [&str; 4] = ["--jurisdiction", "DE-BY", "--licence", "BY 4711/08"];

/// A chain on which `dev:alith` may issue.
fn board() -> World {
    let world = World::new();
    let admitted = world.done(&["credential", "admit-issuer", "dev:alith", "--from", "dev:alice"]);
    assert_eq!(admitted["status"], "admitted");
    world
}

fn issue<'a>(holder: &'a str, role: &'a str, issuer: &'a str) -> Vec<&'a str> {
    let call = ["credential", "issue", holder, "--role", role, "--from", issuer];
    [&call[..], &LICENCE].concat()
}

fn verify<'a>(credential: &'a str, number: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let call = ["credential", "verify-licence", credential, "--licence", number];
    [&call[..], more].concat()
}

fn openings(world: &World) -> usize {
    fs::read_dir(world.user.path(".local/share/salus/openings")).map_or(0, Iterator::count)
}

#[test]
fn a_credential_is_issued_suspended_revoked_and_asked_as_of_a_time() {
    let world = board();
    let until = ["--valid-until", "+1000000", "--opening-to", "for-holder.json"];
    let issued = world.done(&[&issue("dev:bob", "PHYS", "dev:alith")[..], &until].concat());
    let id = text(&issued["credential"]);
    assert_eq!(
        (&issued["role"], &issued["jurisdiction"]),
        (&json!("PHYS"), &json!("DE-BY"))
    );
    assert!(!issued.to_string().contains("4711"), "{issued}");
    let check = |at: &[&str]| world.done(&[&["credential", "check", "dev:bob", "--role", "PHYS"], at].concat());
    let shown = world.done(&["credential", "show", id]);
    assert_eq!((&shown["status"], &shown["sequence"]), (&json!("active"), &json!(0)));
    let by_holder = world.done(&["credential", "show", "--holder", "dev:bob", "--role", "PHYS"]);
    assert_eq!(by_holder, shown);
    let said = world.said(&["credential", "check", "dev:bob", "--role", "PHYS"]);
    let (_, then) = said.trim().rsplit_once("since ").unwrap();

    world.node.advance(60);
    world.done(&["credential", "suspend", id, "--from", "dev:alith"]);
    let now = check(&[]);
    assert_eq!((&now["active"], &now["status"]), (&json!(false), &json!("suspended")));
    assert_eq!(check(&["--at", then])["active"], true, "what is over does not change");
    let before = check(&["--at", "2020-01-01"]);
    assert_eq!(
        (&before["status"], &before["credential"]),
        (&json!("none"), &Value::Null)
    );
    world.done(&["credential", "reinstate", id, "--from", "dev:alith"]);
    assert_eq!(check(&[])["active"], true);
    assert_eq!(check(&["--at", "+2000000"])["status"], "expired");

    assert_eq!(world.done(&verify(id, "BY 4711/08", &[]))["verified"], true);
    let elsewhere = ["--openings", "elsewhere"];
    let handed = [&elsewhere[..], &["--opening", "for-holder.json"]].concat();
    assert_eq!(world.done(&verify(id, "BY 4711/08", &handed))["verified"], true);
    let (code, error, message) = world.refused(&verify(id, "BY 4711/09", &[]));
    assert_eq!((code, error.as_str()), (1, "commitment_mismatch"), "{message}");
    let (code, error, _) = world.refused(&verify(id, "BY 4711/08", &elsewhere));
    assert_eq!((code, error.as_str()), (1, "no_opening"));
    let altered = fs::read_to_string(world.user.path("for-holder.json"));
    let altered = world
        .user
        .file("altered.json", &altered.unwrap().replace("4711", "4712"));
    let (code, error, _) = world.refused(&verify(id, "BY 4712/08", &["--opening", &altered]));
    assert_eq!((code, error.as_str()), (7, "opening_malformed"));

    world.done(&["credential", "revoke", id, "--from", "dev:alice"]);
    assert_eq!(check(&[])["status"], "revoked");
    let hint = world.reverted(&["credential", "reinstate", id, "--from", "dev:alith"], "WrongStatus");
    assert!(hint.contains("credential show"), "{hint}");
    let (code, error, message) = world.refused(&["credential", "renew", id, "--from", "dev:alith"]);
    assert_eq!((code, error.as_str()), (2, "usage"), "{message}");
}

#[test]
fn only_issuers_issue_and_only_their_own_is_theirs_to_change() {
    let world = board();
    let hint = world.reverted(&issue("dev:bob", "PHYS", "dev:eve"), "NotIssuer");
    assert!(hint.contains("admit-issuer"), "{hint}");
    assert_eq!(openings(&world), 0, "what opens nothing is not kept");
    let handed = ["--opening-to", "for-holder.json"];
    world.reverted(
        &[&issue("dev:bob", "PHYS", "dev:eve")[..], &handed].concat(),
        "NotIssuer",
    );
    assert!(!world.user.path("for-holder.json").exists());
    let stranger = ["credential", "admit-issuer", "dev:eve", "--from", "dev:eve"];
    world.reverted(&stranger, "OwnableUnauthorizedAccount");

    let id = world.done(&issue("dev:bob", "PHYS", "dev:alith"))["credential"].take();
    let id = text(&id);
    world.done(&["credential", "admit-issuer", "dev:eve", "--from", "dev:alice"]);
    world.reverted(&issue("dev:bob", "PHYS", "dev:eve"), "CredentialLive");
    world.reverted(
        &["credential", "suspend", id, "--from", "dev:eve"],
        "NotIssuerOfCredential",
    );
    let renewed = world.done(&[
        "credential",
        "renew",
        id,
        "--valid-until",
        "+5000",
        "--from",
        "dev:alith",
    ]);
    assert_ne!(renewed["credential"], id);
    assert_eq!(world.done(&["credential", "show", id])["status"], "superseded");
    let shown = world.done(&["credential", "show", text(&renewed["credential"])]);
    assert_eq!((&shown["status"], &shown["sequence"]), (&json!("active"), &json!(1)));
    let verified = world.done(&verify(text(&renewed["credential"]), "BY 4711/08", &[]));
    assert_eq!(verified["verified"], true, "the old opening serves the new one");

    let check =
        |at: &[&str]| world.done(&[&["credential", "check-issuer", "dev:eve"], at].concat())["is_issuer"].take();
    assert_eq!(check(&[]), true);
    world.done(&["credential", "remove-issuer", "dev:eve", "--from", "dev:alice"]);
    assert_eq!(
        (check(&[]), check(&["--at", "2020-01-01"])),
        (json!(false), json!(false))
    );
    world.reverted(&issue("dev:dave", "NURS", "dev:eve"), "NotIssuer");
}

#[test]
fn the_office_of_the_owner_is_handed_over_in_two_steps() {
    let world = World::new();
    let offer = ["credential", "transfer-ownership", "--from", "dev:alice"];
    let offered = world.done(&[&offer[..], &["--to", "dev:bob"]].concat());
    let owner = world.done(&["credential", "owner"]);
    assert_eq!(
        (&offered["owner"], &offered["pending_owner"]),
        (&owner["owner"], &owner["pending_owner"])
    );
    let accept = ["credential", "accept-ownership", "--from"];
    let (stranger, heir) = (
        [&accept[..], &["dev:eve"]].concat(),
        [&accept[..], &["dev:bob"]].concat(),
    );
    world.reverted(&stranger, "OwnableUnauthorizedAccount");
    world.done(&[&offer[..], &["--withdraw"]].concat());
    assert_eq!(world.done(&["credential", "owner"])["pending_owner"], Value::Null);
    world.reverted(&heir, "OwnableUnauthorizedAccount");
    world.done(&[&offer[..], &["--to", "dev:bob"]].concat());
    let accepted = world.done(&heir);
    assert_eq!(
        (&accepted["owner"], &accepted["pending_owner"]),
        (&owner["pending_owner"], &Value::Null)
    );
}

#[test]
fn what_is_malformed_is_refused_before_anything_is_sent() {
    let world = World::new();
    let issue = ["credential", "issue", "dev:bob", "--from", "dev:alice"];
    let whole = ["--role", "PHYS", "--jurisdiction", "DE", "--licence", "1"];
    for (position, bad, told) in [
        (1, "phys", "did you mean PHYS?"),
        (1, "DOC", "no role"),
        (3, "Bavaria", "ISO 3166"),
        (5, "", "licence"),
        (5, " 1", "licence"),
    ] {
        let mut args = whole;
        args[position] = bad;
        let (code, error, message) = world.refused(&[&issue[..], &args].concat());
        assert_eq!((code, error.as_str()), (2, "usage"), "{bad}");
        assert!(message.contains(told), "{message}");
    }
    let reversed = ["--valid-from", "2030-01-01", "--valid-until", "2029-01-01"];
    let (code, _, message) = world.refused(&[&issue[..], &whole, &reversed].concat());
    assert_eq!(code, 2, "{message}");
    let nothing = format!("0x{}", "11".repeat(32));
    let (code, error, _) = world.refused(&["credential", "show", &nothing]);
    assert_eq!((code, error.as_str()), (1, "unknown_credential"));
    let (code, error, _) = world.refused(&["credential", "show", "--holder", "dev:bob", "--role", "PHYS"]);
    assert_eq!((code, error.as_str()), (2, "usage"));
    let (code, error, _) = world.refused(&["credential", "check", "dev:bob", "--role", "PHYS", "--at", "soon"]);
    assert_eq!((code, error.as_str()), (2, "usage"));
    assert_eq!(openings(&world), 0);
}
