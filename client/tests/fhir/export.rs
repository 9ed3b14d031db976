//! Policies as Consents, and back.

use proptest::{collection::vec, option, prelude::*};
use salus_client::fhir::{
    FhirError,
    consent::{
        self, Actor, ConsentStatus, Directory, Evidence, FhirVersion, Header, LossReason, Translation, Written, urn,
    },
};
use salus_core::{
    codes::{Action, Category, Code, Confidentiality, DataMeaning, Purpose, ResourceClass, Role, Sensitivity, system},
    consent::{Actors, Criteria, DataPeriod, DataRef, Effect, Period, Policy, Provision, Request, data_ref},
};
use serde_json::{Value, json};

use crate::support::{ANNA, CLINIC, at, directory, document, translate_file};

use FhirVersion::{R4, R5};

fn active() -> Header {
    Header::new(ConsentStatus::Active, Evidence::default())
}

fn write(policy: &Policy, version: FhirVersion) -> Result<Written, FhirError> {
    consent::write(policy, &active(), version, &Directory::new())
}

fn read(document: &Value, version: FhirVersion) -> Translation {
    consent::read(document, Some(version), &Directory::new()).unwrap()
}

/// The paths of what is refused.
fn refused(written: Result<Written, FhirError>) -> Vec<String> {
    match written.unwrap_err() {
        FhirError::Untranslatable(refusals) => refusals.into_iter().map(|refusal| refusal.path).collect(),
        other => panic!("{other}"),
    }
}

fn permit(criteria: Criteria) -> Policy {
    let provisions = vec![Provision {
        criteria,
        provisions: Vec::new(),
    }];
    Policy {
        provisions,
        ..Policy::new(Effect::Deny, 1_700_000_000)
    }
}

// Random policies.

fn mask(known: u64) -> impl Strategy<Value = u64> {
    prop_oneof![3 => Just(0), 1 => any::<u64>().prop_map(move |bits| bits & known)]
}

fn actors() -> impl Strategy<Value = Actors> {
    (
        vec(any::<[u8; 20]>(), 0..3),
        mask(Role::KNOWN),
        vec(any::<[u8; 32]>(), 0..3),
    )
        .prop_map(|(mut addresses, roles, mut communities)| {
            addresses.sort_unstable();
            communities.sort_unstable();
            Actors {
                addresses,
                roles,
                communities,
            }
        })
}

fn period() -> impl Strategy<Value = Period> {
    let seconds = || prop_oneof![0u64..100, 0u64..253_402_300_800];
    (seconds(), option::of(seconds())).prop_filter_map("not open at both ends", |(one, other)| {
        let (from, until) = other.map_or((one, u64::MAX), |other| (one.min(other), one.max(other)));
        ((from, until) != (0, u64::MAX)).then_some(Period { from, until })
    })
}

fn data_period() -> impl Strategy<Value = DataPeriod> {
    let seconds = || -62_135_596_800i64..253_402_300_800;
    (seconds(), seconds(), 0..3).prop_map(|(one, other, open)| DataPeriod {
        from: if open == 1 { i64::MIN } else { one.min(other) },
        until: if open == 2 { i64::MAX } else { one.max(other) },
    })
}

fn data() -> impl Strategy<Value = Vec<DataRef>> {
    let reference =
        (0u8..4, any::<[u8; 32]>()).prop_map(|(meaning, id)| data_ref(DataMeaning::from_bit(meaning).unwrap(), &id));
    vec(reference, 0..3).prop_map(|mut data| {
        data.sort_unstable();
        data
    })
}

/// Any criteria there are; some of them no version can say.
fn criteria() -> impl Strategy<Value = Criteria> {
    let masks = (
        mask(Purpose::KNOWN),
        mask(ResourceClass::KNOWN),
        mask(Sensitivity::KNOWN),
        prop_oneof![6 => Just(0), 1 => 0..=Confidentiality::KNOWN],
        prop_oneof![3 => Just(0), 1 => 0..=Action::KNOWN],
    );
    let others = (
        prop_oneof![2 => Just(Actors::default()), 1 => actors()],
        option::weighted(0.2, period()),
        option::weighted(0.2, data_period()),
        prop_oneof![4 => Just(Vec::new()), 1 => data()],
    );
    (masks, others).prop_map(
        |((purposes, classes, labels, confidentiality, actions), (actors, period, data_period, data))| Criteria {
            actors,
            purposes,
            classes,
            labels,
            confidentiality,
            actions,
            period,
            data_period,
            data,
        },
    )
}

