//! Transactions and receipts.

use codec::Encode;
use pallet_revive::create1;
use salus_devchain::runtime::{RuntimeCall, UNIT};
use serde_json::{Value, json};
use sp_core::{H160, H256, U256};
use sp_keyring::Sr25519Keyring::Alice;

use crate::{
    node::{Node, hash, hex, quantity},
    support::signed,
    wallet::{Draft, Kind, alith, baltathar, deploy, input, probe, topic},
};

const SOMEBODY: H160 = H160::repeat_byte(0x22);

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_says_what_a_transfer_cost() {
    let node = Node::start().await;
    let before = node
        .number("eth_getBalance", json!([alith().address(), "latest"]))
        .await;
    let receipt = Draft::pay(SOMEBODY, 5_000_000_000_000_000_000).receipt(&node).await;
    let after = node
        .number("eth_getBalance", json!([alith().address(), "latest"]))
        .await;

    let (gas, price) = (quantity(&receipt["gasUsed"]), quantity(&receipt["effectiveGasPrice"]));
    assert_eq!(before - after, gas * price + U256::from(5_000_000_000_000_000_000u64));
    assert_eq!(
        price,
        node.number("eth_gasPrice", json!([])).await,
        "the base fee, though twice as much was offered"
    );
    assert_eq!(receipt["status"], "0x1");
    assert_eq!(receipt["type"], "0x2");
    assert_eq!(receipt["cumulativeGasUsed"], receipt["gasUsed"]);
    assert_eq!(receipt["from"], json!(alith().address()));
    assert_eq!(receipt["to"], json!(SOMEBODY));
    assert_eq!(receipt["contractAddress"], Value::Null);
    assert_eq!(receipt["logs"], json!([]));
    assert_eq!(receipt["logsBloom"], format!("0x{}", "00".repeat(256)));
    let block = node.block("latest").await;
    assert_eq!(
        (&receipt["blockHash"], &receipt["blockNumber"]),
        (&block["hash"], &block["number"])
    );
    assert_eq!(block["gasUsed"], receipt["gasUsed"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_type_of_transaction_is_taken_and_shown_as_it_was_signed() {
    let node = Node::start().await;
    for (kind, byte) in [(Kind::Legacy, "0x0"), (Kind::Eip2930, "0x1"), (Kind::Eip1559, "0x2")] {
        let draft = Draft::pay(SOMEBODY, 1_000_000_000_000_000_000).with(|draft| draft.kind = kind);
        let sent = draft.send(&node).await;
        assert_eq!(node.receipt(sent).await["type"], byte);
        let transaction = node.call("eth_getTransactionByHash", json!([sent])).await;
        assert_eq!(transaction["type"], byte);
        assert_eq!(transaction["hash"], json!(sent));
        assert_eq!(transaction["from"], json!(alith().address()));
        assert_eq!(transaction["chainId"], "0x190f1b44");
        let base_fee = node.number("eth_gasPrice", json!([])).await;
        let shown = quantity(&transaction["gasPrice"]);
        match kind {
            // What was offered is what was signed.
            Kind::Legacy | Kind::Eip2930 => assert_eq!(shown, base_fee * 2),
            Kind::Eip1559 => {
                assert_eq!(quantity(&transaction["maxFeePerGas"]), base_fee * 2);
                assert_eq!(shown, base_fee, "the price paid");
            }
        }
        if kind != Kind::Legacy {
            assert_eq!(transaction["v"], transaction["yParity"]);
            assert_eq!(
                transaction["accessList"].as_array().map(Vec::len),
                Some(usize::from(kind == Kind::Eip2930))
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_answers_the_address_of_the_contract() {
    let node = Node::start().await;
    let receipt = Draft::create(include_str!("fixtures/Probe.hex")).receipt(&node).await;
    assert_eq!(receipt["contractAddress"], json!(create1(&alith().address(), 0)));
    assert_eq!(receipt["to"], Value::Null);
    let transaction = node
        .call("eth_getTransactionByHash", json!([receipt["transactionHash"]]))
        .await;
    assert_eq!(transaction["to"], Value::Null);
    assert_eq!(
        transaction["input"],
        format!("0x{}", include_str!("fixtures/Probe.hex").trim())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reverted_call_has_a_receipt_with_status_0_and_no_logs() {
    let node = Node::start().await;
    let contract = deploy(&node).await;
    let draft = Draft::probe(contract, probe::FAIL, &[1]).with(|draft| draft.gas = Some(10_000_000.into()));
    let receipt = draft.receipt(&node).await;
    assert_eq!(receipt["status"], "0x0");
    assert_eq!(receipt["logs"], json!([]));
    assert!(quantity(&receipt["gasUsed"]) > U256::zero());
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_of_a_receipt_carry_their_place() {
    let node = Node::start().await;
    let contract = deploy(&node).await;
    let receipt = Draft::probe(contract, probe::MANY, &[40, 3]).receipt(&node).await;
    let logs = receipt["logs"].as_array().unwrap();
    assert_eq!(logs.len(), 3);
    for (index, log) in (0u64..).zip(logs) {
        assert_eq!(log["address"], json!(contract));
        assert_eq!(
            log["topics"],
            json!([format!("0x{}", probe::COUNTED), topic(40 + index)])
        );
        assert_eq!(log["data"], "0x");
        assert_eq!(log["removed"], false);
        for field in ["blockHash", "blockNumber", "transactionHash", "transactionIndex"] {
            assert_eq!(log[field], receipt[field], "{field}");
        }
    }
    let indices: Vec<_> = logs.iter().map(|log| quantity(&log["logIndex"])).collect();
    assert!(indices.windows(2).all(|pair| pair[0] < pair[1]), "{indices:?}");
    assert_ne!(receipt["logsBloom"], format!("0x{}", "00".repeat(256)));
    assert_eq!(node.block("latest").await["logsBloom"], receipt["logsBloom"]);
}

/// A block with three Ethereum transactions and, between them, an sr25519 one that calls the same contract.
async fn mixed_block(node: &Node) -> (H160, Vec<H256>) {
    let contract = deploy(node).await;
    node.call("evm_setAutomine", json!([false])).await;
    let mut hashes = Vec::new();
    for number in 1..=3 {
        hashes.push(Draft::probe(contract, probe::SET, &[number]).send(node).await);
        if number == 1 {
            let call = RuntimeCall::Revive(pallet_revive::Call::call {
                dest: contract,
                value: 0,
                weight_limit: sp_runtime::Weight::from_parts(10_000_000_000, 500_000),
                storage_deposit_limit: UNIT,
                data: input(probe::SET, &[99]),
            });
            node.chain.submit(&signed(&node.chain, Alice, 0, 0, call)).unwrap();
        }
    }
    node.mine().await;
    (contract, hashes)
}

#[tokio::test(flavor = "multi_thread")]
async fn receipts_of_a_block_add_up_and_are_in_order() {
    let node = Node::start().await;
    let (_, hashes) = mixed_block(&node).await;
    let block = node.block("latest").await;
    assert_eq!(block["transactions"], json!(hashes));

    let receipts = node.call("eth_getBlockReceipts", json!(["latest"])).await;
    let receipts = receipts.as_array().unwrap();
    assert_eq!(receipts.len(), 3);
    let mut cumulative = U256::zero();
    let mut places = Vec::new();
    for (receipt, expected) in receipts.iter().zip(&hashes) {
        cumulative += quantity(&receipt["gasUsed"]);
        assert_eq!(quantity(&receipt["cumulativeGasUsed"]), cumulative);
        assert_eq!(hash(&receipt["transactionHash"]), *expected);
        assert_eq!(*receipt, node.receipt(*expected).await);
        places.push((
            quantity(&receipt["transactionIndex"]),
            quantity(&receipt["logs"][0]["logIndex"]),
        ));
    }
    assert_eq!(quantity(&block["gasUsed"]), cumulative);
    assert!(
        places
            .windows(2)
            .all(|pair| pair[0].0 < pair[1].0 && pair[0].1 < pair[1].1),
        "{places:?}"
    );
    let by_hash = node
        .call("eth_getBlockReceipts", json!([{ "blockHash": block["hash"] }]))
        .await;
    assert_eq!(by_hash.as_array().unwrap(), receipts);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_is_found_by_its_place() {
    let node = Node::start().await;
    let (_, hashes) = mixed_block(&node).await;
    for sent in hashes {
        let transaction = node.call("eth_getTransactionByHash", json!([sent])).await;
        let (block, index) = (&transaction["blockHash"], &transaction["transactionIndex"]);
        let place = node
            .call("eth_getTransactionByBlockHashAndIndex", json!([block, index]))
            .await;
        assert_eq!(place, transaction);
        let number = &transaction["blockNumber"];
        let place = node
            .call("eth_getTransactionByBlockNumberAndIndex", json!([number, index]))
            .await;
        assert_eq!(place, transaction);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sr25519_calls_leave_no_trace_in_ethereum_logs() {
    let node = Node::start().await;
    let (contract, _) = mixed_block(&node).await;
    let logs = node
        .call("eth_getLogs", json!([{ "address": contract, "fromBlock": "0x0" }]))
        .await;
    let numbers: Vec<_> = logs
        .as_array()
        .unwrap()
        .iter()
        .map(|log| log["topics"][1].clone())
        .collect();
    assert_eq!(json!(numbers), json!([topic(1), topic(2), topic(3)]));
    // It did run, and it has an event: the count of events in the state says so.
    let value = node.call("eth_getStorageAt", json!([contract, "0x0", "latest"])).await;
    assert!([topic(3), topic(99)].contains(&value.as_str().unwrap().to_owned()));
    assert_eq!(
        node.chain
            .state(node.chain.best().hash)
            .unwrap()
            .execute(emitted)
            .unwrap(),
        4
    );
}

fn emitted() -> usize {
    use salus_devchain::runtime::{RuntimeEvent, System};
    let emitted = |event: &RuntimeEvent| {
        matches!(
            event,
            RuntimeEvent::Revive(pallet_revive::Event::ContractEmitted { .. })
        )
    };
    System::read_events_no_consensus()
        .filter(|record| emitted(&record.event))
        .count()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_weight_of_a_transaction_is_told() {
    let node = Node::start().await;
    let contract = deploy(&node).await;
    let mut weights = Vec::new();
    for count in [1, 20] {
        let sent = Draft::probe(contract, probe::MANY, &[0, count]).send(&node).await;
        weights.push(node.call("polkadot_postDispatchWeight", json!([sent])).await);
    }
    let [few, many] = [&weights[0], &weights[1]].map(|weight| weight["ref_time"].as_u64().unwrap());
    assert!(0 < few && few < many, "{few} {many}");
    assert!(weights[0]["proof_size"].as_u64().unwrap() > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_null() {
    let node = Node::start().await;
    let sent = Draft::pay(SOMEBODY, 1_000_000_000_000_000_000).send(&node).await;
    let nothing = H256::repeat_byte(7);
    for (method, params) in [
        ("eth_getTransactionByHash", json!([nothing])),
        ("eth_getTransactionReceipt", json!([nothing])),
        ("polkadot_postDispatchWeight", json!([nothing])),
        ("eth_getBlockReceipts", json!(["0x99"])),
        ("eth_getBlockReceipts", json!([nothing])),
        ("eth_getTransactionByBlockHashAndIndex", json!([nothing, "0x0"])),
        ("eth_getTransactionByBlockNumberAndIndex", json!(["latest", "0x7"])),
        // The place of the timestamp.
        ("eth_getTransactionByBlockNumberAndIndex", json!(["latest", "0x0"])),
    ] {
        assert_eq!(
            node.call(method, params.clone()).await,
            Value::Null,
            "{method} {params}"
        );
    }
    assert!(node.receipt(sent).await.is_object());
    let huge = hex(U256::MAX);
    let refused = node
        .refused("eth_getTransactionByBlockNumberAndIndex", json!(["latest", huge]))
        .await;
    assert_eq!(refused.code(), -32602);
    assert_eq!(
        node.refused("eth_getTransactionReceipt", json!(["0x1"])).await.code(),
        -32602
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn runtime_calls_can_be_sent_to_their_address() {
    let node = Node::start().await;
    // "modlpy/paddr" as pallet-revive pads it: calls to it are SCALE-encoded runtime calls.
    let pallets: H160 = node
        .chain
        .state(node.chain.best().hash)
        .unwrap()
        .execute(|| pallet_revive::RUNTIME_PALLETS_ADDR)
        .unwrap();
    let remark = RuntimeCall::System(frame_system::Call::remark_with_event {
        remark: b"salus".to_vec(),
    });
    let draft = Draft::to(pallets).with(|draft| draft.data = remark.encode());
    let receipt = draft.receipt(&node).await;
    assert_eq!(receipt["status"], "0x1");
    let bad = Draft::to(pallets).with(|draft| {
        draft.data = vec![0xFF; 8];
        draft.gas = Some(10_000_000.into());
    });
    let error = bad.try_send(&node, &baltathar()).await.unwrap_err();
    assert_eq!(error.code(), -32000);
    assert!(
        error.message().starts_with("Invalid transaction"),
        "{}",
        error.message()
    );
}
