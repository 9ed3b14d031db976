//! The golden vectors: bytes, hashes and decisions that every implementation of the model has to reproduce.

use salus_core::{
    codes::{Action, Category, Confidentiality, DataMeaning, Purpose, ResourceClass, Role, Sensitivity, system},
    consent::{
        Actors, Answer, Criteria, DataPeriod, DataRef, Effect, Period, Policy, PolicyView, Provision, Request,
        code_ref, consent_id, data_ref, evaluate, policy_commitment,
    },
    records::{
        merkle::{MerkleTree, leaf_hash, verify},
        record_commitment,
    },
};
use serde_json::Value;

use crate::support::keccak256;

fn vectors() -> Value {
    serde_json::from_str(include_str!("../../vectors/consent-v1.json")).expect("is JSON")
}

fn items<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value
        .get(key)
        .into_iter()
        .flat_map(|list| list.as_array().expect("is a list"))
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key]
        .as_str()
        .unwrap_or_else(|| panic!("{key} is a string in {value}"))
}

fn bytes<const N: usize>(value: &Value) -> [u8; N] {
    hex::decode(value.as_str().expect("is a string"))
        .expect("is hexadecimal")
        .try_into()
        .expect("has that length")
}

fn number<T: TryFrom<u64>>(value: &Value) -> Option<T> {
    value.as_u64().and_then(|number| T::try_from(number).ok())
}

/// The mask of the codes in a list; a list that is not there is 0.
fn mask(value: &Value, key: &str, bit: impl Fn(&str) -> Option<u8>) -> u64 {
    let bits = items(value, key).map(|code| bit(code.as_str().expect("is a code")).expect("is a known code"));
    bits.fold(0, |mask, bit| mask | 1 << bit)
}

fn purpose(code: &str) -> Option<Purpose> {
    Purpose::from_code(system::ACT_REASON, code)
}

fn action(code: &str) -> Option<Action> {
    Action::from_code(system::CONSENT_ACTION, code)
}

fn confidentiality(code: &str) -> Option<Confidentiality> {
    Confidentiality::from_code(system::CONFIDENTIALITY, code)
}

fn meaning(code: &str) -> Option<DataMeaning> {
    [system::CONSENT_DATA_MEANING, system::SALUS_DATA_MEANING]
        .iter()
        .find_map(|system| DataMeaning::from_code(system, code))
}

fn roles(value: &Value) -> u64 {
    mask(value, "roles", |code| {
        [system::ROLE_CLASS, system::PRACTITIONER_ROLE]
            .iter()
            .find_map(|system| Role::from_code(system, code))
            .map(Role::bit)
    })
}

fn labels(value: &Value, key: &str) -> u64 {
    mask(value, key, |code| {
        Sensitivity::from_code(system::ACT_CODE, code).map(Sensitivity::bit)
    })
}

fn categories(value: &Value) -> u32 {
    let mask = mask(value, "categories", |code| {
        let (system, code) = code.split_once('|')?;
        Category::from_code(system, code).map(Category::bit)
    });
    u32::try_from(mask).expect("categories have low numbers")
}

fn data_period(value: &Value) -> Option<DataPeriod> {
    value.get("dataPeriod").map(|period| DataPeriod {
        from: period["from"].as_i64().unwrap_or(i64::MIN),
        until: period["until"].as_i64().unwrap_or(i64::MAX),
    })
}

fn data(value: &Value) -> Vec<DataRef> {
    items(value, "data")
        .map(|one| match one.get("system") {
            Some(system) => code_ref(system.as_str().expect("is a string"), text(one, "code"), keccak256),
            None => data_ref(meaning(text(one, "meaning")).expect("is known"), &bytes(&one["id"])),
        })
        .collect()
}

fn list<const N: usize>(value: &Value, key: &str) -> Vec<[u8; N]> {
    items(value, key).map(bytes).collect()
}

fn criteria(value: &Value) -> Criteria {
    let actors = value.get("actors").map_or_else(Actors::default, |actors| Actors {
        addresses: list(actors, "addresses"),
        roles: roles(actors),
        communities: list(actors, "communities"),
    });
    Criteria {
        actors,
        purposes: mask(value, "purposes", |code| purpose(code).map(Purpose::bit)),
        classes: mask(value, "classes", |code| {
            ResourceClass::from_type(code).map(ResourceClass::bit)
        }),
        labels: labels(value, "labels"),
        confidentiality: mask(value, "confidentiality", |code| {
            confidentiality(code).map(Confidentiality::bit)
        }) as u8,
        actions: mask(value, "actions", |code| action(code).map(Action::bit)) as u16,
        period: value.get("period").map(|period| Period {
            from: number(&period["from"]).unwrap_or(0),
            until: number(&period["until"]).unwrap_or(u64::MAX),
        }),
        data_period: data_period(value),
        data: data(value),
    }
}

fn provisions(value: &Value) -> Vec<Provision> {
    items(value, "provisions")
        .map(|one| Provision {
            criteria: criteria(one),
            provisions: provisions(one),
        })
        .collect()
}

fn policy(value: &Value) -> Policy {
    Policy {
        base: value["base"]
            .as_str()
            .map(|base| if base == "permit" { Effect::Permit } else { Effect::Deny }),
        date_time: number(&value["dateTime"]).expect("is a number"),
        categories: categories(value),
        scope: value.get("scope").map(criteria).unwrap_or_default(),
        provisions: provisions(value),
    }
}

