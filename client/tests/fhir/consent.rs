//! Consent documents of each shape, and the decisions that follow from them.

use crate::support::{ANNA, BERT, CLINIC, HOSPITAL, INSTITUTE, STRANGER, at, document, translate, translate_file};
use salus_client::fhir::{
    Salt,
    consent::{ConsentStatus, FhirVersion, LossReason},
};
use salus_core::{
    codes::{Action, Category, Confidentiality, DataMeaning, Purpose, ResourceClass, Role, Sensitivity},
    consent::{Answer, DataPeriod, Reason, Request, data_ref, policy_commitment},
};
use serde_json::json;

use Answer::{Deny, NoConsent, Permit};

const JUNE: &str = "2025-06-01T12:00:00Z";

fn ask(address: &[[u8; 20]; 1], purpose: Purpose) -> Request<'_> {
    Request::new(address, purpose, ResourceClass::OBSERVATION)
}

#[test]
fn rule_01_r4_root_type_is_the_base_decision_and_its_criteria_are_the_scope() {
    let consent = translate_file("r4_root_type");
    assert_eq!(consent.version, FhirVersion::R4);
    let answer = |request: &Request<'_>, time| {
        let decision = consent.evaluate(request, at(time));
        (decision.answer, decision.reason)
    };
    let treat = ask(&ANNA, Purpose::TREAT);
    assert_eq!(answer(&treat, JUNE), (Permit, Reason::Decided));
    // Both ends of the period are inclusive, and a day ends with its last second.
    assert_eq!(answer(&treat, "2025-01-15T00:00:00Z").0, Permit);
    assert_eq!(answer(&treat, "2025-12-31T23:59:59Z").0, Permit);
    assert_eq!(
        answer(&treat, "2025-01-14T23:59:59Z"),
        (NoConsent, Reason::OutsidePeriod)
    );
    assert_eq!(
        answer(&treat, "2026-01-01T00:00:00Z"),
        (NoConsent, Reason::OutsidePeriod)
    );
    assert_eq!(
        answer(&ask(&ANNA, Purpose::HRESCH), JUNE),
        (NoConsent, Reason::OtherPurpose)
    );
    assert_eq!(
        answer(&ask(&STRANGER, Purpose::TREAT), JUNE),
        (NoConsent, Reason::OutsideScope)
    );
    let condition = Request::new(&ANNA, Purpose::TREAT, ResourceClass::CONDITION);
    assert_eq!(answer(&condition, JUNE), (NoConsent, Reason::OutsideScope));
    let research = Request {
        categories: Category::RESEARCH.mask(),
        ..treat
    };
    assert_eq!(answer(&research, JUNE), (NoConsent, Reason::OtherCategory));
    let privacy = Request {
        categories: Category::PATIENT_CONSENT.mask(),
        ..treat
    };
    assert_eq!(answer(&privacy, JUNE).0, Permit);
}

#[test]
fn rule_01_r4_by_ihes_profile_denies_but_for_its_exceptions() {
    let consent = translate_file("r4_ihe");
    let answer = |request: &Request<'_>| consent.evaluate(request, at(JUNE)).answer;
    let known_dates = DataPeriod {
        from: at("2024-01-01T00:00:00Z").try_into().unwrap(),
        until: at("2025-06-30T23:59:59Z").try_into().unwrap(),
    };
    let treat = Request {
        data_period: known_dates,
        ..ask(&ANNA, Purpose::TREAT)
    };
    assert_eq!(answer(&treat), Permit);
    assert_eq!(
        answer(&Request {
            addresses: &CLINIC,
            purpose: Purpose::HPAYMT,
            ..treat
        }),
        Permit
    );
    assert_eq!(
        answer(&Request {
            action: Action::DISCLOSE,
            ..treat
        }),
        Deny
    );
    // Data of all times are not all within the data period.
    assert_eq!(answer(&ask(&ANNA, Purpose::TREAT)), Deny);
    assert_eq!(answer(&ask(&INSTITUTE, Purpose::HRESCH)), Permit);
    assert_eq!(answer(&ask(&INSTITUTE, Purpose::TREAT)), Deny);
    assert_eq!(answer(&ask(&ANNA, Purpose::HRESCH)), Deny);
    assert_eq!(answer(&ask(&STRANGER, Purpose::TREAT)), Deny);
}

#[test]
fn rule_01_r4_without_a_root_type_takes_its_base_from_an_opt_in() {
    let consent = translate_file("r4_opt_in");
    let answer = |request: &Request<'_>, time| consent.evaluate(request, at(time)).answer;
    assert_eq!(answer(&ask(&ANNA, Purpose::TREAT), JUNE), Permit);
    assert_eq!(answer(&ask(&BERT, Purpose::TREAT), JUNE), Deny);
    assert_eq!(answer(&ask(&ANNA, Purpose::HMARKT), JUNE), Deny);
    assert_eq!(answer(&ask(&BERT, Purpose::TREAT), "2024-12-31T23:59:59Z"), NoConsent);
}

