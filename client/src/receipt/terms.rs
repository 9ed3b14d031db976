//! What was consented to: the permits of a policy, each with its exceptions.

use salus_core::{
    codes::{Action, Code, Confidentiality, Purpose, ResourceClass, Role, Sensitivity},
    consent::{Actors, Criteria, DataPeriod, Effect, Policy, Provision},
};
use serde_json::{Map, Value, json};

use super::{Facts, account, validity, withheld};
use crate::fhir::consent::{date::date_time, urn};

/// The value set of purposes.
const PURPOSE_TYPE: &str = "http://terminology.hl7.org/ValueSet/v3-PurposeOfUse";
/// Consent as a lawful basis, in W3C's Data Privacy Vocabulary.
const LAWFUL_BASIS: &str = "https://w3id.org/dpv#Consent";

/// One entry for each permit: the base decision, or the outermost exceptions to a denial. Without the policy, what is disclosed.
pub(super) fn purposes(facts: &Facts) -> Value {
    let Some(policy) = &facts.policy else {
        return disclosed(facts);
    };
    let entries = match policy.base {
        Some(Effect::Permit) => vec![entry(&policy.scope, &policy.provisions)],
        Some(Effect::Deny) => policy
            .provisions
            .iter()
            .map(|permit| {
                let mut entry = entry(&permit.criteria, &permit.provisions);
                if policy.scope != Criteria::default() {
                    entry["within"] = criteria(&policy.scope).into();
                }
                entry
            })
            .collect(),
        None => Vec::new(),
    };
    entries.into()
}

/// The masks that the patient put on chain in the open.
fn disclosed(facts: &Facts) -> Value {
    let terms = &facts.entry.terms;
    if terms.purposes == 0 {
        return withheld();
    }
    let scope = Criteria {
        purposes: terms.purposes,
        classes: terms.classes,
        ..Criteria::default()
    };
    let mut entry = entry(&scope, &[]);
    entry["exceptions"] = withheld();
    json!([entry])
}

fn entry(permit: &Criteria, exceptions: &[Provision]) -> Value {
    let mut conditions = criteria(permit);
    let purpose = conditions.remove("purposes");
    let classes = conditions.remove("classes");
    let actions = conditions.remove("actions");
    let types = ResourceClass::in_mask(permit.classes).map(|class| json!({"pii_type": coding(class.row())}));
    json!({
        "purpose": purpose.unwrap_or_else(|| "any".into()),
        "purpose_type": PURPOSE_TYPE,
        "lawful_basis": LAWFUL_BASIS,
        "pii_information": classes.map_or_else(|| json!("any"), |_| types.collect()),
        "processing_method": actions.unwrap_or_else(|| "any".into()),
        "conditions": conditions,
        "exceptions": nested(exceptions),
    })
}

/// Each decides the opposite of what it is nested in.
fn nested(provisions: &[Provision]) -> Vec<Value> {
    let provisions = provisions.iter().map(|provision| {
        let mut object = criteria(&provision.criteria);
        object.insert("exceptions".into(), nested(&provision.provisions).into());
        object.into()
    });
    provisions.collect()
}

/// What is matched; what is not stated matches everything.
fn criteria(criteria: &Criteria) -> Map<String, Value> {
    let mut stated = Map::new();
    let mut list = |name: &str, items: Vec<Value>| {
        if !items.is_empty() {
            stated.insert(name.into(), items.into());
        }
    };
    list("recipients", actors(&criteria.actors));
    list(
        "purposes",
        codings(Purpose::in_mask(criteria.purposes).map(Purpose::row)),
    );
    let classes = ResourceClass::in_mask(criteria.classes);
    list("classes", codings(classes.map(ResourceClass::row)));
    let labels = Sensitivity::in_mask(criteria.labels);
    list("security_labels", codings(labels.map(Sensitivity::row)));
    let levels = Confidentiality::in_mask(criteria.confidentiality);
    list("confidentiality", codings(levels.map(Confidentiality::row)));
    list("actions", codings(Action::in_mask(criteria.actions).map(Action::row)));
    let data = criteria.data.iter().map(|[meaning, id @ ..]| {
        let meaning = salus_core::codes::DataMeaning::from_bit(*meaning).map(|meaning| coding(meaning.row()));
        json!({"meaning": meaning, "reference": format!("{}|0x{}", urn::DATA, hex::encode(id))})
    });
    list("data", data.collect());
    if let Some(period) = &criteria.period {
        stated.insert("period".into(), validity(period));
    }
    if let Some(DataPeriod { from, until }) = criteria.data_period {
        let written = json!({"from": date_time(from), "until": date_time(until)});
        stated.insert("data_period".into(), written);
    }
    stated
}

fn actors(actors: &Actors) -> Vec<Value> {
    let accounts = actors.addresses.iter().map(|address| account(address).into());
    let communities = actors.communities.iter();
    let communities = communities.map(|id| format!("{}|0x{}", urn::COMMUNITY, hex::encode(id)).into());
    let roles = Role::in_mask(actors.roles).map(|role| coding(role.row()));
    accounts.chain(communities).chain(roles).collect()
}

fn coding(row: &Code) -> Value {
    json!({"system": row.system, "code": row.code, "display": row.display})
}

fn codings(rows: impl Iterator<Item = &'static Code>) -> Vec<Value> {
    rows.map(coding).collect()
}

/// Whom the permits name beside the grantee, who alone can use the consent on chain.
pub(super) fn recipients(facts: &Facts) -> Value {
    let Some(policy) = &facts.policy else {
        return withheld();
    };
    let named = named(policy);
    let grantee = Value::from(account(&facts.entry.grantee));
    named.into_iter().filter(|actor| *actor != grantee).collect()
}

fn named(policy: &Policy) -> Vec<Value> {
    let permits: Vec<&Criteria> = match policy.base {
        Some(Effect::Permit) => vec![&policy.scope],
        Some(Effect::Deny) => policy.provisions.iter().map(|permit| &permit.criteria).collect(),
        None => Vec::new(),
    };
    let mut named = Vec::new();
    for actor in permits.into_iter().flat_map(|permit| actors(&permit.actors)) {
        if !named.contains(&actor) {
            named.push(actor);
        }
    }
    named
}