fn provisions() -> impl Strategy<Value = Vec<Provision>> {
    let leaf = criteria().prop_map(|criteria| Provision {
        criteria,
        provisions: Vec::new(),
    });
    let provision = leaf.prop_recursive(6, 24, 3, |nested| {
        (criteria(), vec(nested, 0..3)).prop_map(|(criteria, provisions)| Provision { criteria, provisions })
    });
    vec(provision, 0..4)
}

fn policy() -> impl Strategy<Value = Policy> {
    (
        prop::sample::select(vec![Effect::Permit, Effect::Deny]),
        0u64..253_402_300_800,
        prop_oneof![Just(0), any::<u32>().prop_map(|bits| bits & Category::KNOWN)],
        criteria(),
        provisions(),
    )
        .prop_map(|(base, date_time, categories, scope, provisions)| Policy {
            base: Some(base),
            date_time,
            categories,
            scope,
            provisions,
        })
}

/// The nearest policy that a version can say.
fn expressible(mut policy: Policy, version: FhirVersion) -> Policy {
    fn fit(criteria: &mut Criteria, effect: Effect) {
        if let Some(level) = Confidentiality::in_mask(criteria.confidentiality).last() {
            criteria.labels = 0;
            criteria.confidentiality = match effect {
                Effect::Permit => level.ceiling(),
                Effect::Deny => level.floor(),
            };
        }
    }
    fn fit_all(provisions: &mut [Provision], effect: Effect) {
        for provision in provisions {
            fit(&mut provision.criteria, effect);
            fit_all(&mut provision.provisions, effect.flipped());
        }
    }
    let base = policy.base.unwrap();
    fit(&mut policy.scope, base);
    fit_all(&mut policy.provisions, base.flipped());
    if version == R5 {
        policy.scope = Criteria {
            period: policy.scope.period,
            ..Criteria::default()
        };
    }
    policy
}

/// FHIR has no element without content, in no version.
fn has_no_empty_element(value: &Value) -> bool {
    match value {
        Value::Object(members) => !members.is_empty() && members.values().all(has_no_empty_element),
        Value::Array(items) => !items.is_empty() && items.iter().all(has_no_empty_element),
        Value::String(text) => !text.is_empty(),
        _ => false,
    }
}

proptest! {
    #[test]
    fn what_fhir_can_express_is_read_as_the_same_policy(policy in policy(), is_r4 in any::<bool>()) {
        let version = if is_r4 { R4 } else { R5 };
        let policy = expressible(policy, version);
        let written = write(&policy, version).unwrap();
        prop_assert_eq!(&written.losses, &[]);
        prop_assert!(has_no_empty_element(&written.document), "{:#}", written.document);
        let back = read(&written.document, version);
        prop_assert_eq!(back.encoded, policy.encode().unwrap());
        prop_assert_eq!(back.policy, policy);
    }

    #[test]
    fn whatever_the_policy_it_is_the_same_or_refused_with_its_place(policy in policy(), is_r4 in any::<bool>()) {
        let version = if is_r4 { R4 } else { R5 };
        match write(&policy, version) {
            Ok(written) => prop_assert_eq!(read(&written.document, version).policy, policy),
            Err(FhirError::Untranslatable(refusals)) => {
                prop_assert!(refusals.iter().all(|refusal| refusal.path.starts_with("Policy.")), "{:?}", refusals);
                prop_assert!(policy != expressible(policy.clone(), version), "{:?}", refusals);
            }
            Err(other) => prop_assert!(false, "{}", other),
        }
    }
}

