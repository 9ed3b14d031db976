//! Generated subjects, consents, delegations and successions.

use alloy_core::primitives::{Address, B256, keccak256};
use rand::{Rng, rngs::StdRng};

use super::{account, end, limit, log, somebody, word};
use crate::{
    contracts::consent::IConsent::{
        ConsentEnteredInError, ConsentGranted, ConsentRevoked, ConsentSuperseded, ControlClaimed, ControllerConfirmed,
        ControllerTransferStarted, ControllerTransferred, DelegateSet, SubjectRegistered, SuccessorSet,
    },
    indexer::log::RawLog,
};

/// How many subjects do most: so that what is said of one follows from what was said before.
const BUSY: u64 = 8;

/// The consents so far.
#[derive(Default)]
pub(super) struct Consents {
    /// Live ones with their subjects.
    live: Vec<(B256, B256)>,
    subjects: u64,
}

impl Consents {
    pub(super) fn log(&mut self, random: &mut StdRng, contract: Address) -> RawLog {
        let step = random.gen_range(0..100);
        match step {
            _ if step < 20 || self.subjects == 0 => {
                self.subjects += 1;
                let subject = keccak256(self.subjects.to_be_bytes());
                let controller = somebody(random);
                log(contract, &SubjectRegistered { subject, controller })
            }
            20..45 => self.grant(random, contract),
            45..60 => self.end(random, contract),
            60..72 => self.delegate(random, contract),
            _ => self.control(random, contract, step),
        }
    }

    fn grant(&mut self, random: &mut StdRng, contract: Address) -> RawLog {
        let (consent_id, subject) = (word(random), self.subject(random));
        self.live.push((consent_id, subject));
        let granted = ConsentGranted {
            consentId: consent_id,
            subject,
            grantee: account(random),
            commitment: word(random),
            validFrom: random.r#gen::<u32>().into(),
            validUntil: end(random),
            purposes: random.r#gen(),
            classes: random.r#gen(),
            grantor: somebody(random),
            limit: limit(random),
        };
        log(contract, &granted)
    }

    fn end(&mut self, random: &mut StdRng, contract: Address) -> RawLog {
        if self.live.is_empty() {
            return self.grant(random, contract);
        }
        let (consentId, subject) = self.live.swap_remove(random.gen_range(0..self.live.len()));
        let actor = somebody(random);
        match random.gen_range(0..3) {
            0 => {
                let superseded = ConsentSuperseded {
                    consentId,
                    newConsentId: word(random),
                    subject,
                    actor,
                };
                log(contract, &superseded)
            }
            1 => {
                let revoked = ConsentRevoked {
                    consentId,
                    subject,
                    actor,
                };
                log(contract, &revoked)
            }
            _ => {
                let flagged = ConsentEnteredInError {
                    consentId,
                    subject,
                    actor,
                };
                log(contract, &flagged)
            }
        }
    }

    fn delegate(&self, random: &mut StdRng, contract: Address) -> RawLog {
        let set = DelegateSet {
            subject: self.subject(random),
            delegate: somebody(random),
            actor: somebody(random),
            powers: random.gen_range(0..4),
            purposes: limit(random),
            validUntil: end(random),
        };
        log(contract, &set)
    }

    /// Offers, successions, claims and what ends them.
    fn control(&self, random: &mut StdRng, contract: Address, step: u32) -> RawLog {
        let (subject, controller, other) = (self.subject(random), somebody(random), somebody(random));
        match step {
            72..77 => {
                let started = ControllerTransferStarted {
                    subject,
                    controller,
                    newController: other,
                };
                log(contract, &started)
            }
            77..82 => {
                let transferred = ControllerTransferred {
                    subject,
                    previousController: controller,
                    newController: other,
                };
                log(contract, &transferred)
            }
            82..85 => log(contract, &ControllerConfirmed { subject, controller }),
            85..92 => {
                let set = SuccessorSet {
                    subject,
                    controller,
                    successor: other,
                    silence: random.r#gen::<u32>().into(),
                    grace: random.r#gen::<u32>().into(),
                };
                log(contract, &set)
            }
            _ => {
                let claimed = ControlClaimed {
                    subject,
                    successor: other,
                    acceptableFrom: random.r#gen::<u32>().into(),
                };
                log(contract, &claimed)
            }
        }
    }

    /// One that is registered.
    fn subject(&self, random: &mut StdRng) -> B256 {
        let last = if random.r#gen() {
            self.subjects.min(BUSY)
        } else {
            self.subjects
        };
        keccak256(random.gen_range(1..=last).to_be_bytes())
    }
}
