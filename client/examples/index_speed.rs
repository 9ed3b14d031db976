//! How fast the indexer is on this machine: prints one JSON object, for `scripts/bench`.
//!
//! `cargo run -p salus-client --example index_speed`

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement that prints its result"
)]

use std::{
    collections::HashSet,
    sync::Arc,
    time::{Duration, Instant},
};

use alloy_core::{
    primitives::{Address, B256, U256, keccak256},
    sol,
    sol_types::{SolCall, SolEvent, SolValue},
};
use salus_client::{
    chain::{Chain, Finality, Message, SubmitOptions},
    indexer::{
        Batch, Block, Catalogue, EventReader, Extent, Followed, IndexedLog, Indexer, Location, Patience, RawLog,
        Source, Store,
    },
    keystore::dev,
    network::Network,
};
use salus_devchain::{
    chain::Config,
    rpc::{Server, ServerConfig},
};
use serde_json::json;
use subxt::Metadata;

sol! {
    function transfer(address to, uint256 value) external returns (bool);
    event Transfer(address indexed from, address indexed to, uint256 value);
}

/// How long each part is measured.
const SPAN: Duration = Duration::from_secs(3);
const CODE: &[u8] = include_bytes!("../../contracts/artifacts/token.polkavm");

#[tokio::main]
async fn main() {
    let node = salus_devchain::Chain::start(&Config::default()).unwrap();
    let config = ServerConfig {
        substrate: ([127, 0, 0, 1], 0).into(),
        ethereum: None,
        ..ServerConfig::default()
    };
    let server = Server::start(node.clone(), &config).await.unwrap();
    let url = format!("ws://{}", server.substrate_addr());
    let network = Network {
        name: "bench".into(),
        substrate_rpc: url.clone(),
        ethereum_rpc: None,
        chain_id: None,
        genesis_hash: None,
        development: true,
    };
    let chain = Chain::connect(&network).await.unwrap();
    let (token, block) = token_with_transfer(&chain).await;
    let home = tempfile::tempdir().unwrap();
    let catalogue = Arc::new(Catalogue::built_in().unwrap());

    let decoded = decode(&node, token, block, &catalogue);
    let (stored, rebuilt) = store(&Location::from(&*home.path().join("store")), &catalogue).await;
    for _ in 0..5_000 {
        node.seal().unwrap();
    }
    let followed = [Followed {
        name: "token".into(),
        address: token,
        first_block: 1,
    }];
    let location = Location::from(&*home.path().join("chain"));
    let source = Source::new(&url, Patience::default());
    let mut indexer = Indexer::open(source, &location, catalogue, &followed).await.unwrap();
    let started = Instant::now();
    let blocks = indexer
        .run(Extent::default(), tokio::sync::watch::channel(false).1, |_| ())
        .await
        .unwrap()
        .blocks;
    let speed = json!({
        "decode_logs_per_second": decoded,
        "store_logs_per_second": stored,
        "rebuild_logs_per_second": rebuilt,
        "backfill_blocks_per_second": rate(blocks, started.elapsed()),
    });
    println!("{speed}");
}

fn rate(count: u64, elapsed: Duration) -> u64 {
    let nanoseconds = elapsed.as_nanos().max(1);
    u64::try_from(u128::from(count) * 1_000_000_000 / nanoseconds).unwrap()
}

/// Deploys the token and transfers some, and answers where, and in which block.
async fn token_with_transfer(chain: &Chain) -> (Address, B256) {
    let key = dev::find("dev:alice").unwrap().key;
    let options = SubmitOptions {
        finality: Finality::InBlock,
        ..SubmitOptions::default()
    };
    let holder = key.account().address();
    let arguments = ("Salus", "SAL", U256::ZERO, U256::MAX, holder).abi_encode_params();
    let deployed = chain
        .submit(&key, &Message::create(CODE.to_vec(), arguments), options)
        .await
        .unwrap();
    let token = deployed.created.unwrap();
    let call = transferCall {
        to: Address::repeat_byte(1),
        value: U256::from(1) << 70,
    };
    let receipt = chain
        .submit(&key, &Message::call(token, call.abi_encode()), options)
        .await
        .unwrap();
    (token, receipt.block_hash)
}