#[test]
fn the_fixtures_go_out_and_come_in_as_the_same_policies() {
    for (fixture, versions) in [
        ("r4_root_type", &[R4][..]),
        ("r4_ihe", &[R4, R5]),
        ("r4_opt_in", &[R4, R5]),
        ("r4_three_levels", &[R4, R5]),
        ("r4_labels", &[R4, R5]),
        ("r5", &[R4, R5]),
    ] {
        let consent = translate_file(fixture);
        for version in [R4, R5] {
            let header = Header::new(consent.status, consent.evidence.clone());
            let written = consent::write(&consent.policy, &header, version, &directory());
            if !versions.contains(&version) {
                assert_eq!(refused(written), ["Policy.scope"], "{fixture} as {version:?}");
                continue;
            }
            let written = written.unwrap_or_else(|error| panic!("{fixture} as {version:?}: {error}"));
            let back = consent::read(&written.document, None, &directory()).unwrap();
            assert_eq!(back.version, version, "{fixture}");
            assert_eq!(back.encoded, consent.encoded, "{fixture} as {version:?}");
            assert_eq!(back.status, consent.status);
            let lost: Vec<_> = written.losses.iter().map(|loss| loss.path.as_str()).collect();
            let mut kept = consent.evidence.clone();
            if !kept.grantees.is_empty() && version == R4 {
                kept.grantees.clear();
                assert_eq!(lost, ["Header.evidence.grantees"]);
            } else {
                assert!(lost.is_empty(), "{lost:?}");
            }
            assert_eq!(back.evidence, kept, "{fixture} as {version:?}");
        }
    }
}

#[test]
fn what_is_written_is_what_was_agreed_on() {
    let on_chain = Header {
        evidence: Evidence {
            subject: Some(format!("{}|0x{}", urn::SUBJECT, "5a".repeat(32))),
            ..Evidence::default()
        },
        grantee: Some(CLINIC[0]),
        validity: Some(Period {
            from: at("2025-02-01T00:00:00Z"),
            until: u64::MAX,
        }),
        ..active()
    };
    for (source, header, version, golden) in [
        ("r4_three_levels", active(), R5, "written_r5"),
        ("r4_labels", active(), R5, "written_r5_labels"),
        ("r5", active(), R4, "written_r4"),
        ("r4_ihe", on_chain.clone(), R4, "written_r4_on_chain"),
        ("r4_ihe", on_chain, R5, "written_r5_on_chain"),
    ] {
        let policy = translate_file(source).policy;
        let written = consent::write(&policy, &header, version, &directory()).unwrap();
        assert_eq!(written.document, document(golden), "{golden}: {:#}", written.document);
    }
}

