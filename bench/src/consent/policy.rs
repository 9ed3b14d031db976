//! The policies that are opened.

use salus_core::{
    codes::{Action, Confidentiality, Purpose, ResourceClass, Role, Sensitivity},
    consent::{Actors, Criteria, Effect, Period, Policy, Provision},
};

/// The purposes for which there are exceptions beside the last, treatment.
const OTHERS: [Purpose; 11] = [
    Purpose::HPAYMT,
    Purpose::HOPERAT,
    Purpose::HRESCH,
    Purpose::HMARKT,
    Purpose::CAREMGT,
    Purpose::PATRQT,
    Purpose::PUBHLTH,
    Purpose::COVERAGE,
    Purpose::FAMRQT,
    Purpose::PWATRNY,
    Purpose::SUPNWK,
];

/// A policy of so many nodes, the root among them, up to 52. Of one: a permit without any exception. Of more: a refusal with exceptions for
/// purposes, each with three conditions of its own; and in a condition of the last one, exceptions for one to four kinds of staff.
pub(crate) fn of_nodes(nodes: usize, now: u64) -> Policy {
    let Some(purposes) = nodes.checked_sub(2).map(|provisions| provisions / 4) else {
        return Policy::new(Effect::Permit, now);
    };
    let roles = [Role::PHYS, Role::NURS, Role::PHARMACIST, Role::NURPRAC].into_iter();
    let mut treatment = purpose(Purpose::TREAT, now);
    // Within what is kept back because it is restricted: staff who see it all the same.
    if let Some(restricted) = treatment.provisions.last_mut() {
        let exceptions = roles.take(nodes - 1 - purposes * 4).map(|role| {
            provision(Criteria {
                actors: of_role(role),
                ..Criteria::default()
            })
        });
        restricted.provisions = exceptions.collect();
    }
    let others = OTHERS.into_iter().take(purposes.saturating_sub(1));
    Policy {
        provisions: others.map(|other| purpose(other, now)).chain([treatment]).collect(),
        ..Policy::new(Effect::Deny, now)
    }
}

/// A permit for a purpose, from which three kinds of data and actions are excepted.
fn purpose(purpose: Purpose, now: u64) -> Provision {
    let classes = ResourceClass::OBSERVATION.mask() | ResourceClass::CONDITION.mask() | ResourceClass::ENCOUNTER.mask();
    Provision {
        criteria: Criteria {
            purposes: purpose.mask(),
            classes,
            period: Some(Period {
                from: now.saturating_sub(1),
                until: u64::MAX,
            }),
            ..Criteria::default()
        },
        provisions: vec![
            provision(Criteria {
                labels: Sensitivity::PSY.mask() | Sensitivity::SUD.mask(),
                ..Criteria::default()
            }),
            provision(Criteria {
                actions: Action::DISCLOSE.mask() | Action::CORRECT.mask(),
                ..Criteria::default()
            }),
            provision(Criteria {
                confidentiality: Confidentiality::N.mask() | Confidentiality::R.mask(),
                ..Criteria::default()
            }),
        ],
    }
}

fn provision(criteria: Criteria) -> Provision {
    Provision {
        criteria,
        ..Provision::default()
    }
}

fn of_role(role: Role) -> Actors {
    Actors {
        roles: role.mask(),
        ..Actors::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policies_have_as_many_nodes_as_they_are_called_by() {
        fn count(provisions: &[Provision]) -> usize {
            provisions
                .iter()
                .map(|provision| 1 + count(&provision.provisions))
                .sum()
        }
        for nodes in [1, 10, 20, 50] {
            assert_eq!(1 + count(&of_nodes(nodes, 1).provisions), nodes);
        }
    }
}
