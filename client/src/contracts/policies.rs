//! Answers by policies: opens what consents commit to.

use alloy_core::primitives::{Address, B256};
use salus_core::consent::Answer;

use super::{Contract, ContractError, NOBODY};
use crate::{
    chain::{AtBlock, Chain},
    fhir::Salt,
};

alloy_core::sol!(
    #[allow(missing_docs, reason = "generated from the ABI, which the contract documents")]
    #[derive(Debug, PartialEq, Eq)]
    IPolicies,
    "../contracts/artifacts/policies.abi.json"
);

/// What answers by policies, on a chain.
#[derive(Debug, Clone)]
pub struct Policies(Contract);

/// What the contract answers to a request when the policy is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Permit, deny or no consent.
    pub answer: Answer,
    /// With a permit, the labels whose data must not be given: a mask over [`salus_core::codes::Sensitivity`].
    pub redact_labels: u64,
    /// The provisions that decided: at each depth the position, from 0.
    pub path: Vec<u8>,
}

impl Policies {
    /// Its name in address books.
    pub const NAME: &'static str = "policies";

    /// The contract at an address.
    pub fn new(chain: Chain, address: Address) -> Self {
        Self(Contract::new(Self::NAME, chain, address))
    }

    /// The same at one block, see [`Contract::at`].
    #[must_use]
    pub fn at(&self, block: &AtBlock) -> Self {
        Self(self.0.at(block))
    }

    /// The contract, for calls that have no method here.
    pub fn contract(&self) -> &Contract {
        &self.0
    }

    /// Has the contract open a consent's commitment and answer a request by its policy. `policy` and `request` are
    /// encoded. It is a question: neither the salt nor the policy gets into a block.
    pub async fn evaluate(
        &self,
        consent_id: B256,
        salt: &Salt,
        policy: &[u8],
        request: &[u8],
    ) -> Result<Opened, ContractError> {
        let call = IPolicies::evaluateCall {
            consentId: consent_id,
            salt: (*salt.as_bytes()).into(),
            policy: policy.to_vec().into(),
            request: request.to_vec().into(),
        };
        let opened = self.0.ask(NOBODY, &call).await?;
        Ok(Opened {
            answer: self.0.answer("evaluate", opened.answer)?,
            redact_labels: opened.redactLabels,
            path: opened.path.to_vec(),
        })
    }
}
