//! Generated visits.

use alloy_core::{
    primitives::{Address, U256},
    sol,
};
use rand::{Rng, rngs::StdRng};

use super::{account, log};
use crate::indexer::log::RawLog;

sol! {
    event VisitRequested(uint256 indexed visitId, address indexed patient, address indexed provider, address token, uint256 fee, uint64 startTime, uint64 confirmBy, uint64 completeBy, bytes32 detailsHash);
    event VisitFunded(uint256 indexed visitId, address indexed token, uint256 fee);
    event VisitConfirmed(uint256 indexed visitId);
    event VisitCompleted(uint256 indexed visitId, uint256 released);
    event VisitCancelled(uint256 indexed visitId, address indexed cancelledBy, uint256 refunded);
    event VisitDeclined(uint256 indexed visitId, uint256 refunded);
    event VisitExpired(uint256 indexed visitId, uint256 refunded);
    event Withdrawn(address indexed account, address indexed token, uint256 amount);
}

const TOKEN: Address = Address::repeat_byte(0x70);

/// The visits so far: they are numbered from one.
#[derive(Default)]
pub(super) struct Visits(u64);

impl Visits {
    /// A new visit, a step of one that there is (not always one that its contract would allow), or a withdrawal.
    pub(super) fn log(&mut self, random: &mut StdRng, contract: Address) -> RawLog {
        let step = random.gen_range(0..10);
        if self.0 == 0 || step < 3 {
            self.0 += 1;
            let start = u64::from(random.r#gen::<u32>());
            let requested = VisitRequested {
                visitId: U256::from(self.0),
                patient: account(random),
                provider: account(random),
                token: TOKEN,
                fee: U256::from(random.r#gen::<u128>()),
                startTime: start,
                confirmBy: start,
                completeBy: start + 3_600,
                detailsHash: random.r#gen::<[u8; 32]>().into(),
            };
            return log(contract, &requested);
        }
        let visitId = U256::from(random.gen_range(1..=self.0));
        let amount = U256::from(random.r#gen::<u128>());
        match step {
            3 => log(
                contract,
                &VisitFunded {
                    visitId,
                    token: TOKEN,
                    fee: amount,
                },
            ),
            4 => log(contract, &VisitConfirmed { visitId }),
            5 => log(
                contract,
                &VisitCompleted {
                    visitId,
                    released: amount,
                },
            ),
            6 => {
                let cancelledBy = account(random);
                log(
                    contract,
                    &VisitCancelled {
                        visitId,
                        cancelledBy,
                        refunded: amount,
                    },
                )
            }
            7 => log(
                contract,
                &VisitDeclined {
                    visitId,
                    refunded: amount,
                },
            ),
            8 => log(
                contract,
                &VisitExpired {
                    visitId,
                    refunded: amount,
                },
            ),
            _ => {
                let account = account(random);
                log(
                    contract,
                    &Withdrawn {
                        account,
                        token: TOKEN,
                        amount,
                    },
                )
            }
        }
    }
}