// Domain rule 8.
#[test]
fn every_code_is_written_with_its_own_system() {
    let r4_types = system::RESOURCE_TYPES;
    let r5_types = "http://hl7.org/fhir/fhir-types";
    let one = |criteria: Criteria, version: FhirVersion, element: &str| {
        let document = write(&permit(criteria), version).unwrap().document;
        let provision = match version {
            R4 => &document["provision"]["provision"][0],
            R5 => &document["provision"][0],
        };
        provision[element][0].clone()
    };
    let coding = |row: &Code| json!({"system": row.system, "code": row.code});
    let concept = |row: &Code| json!({"coding": [coding(row)]});
    for version in [R4, R5] {
        for purpose in Purpose::in_mask(Purpose::KNOWN) {
            let purposes = purpose.mask();
            let criteria = Criteria {
                purposes,
                ..Criteria::default()
            };
            assert_eq!(one(criteria, version, "purpose"), coding(purpose.row()));
        }
        for label in Sensitivity::in_mask(Sensitivity::KNOWN) {
            let labels = label.mask();
            let criteria = Criteria {
                labels,
                ..Criteria::default()
            };
            assert_eq!(one(criteria, version, "securityLabel"), coding(label.row()));
        }
        for level in Confidentiality::in_mask(Confidentiality::KNOWN) {
            let confidentiality = level.ceiling();
            let criteria = Criteria {
                confidentiality,
                ..Criteria::default()
            };
            assert_eq!(one(criteria, version, "securityLabel"), coding(level.row()));
        }
        for action in Action::in_mask(Action::KNOWN) {
            let actions = action.mask();
            let criteria = Criteria {
                actions,
                ..Criteria::default()
            };
            assert_eq!(one(criteria, version, "action"), concept(action.row()));
        }
        for role in Role::in_mask(Role::KNOWN) {
            let actors = Actors {
                roles: role.mask(),
                ..Actors::default()
            };
            let criteria = Criteria {
                actors,
                ..Criteria::default()
            };
            assert_eq!(one(criteria, version, "actor")["role"], concept(role.row()));
        }
        for category in Category::in_mask(Category::KNOWN) {
            let policy = Policy {
                categories: category.mask(),
                ..Policy::new(Effect::Permit, 0)
            };
            let document = write(&policy, version).unwrap().document;
            let is_scope = version == R4 && category.row().system == system::CONSENT_SCOPE;
            let written = if is_scope {
                &document["scope"]
            } else {
                &document["category"][0]
            };
            assert_eq!(*written, concept(category.row()));
        }
        for class in ResourceClass::in_mask(ResourceClass::KNOWN) {
            let classes = class.mask();
            let criteria = Criteria {
                classes,
                ..Criteria::default()
            };
            let element = if version == R4 { "class" } else { "resourceType" };
            let expected = match (version, class.code()) {
                (R4, "DeviceUsage") => json!({"system": r4_types, "code": "DeviceUseStatement"}),
                (R4, "RequestOrchestration") => json!({"system": r4_types, "code": "RequestGroup"}),
                (R4, code @ ("NutritionIntake" | "ImagingSelection" | "GenomicStudy")) => {
                    json!({"system": r5_types, "version": "5.0.0", "code": code})
                }
                (R4, code) => json!({"system": r4_types, "code": code}),
                (R5, "Media") => json!({"system": r4_types, "version": "4.0.1", "code": "Media"}),
                (R5, code) => json!({"system": r5_types, "code": code}),
            };
            assert_eq!(one(criteria, version, element), expected);
        }
    }
}

#[test]
fn what_would_be_another_will_is_refused() {
    let labels = Sensitivity::ETHUD.mask();
    let levels = |confidentiality| {
        permit(Criteria {
            confidentiality,
            ..Criteria::default()
        })
    };
    let both = permit(Criteria {
        labels,
        confidentiality: Confidentiality::R.ceiling(),
        ..Criteria::default()
    });
    let late = Policy::new(Effect::Permit, 253_402_300_800);
    let mut distant = Policy::new(Effect::Permit, 0);
    distant.scope.period = Some(Period {
        from: 0,
        until: u64::MAX - 1,
    });
    for version in [R4, R5] {
        assert_eq!(refused(write(&both, version)), ["Policy.provisions[0].labels"]);
        let only_restricted = levels(Confidentiality::R.mask());
        assert_eq!(
            refused(write(&only_restricted, version)),
            ["Policy.provisions[0].confidentiality"]
        );
        assert_eq!(refused(write(&levels(Confidentiality::R.floor()), version)).len(), 1);
        assert_eq!(refused(write(&late, version)), ["Policy.date_time"]);
        assert_eq!(refused(write(&distant, version)), ["Policy.scope.period"]);
    }
    let mut scoped = Policy::new(Effect::Permit, 0);
    scoped.scope.purposes = Purpose::TREAT.mask();
    assert_eq!(refused(write(&scoped, R5)), ["Policy.scope"]);
    scoped.scope.purposes = 1 << 63;
    assert!(matches!(write(&scoped, R4), Err(FhirError::Encode(_))));
}

