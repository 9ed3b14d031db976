//! Signing and sending with both kinds of key.

use std::collections::BTreeSet;

use alloy_core::primitives::{Address, U256};
use futures::future::join_all;
use salus_client::{
    Fault,
    account::Account,
    chain::{ChainError, Mapping, SubmitOptions},
    error::Exit,
    keystore::{KeyKind, SecretKey},
};

use crate::node::{Node, in_block, key};

fn coins(count: u64) -> U256 {
    U256::from(count) * U256::from(10).pow(U256::from(18))
}

#[tokio::test(flavor = "multi_thread")]
async fn both_kinds_of_key_pay_both_kinds_of_account() {
    let node = Node::start().await;
    let chain = node.connect().await;
    for sender in ["alice", "alith"] {
        for recipient in ["bob", "baltathar"] {
            let (sender, recipient) = (key(sender), key(recipient).account());
            let before = (
                chain.balance(sender.account()).await.unwrap(),
                chain.balance(recipient).await.unwrap(),
            );
            let receipt = chain
                .transfer(&sender, recipient, coins(3), SubmitOptions::default())
                .await
                .unwrap();
            let after = (
                chain.balance(sender.account()).await.unwrap(),
                chain.balance(recipient).await.unwrap(),
            );
            assert_eq!(after.1, before.1 + coins(3));
            assert!(receipt.fee > 0, "{receipt:?}");
            let paid = before.0 - after.0 - coins(3);
            let fee = chain.from_native(receipt.fee);
            match sender.kind() {
                KeyKind::Sr25519 => assert_eq!(paid, fee, "{receipt:?}"),
                // Whole units of gas are paid for.
                KeyKind::Ethereum => assert!(
                    paid >= fee && paid - fee < gas_price(&chain).await,
                    "{paid} {receipt:?}"
                ),
            }
            assert!(receipt.weight.ref_time > 0 && receipt.finalized);
            assert_eq!(receipt.eth_tx_hash.is_some(), sender.kind() == KeyKind::Ethereum);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_parallel_sends_of_one_account_all_arrive() {
    for name in ["alice", "alith"] {
        let node = Node::start().await;
        let chain = node.connect().await;
        let sender = key(name);
        let recipients: Vec<_> = (1..=50)
            .map(|i| Account::from_ethereum(Address::repeat_byte(i)))
            .collect();
        let sends = recipients
            .iter()
            .map(|to| chain.transfer(&sender, *to, coins(2), in_block()));
        let mut places = BTreeSet::new();
        for receipt in join_all(sends).await {
            let receipt = receipt.unwrap();
            places.insert((receipt.block_number, receipt.extrinsic_index));
        }
        assert_eq!(places.len(), 50, "each has a place of its own");
        // What keeps an account alive cannot be spent; with an Ethereum transaction the sender pays for it on top.
        let spendable = match sender.kind() {
            KeyKind::Sr25519 => coins(2) - existential_deposit(&chain).await,
            KeyKind::Ethereum => coins(2),
        };
        for to in recipients {
            assert_eq!(chain.balance(to).await.unwrap(), spendable);
        }
    }
}

/// The price of a unit of gas, in the smallest unit of 18 decimals.
async fn gas_price(chain: &salus_client::chain::Chain) -> U256 {
    let call = subxt::dynamic::runtime_api_call::<_, [u64; 4]>("ReviveApi", "gas_price", ());
    let at = chain.at_best().await.unwrap();
    U256::from_limbs(at.runtime_apis().call(call).await.unwrap())
}

/// What an account cannot spend, in the smallest unit of 18 decimals.
async fn existential_deposit(chain: &salus_client::chain::Chain) -> U256 {
    let at = chain.at_best().await.unwrap();
    let native = at
        .constants()
        .entry(subxt::dynamic::constant::<u128>("Balances", "ExistentialDeposit"))
        .unwrap();
    chain.from_native(native)
}

#[tokio::test(flavor = "multi_thread")]
async fn two_programs_with_one_key_do_not_block_each_other() {
    let node = Node::start().await;
    // Each connection counts its nonces by itself.
    let (one, other) = (node.connect().await, node.connect().await);
    let sender = key("alice");
    let to = key("bob").account();
    let sends = (0..10)
        .flat_map(|_| [&one, &other])
        .map(|chain| chain.transfer(&sender, to, coins(1), in_block()));
    for receipt in join_all(sends).await {
        receipt.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_without_money_is_told_so() {
    let node = Node::start().await;
    let chain = node.connect().await;
    for kind in [KeyKind::Sr25519, KeyKind::Ethereum] {
        let poor = SecretKey::generate(kind).unwrap().signing_key().unwrap();
        let error = chain
            .transfer(&poor, key("bob").account(), coins(1), in_block())
            .await
            .unwrap_err();
        assert!(
            matches!(&error, ChainError::Unfunded { account, .. } if *account == poor.account()),
            "{error}"
        );
        assert_eq!(error.exit(), Exit::Failure);
        assert!(error.hint().unwrap().contains(&poor.account().to_string()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_the_balance_fails_with_the_chains_reason() {
    let node = Node::start().await;
    let chain = node.connect().await;
    let balance = chain.balance(key("alice").account()).await.unwrap();
    let error = chain
        .transfer(&key("alice"), key("bob").account(), balance, in_block())
        .await
        .unwrap_err();
    let ChainError::Failed { .. } = &error else {
        panic!("{error}")
    };
    assert!(
        error.to_string().contains("FundsUnavailable") || error.to_string().contains("Token"),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_amount_below_the_native_unit_is_refused() {
    let node = Node::start().await;
    let chain = node.connect().await;
    let error = chain
        .transfer(&key("alice"), key("bob").account(), U256::from(1), in_block())
        .await
        .unwrap_err();
    assert!(matches!(error, ChainError::Amount { .. }), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_of_both_kinds_may_call_contracts() {
    let node = Node::start().await;
    let chain = node.connect().await;
    assert_eq!(
        chain.ensure_mapped(&key("alith"), in_block()).await.unwrap(),
        Mapping::NotNeeded
    );
    assert_eq!(
        chain.ensure_mapped(&key("alice"), in_block()).await.unwrap(),
        Mapping::Present
    );
}
