use salus_core::{
    codes::{Action, Code, Confidentiality, Purpose, ResourceClass, Role, Sensitivity},
    consent::{Actors, Criteria, Effect, Provision, Terms},
};

use super::*;

const GRANTEE: [u8; 20] = [0xb0; 20];

fn facts(policy: Option<Policy>) -> Facts {
    Facts {
        chain_id: 420_420_421,
        genesis: B256::repeat_byte(1),
        contract: Address::repeat_byte(2),
        consent: B256::repeat_byte(3),
        entry: Entry {
            subject: [0x5a; 32],
            grantee: GRANTEE,
            status: Status::Active,
            sequence: 0,
            terms: Terms {
                validity: Period {
                    from: 1_735_689_600,
                    until: u64::MAX,
                },
                purposes: 0,
                classes: 0,
            },
            commitment: [4; 32],
            grantor: [5; 20],
            limit: u64::MAX,
        },
        controller: Some(Address::repeat_byte(5)),
        policy,
        history: Vec::new(),
        jurisdiction: None,
        notice: None,
    }
}

fn step(status: &str, block: u64) -> ConsentStep {
    ConsentStep {
        block,
        block_hash: B256::repeat_byte(6),
        timestamp: 1_735_689_600_999,
        extrinsic: Some(1),
        index: 2,
        status: status.into(),
        actor: Address::repeat_byte(5),
    }
}

fn everything() -> Criteria {
    Criteria {
        actors: Actors {
            roles: Role::KNOWN,
            ..Actors::default()
        },
        purposes: Purpose::KNOWN,
        classes: ResourceClass::KNOWN,
        labels: Sensitivity::KNOWN,
        confidentiality: Confidentiality::KNOWN,
        actions: Action::KNOWN,
        ..Criteria::default()
    }
}

fn treatment() -> Policy {
    let mut policy = Policy::new(Effect::Permit, 1);
    policy.scope.purposes = Purpose::TREAT.mask();
    policy.scope.classes = ResourceClass::OBSERVATION.mask();
    let labels = Sensitivity::ETHUD.mask();
    policy.provisions.push(Provision {
        criteria: Criteria {
            labels,
            ..Criteria::default()
        },
        provisions: Vec::new(),
    });
    policy
}

#[test]
fn every_code_has_its_own_system() {
    let mut policy = Policy::new(Effect::Permit, 1);
    policy.scope = everything();
    let receipt = document(&facts(Some(policy)), 0);
    let entry = &receipt["pii_processing"]["purposes"][0];
    let expected = |table: &[Code]| -> Vec<Value> {
        let coding = |row: &Code| json!({"system": row.system, "code": row.code, "display": row.display});
        table.iter().map(coding).collect()
    };
    assert_eq!(entry["purpose"], Value::from(expected(Purpose::TABLE)));
    assert_eq!(entry["processing_method"], Value::from(expected(Action::TABLE)));
    let types = entry["pii_information"].as_array().unwrap();
    let types: Vec<Value> = types.iter().map(|item| item["pii_type"].clone()).collect();
    assert_eq!(types, expected(ResourceClass::TABLE));
    let conditions = &entry["conditions"];
    assert_eq!(conditions["recipients"], Value::from(expected(Role::TABLE)));
    assert_eq!(conditions["security_labels"], Value::from(expected(Sensitivity::TABLE)));
    assert_eq!(
        conditions["confidentiality"],
        Value::from(expected(Confidentiality::TABLE))
    );
}

// Domain rule 15.
#[test]
fn a_permit_is_told_with_its_exceptions() {
    let receipt = document(&facts(Some(treatment())), 1_735_689_600);
    let header = &receipt["record_header"];
    assert_eq!(
        header["pii_principal_id"],
        format!("urn:salus:subject|0x{}", "5a".repeat(32))
    );
    assert_eq!(receipt["receipt_metadata"]["issued_at"], "2025-01-01T00:00:00Z");
    let purposes = receipt["pii_processing"]["purposes"].as_array().unwrap();
    assert_eq!(purposes.len(), 1);
    assert_eq!(purposes[0]["purpose"][0]["code"], "TREAT");
    assert_eq!(purposes[0]["exceptions"][0]["security_labels"][0]["code"], "ETHUD");
    assert_eq!(purposes[0]["processing_method"], "any");
    assert_eq!(receipt["pii_processing"]["retention_period"], not_recorded());
    assert_eq!(receipt["pii_processing"]["jurisdiction"], not_recorded());
    let parties = receipt["party_identification"].as_array().unwrap();
    assert_eq!(parties[0]["party_id"], account(&GRANTEE));
    assert_eq!(parties[1]["party_id"], account(&[5; 20]));
}

