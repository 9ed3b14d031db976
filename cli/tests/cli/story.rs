//! `salus story`: everything at once.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::{
    node::Node,
    user::{User, fixture},
};

/// The steps, in order, and whether each is a transaction.
const STEPS: [(&str, bool); 86] = [
    ("fund_patient", true),
    ("fund_family_doctor", true),
    ("fund_other_doctor", true),
    ("fund_guardian", true),
    ("fund_authority", true),
    ("pay_patient", true),
    ("register_subject", true),
    ("check_before_consent", false),
    ("grant_consent", true),
    ("check_family_doctor", false),
    ("check_other_doctor", false),
    ("evaluate_treatment", false),
    ("evaluate_marketing", false),
    ("relay_registration", true),
    ("relay_grant", true),
    ("relayed_grantor", false),
    ("relayed_without_coins", false),
    ("check_relayed", false),
    ("relay_again", false),
    ("relay_second_registration", true),
    ("relay_second_grant", true),
    ("unlinkable", false),
    ("register_child", true),
    ("set_guardian", true),
    ("grant_as_guardian", true),
    ("guardian_is_grantor", false),
    ("check_child", false),
    ("evaluate_child_marketing", false),
    ("guardian_beyond_purposes", false),
    ("guardian_beyond_age", false),
    ("stranger_for_child", false),
    ("grant_exceptions", true),
    ("exceptions_marketing", false),
    ("exceptions_treatment", false),
    ("exceptions_labelled", false),
    ("exceptions_emergency", false),
    ("emergency_without_credential", false),
    ("admit_authority", true),
    ("license_physician", true),
    ("license_reviewer", true),
    ("license_arbiter", true),
    ("set_veto_window", true),
    ("break_glass", true),
    ("waiting_for_veto", false),
    ("veto", true),
    ("access_vetoed", false),
    ("set_emergency_key", true),
    ("break_glass_with_foreign", false),
    ("break_glass_with_key", true),
    ("opened_with_key", false),
    ("review_too_early", false),
    ("end_access", true),
    ("closed_after_end", false),
    ("waits_for_review", false),
    ("review_access", true),
    ("reviewed", false),
    ("anchor_batch", true),
    ("prove_observation", false),
    ("tampered_observation", false),
    ("publish_terms", true),
    ("publish_fee", true),
    ("approve_fee", true),
    ("book_visit", true),
    ("confirm_visit", true),
    ("start_visit", true),
    ("complete_visit", true),
    ("accept_own_claim", false),
    ("accept_visit", true),
    ("withdraw_fee", true),
    ("fee_received", false),
    ("visit_completed", false),
    ("approve_second_fee", true),
    ("book_second_visit", true),
    ("confirm_second_visit", true),
    ("cancel_second_visit", true),
    ("withdraw_refund", true),
    ("refund_received", false),
    ("half_is_owed", false),
    ("visit_cancelled", false),
    ("revoke_consent", true),
    ("check_after_revocation", false),
    ("index_counts", false),
    ("index_events", false),
    ("index_consent", false),
    ("index_visits", false),
    ("index_balance", false),
];

/// The events of the contracts, in the order of the story.
const EVENTS: [&str; 44] = [
    "Transfer",
    "SubjectRegistered",
    "ConsentGranted",
    "SubjectRegistered",
    "ConsentGranted",
    "SubjectRegistered",
    "ConsentGranted",
    "SubjectRegistered",
    "DelegateSet",
    "ConsentGranted",
    "ConsentGranted",
    "IssuerAdmitted",
    "CredentialIssued",
    "CredentialIssued",
    "CredentialIssued",
    "VetoWindowSet",
    "GlassBroken",
    "AccessVetoed",
    "EmergencyKeySet",
    "GlassBroken",
    "AccessEnded",
    "AccessReviewed",
    "BatchAnchored",
    "TermsSet",
    "FeeSet",
    "Approval",
    "VisitRequested",
    "Transfer",
    "VisitFunded",
    "VisitConfirmed",
    "VisitStarted",
    "OutcomeClaimed",
    "VisitClosed",
    "Transfer",
    "Withdrawn",
    "Approval",
    "VisitRequested",
    "Transfer",
    "VisitFunded",
    "VisitConfirmed",
    "VisitClosed",
    "Transfer",
    "Withdrawn",
    "ConsentRevoked",
];