fn named(list: &Value, name: &Value) -> Vec<u8> {
    let found = list
        .as_array()
        .and_then(|list| list.iter().find(|one| one["name"] == *name))
        .expect("is there");
    hex::decode(text(found, "bytes")).expect("is hexadecimal")
}

#[test]
fn policies_have_these_bytes_and_commitments() {
    for vector in items(&vectors(), "policies") {
        let encoded = policy(&vector["policy"]).encode().expect("is valid");
        assert_eq!(hex::encode(&encoded), text(vector, "bytes"), "{}", vector["name"]);
        let decoded = PolicyView::parse(&encoded).expect("is canonical").to_policy();
        assert_eq!(decoded.encode().expect("is valid"), encoded, "{}", vector["name"]);
        let commitment = policy_commitment(&bytes(&vector["salt"]), &encoded, keccak256);
        assert_eq!(
            hex::encode(commitment),
            text(vector, "commitment"),
            "{}",
            vector["name"]
        );
    }
}

#[test]
fn requests_have_these_bytes() {
    for vector in items(&vectors(), "requests") {
        let value = &vector["request"];
        let (addresses, communities, data) = (list(value, "addresses"), list(value, "communities"), data(value));
        let request = Request {
            action: action(text(value, "action")).expect("is known"),
            confidentiality: confidentiality(text(value, "confidentiality")).expect("is known"),
            categories: categories(value),
            labels: labels(value, "labels"),
            data_period: data_period(value).unwrap_or(DataPeriod::ALL),
            roles: roles(value),
            communities: &communities,
            data_stated: mask(value, "dataStated", |code| meaning(code).map(DataMeaning::bit)) as u8,
            data: &data,
            ..Request::new(
                &addresses,
                purpose(text(value, "purpose")).expect("is known"),
                ResourceClass::from_type(text(value, "class")).expect("is known"),
            )
        };
        assert_eq!(
            hex::encode(request.encode().expect("is valid")),
            text(vector, "bytes"),
            "{}",
            vector["name"]
        );
    }
}

#[test]
fn requests_are_decided_like_this() {
    let vectors = vectors();
    for vector in items(&vectors, "decisions") {
        let (policy, request) = (
            named(&vectors["policies"], &vector["policy"]),
            named(&vectors["requests"], &vector["request"]),
        );
        let view = PolicyView::parse(&policy).expect("is canonical");
        let request = Request::decode(&request).expect("is canonical");
        let decision = evaluate(&view, &request, number(&vector["at"]).expect("is a time"));
        let answer = match decision.answer {
            Answer::NoConsent => "NO_CONSENT",
            Answer::Permit => "PERMIT",
            Answer::Deny => "DENY",
        };
        assert_eq!(answer, text(vector, "answer"), "{vector}");
        assert_eq!(decision.obligations.redact_labels, labels(vector, "redact"), "{vector}");
        let path: Vec<u8> = items(vector, "path")
            .map(|step| number(step).expect("is a position"))
            .collect();
        assert_eq!(decision.path.steps(), path, "{vector}");
    }
}

#[test]
fn malformed_policies_break_these_rules() {
    for vector in items(&vectors(), "malformedPolicies") {
        let bytes = hex::decode(text(vector, "bytes")).expect("is hexadecimal");
        let malformed = PolicyView::parse(&bytes).expect_err("is refused");
        assert_eq!(
            malformed.kind as u64,
            vector["error"].as_u64().expect("is a number"),
            "{}",
            vector["name"]
        );
    }
}

#[test]
fn identifiers_and_commitments_are_these() {
    let vectors = vectors();
    for vector in items(&vectors, "consentIds") {
        let mut chain_id = [0; 32];
        chain_id[24..].copy_from_slice(&number::<u64>(&vector["chainId"]).expect("is a number").to_be_bytes());
        let id = consent_id(
            &chain_id,
            &bytes(&vector["contract"]),
            &bytes(&vector["subject"]),
            &bytes(&vector["grantee"]),
            number(&vector["sequence"]).expect("is a number"),
            keccak256,
        );
        assert_eq!(hex::encode(id), text(vector, "id"));
    }
    for vector in items(&vectors, "records") {
        let commitment = record_commitment(&bytes(&vector["salt"]), text(vector, "canonical").as_bytes(), keccak256);
        assert_eq!(hex::encode(commitment), text(vector, "commitment"));
    }
}

#[test]
fn the_tree_and_its_proofs_are_these() {
    let vectors = vectors();
    let leaves: Vec<[u8; 32]> = list(&vectors["merkle"], "leaves");
    let tree = MerkleTree::new(&leaves, keccak256).expect("there are leaves");
    assert_eq!(hex::encode(tree.root()), text(&vectors["merkle"], "root"));
    for vector in items(&vectors["merkle"], "proofs") {
        let (index, proof) = (number(&vector["index"]).expect("is a number"), list(vector, "proof"));
        assert_eq!(tree.proof(index).expect("there is such a leaf"), proof);
        let leaf = leaf_hash(&leaves[index as usize], keccak256);
        assert!(verify(&tree.root(), leaf, index, tree.count(), &proof, keccak256));
    }
}
