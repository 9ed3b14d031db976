//! Generated requests, emergencies, safeguards and logs.

use alloy_core::primitives::{Address, B256};
use rand::{Rng, rngs::StdRng};

use super::{account, end, log, somebody, word};
use crate::{
    contracts::access::IAccess::{
        AccessEnded, AccessRequested, AccessReviewed, AccessVetoed, EmergencyKeySet, GlassBroken, LogAnchored,
        RequestApproved, RequestRefused, RequestWithdrawn, VetoWindowSet,
    },
    indexer::log::RawLog,
};

/// What there was so far.
#[derive(Default)]
pub(super) struct Accesses {
    requests: Vec<B256>,
    emergencies: Vec<B256>,
    batches: u64,
}

impl Accesses {
    pub(super) fn log(&mut self, random: &mut StdRng, contract: Address) -> RawLog {
        match random.gen_range(0..10) {
            0..3 => self.request(random, contract),
            3..7 => self.emergency(random, contract),
            7..9 => safeguard(random, contract),
            _ => {
                self.batches += 1;
                let anchored = LogAnchored {
                    root: word(random),
                    author: account(random),
                    batch: self.batches,
                    count: random.r#gen(),
                    from: random.r#gen::<u32>().into(),
                    until: random.r#gen::<u32>().into(),
                };
                log(contract, &anchored)
            }
        }
    }

    fn request(&mut self, random: &mut StdRng, contract: Address) -> RawLog {
        let (subject, requester, actor) = (subject(random), account(random), account(random));
        let step = random.gen_range(0..6);
        if step < 3 || self.requests.is_empty() {
            let requestId = word(random);
            self.requests.push(requestId);
            let requested = AccessRequested {
                requestId,
                subject,
                requester,
                commitment: word(random),
                until: end(random),
            };
            return log(contract, &requested);
        }
        let requestId = self.requests[random.gen_range(0..self.requests.len())];
        match step {
            3 => {
                let approved = RequestApproved {
                    requestId,
                    subject,
                    requester,
                    consentId: word(random),
                    actor,
                };
                log(contract, &approved)
            }
            4 => {
                let refused = RequestRefused {
                    requestId,
                    subject,
                    requester,
                    actor,
                };
                log(contract, &refused)
            }
            _ => {
                let withdrawn = RequestWithdrawn {
                    requestId,
                    subject,
                    requester,
                };
                log(contract, &withdrawn)
            }
        }
    }

    fn emergency(&mut self, random: &mut StdRng, contract: Address) -> RawLog {
        let (subject, actor, other) = (subject(random), account(random), account(random));
        let step = random.gen_range(0..8);
        if step < 3 || self.emergencies.is_empty() {
            let accessId = word(random);
            self.emergencies.push(accessId);
            let opens: u32 = random.r#gen();
            let broken = GlassBroken {
                accessId,
                subject,
                actor,
                role: random.r#gen(),
                purpose: random.r#gen(),
                reviewer: other,
                evidence: word(random),
                vetoWindow: random.gen_range(0..2),
                opensAt: opens.into(),
                endsAt: u64::from(opens) + 3_600,
                reviewBy: u64::from(opens) + 7_200,
                isAuthorized: random.r#gen(),
            };
            return log(contract, &broken);
        }
        let accessId = self.emergencies[random.gen_range(0..self.emergencies.len())];
        match step {
            3 => {
                let vetoed = AccessVetoed {
                    accessId,
                    subject,
                    actor,
                    vetoedBy: other,
                };
                log(contract, &vetoed)
            }
            4 | 5 => {
                let ended = AccessEnded {
                    accessId,
                    subject,
                    actor,
                };
                log(contract, &ended)
            }
            _ => {
                let reviewed = AccessReviewed {
                    accessId,
                    subject,
                    actor,
                    reviewer: other,
                    outcome: random.r#gen(),
                };
                log(contract, &reviewed)
            }
        }
    }
}

fn safeguard(random: &mut StdRng, contract: Address) -> RawLog {
    let (subject, actor) = (subject(random), account(random));
    if random.r#gen() {
        let set = VetoWindowSet {
            subject,
            actor,
            vetoWindow: random.r#gen::<u32>().into(),
        };
        log(contract, &set)
    } else {
        let set = EmergencyKeySet {
            subject,
            actor,
            emergencyKey: somebody(random),
        };
        log(contract, &set)
    }
}

/// One of few, so that they meet again.
fn subject(random: &mut StdRng) -> B256 {
    B256::repeat_byte(random.gen_range(0..8))
}
