//! What the contract keeps. The layout of slots is described in `salus_slots`.

use crate::{Refused, consent::Consent};
use salus_core::consent::{
    Entry, Period, Status, Terms, consent_id,
    registry::{Control, Delegation, Registry, Succession},
};
use salus_env::{chain_id, keccak256, signed::Actions};
use salus_slots::EntryMap;

/// By subject.
const CONTROL: EntryMap<[u8; 32], StoredControl> = EntryMap::new(1);
/// By identifier.
const CONSENTS: EntryMap<[u8; 32], StoredConsent> = EntryMap::new(2);
/// By subject and grantee: the last consent.
const CURRENT: EntryMap<([u8; 32], [u8; 20]), [u8; 32]> = EntryMap::new(3);

/// By subject.
const SUCCESSIONS: EntryMap<[u8; 32], StoredSuccession> = EntryMap::new(4);
/// By subject and delegate.
const DELEGATIONS: EntryMap<([u8; 32], [u8; 20]), StoredDelegation> = EntryMap::new(5);
/// What is signed: the domain that wallets show, and the slot of nonces.
pub(crate) const ACTIONS: Actions = Actions::new("Salus Consent", 6);

/// The controller, to whom the control is offered, which is the zero address when it is to nobody, how often it has passed on, and
/// whether a successor is declared.
type StoredControl = ([u8; 20], [u8; 20], u32, bool);

/// The successor, silence and grace, when the controller last acted, and when the control was claimed.
type StoredSuccession = ([u8; 20], u64, u64, u64, u64);

/// Powers, purposes, the last second, and the controllers' generation.
type StoredDelegation = (u8, u64, u64, u32);

/// A consent: subject, grantee, status, sequence, the first and the last second in force, purposes, classes, commitment,
/// grantor, limit.
type StoredConsent = ([u8; 32], [u8; 20], u8, u32, u64, u64, u64, u64, [u8; 32], [u8; 20], u64);

fn store(entry: &Entry) -> StoredConsent {
    let Terms {
        validity,
        purposes,
        classes,
    } = entry.terms;
    (
        entry.subject,
        entry.grantee,
        entry.status as u8,
        entry.sequence,
        validity.from,
        validity.until,
        purposes,
        classes,
        entry.commitment,
        entry.grantor,
        entry.limit,
    )
}

fn load(stored: StoredConsent) -> Entry {
    let (subject, grantee, status, sequence, from, until, purposes, classes, commitment, grantor, limit) = stored;
    Entry {
        subject,
        grantee,
        // Only `store` writes the number; an unknown one could permit nothing.
        status: Status::from_number(status).unwrap_or_default(),
        sequence,
        terms: Terms {
            validity: Period { from, until },
            purposes,
            classes,
        },
        commitment,
        grantor,
        limit,
    }
}

impl Registry for Consent {
    type Refusal = Refused;

    fn control(&self, subject: &[u8; 32]) -> Option<Control> {
        let (controller, pending, generation, has_successor) = CONTROL.get(subject)?;
        Some(Control {
            controller,
            pending,
            generation,
            has_successor,
        })
    }

    fn set_control(&mut self, subject: &[u8; 32], control: &Control) {
        let &Control {
            controller,
            pending,
            generation,
            has_successor,
        } = control;
        CONTROL.set(subject, &(controller, pending, generation, has_successor));
    }

    fn succession(&self, subject: &[u8; 32]) -> Option<Succession> {
        let (successor, silence, grace, last_sign, claimed_at) = SUCCESSIONS.get(subject)?;
        Some(Succession {
            successor,
            silence,
            grace,
            last_sign,
            claimed_at,
        })
    }

    fn set_succession(&mut self, subject: &[u8; 32], succession: &Succession) {
        let &Succession {
            successor,
            silence,
            grace,
            last_sign,
            claimed_at,
        } = succession;
        SUCCESSIONS.set_unread(subject, &(successor, silence, grace, last_sign, claimed_at));
    }

    fn delegation(&self, subject: &[u8; 32], delegate: &[u8; 20]) -> Option<Delegation> {
        let (powers, purposes, until, generation) = DELEGATIONS.get(&(*subject, *delegate))?;
        Some(Delegation {
            powers,
            purposes,
            until,
            generation,
        })
    }

    fn set_delegation(&mut self, subject: &[u8; 32], delegate: &[u8; 20], delegation: &Delegation) {
        let &Delegation {
            powers,
            purposes,
            until,
            generation,
        } = delegation;
        DELEGATIONS.set(&(*subject, *delegate), &(powers, purposes, until, generation));
    }

    fn consent(&self, id: &[u8; 32]) -> Option<Entry> {
        CONSENTS.get(id).map(load)
    }

    fn set_consent(&mut self, id: &[u8; 32], entry: &Entry) {
        // A consent is active when it is new, and never again.
        if entry.status == Status::Active {
            CONSENTS.set_unread(id, &store(entry));
        } else {
            CONSENTS.set(id, &store(entry));
        }
    }

    fn current(&self, subject: &[u8; 32], grantee: &[u8; 20]) -> Option<[u8; 32]> {
        CURRENT.get(&(*subject, *grantee))
    }

    fn set_current(&mut self, subject: &[u8; 32], grantee: &[u8; 20], id: &[u8; 32]) {
        CURRENT.set(&(*subject, *grantee), id);
    }

    fn consent_id(&self, subject: &[u8; 32], grantee: &[u8; 20], sequence: u32) -> [u8; 32] {
        let chain = chain_id().to_big_endian();
        consent_id(&chain, &salus_host::address(), subject, grantee, sequence, keccak256)
    }
}
