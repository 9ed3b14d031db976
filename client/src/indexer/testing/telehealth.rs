//! Generated visits.

use alloy_core::primitives::{Address, B256, U256};
use rand::{Rng, rngs::StdRng};

use super::{account, log, word};
use crate::{contracts::telehealth::ITelehealth as T, indexer::log::RawLog};

const TOKEN: Address = Address::repeat_byte(0x70);

/// The visits so far.
#[derive(Default)]
pub(super) struct Visits(Vec<B256>);

impl Visits {
    /// A new visit, a step of one that there is (not always one that its contract would allow), or a withdrawal.
    pub(super) fn log(&mut self, random: &mut StdRng, contract: Address) -> RawLog {
        let step = random.gen_range(0..15);
        if self.0.is_empty() || step < 4 {
            let requested = requested(random);
            self.0.push(requested.visitId);
            return log(contract, &requested);
        }
        let visitId = self.0[random.gen_range(0..self.0.len())];
        let by = account(random);
        let evidence = if random.r#gen() { word(random) } else { B256::ZERO };
        let fee = U256::from(random.r#gen::<u128>());
        let deadline = u64::from(random.r#gen::<u32>());
        match step {
            4 => log(
                contract,
                &T::VisitFunded {
                    visitId,
                    token: TOKEN,
                    fee,
                },
            ),
            5 => log(contract, &T::VisitConfirmed { visitId }),
            6 => log(contract, &T::VisitStarted { visitId, startedBy: by }),
            7 => {
                let claimed = T::OutcomeClaimed {
                    visitId,
                    claimedBy: by,
                    outcome: random.gen_range(7..14),
                    contestBy: deadline,
                    evidence,
                };
                log(contract, &claimed)
            }
            8 => {
                let contested = T::OutcomeContested {
                    visitId,
                    arbiter: account(random),
                    contestedBy: by,
                    decideBy: deadline,
                    evidence,
                };
                log(contract, &contested)
            }
            9 => log(
                contract,
                &T::EvidenceSubmitted {
                    visitId,
                    submittedBy: by,
                    evidence,
                },
            ),
            10 => {
                let decided = T::DisputeDecided {
                    visitId,
                    arbiter: by,
                    providerShare: random.gen_range(0..=10_000),
                    reasons: evidence,
                };
                log(contract, &decided)
            }
            11 | 12 => {
                let closed = T::VisitClosed {
                    visitId,
                    // One that nobody knows, now and then.
                    status: random.gen_range(7..=17),
                    closedBy: by,
                    toPatient: fee,
                    toProvider: U256::from(random.r#gen::<u64>()),
                    toPlatform: U256::from(random.r#gen::<u8>()),
                };
                log(contract, &closed)
            }
            13 => {
                let last = &self.0[self.0.len().saturating_sub(3)..];
                let booked = T::SeriesBooked {
                    seriesId: word(random),
                    patient: by,
                    provider: account(random),
                    visitIds: last.to_vec(),
                };
                log(contract, &booked)
            }
            _ => log(
                contract,
                &T::Withdrawn {
                    account: by,
                    token: TOKEN,
                    amount: fee,
                },
            ),
        }
    }
}

fn requested(random: &mut StdRng) -> T::VisitRequested {
    let start = u64::from(random.r#gen::<u32>());
    T::VisitRequested {
        visitId: word(random),
        patient: account(random),
        provider: account(random),
        service: word(random),
        token: TOKEN,
        fee: U256::from(random.r#gen::<u128>()),
        termsVersion: random.gen_range(1..9),
        startTime: start,
        endTime: start + 1_800,
        confirmBy: start,
        arbiter: account(random),
        detailsHash: word(random),
    }
}
