//! Policies exported as FHIR Consents.

use std::fs;

use serde_json::{Value, json};

use crate::{
    decide::{bundle, consent},
    node::Node,
    user::User,
};

#[test]
fn a_consent_on_chain_is_exported_for_its_grantee() {
    let user = User::new();
    let node = Node::start(&user, &[]);
    let at = |args: &[&str]| user.done(&[&["--network", node.url(), "consent"], args].concat());
    let subject = at(&["register", "--from", "dev:charlie"])["subject"].take();
    let subject = subject.as_str().unwrap();
    let parties = [
        "grant",
        "--subject",
        subject,
        "--to",
        "dev:bob",
        "--from",
        "dev:charlie",
    ];
    let policy = [
        "--purpose",
        "TREAT",
        "--deny-label",
        "ETHUD",
        "--valid-until",
        "2099-12-31",
    ];
    let granted = at(&[&parties[..], &policy].concat());
    let export = ["export", granted["consent"].as_str().unwrap(), "--fhir-version"];
    let r4 = at(&[&export[..], &["r4", "--actor", "Organization/clinic=dev:bob"]].concat());
    assert_eq!((&r4["fhir_version"], &r4["losses"]), (&json!("R4"), &json!([])));
    let document = &r4["document"];
    let provision = &document["provision"];
    assert_eq!(provision["actor"][0]["reference"]["reference"], "Organization/clinic");
    assert_eq!(provision["purpose"][0]["code"], "TREAT");
    assert_eq!(provision["period"], json!({"end": "2099-12-31T23:59:59Z"}));
    assert_eq!(provision["provision"][0]["type"], "deny");
    let patient = json!({"identifier": {"system": "urn:salus:subject", "value": subject}});
    assert_eq!(
        (&document["patient"], &document["status"]),
        (&patient, &json!("active"))
    );
    let r5 = [&["--network", node.url(), "consent"], &export[..], &["r5"]].concat();
    let (code, error, message) = user.refused(&r5);
    assert_eq!((code, error.as_str()), (7, "untranslatable_consent"));
    assert!(message.contains("Policy.scope: "), "{message}");
    at(&["revoke", export[1], "--from", "dev:charlie"]);
    let revoked = at(&[&export[..], &["r4"]].concat());
    assert_eq!(revoked["document"]["status"], "inactive");

    let elsewhere = [
        &["--network", node.url(), "--openings", "elsewhere", "consent"],
        &export[..],
        &["r4"],
    ]
    .concat();
    let (code, error, _) = user.refused(&elsewhere);
    assert_eq!((code, error.as_str()), (1, "no_opening"));
}

#[test]
fn an_import_goes_out_as_it_came_in() {
    let user = User::new();
    let file = user.file("consents.json", &bundle(&[consent()]).to_string());
    let imported = user.done(&["consent", "import", &file]);
    let id = imported["consents"][0]["import"].as_str().unwrap();
    let export = ["consent", "export", "--import", id, "--fhir-version"];
    let named = user.done(&[&export[..], &["r5", "--identifier", "urn:org|good-health"]].concat());
    let document = &named["document"];
    let actor = &document["provision"][0]["actor"][0]["reference"]["identifier"];
    assert_eq!(*actor, json!({"system": "urn:org", "value": "good-health"}));
    assert_eq!(document["subject"]["identifier"]["value"], "1");
    let lost = named["losses"].as_array().unwrap();
    assert_eq!(lost.len(), 1, "{lost:?}");
    assert!(lost[0].as_str().unwrap().starts_with("Import.patient[1]: "));
    let told = user.salus(&[&export[..], &["r5"]].concat());
    assert!(
        String::from_utf8(told.stderr)
            .unwrap()
            .contains("lost: Import.patient[1]")
    );
    let policy = |name: &str, document: &Value| {
        let file = user.file(name, &document.to_string());
        let imported = user.done(&["consent", "import", &file]);
        let id = imported["consents"][0]["import"].as_str().unwrap();
        let kept = fs::read_to_string(user.path(&format!(".local/share/salus/openings/import-{id}.json"))).unwrap();
        serde_json::from_str::<Value>(&kept).unwrap()["opening"]["policy"].take()
    };
    let original = policy("again.json", &bundle(&[consent()]));
    assert_eq!(policy("named.json", document), original);
    let unnamed = user.done(&[&export[..], &["r4"]].concat());
    assert_eq!(policy("unnamed.json", &unnamed["document"]), original);
    let (code, error, _) = user.refused(&["consent", "export", "--fhir-version", "r4"]);
    assert_eq!((code, error.as_str()), (2, "usage"));
    let (code, ..) = user.refused(&[&export[..], &["r3"]].concat());
    assert_eq!(code, 2);
}
