//! What an actor has opened and nobody has reviewed, and how often.

use super::{super::setting::Parameters, rules::EmergencyError};
use crate::hash::Hash;

/// How many accesses of one actor may wait for their review.
pub const MAX_UNREVIEWED: usize = 8;

/// An access that waits for its review. All zero if there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unreviewed {
    /// The access.
    pub id: Hash,
    /// The first second in which the review is overdue.
    pub review_by: u64,
}

impl Unreviewed {
    /// Whether there is one.
    pub fn is_some(&self) -> bool {
        self.id != [0; 32]
    }
}

/// An actor's record. What was never written is all zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Actor {
    /// How many accesses the actor has asked for.
    pub accesses: u32,
    /// When the last window of uses began.
    pub window_began: u64,
    /// How many there were in it.
    pub uses: u32,
    /// What waits for a review.
    pub unreviewed: [Unreviewed; MAX_UNREVIEWED],
}

impl Actor {
    /// Adds one access.
    ///
    /// # Errors
    /// [`EmergencyError::ReviewOverdue`], [`EmergencyError::TooManyUnreviewed`], [`EmergencyError::TooManyUses`],
    /// [`EmergencyError::TooManyAccesses`]; what became of the record does not matter then.
    pub fn add<R: From<EmergencyError>>(
        &mut self,
        now: u64,
        parameters: &Parameters,
        access: Unreviewed,
    ) -> Result<(), R> {
        let mut free = None;
        for place in &mut self.unreviewed {
            if !place.is_some() {
                free.get_or_insert(place);
            } else if now >= place.review_by {
                return Err(EmergencyError::ReviewOverdue(place.id, place.review_by).into());
            }
        }
        *free.ok_or_else(|| EmergencyError::TooManyUnreviewed)? = access;

        let window_ends = self.window_began.saturating_add(parameters.uses_window);
        if now >= window_ends {
            (self.window_began, self.uses) = (now, 0);
        } else if self.uses >= parameters.max_uses {
            return Err(EmergencyError::TooManyUses(window_ends).into());
        }
        self.uses = self.uses.saturating_add(1);
        let accesses = self.accesses.checked_add(1);
        self.accesses = accesses.ok_or_else(|| EmergencyError::TooManyAccesses)?;
        Ok(())
    }

    /// Takes an access away that needs no review any more.
    pub fn settle(&mut self, id: &Hash) {
        for place in &mut self.unreviewed {
            if place.id == *id {
                *place = Unreviewed::default();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::Role;

    const PARAMETERS: Parameters = Parameters {
        emergency_roles: Role::PHYS.mask(),
        reviewer_role: Role::PROV,
        max_duration: 1,
        max_uses: 3,
        uses_window: 100,
        review_period: 50,
        max_veto_window: 0,
    };
    const NOW: u64 = 1_000;

    fn access(number: u8, review_by: u64) -> Unreviewed {
        let id = [number; 32];
        Unreviewed { id, review_by }
    }

    fn add(mut actor: Actor, now: u64, access: Unreviewed) -> Result<Actor, EmergencyError> {
        actor.add(now, &PARAMETERS, access).map(|()| actor)
    }

    fn settled(mut actor: Actor, number: u8) -> Actor {
        actor.settle(&[number; 32]);
        actor
    }

    fn uses(mut actor: Actor, now: u64, count: u8) -> Actor {
        for _ in 0..count {
            let number = u8::try_from(actor.accesses).unwrap().strict_add(1);
            actor = add(actor, now, access(number, now.strict_add(1_000))).unwrap();
        }
        actor
    }

    #[test]
    fn a_window_begins_with_its_first_use_and_has_so_many() {
        let actor = uses(Actor::default(), NOW, 3);
        let another = access(9, NOW + 1_000);
        for now in [NOW, NOW + 99] {
            let refused = add(actor, now, another);
            assert_eq!(refused, Err(EmergencyError::TooManyUses(NOW + 100)));
        }
        let next = uses(actor, NOW + 100, 1);
        assert_eq!((next.window_began, next.uses, next.accesses), (NOW + 100, 1, 4));
    }

    #[test]
    fn eight_wait_for_a_review_and_no_more() {
        let actor = uses(Actor::default(), NOW, 3);
        let actor = uses(actor, NOW + 100, 3);
        let actor = uses(actor, NOW + 200, 2);
        let another = access(9, NOW + 2_000);
        let refused = add(actor, NOW + 200, another);
        assert_eq!(refused, Err(EmergencyError::TooManyUnreviewed));
        let reviewed = settled(actor, 4);
        let next = add(reviewed, NOW + 200, another).unwrap();
        assert!(next.unreviewed.contains(&another));
        assert!(!next.unreviewed.iter().any(|place| place.id == [4; 32]));
    }

    #[test]
    fn an_overdue_review_blocks_from_its_second_on_wherever_it_stands() {
        for number in 1..4 {
            let actor = uses(Actor::default(), NOW, 3);
            let mut late = actor;
            for place in late.unreviewed.iter_mut().filter(|place| place.id == [number; 32]) {
                place.review_by = NOW + 150;
            }
            let another = access(9, NOW + 2_000);
            assert!(add(late, NOW + 149, another).is_ok());
            let refused = add(late, NOW + 150, another);
            assert_eq!(refused, Err(EmergencyError::ReviewOverdue([number; 32], NOW + 150)));
            let reviewed = settled(late, number);
            assert!(add(reviewed, NOW + 150, another).is_ok());
        }
    }

    #[test]
    fn a_count_that_is_full_refuses() {
        let actor = Actor {
            accesses: u32::MAX,
            ..Actor::default()
        };
        let refused = add(actor, NOW, access(1, NOW));
        assert_eq!(refused, Err(EmergencyError::TooManyAccesses));
    }
}
