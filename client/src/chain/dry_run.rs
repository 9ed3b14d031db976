//! Trying a message without sending it: what it would return, or why it would fail, and what it needs.

use std::time::{SystemTime, UNIX_EPOCH};

use alloy_core::primitives::{Address, U256};
use subxt::{
    dynamic::{self, Value},
    utils::{AccountId32, H160},
};

use super::{
    AtBlock, Chain, ChainError, Message, Weight,
    error::Context,
    scale::{self, Code, ContractResult, ExecReturnValue, InstantiateReturnValue},
};
use crate::{abi::Revert, account::Account};

/// What a message would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DryRun {
    /// The execution weight that it needs as its limit.
    pub weight: Weight,
    /// The deposit for storage that it needs as its limit, in native units.
    pub deposit: u128,
    /// What the contract returns, ABI-encoded.
    pub data: Vec<u8>,
}

/// What an Ethereum transaction of a message needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Gas {
    /// Covers weight, length and storage deposit.
    pub(super) limit: U256,
    /// The price of one unit, in the smallest unit of 18 decimals.
    pub(super) price: U256,
}

/// A best block older than this is that of a chain which seals a block for each transaction only.
const IDLE_MILLISECONDS: u64 = 20_000;

impl Chain {
    /// Tries a message at the best block, as if `from` had sent it.
    ///
    /// Contracts see the time of the best block, or the present if the chain has been idle since: the next block, which
    /// would carry the message, is of the present, and a consent that has expired meanwhile has expired.
    ///
    /// # Errors
    /// [`ChainError::Reverted`] with the contract's error, [`ChainError::Dispatch`] or [`ChainError::Unfunded`] if the
    /// runtime refuses.
    pub async fn dry_run(&self, from: Account, message: &Message) -> Result<DryRun, ChainError> {
        let at = self.at_best().await?;
        match self.idle_until(&at).await? {
            None => self.dry_run_at(&at, from, message).await,
            Some(now) => self.dry_run_at_time(&at, from, message, now).await,
        }
    }

    /// As [`Chain::dry_run`], on the state after a block of one's choice and at its time.
    pub async fn dry_run_at(&self, at: &AtBlock, from: Account, message: &Message) -> Result<DryRun, ChainError> {
        let what = "trying the message";
        let origin = AccountId32::from(from);
        let value = self.to_native(message.value())?;
        // No limits: the answer says which ones to set.
        let (weight_limit, deposit_limit) = (None::<scale::ScaleWeight>, None::<u128>);
        match message {
            Message::Call { to, input, .. } => {
                let arguments = (
                    origin,
                    H160((*to).into()),
                    value,
                    weight_limit,
                    deposit_limit,
                    input.clone(),
                );
                let call =
                    dynamic::runtime_api_call::<_, ContractResult<ExecReturnValue>>("ReviveApi", "call", arguments);
                let result = at.runtime_apis().call(call).await.context(what)?;
                finish(at, from, result, |value| value)
            }
            Message::Create { code, input, .. } => {
                let (code, salt) = (Code::Upload(code.clone()), None::<[u8; 32]>);
                let arguments = (origin, value, weight_limit, deposit_limit, code, input.clone(), salt);
                let call = dynamic::runtime_api_call::<_, ContractResult<InstantiateReturnValue>>(
                    "ReviveApi",
                    "instantiate",
                    arguments,
                );
                let result = at.runtime_apis().call(call).await.context(what)?;
                finish(at, from, result, |value| value.result)
            }
        }
    }

    /// As [`Chain::dry_run_at`], but contracts see another time, in milliseconds since the epoch.
    pub(super) async fn dry_run_at_time(
        &self,
        at: &AtBlock,
        from: Account,
        message: &Message,
        now: u64,
    ) -> Result<DryRun, ChainError> {
        let info = self.dry_run_transaction(at, from, message, Some(now)).await?;
        Ok(DryRun {
            weight: info.weight_required.into(),
            deposit: info.max_storage_deposit,
            data: info.data,
        })
    }

    /// Asks a contract something: the data that a call returns at the best block. Nothing is sent.
    pub async fn view(&self, from: Account, to: Address, input: Vec<u8>) -> Result<Vec<u8>, ChainError> {
        Ok(self.dry_run(from, &Message::call(to, input)).await?.data)
    }

    /// Tries a message at the best block as an Ethereum transaction, and answers the gas that it needs.
    pub(super) async fn dry_run_gas(&self, from: Account, message: &Message) -> Result<Gas, ChainError> {
        let at = self.at_best().await?;
        let now = self.idle_until(&at).await?;
        let info = self.dry_run_transaction(&at, from, message, now).await?;
        let price = dynamic::runtime_api_call::<_, scale::Word>("ReviveApi", "gas_price", ());
        let price = at
            .runtime_apis()
            .call(price)
            .await
            .context("asking for the price of gas")?;
        Ok(Gas {
            limit: info.eth_gas.value(),
            price: price.value(),
        })
    }

