//! Signing Ethereum transactions, and the contract that the tests talk to.

use jsonrpsee::types::ErrorObjectOwned;
use pallet_revive::evm::{
    AccessListEntry, Account, Transaction1559Unsigned, Transaction2930Unsigned, TransactionLegacyUnsigned,
    TransactionUnsigned,
};
use salus_devchain::{accounts, runtime::CHAIN_ID};
use serde_json::{Value, json};
use sp_core::{H160, H256, U256};

use crate::node::{Node, hash, quantity};

/// Selectors of `fixtures/Probe.sol`.
pub(crate) mod probe {
    pub(crate) const VALUE: &str = "3fa4f245";
    pub(crate) const SET: &str = "60fe47b1";
    pub(crate) const NOTE: &str = "b73f9f98";
    pub(crate) const MANY: &str = "584fea28";
    pub(crate) const BARE: &str = "8095dd0b";
    pub(crate) const FAIL: &str = "132e4f3c";
    pub(crate) const CLOCK: &str = "91ddadf4";
    pub(crate) const SENDER: &str = "67e404ce";
    pub(crate) const DIVE: &str = "a8d85c2e";
    pub(crate) const BURN: &str = "44df8e70";
    /// Topic of `Counted(uint256)`.
    pub(crate) const COUNTED: &str = "15df0a6785153dfd625c8af51397704c7ddaff0690e5076243b5e52f4a0d5409";
    /// Topic of `Noted(address,uint256,bytes32,string)`.
    pub(crate) const NOTED: &str = "30e68f804099eed89d679fa341075923e3b1032a2160d4580cdab81b7dd2a622";
    /// Selector of `TooSmall(uint256,uint256)`.
    pub(crate) const TOO_SMALL: &str = "e94fe3af";
}

/// The well-known development account that signs unless a test says otherwise.
pub(crate) fn alith() -> Account {
    Account::default()
}

/// Another well-known development account.
pub(crate) fn baltathar() -> Account {
    let key = hex::decode("8075991ce870b93a8870eca0c0f91913d12f47948ca0fd25b49c6fa7cdbeee8b").unwrap();
    let account = Account::from_secret_key(key.try_into().unwrap());
    assert_eq!(account.address(), accounts::ETHEREUM[1].1);
    account
}

/// An account that owns nothing.
pub(crate) fn stranger(seed: u8) -> Account {
    Account::from_secret_key([seed; 32])
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Legacy,
    Eip2930,
    Eip1559,
}

/// A transaction to be signed. What is not set is asked from the node, as a wallet does.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) kind: Kind,
    pub(crate) to: Option<H160>,
    pub(crate) value: U256,
    pub(crate) data: Vec<u8>,
    pub(crate) nonce: Option<u64>,
    pub(crate) gas: Option<U256>,
    pub(crate) price: Option<U256>,
    /// `None` only for an unprotected legacy transaction.
    pub(crate) chain_id: Option<U256>,
}

impl Draft {
    pub(crate) fn create(code: &str) -> Self {
        let data = hex::decode(code.trim()).unwrap();
        Self {
            data,
            ..Self::to(H160::zero())
        }
        .with(|draft| draft.to = None)
    }

    pub(crate) fn to(to: H160) -> Self {
        Self {
            kind: Kind::Eip1559,
            to: Some(to),
            value: U256::zero(),
            data: Vec::new(),
            nonce: None,
            gas: None,
            price: None,
            chain_id: Some(CHAIN_ID.into()),
        }
    }

    pub(crate) fn pay(to: H160, value: u64) -> Self {
        Self::to(to).with(|draft| draft.value = value.into())
    }

    /// A call of the probe.
    pub(crate) fn probe(contract: H160, selector: &str, words: &[u64]) -> Self {
        Self::to(contract).with(|draft| draft.data = input(selector, words))
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// The signed transaction as `eth_sendRawTransaction` takes it.
    pub(crate) async fn sign(self, node: &Node, account: &Account) -> String {
        let from = account.address();
        let nonce = match self.nonce {
            Some(nonce) => nonce.into(),
            None => node.number("eth_getTransactionCount", json!([from, "pending"])).await,
        };
        let price = match self.price {
            Some(price) => price,
            None => node.number("eth_gasPrice", json!([])).await * 2,
        };
        let gas = match self.gas {
            Some(gas) => gas,
            None => {
                let mut call = json!({ "from": from, "to": self.to, "value": self.value, "data": bytes(&self.data) });
                if self.kind == Kind::Eip2930 {
                    call["accessList"] = json!([{ "address": from, "storageKeys": [H256::zero()] }]);
                }
                node.number("eth_estimateGas", json!([call])).await
            }
        };
        let Self {
            kind,
            to,
            value,
            data,
            chain_id,
            ..
        } = self;
        let (input, typed_chain_id) = (data.into(), chain_id.unwrap_or_default());
        let unsigned: TransactionUnsigned = match kind {
            Kind::Legacy => TransactionLegacyUnsigned {
                chain_id,
                gas,
                gas_price: price,
                input,
                nonce,
                to,
                value,
                ..Default::default()
            }
            .into(),
            Kind::Eip2930 => Transaction2930Unsigned {
                access_list: vec![AccessListEntry {
                    address: from,
                    storage_keys: vec![H256::zero()],
                }],
                chain_id: typed_chain_id,
                gas,
                gas_price: price,
                input,
                nonce,
                to,
                value,
                ..Default::default()
            }
            .into(),
            Kind::Eip1559 => Transaction1559Unsigned {
                chain_id: typed_chain_id,
                gas,
                input,
                max_fee_per_gas: price,
                nonce,
                to,
                value,
                ..Default::default()
            }
            .into(),
        };
        bytes(&account.sign_transaction(unsigned).signed_payload())
    }

    pub(crate) async fn try_send(self, node: &Node, account: &Account) -> Result<H256, ErrorObjectOwned> {
        let raw = self.sign(node, account).await;
        node.try_call("eth_sendRawTransaction", json!([raw]))
            .await
            .map(|answer| hash(&answer))
    }

    /// Sends it; it must be taken.
    pub(crate) async fn send(self, node: &Node) -> H256 {
        self.try_send(node, &alith()).await.unwrap()
    }

    /// Sends it and answers its receipt; it must be sealed at once.
    pub(crate) async fn receipt(self, node: &Node) -> Value {
        let hash = self.send(node).await;
        let receipt = node.receipt(hash).await;
        assert!(receipt.is_object(), "there is no receipt");
        receipt
    }
}

/// Deploys the probe.
pub(crate) async fn deploy(node: &Node) -> H160 {
    let receipt = Draft::create(include_str!("fixtures/Probe.hex")).receipt(node).await;
    assert_eq!(quantity(&receipt["status"]), U256::one());
    serde_json::from_value(receipt["contractAddress"].clone()).unwrap()
}

/// ABI encoding of a call with numbers as arguments.
pub(crate) fn input(selector: &str, words: &[u64]) -> Vec<u8> {
    let mut input = hex::decode(selector).unwrap();
    for word in words {
        input.extend(word32(*word));
    }
    input
}

/// A number as a 32-byte word.
pub(crate) fn word32(number: u64) -> [u8; 32] {
    U256::from(number).to_big_endian()
}

/// [`word32`] as a topic.
pub(crate) fn topic(number: u64) -> String {
    bytes(&word32(number))
}

/// Bytes as requests carry them.
pub(crate) fn bytes(bytes: &[u8]) -> String {
    format!("0x{}", hex::encode(bytes))
}