#[test]
fn rule_05_a_permit_three_levels_deep_holds_within_the_denials_around_it() {
    let consent = translate_file("r4_three_levels");
    let decision = |request: &Request<'_>| consent.evaluate(request, at(JUNE));
    let emergency = ask(&HOSPITAL, Purpose::ETREAT);
    let permitted = decision(&emergency);
    assert_eq!(permitted.answer, Permit);
    assert_eq!(permitted.obligations.redact_labels, Sensitivity::PSY.mask());
    assert_eq!(
        decision(&Request {
            labels: Sensitivity::PSY.mask(),
            ..emergency
        })
        .answer,
        Deny
    );
    assert_eq!(
        decision(&Request {
            purpose: Purpose::TREAT,
            ..emergency
        })
        .answer,
        Deny
    );
    assert_eq!(decision(&ask(&STRANGER, Purpose::ETREAT)).answer, Deny);
    // A denial beside a permit wins where both match.
    assert_eq!(decision(&ask(&ANNA, Purpose::TREAT)).answer, Permit);
    assert_eq!(decision(&ask(&ANNA, Purpose::ETREAT)).answer, Deny);
    // One who is both is permitted as the hospital is.
    let both = [ANNA[0], HOSPITAL[0]];
    assert_eq!(
        decision(&Request {
            addresses: &both,
            ..emergency
        })
        .answer,
        Permit
    );
}

#[test]
fn rule_07_denied_labels_become_obligations_or_denials() {
    let consent = translate_file("r4_labels");
    let decision = |request: &Request<'_>| consent.evaluate(request, at(JUNE));
    let plain = ask(&ANNA, Purpose::TREAT);
    let both = Sensitivity::ETHUD.mask() | Sensitivity::HIV.mask();
    assert_eq!(decision(&plain).answer, Permit);
    assert_eq!(decision(&plain).obligations.redact_labels, both);
    assert_eq!(
        decision(&Request {
            labels: Sensitivity::HIV.mask(),
            ..plain
        })
        .answer,
        Deny
    );
    assert_eq!(
        decision(&Request {
            confidentiality: Confidentiality::V,
            ..plain
        })
        .answer,
        Deny
    );
    assert_eq!(
        decision(&Request {
            confidentiality: Confidentiality::R,
            ..plain
        })
        .answer,
        Permit
    );
    // A list of labels is matched by any of them, be it a level or a kind.
    let document = Request {
        class: ResourceClass::DOCUMENT_REFERENCE,
        ..plain
    };
    assert_eq!(
        decision(&document).obligations.redact_labels,
        both | Sensitivity::BH.mask()
    );
    assert_eq!(
        decision(&Request {
            confidentiality: Confidentiality::R,
            ..document
        })
        .answer,
        Deny
    );
    assert_eq!(
        decision(&Request {
            labels: Sensitivity::BH.mask(),
            ..document
        })
        .answer,
        Deny
    );
    assert_eq!(
        decision(&Request {
            labels: Sensitivity::BH.mask(),
            ..plain
        })
        .answer,
        Permit
    );
}

#[test]
fn rule_08_a_permitted_level_is_a_ceiling_and_a_denied_one_a_floor() {
    let consent = |effect| {
        translate(&json!({
            "resourceType": "Consent", "status": "active", "date": "2025", "decision": effect,
            "provision": [{"securityLabel": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "N"}]}]
        }))
        .unwrap()
    };
    let (permit_to_normal, deny_from_normal) = (consent("deny"), consent("permit"));
    for (level, up_to, from) in [
        (Confidentiality::L, Permit, Permit),
        (Confidentiality::N, Permit, Deny),
        (Confidentiality::R, Deny, Deny),
    ] {
        let request = Request {
            confidentiality: level,
            ..ask(&ANNA, Purpose::TREAT)
        };
        assert_eq!(permit_to_normal.evaluate(&request, at(JUNE)).answer, up_to, "{level}");
        assert_eq!(deny_from_normal.evaluate(&request, at(JUNE)).answer, from, "{level}");
    }
}

#[test]
fn rule_01_r5_provisions_are_exceptions_to_its_decision() {
    let consent = translate_file("r5");
    assert_eq!(consent.version, FhirVersion::R5);
    assert_eq!(consent.policy.categories, Category::INFA.mask());
    let answer = |request: &Request<'_>| consent.evaluate(request, at(JUNE)).answer;
    let no_references = Request {
        data_stated: DataMeaning::RELATED.mask(),
        ..ask(&ANNA, Purpose::TREAT)
    };
    assert_eq!(answer(&no_references), Permit);
    // Whether the data are related to that encounter is left open: decided against the request.
    assert_eq!(answer(&ask(&ANNA, Purpose::TREAT)), Deny);
    let related = [data_ref(DataMeaning::RELATED, &[0xe1; 32])];
    assert_eq!(
        answer(&Request {
            data: &related,
            ..no_references
        }),
        Deny
    );
    let nurse = Request {
        addresses: &STRANGER,
        roles: Role::NURS.mask(),
        ..no_references
    };
    assert_eq!(answer(&nurse), Permit);
    assert_eq!(answer(&Request { roles: 0, ..nurse }), Deny);
    assert_eq!(
        answer(&Request {
            class: ResourceClass::ENCOUNTER,
            ..no_references
        }),
        Deny
    );
    assert_eq!(
        consent.evaluate(&no_references, at("2026-01-15T00:00:00Z")).answer,
        NoConsent
    );
}

