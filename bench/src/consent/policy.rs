//! The policies that are opened.

use salus_core::{
    codes::{Action, Confidentiality, Purpose, ResourceClass, Role, Sensitivity},
    consent::{Actors, Criteria, Effect, Period, Policy, Provision},
};

/// A permit without any exception.
pub(super) fn of_one_node(now: u64) -> Policy {
    Policy::new(Effect::Permit, now)
}

/// A refusal with exceptions for four purposes, each with conditions and exceptions of its own: the root and 19 provisions,
/// on three levels. The last purpose is treatment.
pub(super) fn of_twenty_nodes(now: u64) -> Policy {
    let mut treatment = purpose(Purpose::TREAT, now);
    // Within what is kept back because it is restricted: three kinds of staff who see it all the same.
    if let Some(restricted) = treatment.provisions.last_mut() {
        restricted.provisions = [Role::PHYS, Role::NURS, Role::PHARMACIST]
            .into_iter()
            .map(|role| {
                provision(Criteria {
                    actors: roles(role),
                    ..Criteria::default()
                })
            })
            .collect();
    }
    let others = [Purpose::HPAYMT, Purpose::HOPERAT, Purpose::HRESCH].map(|other| purpose(other, now));
    Policy {
        provisions: others.into_iter().chain([treatment]).collect(),
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

fn roles(role: Role) -> Actors {
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
        assert_eq!(1 + count(&of_one_node(1).provisions), 1);
        assert_eq!(1 + count(&of_twenty_nodes(1).provisions), 20);
    }
}
