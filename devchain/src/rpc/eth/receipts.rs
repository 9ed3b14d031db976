//! What Ethereum transactions in a block did: receipts and logs.
//!
//! pallet-revive keeps gas and price of each transaction in the state of its block; status and logs are among the block's
//! events. As in the official server, `transactionIndex` is the index of the extrinsic in the block (the timestamp has
//! index 0) and `logIndex` the index of the event, so both rise over a block but have gaps, and both are the numbers that
//! Substrate's tools show. Only Ethereum transactions have receipts and logs; contract events of Substrate-signed calls are
//! seen over Substrate JSON-RPC.

use codec::Decode;
use frame_system::Phase;
use pallet_revive::{
    Event, create1,
    evm::{Bloom, BloomInput, Byte, Bytes, GenericTransaction, ReceiptGasInfo, TransactionSigned},
    keccak_256,
    pallet_revive_types::runtime_api::TransactionInfoV1,
};
use serde::Serialize;
use sp_core::{H160, H256, U256};
use sp_runtime::{Weight, generic::Preamble};

use super::{
    Eth,
    blocks::Located,
    error::{EthError, Result},
};
use crate::runtime::{Revive, RuntimeCall, RuntimeEvent, System, UncheckedExtrinsic};

/// A log as `eth_getLogs` answers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Log {
    pub(super) address: H160,
    pub(super) block_hash: H256,
    pub(super) block_number: U256,
    pub(super) data: Bytes,
    pub(super) log_index: U256,
    pub(super) removed: bool,
    pub(super) topics: Vec<H256>,
    pub(super) transaction_hash: H256,
    pub(super) transaction_index: U256,
}

/// A receipt as `eth_getTransactionReceipt` answers it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Receipt {
    block_hash: H256,
    block_number: U256,
    contract_address: Option<H160>,
    cumulative_gas_used: U256,
    pub(super) effective_gas_price: U256,
    from: H160,
    pub(super) gas_used: U256,
    logs: Vec<Log>,
    logs_bloom: Bloom,
    status: U256,
    to: Option<H160>,
    transaction_hash: H256,
    transaction_index: U256,
    r#type: Byte,
}

/// An Ethereum transaction in a block, with what it did.
#[derive(Clone, Debug)]
pub(super) struct Included {
    pub(super) hash: H256,
    /// Index of its extrinsic in the block.
    pub(super) extrinsic: u32,
    payload: Vec<u8>,
    block_hash: H256,
    block_number: U256,
    gas: ReceiptGasInfo,
    cumulative_gas: U256,
    reverted: bool,
    /// What its execution took of the block.
    pub(super) weight: Weight,
    pub(super) logs: Vec<Log>,
}

impl Included {
    fn signed(&self) -> Result<(TransactionSigned, H160)> {
        let corrupt = EthError::Inconsistent("a transaction in a block cannot be decoded");
        let Ok(signed) = TransactionSigned::decode(&self.payload) else {
            return Err(corrupt);
        };
        let from = signed.recover_eth_address().map_err(|()| corrupt)?;
        Ok((signed, from))
    }

    pub(super) fn info(&self) -> Result<TransactionInfoV1> {
        let (signed, from) = self.signed()?;
        Ok(TransactionInfoV1 {
            block_hash: self.block_hash,
            block_number: self.block_number,
            from,
            hash: self.hash,
            transaction_index: self.extrinsic.into(),
            transaction_signed: with_derived_fields(signed, self.gas.effective_gas_price).into(),
        })
    }

    pub(super) fn receipt(&self) -> Result<Receipt> {
        let (signed, from) = self.signed()?;
        let transaction = GenericTransaction::from_signed(signed, self.gas.effective_gas_price, Some(from));
        let contract_address = match transaction.to {
            Some(_) => None,
            None => {
                let nonce = u64::try_from(transaction.nonce.unwrap_or_default());
                let nonce = nonce.map_err(|_| EthError::Inconsistent("the nonce of a transaction in a block"))?;
                Some(create1(&from, nonce))
            }
        };
        Ok(Receipt {
            block_hash: self.block_hash,
            block_number: self.block_number,
            contract_address,
            cumulative_gas_used: self.cumulative_gas,
            effective_gas_price: self.gas.effective_gas_price,
            from,
            gas_used: self.gas.gas_used,
            logs_bloom: bloom_of(&self.logs),
            logs: self.logs.clone(),
            status: u32::from(!self.reverted).into(),
            to: transaction.to,
            transaction_hash: self.hash,
            transaction_index: self.extrinsic.into(),
            r#type: transaction.r#type.unwrap_or_default(),
        })
    }

    /// What the sender paid for a unit of gas, and how much gas.
    pub(super) fn gas(&self) -> &ReceiptGasInfo {
        &self.gas
    }
}