#[test]
fn rule_01_without_a_base_decision_the_answer_is_no_consent() {
    for provision in [
        json!({"period": {"start": "2025"}}),
        json!({"provision": [{"type": "permit"}]}),
        json!({"provision": [{"type": "deny"}]}),
    ] {
        let mut consent = document("r4_root_type");
        consent["provision"] = provision;
        let consent = translate(&consent).unwrap();
        assert_eq!(consent.policy.base, None);
        let decision = consent.evaluate(&ask(&ANNA, Purpose::TREAT), at(JUNE));
        assert_eq!((decision.answer, decision.reason), (NoConsent, Reason::NoBaseDecision));
        assert!(
            consent
                .losses
                .iter()
                .any(|loss| loss.reason == LossReason::NoBaseDecision)
        );
    }
    let mut r5 = document("r5");
    r5.as_object_mut().unwrap().remove("decision");
    let decision = translate(&r5).unwrap().evaluate(&ask(&ANNA, Purpose::TREAT), at(JUNE));
    assert_eq!((decision.answer, decision.reason), (NoConsent, Reason::NoBaseDecision));
}

#[test]
fn rule_03_a_consent_that_is_not_active_answers_no_consent() {
    for (fixture, statuses) in [
        (
            "r4_root_type",
            &["draft", "proposed", "rejected", "inactive", "entered-in-error"][..],
        ),
        (
            "r5",
            &["draft", "inactive", "not-done", "entered-in-error", "unknown"][..],
        ),
    ] {
        for status in statuses {
            let mut consent = document(fixture);
            consent["status"] = json!(status);
            let consent = translate(&consent).unwrap();
            assert_ne!(consent.status, ConsentStatus::Active);
            let decision = consent.evaluate(&ask(&ANNA, Purpose::TREAT), at(JUNE));
            assert_eq!(
                (decision.answer, decision.reason),
                (NoConsent, Reason::NotActive),
                "{status}"
            );
        }
    }
}

#[test]
fn rule_12_what_does_not_bear_on_the_decision_is_listed_field_by_field() {
    let consent = translate_file("r4_ihe");
    let mut losses: Vec<_> = consent
        .losses
        .iter()
        .map(|loss| (loss.path.as_str(), loss.reason))
        .collect();
    losses.sort_unstable_by_key(|(path, _)| *path);
    assert_eq!(
        losses,
        [
            ("Consent.identifier", LossReason::NotInPolicy),
            ("Consent.meta", LossReason::NotInPolicy),
            ("Consent.organization", LossReason::Evidence),
            ("Consent.patient", LossReason::Evidence),
            ("Consent.performer", LossReason::Evidence),
            ("Consent.policy", LossReason::Evidence),
            ("Consent.sourceReference", LossReason::Evidence),
            ("Consent.text", LossReason::NotInPolicy),
            ("Consent.verification", LossReason::NotInPolicy),
        ]
    );
    assert_eq!(consent.evidence.subject.as_deref(), Some("Patient/ashli"));
    assert_eq!(consent.evidence.policies, ["https://example.org/policies/privacy-1"]);
    assert_eq!(consent.evidence.sources, ["DocumentReference/signed"]);
}

#[test]
fn rule_10_a_guardian_and_an_identified_grantee_are_evidence() {
    let consent = translate_file("r5");
    assert_eq!(consent.evidence.subject.as_deref(), Some("Patient/ashli"));
    assert_eq!(consent.evidence.grantors, ["RelatedPerson/guardian"]);
    assert_eq!(consent.evidence.grantees, ["http://hl7.org/fhir/sid/us-npi|1234567893"]);
    assert_eq!(consent.evidence.controllers, ["Organization/clinic"]);
    let category = consent
        .losses
        .iter()
        .find(|loss| loss.path == "Consent.category[1]")
        .unwrap();
    assert_eq!(category.reason, LossReason::UnknownCategory);
}

#[test]
fn a_provision_that_repeats_its_parent_is_listed_and_changes_nothing() {
    let mut consent = document("r4_root_type");
    let plain = translate(&consent).unwrap();
    consent["provision"]["provision"] = json!([{"type": "permit"}]);
    let repeated = translate(&consent).unwrap();
    assert_eq!(repeated.policy, plain.policy);
    let loss = repeated
        .losses
        .iter()
        .find(|loss| loss.reason == LossReason::Redundant)
        .unwrap();
    assert_eq!(loss.path, "Consent.provision.provision[0]");
}

#[test]
fn the_commitment_is_cores_own() {
    let consent = translate_file("r5");
    let salt = Salt::from_bytes([3; 32]);
    let expected = policy_commitment(&[3; 32], &consent.encoded, |bytes| {
        alloy_core::primitives::keccak256(bytes).0
    });
    assert_eq!(consent.commit(&salt), expected);
}
