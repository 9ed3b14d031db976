//! `debug_trace*`: transactions replayed by the runtime on the state before them.

mod config;

use std::collections::HashMap;

use codec::{Decode, Encode};
use jsonrpsee::proc_macros::rpc;
use pallet_revive::{
    EthTransactError,
    pallet_revive_types::runtime_api::{
        GenericTransactionV1, TraceBlockInputPayloadV2, TraceBlockOutputPayloadV2, TraceBlockVersionedInputPayload,
        TraceBlockVersionedOutputPayload, TraceCallInputPayloadV2, TraceCallOutputPayloadV2,
        TraceCallVersionedInputPayload, TraceCallVersionedOutputPayload, TraceEntryV1, TraceTxInputPayloadV2,
        TraceTxOutputPayloadV2, TraceTxVersionedInputPayload, TraceTxVersionedOutputPayload, TraceV2, TracerTypeV1,
    },
};
use serde::Serialize;
use sp_core::H256;

use config::{TraceCallConfig, TracerConfig};

use super::{
    Eth,
    block_id::{BlockId, BlockTag},
    blocks::Located,
    error::{EthError, Result},
};
use crate::{
    chain::State,
    runtime::{Block, UncheckedExtrinsic},
};

/// The trace of one transaction of a block.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TransactionTrace {
    tx_hash: H256,
    #[serde(flatten)]
    outcome: Outcome,
}

#[derive(Clone, Debug, Serialize)]
enum Outcome {
    #[serde(rename = "result")]
    Trace(Box<TraceV2>),
    #[serde(rename = "error")]
    Error(String),
}

#[rpc(server)]
pub(super) trait TraceApi {
    #[method(name = "debug_traceTransaction")]
    async fn trace_transaction(&self, hash: H256, config: Option<TracerConfig>) -> Result<TraceV2>;

    #[method(name = "debug_traceBlockByNumber")]
    async fn trace_block_by_number(
        &self,
        block: BlockTag,
        config: Option<TracerConfig>,
    ) -> Result<Vec<TransactionTrace>>;

    /// The configuration may hold `stateOverrides`.
    #[method(name = "debug_traceCall")]
    async fn trace_call(
        &self,
        transaction: GenericTransactionV1,
        block: BlockId,
        config: Option<TraceCallConfig>,
    ) -> Result<TraceV2>;
}

#[jsonrpsee::core::async_trait]
impl TraceApiServer for Eth {
    async fn trace_transaction(&self, hash: H256, config: Option<TracerConfig>) -> Result<TraceV2> {
        let eth = self.clone();
        let TracerConfig { tracer, timeout } = config.unwrap_or_default();
        config::limited(timeout, move || eth.traced_transaction(hash, tracer)).await
    }

    async fn trace_block_by_number(
        &self,
        block: BlockTag,
        config: Option<TracerConfig>,
    ) -> Result<Vec<TransactionTrace>> {
        let eth = self.clone();
        let TracerConfig { tracer, timeout } = config.unwrap_or_default();
        config::limited(timeout, move || eth.traced_block(block, tracer)).await
    }

    async fn trace_call(
        &self,
        transaction: GenericTransactionV1,
        block: BlockId,
        config: Option<TraceCallConfig>,
    ) -> Result<TraceV2> {
        let eth = self.clone();
        let TraceCallConfig { base, state_overrides } = config.unwrap_or_default();
        let input = TraceCallInputPayloadV2 {
            tx: transaction,
            config: base.tracer,
            state_overrides,
        };
        config::limited(base.timeout, move || eth.traced_call(block, input)).await
    }
}

impl Eth {
    fn traced_transaction(&self, hash: H256, config: TracerTypeV1) -> Result<TraceV2> {
        let (located, included) = self.included(hash)?.ok_or(EthError::UnknownTransaction)?;
        let (parent, block) = self.replay(&located)?;
        let input = TraceTxInputPayloadV2 {
            block,
            tx_index: included.extrinsic,
            config,
        };
        let output: TraceTxVersionedOutputPayload = call(
            &parent,
            "ReviveApi_trace_tx_versioned",
            &TraceTxVersionedInputPayload::from(input),
        )?;
        match TraceTxOutputPayloadV2::try_from(output).map(|output| output.entry) {
            Ok(Some(TraceEntryV1::Traced(trace))) => Ok(trace),
            Ok(_) => Err(EthError::TraceUnavailable),
            Err(_) => Err(EthError::Inconsistent("version of a trace")),
        }
    }

    fn traced_block(&self, tag: BlockTag, config: TracerTypeV1) -> Result<Vec<TransactionTrace>> {
        let located = self.require(tag.into())?;
        if located.block.eth_transactions.is_empty() {
            return Ok(Vec::new());
        }
        let (parent, block) = self.replay(&located)?;
        let input = TraceBlockInputPayloadV2 { block, config };
        let output: TraceBlockVersionedOutputPayload = call(
            &parent,
            "ReviveApi_trace_block_versioned",
            &TraceBlockVersionedInputPayload::from(input),
        )?;
        let output = TraceBlockOutputPayloadV2::try_from(output);
        let output = output.map_err(|_| EthError::Inconsistent("version of a trace"))?;
        let mut entries: HashMap<u32, TraceEntryV1> = output.entries.into_iter().collect();
        let traces = self.outcomes(&located)?.into_iter().map(|included| {
            let outcome = match entries.remove(&included.extrinsic) {
                Some(TraceEntryV1::Traced(trace)) => Outcome::Trace(Box::new(trace)),
                Some(TraceEntryV1::NotTraced) | None => Outcome::Error(EthError::TraceUnavailable.to_string()),
            };
            TransactionTrace {
                tx_hash: included.hash,
                outcome,
            }
        });
        Ok(traces.collect())
    }

    fn traced_call(&self, block: BlockId, input: TraceCallInputPayloadV2) -> Result<TraceV2> {
        let state = self.state_at(block)?;
        let output: std::result::Result<TraceCallVersionedOutputPayload, EthTransactError> = call(
            &state,
            "ReviveApi_trace_call_versioned",
            &TraceCallVersionedInputPayload::from(input),
        )?;
        let output = TraceCallOutputPayloadV2::try_from(output?);
        Ok(output.map_err(|_| EthError::Inconsistent("version of a trace"))?.trace)
    }

    /// A block to be run again, and the state before it.
    fn replay(&self, located: &Located) -> Result<(State, Block)> {
        let parent = self.chain.state(located.block.header.parent_hash)?;
        let extrinsics = located.block.extrinsics.iter();
        let extrinsics = extrinsics.map(|encoded| UncheckedExtrinsic::decode(&mut encoded.as_slice()));
        let extrinsics = extrinsics.collect::<std::result::Result<_, _>>();
        let extrinsics = extrinsics.map_err(|_| EthError::Inconsistent("an extrinsic in a block cannot be decoded"))?;
        Ok((
            parent,
            Block {
                header: located.block.header.clone(),
                extrinsics,
            },
        ))
    }
}

fn call<Input: Encode, Output: Decode>(state: &State, method: &str, input: &Input) -> Result<Output> {
    let answer = state.call(method, &input.encode())?;
    Output::decode(&mut answer.as_slice()).map_err(|_| EthError::Inconsistent("an answer of the runtime"))
}
