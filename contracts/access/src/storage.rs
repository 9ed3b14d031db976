//! What the contract keeps. The layout of slots is described in `salus_slots`.

use salus_core::{
    access::{
        Parameters,
        emergency::{Access, Actor, Outcome, Safeguards, Unreviewed},
        log::Batch,
        request::{Request, Status},
    },
    codes::{Purpose, Role},
};
use salus_env::signed::Actions;
use salus_slots::{EntryMap, Immutable};

/// What is fixed.
pub(crate) const FIXED: Immutable<StoredFixed> = Immutable::new();
/// By identifier.
pub(crate) const REQUESTS: EntryMap<[u8; 32], StoredRequest> = EntryMap::new(1);
/// By subject and requester: the last request.
pub(crate) const LATEST_REQUESTS: EntryMap<([u8; 32], [u8; 20]), [u8; 32]> = EntryMap::new(2);
/// By subject: the veto window in seconds, and the emergency key.
pub(crate) const SAFEGUARDS: EntryMap<[u8; 32], (u64, [u8; 20])> = EntryMap::new(3);
/// By identifier.
pub(crate) const ACCESSES: EntryMap<[u8; 32], StoredAccess> = EntryMap::new(4);
/// By subject and actor: the last emergency access.
pub(crate) const LATEST_ACCESSES: EntryMap<([u8; 32], [u8; 20]), [u8; 32]> = EntryMap::new(5);
/// By account.
pub(crate) const ACTORS: EntryMap<[u8; 20], StoredActor> = EntryMap::new(6);
/// By author: how many batches there are.
pub(crate) const BATCH_COUNTS: EntryMap<[u8; 20], u64> = EntryMap::new(7);
/// By author and number.
pub(crate) const BATCHES: EntryMap<([u8; 20], u64), StoredBatch> = EntryMap::new(8);
/// By author and root: the number.
pub(crate) const BATCH_NUMBERS: EntryMap<([u8; 20], [u8; 32]), u64> = EntryMap::new(9);

/// What is signed: the domain that wallets show, and the slot of nonces.
pub(crate) const ACTIONS: Actions = Actions::new("Salus Access", 10);

/// The contracts `consent` and `credentials`, emergency roles, the reviewers' role, the longest duration, uses in a window, the
/// window, the review period, the longest veto window.
pub(crate) type StoredFixed = ([u8; 20], [u8; 20], u64, u8, u64, u32, u64, u64, u64);
/// A request: subject, requester, commitment, its last second, status, sequence, consent.
pub(crate) type StoredRequest = ([u8; 32], [u8; 20], [u8; 32], u64, u8, u32, [u8; 32]);
/// An emergency access: subject, actor, reviewer, evidence, the seconds in which it opens, in which it ends, and from which on a
/// review is overdue, role, purpose, whether it was vetoed, outcome.
pub(crate) type StoredAccess = ([u8; 32], [u8; 20], [u8; 20], [u8; 32], u64, u64, u64, u8, u8, bool, u8);
/// An actor: accesses so far, the beginning of the last window, uses in it, and eight times an access that waits for its review (32
/// bytes) and the second from which on that is overdue (8), or zeros.
pub(crate) type StoredActor = (u32, u64, u32, [u8; 320]);
/// A batch: root, count, the first and the last second of its range, and when it was anchored.
pub(crate) type StoredBatch = ([u8; 32], u64, u64, u64, u64);

/// `None` if the role is a number that the constructor does not write.
pub(crate) fn load_parameters(stored: &StoredFixed) -> Option<Parameters> {
    let (_, _, emergency_roles, reviewer_role, max_duration, max_uses, uses_window, review_period, max_veto_window) =
        *stored;
    Some(Parameters {
        emergency_roles,
        reviewer_role: Role::from_bit(reviewer_role)?,
        max_duration,
        max_uses,
        uses_window,
        review_period,
        max_veto_window,
    })
}

pub(crate) fn store_request(request: &Request) -> StoredRequest {
    (
        request.subject,
        request.requester,
        request.commitment,
        request.until,
        request.status as u8,
        request.sequence,
        request.consent,
    )
}

pub(crate) fn load_request(stored: StoredRequest) -> Request {
    let (subject, requester, commitment, until, status, sequence, consent) = stored;
    Request {
        subject,
        requester,
        commitment,
        until,
        // Only known numbers are written; an unknown one would be no request.
        status: Status::from_number(status).unwrap_or_default(),
        sequence,
        consent,
    }
}

pub(crate) fn store_access(access: &Access) -> StoredAccess {
    (
        access.subject,
        access.actor,
        access.reviewer,
        access.evidence,
        access.opens_at,
        access.ends_at,
        access.review_by,
        access.role.bit(),
        access.purpose.bit(),
        access.is_vetoed,
        access.outcome as u8,
    )
}

/// `None` if there is a number that [`store_access`] does not write.
pub(crate) fn load_access(stored: StoredAccess) -> Option<Access> {
    let (subject, actor, reviewer, evidence, opens_at, ends_at, review_by, role, purpose, is_vetoed, outcome) = stored;
    Some(Access {
        subject,
        actor,
        reviewer,
        evidence,
        opens_at,
        ends_at,
        review_by,
        role: Role::from_bit(role)?,
        purpose: Purpose::from_bit(purpose)?,
        is_vetoed,
        outcome: Outcome::from_number(outcome)?,
    })
}

pub(crate) fn load_safeguards((veto_window, emergency_key): (u64, [u8; 20])) -> Safeguards {
    Safeguards {
        veto_window,
        emergency_key,
    }
}

pub(crate) fn store_actor(actor: &Actor) -> StoredActor {
    let mut bytes = [0; 320];
    for (place, unreviewed) in bytes.as_chunks_mut::<40>().0.iter_mut().zip(&actor.unreviewed) {
        let (id, review_by) = place.split_at_mut(32);
        id.copy_from_slice(&unreviewed.id);
        review_by.copy_from_slice(&unreviewed.review_by.to_be_bytes());
    }
    (actor.accesses, actor.window_began, actor.uses, bytes)
}

pub(crate) fn load_actor((accesses, window_began, uses, bytes): StoredActor) -> Actor {
    let mut actor = Actor {
        accesses,
        window_began,
        uses,
        ..Actor::default()
    };
    for (place, unreviewed) in bytes.as_chunks::<40>().0.iter().zip(&mut actor.unreviewed) {
        if let Some((id, rest)) = place.split_first_chunk()
            && let Some(review_by) = rest.first_chunk()
        {
            *unreviewed = Unreviewed {
                id: *id,
                review_by: u64::from_be_bytes(*review_by),
            };
        }
    }
    actor
}

pub(crate) fn store_batch(batch: &Batch) -> StoredBatch {
    (batch.root, batch.count, batch.from, batch.until, batch.anchored_at)
}

pub(crate) fn load_batch((root, count, from, until, anchored_at): StoredBatch) -> Batch {
    Batch {
        root,
        count,
        from,
        until,
        anchored_at,
    }
}