    /// Tries a message the way an Ethereum transaction runs: the runtime lets only that be tried at another time.
    async fn dry_run_transaction(
        &self,
        at: &AtBlock,
        from: Account,
        message: &Message,
        now: Option<u64>,
    ) -> Result<scale::EthTransactInfo, ChainError> {
        type Answer = Result<scale::EthTransactInfo, scale::EthTransactError>;
        let what = "trying the message";
        let transaction = generic_transaction(from, message);
        let with_config = "eth_transact_with_config";
        let known = at.metadata_ref().runtime_api_trait_by_name("ReviveApi");
        let answer = if known.is_some_and(|api| api.method_by_name(with_config).is_some()) {
            let arguments = (transaction, config(now));
            at.runtime_apis()
                .call(dynamic::runtime_api_call::<_, Answer>(
                    "ReviveApi",
                    with_config,
                    arguments,
                ))
                .await
        } else {
            at.runtime_apis()
                .call(dynamic::runtime_api_call::<_, Answer>(
                    "ReviveApi",
                    "eth_transact",
                    (transaction,),
                ))
                .await
        };
        answer.context(what)?.map_err(|error| match error {
            scale::EthTransactError::Data(data) => ChainError::Reverted(Revert::decode(&data)),
            scale::EthTransactError::Message(reason) => refused(from, reason),
        })
    }

    /// The present, in milliseconds since the epoch, if the block is so old that the chain must be idle.
    pub(super) async fn idle_until(&self, at: &AtBlock) -> Result<Option<u64>, ChainError> {
        let block = time_of(at).await?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).ok();
        let now = now.and_then(|now| u64::try_from(now.as_millis()).ok());
        Ok(now.filter(|now| now.saturating_sub(block) > IDLE_MILLISECONDS))
    }
}

/// The time of a block, in milliseconds since the epoch.
pub(super) async fn time_of(at: &AtBlock) -> Result<u64, ChainError> {
    let what = "asking for the chain's time";
    let now = at
        .storage()
        .fetch(dynamic::storage::<(), u64>("Timestamp", "Now"), ())
        .await
        .context(what)?;
    now.decode().context(what)
}

/// `DryRunConfig`. Whether the balance covers the fees is told by the transaction queue, in any case.
fn config(now: Option<u64>) -> Value {
    let option = |value: Option<Value>| match value {
        Some(value) => Value::unnamed_variant("Some", [value]),
        None => Value::unnamed_variant("None", []),
    };
    Value::named_composite([
        ("timestamp_override", option(now.map(|now| Value::u128(now.into())))),
        ("perform_balance_checks", option(Some(Value::bool(false)))),
        ("state_overrides", option(None)),
    ])
}

fn finish<R>(
    at: &AtBlock,
    from: Account,
    result: ContractResult<R>,
    split: impl FnOnce(R) -> ExecReturnValue,
) -> Result<DryRun, ChainError> {
    let returned = result
        .result
        .map_err(|error| refused_dispatch(from, scale::dispatch_error(&error, at.metadata_ref())))?;
    let value = split(returned);
    if value.did_revert() {
        return Err(ChainError::Reverted(Revert::decode(&value.data)));
    }
    let deposit = result.max_storage_deposit.charge();
    Ok(DryRun {
        weight: result.weight_required.into(),
        deposit,
        data: value.data,
    })
}

/// Tells want of money from other refusals.
pub(super) fn refused_dispatch(account: Account, error: ChainError) -> ChainError {
    match error {
        ChainError::Dispatch { pallet, error, docs } => {
            let unfunded = matches!(
                (pallet.as_str(), error.as_str()),
                ("Revive", "TransferFailed" | "StorageDepositNotEnoughFunds")
                    | ("Balances", "InsufficientBalance")
                    | ("Token", "FundsUnavailable" | "NotExpendable")
            );
            if unfunded {
                let reason = if docs.is_empty() {
                    format!("{pallet}.{error}")
                } else {
                    docs
                };
                ChainError::Unfunded { account, reason }
            } else {
                ChainError::Dispatch { pallet, error, docs }
            }
        }
        other => other,
    }
}

/// The runtime's refusal of an Ethereum transaction is a sentence.
fn refused(account: Account, reason: String) -> ChainError {
    let unfunded = [
        "insufficient funds",
        "Not enough gas supplied",
        "FundsUnavailable",
        "NotExpendable",
    ];
    if unfunded.iter().any(|words| reason.contains(words)) {
        return ChainError::Unfunded { account, reason };
    }
    ChainError::Refused { reason }
}

/// `GenericTransaction`: the fields of an Ethereum transaction that are known before it is signed.
fn generic_transaction(from: Account, message: &Message) -> Value {
    let none = || Value::unnamed_variant("None", []);
    let some = |value: Value| Value::unnamed_variant("Some", [value]);
    let empty = || Value::unnamed_composite([]);
    let word = |value: U256| {
        Value::unnamed_composite([Value::unnamed_composite(
            value.into_limbs().map(u128::from).map(Value::u128),
        )])
    };
    let address = |address: Address| Value::unnamed_composite([Value::from_bytes(address.as_slice())]);
    let (to, input) = match message {
        Message::Call { to, input, .. } => (some(address(*to)), input.clone()),
        Message::Create { code, input, .. } => (none(), [code.as_slice(), input].concat()),
    };
    let input = Value::named_composite([
        ("input", some(Value::unnamed_composite([Value::from_bytes(input)]))),
        ("data", none()),
    ]);
    Value::named_composite([
        ("access_list", none()),
        ("authorization_list", empty()),
        ("blob_versioned_hashes", empty()),
        ("blobs", empty()),
        ("chain_id", none()),
        ("from", some(address(from.address()))),
        ("gas", none()),
        ("gas_price", none()),
        ("input", input),
        ("max_fee_per_blob_gas", none()),
        ("max_fee_per_gas", none()),
        ("max_priority_fee_per_gas", none()),
        ("nonce", none()),
        ("to", to),
        ("type", none()),
        ("r#type", none()),
        ("value", some(word(message.value()))),
    ])
}