#[test]
fn a_denial_is_told_by_its_permits_within_its_scope() {
    let mut policy = Policy::new(Effect::Deny, 1);
    policy.scope.purposes = Purpose::TREAT.mask() | Purpose::HRESCH.mask();
    let actors = Actors {
        addresses: vec![GRANTEE, [0xc0; 20]],
        ..Actors::default()
    };
    let criteria = Criteria {
        actors,
        ..Criteria::default()
    };
    policy.provisions.push(Provision {
        criteria,
        provisions: treatment().provisions,
    });
    let receipt = document(&facts(Some(policy.clone())), 0);
    let processing = &receipt["pii_processing"];
    assert_eq!(processing["purposes"][0]["purpose"], "any");
    assert_eq!(
        processing["purposes"][0]["within"]["purposes"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    assert_eq!(processing["recipient_third_parties"], json!([account(&[0xc0; 20])]));
    policy.provisions.clear();
    let nothing = document(&facts(Some(policy)), 0);
    assert_eq!(nothing["pii_processing"]["purposes"], json!([]));
}

#[test]
fn what_is_not_opened_is_withheld_and_what_is_disclosed_is_told() {
    let mut facts = facts(None);
    let processing = |facts: &Facts| document(facts, 0)["pii_processing"].take();
    assert_eq!(processing(&facts)["purposes"], withheld());
    assert_eq!(processing(&facts)["recipient_third_parties"], withheld());
    facts.entry.terms.purposes = Purpose::TREAT.mask();
    facts.entry.terms.classes = ResourceClass::OBSERVATION.mask();
    facts.jurisdiction = Some("DE".into());
    let told = processing(&facts);
    assert_eq!(told["purposes"][0]["purpose"][0]["code"], "TREAT");
    assert_eq!(
        told["purposes"][0]["pii_information"][0]["pii_type"]["code"],
        "Observation"
    );
    assert_eq!(told["purposes"][0]["exceptions"], withheld());
    assert_eq!(told["jurisdiction"], "DE");
}

#[test]
fn events_are_those_of_the_index_and_what_it_does_not_know_has_no_time() {
    let mut facts = facts(None);
    let told = |facts: &Facts| -> Vec<(String, bool)> {
        let events = document(facts, 0)["event"].take();
        let events = events.as_array().unwrap().iter();
        let told = |event: &Value| {
            (
                event["event_state"].as_str().unwrap().into(),
                event["event_time"].is_string(),
            )
        };
        events.map(told).collect()
    };
    assert_eq!(told(&facts), [("active".into(), false)]);
    facts.entry.status = Status::Revoked;
    assert_eq!(told(&facts), [("active".into(), false), ("revoked".into(), false)]);
    facts.history = vec![step("active", 7)];
    assert_eq!(told(&facts), [("active".into(), true), ("revoked".into(), false)]);
    facts.history.push(step("revoked", 9));
    assert_eq!(told(&facts), [("active".into(), true), ("revoked".into(), true)]);
    let event = &document(&facts, 0)["event"][1];
    assert_eq!(event["event_time"], "2025-01-01T00:00:00Z");
    assert_eq!(event["transaction"]["block"], 9);
    assert_eq!(event["dpv_status"], "https://w3id.org/dpv#ConsentWithdrawn");
    assert_eq!(
        event["validity_duration"],
        json!({"from": "2025-01-01T00:00:00Z", "until": null})
    );
}

/// Every place in a value.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.into());
    match value {
        Value::Object(members) => members
            .iter()
            .for_each(|(name, value)| pointers(value, &format!("{at}/{name}"), found)),
        Value::Array(items) => (0..)
            .zip(items)
            .for_each(|(position, value)| pointers(value, &format!("{at}/{position}"), found)),
        _ => {}
    }
}

#[test]
fn a_change_anywhere_in_a_receipt_is_found() {
    let home = tempfile::tempdir().unwrap();
    let openings = Openings::new(home.path());
    let receipt = issue(&facts(Some(treatment())), 1, &openings).unwrap();
    let text = receipt.to_string();
    let again: Value = serde_json::from_str(&text).unwrap();
    let commitment = verify(&again, &openings).unwrap();
    assert_eq!(receipt["integrity"]["commitment"], commitment.to_string());

    let mut places = Vec::new();
    pointers(&receipt, "", &mut places);
    places.retain(|place| !place.is_empty() && !place.starts_with("/integrity"));
    assert!(places.len() > 60);
    for place in places {
        let mut altered = receipt.clone();
        *altered.pointer_mut(&place).unwrap() = json!("another");
        let refused = verify(&altered, &openings).unwrap_err();
        let expected = match &*place {
            "/receipt_metadata" | "/receipt_metadata/schema_version" => "malformed_receipt",
            _ => "receipt_altered",
        };
        assert_eq!(refused.code(), expected, "{place}");
    }
    let mut longer = receipt.clone();
    longer["event"].as_array_mut().unwrap().clear();
    assert_eq!(verify(&longer, &openings).unwrap_err().code(), "receipt_altered");
}

#[test]
fn a_receipt_of_another_or_of_none_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let openings = Openings::new(home.path());
    let receipt = issue(&facts(None), 1, &openings).unwrap();
    let other = issue(&facts(None), 1, &openings).unwrap();
    assert_ne!(receipt["integrity"], other["integrity"], "a salt is used once");
    let mut swapped = receipt.clone();
    swapped["integrity"] = other["integrity"].clone();
    assert_eq!(verify(&swapped, &openings).unwrap_err().code(), "receipt_altered");
    let elsewhere = Openings::new(home.path().join("elsewhere"));
    assert_eq!(verify(&receipt, &elsewhere).unwrap_err().code(), "no_opening");
    for none in [
        json!([]),
        json!({}),
        json!({"integrity": {}}),
        json!({"integrity": {"commitment": "0x1"}}),
    ] {
        assert_eq!(
            verify(&none, &openings).unwrap_err().code(),
            "malformed_receipt",
            "{none}"
        );
    }
    assert!(
        !receipt.to_string().contains("salt"),
        "the salt is no part of a receipt"
    );
}
