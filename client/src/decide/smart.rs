//! SMART App Launch 2.2, "Scopes and Launch Context": what an app asks for when it asks for a token.

use salus_core::codes::{Action, ResourceClass, system};

/// A kind of access to a class of data.
pub(super) type Access = (ResourceClass, Action);

/// The letters of interactions in the order in which they have to be, and the actions of the consent model that they are: to delete is
/// to correct.
const INTERACTIONS: [(char, Action); 5] = [
    ('c', Action::COLLECT),
    ('r', Action::ACCESS),
    ('u', Action::CORRECT),
    ('d', Action::CORRECT),
    ('s', Action::ACCESS),
];

/// What version 1 wrote, and what version 2 reads it as.
const VERSION_1: [(&str, &str); 3] = [("read", "rs"), ("write", "cud"), ("*", "cruds")];

/// Scopes that are not about data: who the user is, the launch, how long the token lives.
const OTHERS: [&str; 6] = [
    "openid",
    "profile",
    "fhirUser",
    "launch",
    "online_access",
    "offline_access",
];

/// What a scope asks for; nothing if it is not about data.
///
/// `None` if it is no scope, if it is about a resource type without a number in the consent model, or if search parameters narrow it,
/// which no policy can answer.
pub(super) fn access(scope: &str) -> Option<Vec<Access>> {
    if OTHERS.contains(&scope) || scope.starts_with("launch/") {
        return Some(Vec::new());
    }
    let (context, rest) = scope.split_once('/')?;
    let (resource, interactions) = rest.split_once('.')?;
    if !["patient", "user", "system"].contains(&context) {
        return None;
    }
    let classes: Vec<ResourceClass> = match resource {
        "*" => ResourceClass::in_mask(ResourceClass::KNOWN).collect(),
        name => vec![ResourceClass::from_code(system::RESOURCE_TYPES, name)?],
    };
    let actions = actions(interactions)?;
    let of_action = |action| classes.iter().map(move |class| (*class, action));
    Some(actions.into_iter().flat_map(of_action).collect())
}

/// The actions of some letters, each once.
fn actions(letters: &str) -> Option<Vec<Action>> {
    let version_1 = VERSION_1.iter().find(|(name, _)| *name == letters);
    let letters = version_1.map_or(letters, |(_, letters)| letters);
    let mut places = INTERACTIONS.iter();
    let mut actions: Vec<Action> = Vec::new();
    for letter in letters.chars() {
        // Those before it in the order may not come any more, nor may it again.
        let (_, action) = places.find(|(known, _)| *known == letter)?;
        if !actions.contains(action) {
            actions.push(*action);
        }
    }
    (!actions.is_empty()).then_some(actions)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_16_the_letters_of_a_scope_stand_in_their_order_and_once() {
        let of =
            |scope: &str| access(scope).map(|asked| asked.into_iter().map(|(_, action)| action).collect::<Vec<_>>());
        assert_eq!(of("patient/Observation.rs"), Some(vec![Action::ACCESS]));
        assert_eq!(of("user/Observation.s"), Some(vec![Action::ACCESS]));
        assert_eq!(of("system/Observation.c"), Some(vec![Action::COLLECT]));
        let every = vec![Action::COLLECT, Action::ACCESS, Action::CORRECT];
        assert_eq!(of("patient/Observation.cruds"), Some(every.clone()));
        assert_eq!(of("patient/Observation.*"), Some(every));
        assert_eq!(of("patient/Observation.read"), of("patient/Observation.rs"));
        assert_eq!(
            of("patient/Observation.write"),
            Some(vec![Action::COLLECT, Action::CORRECT])
        );
        for wrong in ["sr", "rr", "rx", "", "R", "reads", "dc", "r s"] {
            assert_eq!(of(&format!("patient/Observation.{wrong}")), None, "{wrong}");
        }
    }

    #[test]
    fn a_scope_names_a_class_or_all_of_them_and_some_name_none() {
        assert_eq!(
            access("patient/Condition.r"),
            Some(vec![(ResourceClass::CONDITION, Action::ACCESS)])
        );
        let all = ResourceClass::in_mask(ResourceClass::KNOWN).count();
        assert_eq!(access("patient/*.rs").map(|asked| asked.len()), Some(all));
        for other in OTHERS.iter().copied().chain(["launch/patient"]) {
            assert_eq!(access(other), Some(Vec::new()), "{other}");
        }
        for wrong in [
            "patient/Observations.rs",
            "patient/Observation",
            "patients/Observation.rs",
            "Observation.rs",
            "/Observation.rs",
            "patient/Observation.rs?category=laboratory",
            "patient/.rs",
            "patient/",
            "",
        ] {
            assert_eq!(access(wrong), None, "{wrong}");
        }
    }
}
