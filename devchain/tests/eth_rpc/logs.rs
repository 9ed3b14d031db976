//! `eth_getLogs`.

use serde_json::{Value, json};
use sp_core::{H160, H256};

use crate::{
    node::{Node, hex, quantity},
    wallet::{Draft, alith, bytes, deploy, input, probe, topic, word32},
};

const MARK: [u8; 32] = [0xAB; 32];

fn note(contract: H160, number: u64, text: &str) -> Draft {
    let mut data = input(probe::NOTE, &[number]);
    data.extend(MARK);
    data.extend(word32(0x60));
    data.extend(word32(text.len() as u64));
    let mut padded = text.as_bytes().to_vec();
    padded.resize(text.len().next_multiple_of(32), 0);
    data.extend(padded);
    Draft::to(contract).with(|draft| draft.data = data)
}

/// Two probes with logs: the first counts 1, 2, 3 in blocks 3 and 4 and notes 7 in block 5; the second counts 2 in block 6 and
/// emits a log without topics in block 7.
async fn two_probes() -> (Node, H160, H160) {
    let node = Node::start().await;
    let (first, second) = (deploy(&node).await, deploy(&node).await);
    Draft::probe(first, probe::SET, &[1]).send(&node).await;
    Draft::probe(first, probe::MANY, &[2, 2]).send(&node).await;
    note(first, 7, "salve").send(&node).await;
    Draft::probe(second, probe::SET, &[2]).send(&node).await;
    Draft::probe(second, probe::BARE, &[]).send(&node).await;
    (node, first, second)
}

/// Where the logs of an answer are: block and last topic.
async fn found(node: &Node, filter: &Value) -> Vec<(u64, String)> {
    let logs = node.call("eth_getLogs", json!([filter])).await;
    let place = |log: &Value| {
        let last = log["topics"].as_array().unwrap().last();
        let number = last.map_or_else(String::new, |topic| topic.as_str().unwrap().to_owned());
        (quantity(&log["blockNumber"]).as_u64(), number)
    };
    logs.as_array().unwrap().iter().map(place).collect()
}