impl Eth {
    /// What the Ethereum transactions of a block did, in order. The block may be on any fork.
    pub(super) fn outcomes(&self, located: &Located) -> Result<Vec<Included>> {
        let mut included = transactions(located)?;
        if included.is_empty() {
            return Ok(included);
        }
        let state = self.chain.state(located.hash)?;
        let (gas, events) = state.execute(|| (Revive::eth_receipt_data(), contract_events()))?;
        if gas.len() != included.len() {
            return Err(EthError::Inconsistent("receipts and transactions of a block"));
        }
        let mut cumulative_gas = U256::zero();
        for (transaction, gas) in included.iter_mut().zip(gas) {
            cumulative_gas = cumulative_gas.saturating_add(gas.gas_used);
            transaction.cumulative_gas = cumulative_gas;
            transaction.gas = gas;
        }
        for event in events {
            // Both lists are in the order of extrinsics.
            let Ok(at) = included.binary_search_by_key(&event.extrinsic, |transaction| transaction.extrinsic) else {
                continue;
            };
            let transaction = &mut included[at];
            match event.what {
                What::Reverted => transaction.reverted = true,
                What::Weighed(weight) => transaction.weight = weight,
                What::Emitted { contract, data, topics } => transaction.logs.push(Log {
                    address: contract,
                    block_hash: transaction.block_hash,
                    block_number: transaction.block_number,
                    data: data.into(),
                    log_index: event.index.into(),
                    removed: false,
                    topics,
                    transaction_hash: transaction.hash,
                    transaction_index: transaction.extrinsic.into(),
                }),
            }
        }
        Ok(included)
    }
}

/// Fills in what is not signed but expected by older clients, as go-ethereum does: the `gasPrice` of a transaction whose
/// sender only gave a maximum, and `v` beside `yParity`.
pub(super) fn with_derived_fields(signed: TransactionSigned, price: U256) -> TransactionSigned {
    match signed {
        TransactionSigned::Transaction1559Signed(mut signed) => {
            signed.transaction_1559_unsigned.gas_price = price;
            signed.v = Some(signed.y_parity);
            signed.into()
        }
        TransactionSigned::Transaction2930Signed(mut signed) => {
            signed.v = Some(signed.y_parity);
            signed.into()
        }
        other => other,
    }
}

/// The Ethereum transaction inside an extrinsic.
pub(super) fn ethereum_payload(extrinsic: &UncheckedExtrinsic) -> Option<&[u8]> {
    match (&extrinsic.0.preamble, &extrinsic.0.function) {
        (Preamble::Bare(_), RuntimeCall::Revive(pallet_revive::Call::eth_transact { payload })) => Some(payload),
        _ => None,
    }
}

/// The Ethereum transactions of a block, without what they did.
fn transactions(located: &Located) -> Result<Vec<Included>> {
    let block = &located.block;
    let mut expected = block.eth_transactions.iter().peekable();
    let mut included = Vec::with_capacity(expected.len());
    for (index, encoded) in (0u32..).zip(&block.extrinsics) {
        let Some(hash) = expected.peek().copied() else { break };
        let extrinsic = UncheckedExtrinsic::decode(&mut encoded.as_slice())
            .map_err(|_| EthError::Inconsistent("an extrinsic in a block cannot be decoded"))?;
        let Some(payload) = ethereum_payload(&extrinsic).filter(|payload| keccak_256(payload) == hash.0) else {
            continue;
        };
        expected.next();
        included.push(Included {
            hash: *hash,
            extrinsic: index,
            payload: payload.to_vec(),
            block_hash: block.eth_hash,
            block_number: located.number().into(),
            gas: ReceiptGasInfo::default(),
            cumulative_gas: U256::zero(),
            reverted: false,
            weight: Weight::zero(),
            logs: Vec::new(),
        });
    }
    match expected.next() {
        None => Ok(included),
        Some(_) => Err(EthError::Inconsistent("a block lacks one of its Ethereum transactions")),
    }
}

struct ContractEvent {
    extrinsic: u32,
    /// Position among all events of the block.
    index: u32,
    what: What,
}

enum What {
    Reverted,
    /// Comes last; an Ethereum transaction that reverted counts as dispatched with success.
    Weighed(Weight),
    Emitted {
        contract: H160,
        data: Vec<u8>,
        topics: Vec<H256>,
    },
}

/// Must run on the state of a block.
fn contract_events() -> Vec<ContractEvent> {
    let records = (0u32..).zip(System::read_events_no_consensus());
    let events = records.filter_map(|(index, record)| {
        let Phase::ApplyExtrinsic(extrinsic) = record.phase else {
            return None;
        };
        let what = match record.event {
            RuntimeEvent::Revive(Event::EthExtrinsicRevert { .. }) => What::Reverted,
            RuntimeEvent::System(frame_system::Event::ExtrinsicSuccess { dispatch_info }) => {
                What::Weighed(dispatch_info.weight)
            }
            RuntimeEvent::Revive(Event::ContractEmitted { contract, data, topics }) => {
                What::Emitted { contract, data, topics }
            }
            _ => return None,
        };
        Some(ContractEvent { extrinsic, index, what })
    });
    events.collect()
}

fn bloom_of(logs: &[Log]) -> Bloom {
    let mut bloom = Bloom::zero();
    for log in logs {
        bloom.accrue(BloomInput::Raw(log.address.as_bytes()));
        for topic in &log.topics {
            bloom.accrue(BloomInput::Raw(topic.as_bytes()));
        }
    }
    bloom
}
