//! The ways in which a consultation can end, as plays.

use salus_core::telehealth::{Action, Moment};

/// How a consultation comes to its end.
#[derive(Debug)]
pub struct Case {
    /// What a program knows it by; never changes.
    pub name: &'static str,
    /// What happens, for people.
    pub text: &'static str,
    /// Whether the patient has no coins, signs everything, and somebody else sends it.
    pub gasless: bool,
    /// What happens once the fee is in escrow.
    pub(super) turns: &'static [Turn],
}

/// Who acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// The patient.
    Patient,
    /// The provider.
    Provider,
    /// The arbiter.
    Arbiter,
    /// Somebody who has nothing to do with it.
    Anybody,
}

/// Time passes, or somebody acts.
#[derive(Debug, Clone, Copy)]
pub(super) enum Turn {
    /// Until then.
    Until(When),
    /// Somebody does something.
    Do(Who, Action),
}

/// A time of a visit.
#[derive(Debug, Clone, Copy)]
pub(super) enum When {
    /// By the rules.
    Rule(Moment),
    /// When it ends, as agreed.
    End,
    /// Before its beginning, but too late to get everything back, if there is such a time.
    ShortNotice,
}

/// The ends are not part of the plays: the rules say them, by the terms.
pub(super) const CASES: &[Case] = {
    use Action::{
        Accept, Cancel, ClaimNoShow, ClaimTechnicalFailure, Complete, Confirm, Contest, Decide, Decline, Settle, Start,
        SubmitEvidence,
    };
    use Turn::{Do, Until};
    use Who::{Anybody, Arbiter, Patient, Provider};

    const START: Turn = Until(When::Rule(Moment::Start));
    const END: Turn = Until(When::End);
    const ABSENT: Turn = Until(When::Rule(Moment::Absent));
    const DEADLINE: Turn = Until(When::Rule(Moment::Deadline));
    const CONFIRM: Turn = Do(Provider, Confirm);
    const SETTLE: Turn = Do(Anybody, Settle);

    &[
        sent(
            "completed",
            "It takes place, the provider says so, and the patient agrees",
            &[
                CONFIRM,
                START,
                Do(Provider, Start),
                END,
                Do(Provider, Complete),
                Do(Patient, Accept),
            ],
        ),
        sent(
            "patient_silent",
            "It takes place, the provider says so, and the patient is never heard of again",
            &[
                CONFIRM,
                START,
                Do(Provider, Start),
                END,
                Do(Provider, Complete),
                DEADLINE,
                SETTLE,
            ],
        ),
        sent(
            "cancelled_early",
            "The patient calls it off in good time",
            &[CONFIRM, Do(Patient, Cancel)],
        ),
        sent(
            "cancelled_late",
            "The patient calls it off at short notice",
            &[CONFIRM, Until(When::ShortNotice), Do(Patient, Cancel)],
        ),
        sent(
            "cancelled_by_provider",
            "The provider calls it off when it was to begin",
            &[CONFIRM, START, Do(Provider, Cancel)],
        ),
        sent("declined", "The provider does not take it", &[Do(Provider, Decline)]),
        sent(
            "patient_no_show",
            "The patient does not come, the provider says so, and the patient says nothing",
            &[CONFIRM, ABSENT, Do(Provider, ClaimNoShow), DEADLINE, SETTLE],
        ),
        sent(
            "provider_no_show",
            "The provider does not come, the patient says so, and the provider says nothing",
            &[CONFIRM, ABSENT, Do(Patient, ClaimNoShow), DEADLINE, SETTLE],
        ),
        sent(
            "technical_failure",
            "The connection fails, and both say so",
            &[
                CONFIRM,
                START,
                Do(Provider, Start),
                Do(Patient, ClaimTechnicalFailure),
                Do(Provider, Accept),
            ],
        ),
        sent(
            "dispute_decided",
            "The patient contests that it took place, both hand in evidence, and the arbiter decides",
            &[
                CONFIRM,
                START,
                Do(Provider, Start),
                END,
                Do(Provider, Complete),
                Do(Patient, Contest),
                Do(Patient, SubmitEvidence),
                Do(Provider, SubmitEvidence),
                Do(Arbiter, Decide),
            ],
        ),
        sent(
            "dispute_by_default",
            "The patient contests that it took place, and the arbiter is silent",
            &[
                CONFIRM,
                START,
                Do(Provider, Start),
                END,
                Do(Provider, Complete),
                Do(Patient, Contest),
                DEADLINE,
                SETTLE,
            ],
        ),
        sent(
            "provider_vanished",
            "The provider never answers the booking",
            &[Until(When::Rule(Moment::ConfirmBy)), SETTLE],
        ),
        sent(
            "both_vanished",
            "The provider confirms it, and then nobody says anything",
            &[CONFIRM, Until(When::Rule(Moment::ClaimBy)), SETTLE],
        ),
        Case {
            gasless: true,
            ..sent(
                "gasless",
                "A patient without coins signs the booking and each step, and a passer-by sends them; it takes place",
                &[
                    CONFIRM,
                    START,
                    Do(Patient, Start),
                    END,
                    Do(Provider, Complete),
                    Do(Patient, Accept),
                ],
            )
        },
    ]
};

const fn sent(name: &'static str, text: &'static str, turns: &'static [Turn]) -> Case {
    Case {
        name,
        text,
        gasless: false,
        turns,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_are_unique_and_every_action_is_played_but_paying_later() {
        let names: HashSet<_> = CASES.iter().map(|case| case.name).collect();
        assert_eq!(names.len(), CASES.len());
        let played: HashSet<Action> = CASES
            .iter()
            .flat_map(|case| case.turns)
            .filter_map(|turn| match turn {
                Turn::Do(_, action) => Some(*action),
                Turn::Until(_) => None,
            })
            .collect();
        let missing: Vec<_> = Action::ALL.iter().filter(|action| !played.contains(action)).collect();
        assert_eq!(missing, [&Action::Fund]);
    }
}
