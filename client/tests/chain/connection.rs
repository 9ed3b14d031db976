//! Connecting, and losing the connection.

use std::time::Duration;

use alloy_core::primitives::{B256, U256};
use salus_client::{
    Error, Fault,
    chain::{Chain, ChainError, SubmitOptions},
    error::Exit,
    network::NetworkError,
};

use salus_devchain::chain::Sealing;

use crate::node::{self, Node, in_block, key};

#[tokio::test(flavor = "multi_thread")]
async fn the_chain_says_who_it_is() {
    let node = Node::start().await;
    let chain = node.connect().await;
    assert_eq!(chain.chain_id(), 420_420_420);
    assert_eq!(chain.genesis_hash().0, node.chain.genesis_hash().0);
    let balance = chain.balance(key("alice").account()).await.unwrap();
    assert!(balance > U256::from(10).pow(U256::from(18)), "{balance}");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_chain_is_refused() {
    let node = Node::start().await;
    let mut network = node.network();
    network.chain_id = Some(1);
    let error = Chain::connect(&network).await.unwrap_err();
    assert!(
        matches!(error, Error::Network(NetworkError::WrongChainId { expected: 1, .. })),
        "{error}"
    );
    assert_eq!(error.exit(), Exit::WrongChain);

    let mut network = node.network();
    network.genesis_hash = Some(B256::repeat_byte(1));
    let error = Chain::connect(&network).await.unwrap_err();
    assert!(
        matches!(error, Error::Network(NetworkError::WrongGenesis { .. })),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_is_gone_is_told_of_and_nothing_is_claimed() {
    let node = Node::start().await;
    let chain = node.connect().await;
    node.server.stop();
    drop(node);
    let started = std::time::Instant::now();
    let error = chain
        .transfer(
            &key("alice"),
            key("bob").account(),
            U256::from(10).pow(U256::from(18)),
            in_block(),
        )
        .await;
    let error = error.unwrap_err();
    assert!(matches!(error, ChainError::Disconnected { .. }), "{error}");
    assert!(error.to_string().contains("nothing was sent"), "{error}");
    assert_eq!(error.exit(), Exit::Network);
    assert!(started.elapsed() < Duration::from_secs(60));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_comes_back_is_used_again() {
    let node = Node::start().await;
    let chain = node.connect().await;
    let port = node.server.substrate_addr().port();
    let before = chain.balance(key("bob").account()).await.unwrap();
    node.server.stop();
    node.server.stopped().await;
    let devchain = node.chain.clone();
    drop(node);
    let back = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(1)).await;
        node::serve(&devchain, port).await
    });
    let value = U256::from(10).pow(U256::from(18));
    let receipt = chain
        .transfer(&key("alice"), key("bob").account(), value, SubmitOptions::default())
        .await
        .unwrap();
    assert!(receipt.finalized);
    assert_eq!(chain.balance(key("bob").account()).await.unwrap(), before + value);
    back.await.unwrap().stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_goes_while_it_has_the_transaction_leaves_it_open_what_became_of_it() {
    let config = salus_devchain::chain::Config {
        sealing: Sealing::Manual,
        ..salus_devchain::chain::Config::default()
    };
    let node = Node::start_with(&config, 0).await;
    let chain = node.connect().await;
    let (sender, recipient) = (key("alice"), key("bob").account());
    let before = chain.balance(recipient).await.unwrap();
    let value = U256::from(10).pow(U256::from(18));
    let options = SubmitOptions {
        timeout: Duration::from_secs(4),
        ..SubmitOptions::default()
    };
    let sending = tokio::spawn({
        let chain = chain.clone();
        async move { chain.transfer(&sender, recipient, value, options).await }
    });
    while node.chain.pending().is_empty() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    node.server.stop();
    node.server.stopped().await;
    let error = sending.await.unwrap().unwrap_err();
    let ChainError::Unconfirmed { account, nonce, .. } = &error else {
        panic!("{error}")
    };
    assert_eq!((*account, *nonce), (key("alice").account(), 0));
    assert!(error.to_string().contains("was sent, but"), "{error}");
    assert!(error.hint().unwrap().contains("nonce is still 0"), "{error}");
    assert_eq!((error.exit(), error.is_retryable()), (Exit::Network, false));

    // It was taken, and is included: to send it again would have paid twice.
    node.chain.seal().unwrap();
    let server = node::serve(&node.chain, node.server.substrate_addr().port()).await;
    let again = node.connect().await;
    assert_eq!(again.balance(recipient).await.unwrap(), before + value);
    server.stop();
}