#[test]
fn on_chain_a_consent_is_for_its_grantee_while_it_is_valid_there() {
    let mut policy = Policy::new(Effect::Permit, 0);
    policy.scope.period = Some(Period { from: 100, until: 200 });
    let mut header = active();
    header.grantee = Some(ANNA[0]);
    header.validity = Some(Period {
        from: 150,
        until: u64::MAX,
    });
    let (r4, r5) = (R4, R5);
    for version in [r4, r5] {
        let written = consent::write(&policy, &header, version, &Directory::new()).unwrap();
        let back = read(&written.document, version);
        assert_eq!(back.policy.scope.period, Some(Period { from: 150, until: 200 }));
        let answer = |address: [[u8; 20]; 1]| {
            let request = Request::new(&address, Purpose::TREAT, ResourceClass::OBSERVATION);
            back.evaluate(&request, 160).reason
        };
        use salus_core::consent::Reason::{Decided, OutsideScope};
        assert_eq!(answer(ANNA), Decided);
        match version {
            R4 => assert_eq!(answer(CLINIC), OutsideScope),
            R5 => assert_eq!(
                back.evidence.grantees,
                [format!("urn:salus:account|0x{}", "a1".repeat(20))]
            ),
        }
    }
    header.validity = Some(Period {
        from: 201,
        until: u64::MAX,
    });
    let never = consent::write(&policy, &header, R4, &Directory::new());
    assert_eq!(refused(never), ["Header.validity"]);
    header.validity = None;
    policy.scope.actors.addresses = vec![CLINIC[0]];
    let both = consent::write(&policy, &header, R4, &Directory::new());
    assert_eq!(refused(both), ["Header.grantee"]);
    header.grantee = Some(CLINIC[0]);
    policy.scope.actors.roles = Role::NURS.mask();
    let written = consent::write(&policy, &header, R4, &Directory::new()).unwrap();
    assert_eq!(read(&written.document, R4).policy.scope.actors.roles, 0);
}

// Domain rule 12.
#[test]
fn what_a_version_has_no_place_for_is_listed() {
    let several = |names: [&str; 2]| names.map(str::to_owned).to_vec();
    let evidence = Evidence {
        grantees: several(["Organization/1", "urn:org|2"]),
        policies: several(["https://example.org/1", "https://example.org/2"]),
        sources: several(["DocumentReference/1", "DocumentReference/2"]),
        ..Evidence::default()
    };
    let policy = Policy::new(Effect::Permit, 0);
    let lost = |status, version| {
        let header = Header::new(status, evidence.clone());
        let written = consent::write(&policy, &header, version, &Directory::new()).unwrap();
        assert!(
            written
                .losses
                .iter()
                .all(|loss| loss.reason == LossReason::NotInVersion)
        );
        let back = read(&written.document, version);
        assert_eq!(back.status == ConsentStatus::Active, status == ConsentStatus::Active);
        let paths = written.losses.into_iter().map(|loss| loss.path);
        paths.collect::<Vec<_>>()
    };
    let (sources, grantees) = ("Header.evidence.sources[1]", "Header.evidence.grantees");
    assert_eq!(lost(ConsentStatus::Active, R4), [sources, grantees]);
    assert_eq!(lost(ConsentStatus::Active, R5), ["Header.evidence.policies[1]"]);
    for status in [ConsentStatus::NotDone, ConsentStatus::Unknown] {
        assert_eq!(lost(status, R4), ["Header.status", sources, grantees]);
        assert_eq!(lost(status, R5).len(), 1);
    }
    for status in [ConsentStatus::Proposed, ConsentStatus::Rejected] {
        assert_eq!(lost(status, R4).len(), 2);
        assert_eq!(lost(status, R5), ["Header.status", "Header.evidence.policies[1]"]);
    }
}

#[test]
fn without_a_base_decision_the_rest_is_listed_as_lost() {
    let mut policy = permit(Criteria::default());
    policy.base = None;
    policy.scope.purposes = Purpose::TREAT.mask();
    policy.scope.period = Some(Period { from: 1, until: 2 });
    for version in [R4, R5] {
        let written = write(&policy, version).unwrap();
        let lost: Vec<_> = written
            .losses
            .iter()
            .map(|loss| (loss.path.as_str(), loss.reason))
            .collect();
        let no_base = LossReason::NoBaseDecision;
        assert_eq!(lost, [("Policy.scope", no_base), ("Policy.provisions", no_base)]);
        let back = read(&written.document, version);
        assert_eq!(back.policy.base, None);
        assert_eq!(back.policy.scope.period.is_some(), version == R5);
    }
}

