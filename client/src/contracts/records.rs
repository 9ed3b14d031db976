//! The registry of health records: salted commitments, one by one or many under one Merkle root.

use alloy_core::primitives::{Address, B256};
use salus_core::{
    hash::Hash,
    records::{
        RecordStatus, RecordVersion,
        registry::{Batch, Record},
    },
};

use super::{Contract, ContractError, NOBODY};
use crate::{
    chain::{Chain, Receipt, SubmitOptions},
    keystore::SigningKey,
};

alloy_core::sol!(
    #[allow(missing_docs, reason = "generated from the ABI, which the contract documents")]
    #[derive(Debug, PartialEq, Eq)]
    IRecords,
    "../contracts/artifacts/records.abi.json"
);

/// The registry of records on a chain.
#[derive(Debug, Clone)]
pub struct Records(Contract);

impl Records {
    /// Its name in address books.
    pub const NAME: &'static str = "records";

    /// The registry at an address.
    pub fn new(chain: Chain, address: Address) -> Self {
        Self(Contract::new(Self::NAME, chain, address))
    }

    /// The contract, for calls that have no method here.
    pub fn contract(&self) -> &Contract {
        &self.0
    }

    /// Anchors the first version of a record, whose author is the signer. Identifier and commitment have to be new.
    pub async fn anchor(
        &self,
        key: &SigningKey,
        record_id: B256,
        commitment: B256,
        options: SubmitOptions,
    ) -> Result<Receipt, ContractError> {
        let call = IRecords::anchorCall {
            recordId: record_id,
            commitment,
        };
        self.0.send(key, &call, options).await
    }

    /// Anchors the version that follows `previous`, the latest one; answers its number. The signer has to be the author.
    pub async fn add_version(
        &self,
        key: &SigningKey,
        record_id: B256,
        previous: u32,
        commitment: B256,
        options: SubmitOptions,
    ) -> Result<(u32, Receipt), ContractError> {
        let call = IRecords::addVersionCall {
            recordId: record_id,
            previousVersion: previous,
            commitment,
        };
        let receipt = self.0.send(key, &call, options).await?;
        let added: IRecords::RecordVersionAdded = self.0.event(&receipt)?;
        Ok((added.version, receipt))
    }

    /// Flags a version as wrong. The signer has to be the author.
    pub async fn mark_entered_in_error(
        &self,
        key: &SigningKey,
        record_id: B256,
        version: u32,
        options: SubmitOptions,
    ) -> Result<Receipt, ContractError> {
        let call = IRecords::markEnteredInErrorCall {
            recordId: record_id,
            version,
        };
        self.0.send(key, &call, options).await
    }

    /// What can be said of a commitment that is claimed to be a version of a record.
    pub async fn verify(&self, record_id: B256, version: u32, commitment: B256) -> Result<RecordStatus, ContractError> {
        let call = IRecords::verifyCall {
            recordId: record_id,
            version,
            commitment,
        };
        match self.0.ask(NOBODY, &call).await? {
            0 => Ok(RecordStatus::Unknown),
            1 => Ok(RecordStatus::Current),
            2 => Ok(RecordStatus::Superseded),
            3 => Ok(RecordStatus::EnteredInError),
            4 => Ok(RecordStatus::Mismatch),
            other => Err(self.0.unknown("verify", format!("the status {other}"))),
        }
    }

    /// A record; `None` if there is none.
    pub async fn record(&self, record_id: B256) -> Result<Option<Record>, ContractError> {
        let found = self
            .0
            .ask(NOBODY, &IRecords::recordOfCall { recordId: record_id })
            .await?;
        // Versions are numbered from 1.
        Ok((found.latestVersion > 0).then_some(Record {
            author: found.author.into(),
            latest: found.latestVersion,
        }))
    }

    /// A version of a record; `None` if there is none.
    pub async fn version(&self, record_id: B256, version: u32) -> Result<Option<RecordVersion>, ContractError> {
        let call = IRecords::versionOfCall {
            recordId: record_id,
            version,
        };
        let found = self.0.ask(NOBODY, &call).await?;
        // No version has the zero commitment.
        Ok((!found.commitment.is_zero()).then_some(RecordVersion {
            commitment: found.commitment.0,
            anchored_at: found.anchoredAt,
            is_entered_in_error: found.enteredInError,
        }))
    }

    /// Anchors any number of commitments by the root of their Merkle tree, see [`salus_core::records::MerkleTree`]. The
    /// signer is the author; `reference` is whatever the author finds the leaves by.
    pub async fn anchor_batch(
        &self,
        key: &SigningKey,
        root: B256,
        leaf_count: u64,
        reference: B256,
        options: SubmitOptions,
    ) -> Result<Receipt, ContractError> {
        let call = IRecords::anchorBatchCall {
            root,
            leafCount: leaf_count,
            reference,
        };
        self.0.send(key, &call, options).await
    }

    /// An author's batch; `None` if there is none.
    pub async fn batch(&self, author: Address, root: B256) -> Result<Option<Batch>, ContractError> {
        let found = self.0.ask(NOBODY, &IRecords::batchOfCall { author, root }).await?;
        // No batch is empty.
        Ok((found.leafCount > 0).then_some(Batch {
            leaf_count: found.leafCount,
            reference: found.reference.0,
            anchored_at: found.anchoredAt,
        }))
    }

    /// Whether `proof` shows that the author's batch with this root has `commitment` at `index`, from 0.
    pub async fn verify_in_batch(
        &self,
        author: Address,
        root: B256,
        commitment: B256,
        index: u64,
        proof: &[Hash],
    ) -> Result<bool, ContractError> {
        let call = IRecords::verifyInBatchCall {
            author,
            root,
            leaf: commitment,
            index,
            proof: proof.iter().map(|hash| hash.into()).collect(),
        };
        self.0.ask(NOBODY, &call).await
    }
}