/// From a block's encoded events to what is stored of them, on one core.
fn decode(node: &salus_devchain::Chain, token: Address, block: B256, catalogue: &Catalogue) -> u64 {
    let state = node.state(block.0.into()).unwrap();
    let key = ["System", "Events"]
        .map(|name| sp_crypto_hashing::twox_128(name.as_bytes()))
        .concat();
    let events = state.storage(None, &key).unwrap().unwrap();
    let metadata = state.call("Metadata_metadata", &[]).unwrap();
    let metadata: Vec<u8> = codec::Decode::decode(&mut &metadata[..]).unwrap();
    let reader = EventReader::new(&Metadata::decode_from(&metadata).unwrap()).unwrap();
    let (name, contracts): (Arc<str>, _) = ("token".into(), HashSet::from([token]));
    let (started, mut count) = (Instant::now(), 0);
    while started.elapsed() < SPAN {
        let mut logs = Vec::new();
        for number in 0..1_000 {
            reader.logs(number, &events, &contracts, &mut logs).unwrap();
        }
        let logs: Vec<_> = logs
            .into_iter()
            .map(|log| IndexedLog::new(catalogue, &name, log))
            .collect();
        assert!(logs.iter().all(|log| log.name() == Some("Transfer")));
        count += logs.len() as u64;
    }
    rate(count, started.elapsed())
}

/// Transfers among a thousand accounts into a database, and the projections of them again.
async fn store(location: &Location, catalogue: &Catalogue) -> (u64, u64) {
    const BLOCKS: u64 = 100;
    const LOGS: u32 = 20;
    let token = Address::repeat_byte(0x70);
    let mut store = Store::open(location, B256::ZERO).await.unwrap();
    store
        .follow(&[Followed {
            name: "token".into(),
            address: token,
            first_block: 1,
        }])
        .await
        .unwrap();
    let name: Arc<str> = "token".into();
    let (mut spent, mut count, mut next) = (Duration::ZERO, 0, 1);
    while spent < SPAN {
        let numbers = next..next + BLOCKS;
        let log = |number: u64, index: u32| {
            let holder = |salt: u64| {
                Address::from_word(keccak256(
                    ((number * 31 + u64::from(index) + salt) % 1_000).to_be_bytes(),
                ))
            };
            let transfer = Transfer {
                from: holder(0),
                to: holder(7),
                value: U256::from(number) << 70,
            };
            let data = transfer.encode_log_data();
            let (topics, data) = (data.topics().to_vec(), data.data.to_vec());
            IndexedLog::new(
                catalogue,
                &name,
                RawLog {
                    block: number,
                    index,
                    extrinsic: Some(1),
                    address: token,
                    topics,
                    data,
                },
            )
        };
        let hash = |number: u64| keccak256(number.to_be_bytes());
        let block = |number| Block {
            number,
            hash: hash(number),
            parent_hash: hash(number - 1),
            timestamp: number,
        };
        let batch = Batch {
            contracts: vec![token],
            blocks: numbers.clone().map(block).collect(),
            logs: numbers
                .flat_map(|number| (0..LOGS).map(move |index| (number, index)))
                .map(|(n, i)| log(n, i))
                .collect(),
        };
        let started = Instant::now();
        store.commit(&batch).await.unwrap();
        spent += started.elapsed();
        count += batch.logs.len() as u64;
        next += BLOCKS;
    }
    let started = Instant::now();
    assert_eq!(store.rebuild(catalogue, |_, _| ()).await.unwrap(), count);
    (rate(count, spent), rate(count, started.elapsed()))
}