/// Holds a story to what it must be.
fn judge(story: &Value) {
    let steps = story["steps"].as_array().unwrap();
    let told: Vec<(&str, bool)> = steps
        .iter()
        .map(|step| (step["name"].as_str().unwrap(), step["transaction"].is_object()))
        .collect();
    assert_eq!(told, STEPS);
    let answer = |name: &str| {
        let step = steps.iter().find(|step| step["name"] == name).unwrap();
        step["answer"].as_str().unwrap().to_string()
    };
    assert_eq!(answer("check_before_consent"), "NO_CONSENT");
    assert_eq!(answer("check_family_doctor"), "PERMIT");
    assert_eq!(answer("check_other_doctor"), "NO_CONSENT");
    assert_ne!(
        answer("relayed_grantor"),
        story["family_doctor"]["address"].as_str().unwrap()
    );
    assert_eq!(answer("relayed_without_coins"), "0");
    assert_eq!(answer("relay_again"), "InvalidNonce");
    assert_eq!(answer("unlinkable"), "0");
    assert_eq!(answer("check_child"), "PERMIT");
    assert_eq!(answer("evaluate_child_marketing"), "NO_CONSENT");
    assert_eq!(answer("guardian_beyond_purposes"), "BeyondDelegation");
    assert_eq!(answer("guardian_beyond_age"), "BeyondDelegation");
    assert_eq!(answer("stranger_for_child"), "NotController");
    assert_eq!(answer("exceptions_marketing"), "DENY");
    assert_eq!(answer("exceptions_treatment"), "PERMIT by provision 0 without SUD");
    assert_eq!(answer("exceptions_labelled"), "DENY by provision 0.0");
    assert_eq!(answer("exceptions_emergency"), "PERMIT by provision 0.0.0");
    assert_eq!(answer("emergency_without_credential"), "MissingCredential");
    assert_eq!(answer("waiting_for_veto"), "CLOSED");
    assert_eq!(answer("access_vetoed"), "Vetoed");
    assert_eq!(answer("break_glass_with_foreign"), "InvalidSigner");
    assert_eq!(answer("opened_with_key"), "OPEN");
    assert_eq!(answer("review_too_early"), "WrongStatus");
    assert_eq!(answer("closed_after_end"), "CLOSED");
    assert_eq!(answer("waits_for_review"), "1");
    assert_eq!(answer("reviewed"), "Justified");
    assert_eq!(answer("tampered_observation"), "NOT PROVEN");
    assert_eq!(answer("accept_own_claim"), "NotOtherSide");
    assert_eq!(answer("visit_completed"), "completed");
    assert_eq!(answer("visit_cancelled"), "cancelled_late");
    assert_eq!(answer("half_is_owed"), answer("refund_received"));
    assert_eq!(answer("check_after_revocation"), "NO_CONSENT");

    let transactions: Vec<&Value> = steps
        .iter()
        .map(|step| &step["transaction"])
        .filter(|transaction| transaction.is_object())
        .collect();
    let hashes: HashSet<&str> = transactions
        .iter()
        .map(|told| told["tx_hash"].as_str().unwrap())
        .collect();
    assert_eq!(hashes.len(), transactions.len());
    for told in transactions {
        assert_eq!(told["tx_hash"].as_str().unwrap().len(), 66);
        assert!(told["block"].as_u64().unwrap() > 0);
        assert!(told["weight"]["ref_time"].as_u64().unwrap() > 0);
        assert!(told["fee"].as_u64().unwrap() > 0);
    }
    let events = story["index"]["events"].as_array().unwrap();
    let events: Vec<&str> = events.iter().map(|event| event["name"].as_str().unwrap()).collect();
    assert_eq!(events, EVENTS);
}

#[test]
fn it_is_told_on_a_chain_of_its_own() {
    let user = User::new();
    judge(&user.done(&["story", "--lead", "4"]));
    assert!(!user.path(".local").exists(), "it leaves nothing behind");
}

#[test]
fn it_can_be_told_again_and_again_on_a_chain_that_runs() {
    let user = User::new();
    let node = Node::start(&user, &[]);
    let tell = |record: &[&str]| {
        let arguments = ["--network", node.url(), "story", "--running", "--lead", "4"];
        user.done(&[&arguments[..], record].concat())
    };
    let first = tell(&[]);
    judge(&first);
    let second = tell(&["--bundle", &fixture("jose_zelaya.json.gz")]);
    judge(&second);
    assert_ne!(first["patient"], second["patient"]);
    assert_eq!(first["contracts"], second["contracts"]);

    // The other port of the chain knows the transactions that an Ethereum key signed.
    let steps = second["steps"].as_array().unwrap();
    let signed: Vec<&Value> = steps
        .iter()
        .map(|step| &step["transaction"])
        .filter(|told| told["eth_tx_hash"].is_string())
        .collect();
    assert!(!signed.is_empty());
    for told in signed {
        let receipt = node.ethereum("eth_getTransactionReceipt", &json!([told["eth_tx_hash"]]));
        let block = receipt["blockNumber"].as_str().unwrap().trim_start_matches("0x");
        assert_eq!(u64::from_str_radix(block, 16).unwrap(), told["block"].as_u64().unwrap());
    }
}

#[test]
fn a_record_with_nothing_to_tell_of_is_refused() {
    let user = User::new();
    let empty = user.file(
        "empty.json",
        r#"{"resourceType": "Bundle", "type": "collection",
        "entry": [{"resource": {"resourceType": "Patient", "id": "p"}}]}"#,
    );
    let (code, error, _) = user.refused(&["story", "--bundle", &empty]);
    assert_eq!((code, &*error), (2, "nothing_to_tell"));
    let other = user.file("other.json", r#"{"resourceType": "Patient"}"#);
    let (_, _, message) = user.refused(&["story", "--bundle", &other]);
    assert!(message.contains("resourceType"), "{message}");
}