fn all() -> Vec<(u64, String)> {
    vec![
        (3, topic(1)),
        (4, topic(2)),
        (4, topic(3)),
        (5, bytes(&MARK)),
        (6, topic(2)),
        (7, String::new()),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_range_answers_all_logs_in_order() {
    let (node, ..) = two_probes().await;
    let every = all();
    assert_eq!(
        found(&node, &json!({ "fromBlock": "earliest", "toBlock": "latest" })).await,
        every
    );
    assert_eq!(found(&node, &json!({ "fromBlock": "0x0" })).await, every);
    assert_eq!(
        found(&node, &json!({ "fromBlock": "0x4", "toBlock": "0x5" })).await,
        every[1..4]
    );
    assert_eq!(
        found(&node, &json!({ "fromBlock": "0x4", "toBlock": "0x4" })).await,
        every[1..3]
    );
    assert_eq!(found(&node, &json!({ "toBlock": "0x4" })).await, every[..3]);
    assert_eq!(
        found(&node, &json!({ "fromBlock": "0x0", "toBlock": "finalized" })).await,
        every[..3]
    );
    assert_eq!(found(&node, &json!({})).await, every[5..], "the latest block only");
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_are_filtered_by_emitter() {
    let (node, first, second) = two_probes().await;
    let every = all();
    let from = |address: Value| json!({ "fromBlock": "0x0", "address": address });
    assert_eq!(found(&node, &from(json!(first))).await, every[..4]);
    assert_eq!(found(&node, &from(json!([second]))).await, every[4..]);
    assert_eq!(found(&node, &from(json!([second, first]))).await, every);
    assert_eq!(found(&node, &from(json!([]))).await, every);
    assert_eq!(found(&node, &from(json!(H160::repeat_byte(1)))).await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_are_filtered_by_topics() {
    let (node, first, _) = two_probes().await;
    let every = all();
    let (counted, noted) = (format!("0x{}", probe::COUNTED), format!("0x{}", probe::NOTED));
    let with = |topics: Value| json!({ "fromBlock": "0x0", "topics": topics });
    let two = vec![every[1].clone(), every[4].clone()];

    assert_eq!(
        found(&node, &with(json!([counted]))).await,
        [&every[..3], &every[4..5]].concat()
    );
    assert_eq!(found(&node, &with(json!([counted, topic(2)]))).await, two);
    assert_eq!(found(&node, &with(json!([null, topic(2)]))).await, two);
    assert_eq!(found(&node, &with(json!([[noted, counted], null]))).await, every[..5]);
    assert_eq!(
        found(&node, &with(json!([counted, [topic(1), topic(3)]]))).await,
        [every[0].clone(), every[2].clone()]
    );
    let who = format!("0x{}{}", "00".repeat(12), hex::encode(alith().address()));
    assert_eq!(
        found(&node, &with(json!([noted, who, topic(7), bytes(&MARK)]))).await,
        every[3..4]
    );
    assert_eq!(
        found(&node, &with(json!([noted, null, null, bytes(&MARK)]))).await,
        every[3..4]
    );
    assert_eq!(found(&node, &with(json!([null, null, null, topic(0)]))).await, []);
    assert_eq!(
        found(&node, &with(json!([topic(2)]))).await,
        [],
        "topics are by position"
    );
    assert_eq!(found(&node, &with(json!([]))).await, every);
    assert_eq!(found(&node, &with(json!([null, null, null, null]))).await, every);

    let both = json!({ "fromBlock": "0x0", "address": first, "topics": [counted, topic(2)] });
    assert_eq!(found(&node, &both).await, every[1..2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_block_is_asked_for_by_its_hash() {
    let (node, first, second) = two_probes().await;
    let block = node.block("0x4").await["hash"].clone();
    assert_eq!(found(&node, &json!({ "blockHash": block })).await, all()[1..3]);
    assert_eq!(
        found(&node, &json!({ "blockHash": block, "address": second })).await,
        []
    );
    assert_eq!(
        found(
            &node,
            &json!({ "blockHash": block, "address": first, "topics": [null, topic(3)] })
        )
        .await,
        all()[2..3]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_carries_its_data() {
    let (node, ..) = two_probes().await;
    let logs = node
        .call("eth_getLogs", json!([{ "fromBlock": "0x5", "toBlock": "0x5" }]))
        .await;
    let text = format!("{:0<64}", hex::encode("salve"));
    assert_eq!(
        logs[0]["data"],
        format!("0x{}{}{text}", &topic(0x20)[2..], &topic(5)[2..])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn ranges_over_blocks_that_are_not_there_are_errors() {
    let (node, ..) = two_probes().await;
    for filter in [
        json!({ "fromBlock": "0x8" }),
        json!({ "fromBlock": "0x0", "toBlock": "0x8" }),
        json!({ "toBlock": "0xffffffffffffffff" }),
        json!({ "fromBlock": "0x5", "toBlock": "0x4" }),
        json!({ "blockHash": H256::repeat_byte(3) }),
    ] {
        assert_eq!(
            node.refused("eth_getLogs", json!([filter])).await.code(),
            -32000,
            "{filter}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_filters_are_refused() {
    let node = Node::start().await;
    let hash = H256::zero();
    for filter in [
        json!({ "blockHash": hash, "fromBlock": "0x0" }),
        json!({ "address": "0x01" }),
        json!({ "topics": [null, null, null, null, null] }),
        json!({ "topics": ["0x01"] }),
        json!({ "fromBlock": -1 }),
        json!(7),
    ] {
        assert_eq!(
            node.refused("eth_getLogs", json!([filter])).await.code(),
            -32602,
            "{filter}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_ten_thousand_logs_all_come_in_order() {
    const EACH: u64 = 600;
    const BLOCKS: u64 = 20;
    let node = Node::start().await;
    let contract = deploy(&node).await;
    for block in 0..BLOCKS {
        Draft::probe(contract, probe::MANY, &[block * EACH, EACH])
            .with(|draft| draft.gas = Some(3_000_000.into()))
            .send(&node)
            .await;
    }
    let logs = node
        .call("eth_getLogs", json!([{ "fromBlock": "0x0", "address": contract }]))
        .await;
    let numbers: Vec<_> = logs
        .as_array()
        .unwrap()
        .iter()
        .map(|log| log["topics"][1].clone())
        .collect();
    let expected: Vec<_> = (0..EACH * BLOCKS).map(|number| Value::String(topic(number))).collect();
    assert_eq!(numbers.len(), expected.len());
    assert!(numbers == expected, "out of order");
    let one = node
        .call(
            "eth_getLogs",
            json!([{ "fromBlock": hex(0), "topics": [null, topic(EACH + 1)] }]),
        )
        .await;
    assert_eq!(one.as_array().unwrap().len(), 1);
}