#[test]
fn r4_has_the_elements_that_it_requires() {
    let document = write(&Policy::new(Effect::Deny, 0), R4).unwrap().document;
    for element in ["status", "scope", "category", "policyRule"] {
        assert!(document.get(element).is_some(), "{element}: {document:#}");
    }
    assert_eq!(document["policyRule"]["coding"][0]["code"], "OPTOUT");
    assert_eq!(document["provision"], json!({"type": "deny"}));
}

#[test]
fn a_time_of_day_is_kept_in_r5_and_contradicts_no_other_day() {
    let noon = at("2025-01-15T12:00:00Z");
    let mut document = write(&Policy::new(Effect::Deny, noon), R5).unwrap().document;
    assert_eq!(document["date"], "2025-01-15");
    let back = read(&document, R5);
    assert_eq!((back.policy.date_time, back.losses.len()), (noon, 0));
    document["date"] = json!("2025-01-16");
    let refusal = consent::read(&document, Some(R5), &Directory::new()).unwrap_err();
    assert!(refusal.to_string().contains("contradicts Consent.date"), "{refusal}");
    let midnight = write(&Policy::new(Effect::Deny, at("2025-01-15T00:00:00Z")), R5).unwrap();
    assert_eq!(midnight.document.get("extension"), None);
}

#[test]
fn an_identifier_of_the_policys_own_is_read_exactly_or_refused() {
    let consent = |system: &str, value: &str| {
        json!({
            "resourceType": "Consent", "status": "active", "date": "2025", "decision": "deny",
            "provision": [{"actor": [{"reference": {"identifier": {"system": system, "value": value}}}]}]
        })
    };
    let own = consent(urn::ACCOUNT, &format!("0x{}", "A1".repeat(20)));
    assert_eq!(read(&own, R5).policy.provisions[0].criteria.actors.addresses, ANNA);
    for (system, value) in [
        (urn::ACCOUNT, "a1".repeat(20)),
        (urn::ACCOUNT, format!("0x{}", "a1".repeat(19))),
        (urn::ACCOUNT, format!("0x{}", "a1".repeat(32))),
        (urn::ACCOUNT, format!("0x{}", "zz".repeat(20))),
        (urn::COMMUNITY, format!("0x{}", "a1".repeat(20))),
    ] {
        let key = format!("{system}|{value}");
        let directory = Directory::new().with_actor(key, Actor::Address(ANNA[0]));
        let refused = consent::read(&consent(system, &value), None, &directory);
        assert!(matches!(refused, Err(FhirError::Untranslatable(_))), "{value}");
    }
}

#[test]
fn who_has_neither_a_name_nor_an_identifier_is_no_empty_reference() {
    let evidence = Evidence {
        subject: Some(String::new()),
        controllers: vec![String::new(), "Patient?identifier=urn:mrn|1".into(), "|7".into()],
        ..Evidence::default()
    };
    let header = Header::new(ConsentStatus::Active, evidence);
    let written = consent::write(&Policy::new(Effect::Permit, 0), &header, R4, &Directory::new()).unwrap();
    assert!(has_no_empty_element(&written.document), "{:#}", written.document);
    assert_eq!(written.document.get("patient"), None);
    let controllers = json!([{"reference": "Patient?identifier=urn:mrn|1"}, {"identifier": {"value": "7"}}]);
    assert_eq!(written.document["organization"], controllers);
}

#[test]
fn a_name_that_means_several_is_not_used_for_one_of_them() {
    let names = Directory::new()
        .with_actor("Organization/both", Actor::Address(ANNA[0]))
        .with_actor("Organization/both", Actor::Address(CLINIC[0]))
        .with_actor("Practitioner/anna", Actor::Address(ANNA[0]));
    let actors = Actors {
        addresses: vec![ANNA[0], CLINIC[0]],
        ..Actors::default()
    };
    let policy = permit(Criteria {
        actors,
        ..Criteria::default()
    });
    let written = consent::write(&policy, &active(), R5, &names).unwrap();
    let actors = &written.document["provision"][0]["actor"];
    assert_eq!(actors[0]["reference"]["reference"], "Practitioner/anna");
    assert_eq!(actors[1]["reference"]["identifier"]["system"], urn::ACCOUNT);
    assert_eq!(consent::read(&written.document, None, &names).unwrap().policy, policy);
}
