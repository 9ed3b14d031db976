//! What is checked before a message is taken in. The cheap comes first, and what costs the chain's node work, last.

use alloy_core::primitives::{B256, keccak256};

use super::{
    Policy, RelayError, Relayer, SignedMessage, Ticket,
    message::{Facts, MAX_BYTES},
    store::{Admission, Candidate, Cost, Denial},
};
use crate::{
    chain::{ChainError, Estimate, Message},
    signed::SignedError,
};

impl Relayer {
    /// Tries a message, and answers what it would cost. Nothing is written, counted or sent.
    ///
    /// # Errors
    /// As [`Relayer::accept`], but for limits and the nonces that it keeps in mind.
    pub async fn simulate(&self, message: &SignedMessage) -> Result<Estimate, RelayError> {
        let facts = message.facts();
        encoded(message)?;
        self.check(message, &facts).await?;
        self.check_deadline(&facts, self.chain().time().await?)?;
        self.estimate(message, &facts).await
    }

    /// Takes a message in, to be sent by the next [`Relayer::submit`] or [`Relayer::send_pending`]. One that was taken in before, and did not
    /// fail since, has the same ticket.
    ///
    /// Checked are, in this order: size; contract and message; chain and address; signature; whether it is known; its last second; whether
    /// its nonce is free; limits; what it does and costs, by a trial; nonce and limits once more, with the cost.
    ///
    /// # Errors
    /// [`RelayError`], in this order. A refusal changes nothing, but that of a trial is counted.
    pub async fn accept(&self, message: &SignedMessage) -> Result<Ticket, RelayError> {
        let facts = message.facts();
        let json = encoded(message)?;
        let digest = self.check(message, &facts).await?;
        let candidate = Candidate {
            id: keccak256([facts.signer.as_slice(), digest.as_slice()].concat()),
            contract: facts.contract,
            name: facts.name,
            address: facts.address,
            signer: facts.signer,
            nonce: facts.nonce,
            last_second: facts.last_second,
            json: &json,
        };
        let now = self.chain().time().await?;
        let looked = self.store.look(&candidate, &self.policy, now).await?;
        if let Admission::Known(ticket) = looked {
            return Ok(ticket);
        }
        self.check_deadline(&facts, now)?;
        if let Admission::Denied(denial) = looked {
            return Err(denial.into());
        }
        let cost = match self
            .estimate(message, &facts)
            .await
            .and_then(|estimate| self.policy.affords(&estimate))
        {
            Ok(cost) => cost,
            Err(refusal) => {
                // Another task may have handed it in meanwhile, and it was carried out.
                if let Admission::Known(ticket) = self.store.look(&candidate, &self.policy, now).await? {
                    return Ok(ticket);
                }
                if is_refusal(&refusal) {
                    self.store.count_refusal(facts.signer, &self.policy, now).await?;
                }
                return Err(refusal);
            }
        };
        match self.store.admit(&candidate, cost, &self.policy, now).await? {
            Admission::Known(ticket) => Ok(ticket),
            Admission::Denied(denial) => Err(denial.into()),
            // It is known now, or denied.
            Admission::Free => Err(RelayError::UnknownTicket(candidate.id)),
        }
    }

    /// Contract and message, chain and address, signature. Answers what was signed.
    async fn check(&self, message: &SignedMessage, facts: &Facts<'_>) -> Result<B256, RelayError> {
        if !self.policy.allows(facts.contract, facts.name) {
            return Err(RelayError::NotAllowed {
                contract: facts.contract.into(),
                name: facts.name.into(),
            });
        }
        let elsewhere = |field, found: String, expected: String| SignedError::Elsewhere { field, found, expected };
        let chain_id = self.chain().chain_id();
        if facts.chain_id != chain_id {
            return Err(elsewhere("chain_id", facts.chain_id.to_string(), chain_id.to_string()).into());
        }
        let address = self.suite.address_of(facts.contract).await?;
        if facts.address != address {
            return Err(elsewhere("address", facts.address.to_string(), address.to_string()).into());
        }
        message.verify(self.chain()).await
    }

    fn check_deadline(&self, facts: &Facts<'_>, now: u64) -> Result<(), RelayError> {
        let min_rest = self.policy.min_rest;
        match facts.last_second {
            Some(last_second) if last_second < now.saturating_add(min_rest) => Err(RelayError::DeadlineTooNear {
                last_second,
                now,
                min_rest,
            }),
            _ => Ok(()),
        }
    }

    async fn estimate(&self, message: &SignedMessage, facts: &Facts<'_>) -> Result<Estimate, RelayError> {
        // It is never closed; and if it were, nothing would need a turn.
        let _turn = self.simulations.acquire().await.ok();
        let call = Message::call(facts.address, message.to_call());
        Ok(self.chain().estimate(&self.key, &call).await?)
    }
}

impl Policy {
    /// What is counted for a message, if it may cost that much.
    fn affords(&self, estimate: &Estimate) -> Result<Cost, RelayError> {
        let (needed, most) = (estimate.weight, self.max_weight);
        if needed.ref_time > most.ref_time || needed.proof_size > most.proof_size {
            return Err(RelayError::TooHeavy { needed, most });
        }
        if estimate.cost() > u128::from(self.max_cost) {
            return Err(RelayError::TooCostly {
                cost: estimate.cost(),
                most: self.max_cost,
            });
        }
        // Both are below a limit of 64 bits.
        let narrow = |amount: u128| u64::try_from(amount).unwrap_or(u64::MAX);
        Ok(Cost {
            fee: narrow(estimate.fee),
            deposit: narrow(estimate.deposit),
        })
    }
}

impl From<Denial> for RelayError {
    fn from(denial: Denial) -> Self {
        match denial {
            Denial::NonceTaken(ticket, status) => Self::NonceTaken { ticket, status },
            Denial::Limited(limit, free_at) => Self::Limited { limit, free_at },
            Denial::Full(pending) => Self::Full { pending },
        }
    }
}

/// The message in JSON, if it is not too large.
fn encoded(message: &SignedMessage) -> Result<String, RelayError> {
    let json = serde_json::to_string(message).map_err(|error| RelayError::Malformed {
        code: "signed_action_malformed",
        reason: error.to_string(),
    })?;
    if json.len() > MAX_BYTES {
        return Err(RelayError::TooLarge { size: json.len() });
    }
    Ok(json)
}

/// Whether a trial ended with a refusal, which is the sender's doing, and not with the connection's.
fn is_refusal(error: &RelayError) -> bool {
    match error {
        RelayError::TooCostly { .. } | RelayError::TooHeavy { .. } => true,
        RelayError::Chain(error) => matches!(
            error,
            ChainError::Reverted(_) | ChainError::Dispatch { .. } | ChainError::Refused { .. }
        ),
        _ => false,
    }
}
