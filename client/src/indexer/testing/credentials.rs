//! Generated issuers and credentials.

use alloy_core::primitives::{Address, B256};
use rand::{Rng, rngs::StdRng};

use super::{account, end, log, word};
use crate::{
    contracts::credentials::ICredentials::{
        CredentialIssued, CredentialReinstated, CredentialRevoked, CredentialSuperseded, CredentialSuspended,
        IssuerAdmitted, IssuerRemoved,
    },
    indexer::log::RawLog,
};

/// The credentials so far.
#[derive(Default)]
pub(super) struct Credentials(Vec<B256>);

impl Credentials {
    pub(super) fn log(&mut self, random: &mut StdRng, contract: Address) -> RawLog {
        let (issuer, actor) = (account(random), account(random));
        match random.gen_range(0..10) {
            0 => log(contract, &IssuerAdmitted { issuer, actor }),
            1 => log(contract, &IssuerRemoved { issuer, actor }),
            step if step < 5 || self.0.is_empty() => {
                let credentialId = word(random);
                self.0.push(credentialId);
                let jurisdictions = [B256::right_padding_from(b"DE-BY"), word(random)];
                let issued = CredentialIssued {
                    credentialId,
                    holder: account(random),
                    issuer,
                    role: random.r#gen(),
                    jurisdiction: jurisdictions[random.gen_range(0..2)],
                    licenceHash: word(random),
                    validFrom: random.r#gen::<u32>().into(),
                    validUntil: end(random),
                };
                log(contract, &issued)
            }
            step => {
                let credentialId = self.0[random.gen_range(0..self.0.len())];
                self.change(random, contract, credentialId, step)
            }
        }
    }

    fn change(&self, random: &mut StdRng, contract: Address, credentialId: B256, step: u32) -> RawLog {
        let (holder, actor) = (account(random), account(random));
        match step {
            5 => {
                let superseded = CredentialSuperseded {
                    credentialId,
                    newCredentialId: word(random),
                    holder,
                };
                log(contract, &superseded)
            }
            6 | 7 => {
                let suspended = CredentialSuspended {
                    credentialId,
                    holder,
                    actor,
                };
                log(contract, &suspended)
            }
            8 => {
                let reinstated = CredentialReinstated {
                    credentialId,
                    holder,
                    actor,
                };
                log(contract, &reinstated)
            }
            _ => {
                let revoked = CredentialRevoked {
                    credentialId,
                    holder,
                    actor,
                };
                log(contract, &revoked)
            }
        }
    }
}
