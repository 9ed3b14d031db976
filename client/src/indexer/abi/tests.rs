use alloy_core::{
    primitives::{address, aliases::U48, keccak256},
    sol,
    sol_types::SolEvent,
};
use serde_json::{Value, json};

use super::*;

sol! {
    event Transfer(address indexed from, address indexed to, uint256 value);
    event Mixed(string indexed label, bytes data, int16 delta, uint48 short, uint64 long, bytes4[] tags, bool flag, string text);
    event Flag(bool flag, int8 small, bytes4 tag, address who);
}

const ABI: &str = r#"[
  {"type":"event","name":"Transfer","anonymous":false,"inputs":[
    {"name":"from","type":"address","indexed":true},
    {"name":"to","type":"address","indexed":true},
    {"name":"value","type":"uint256","indexed":false}]},
  {"type":"event","name":"Mixed","anonymous":false,"inputs":[
    {"name":"label","type":"string","indexed":true},
    {"name":"data","type":"bytes","indexed":false},
    {"name":"delta","type":"int16","indexed":false},
    {"name":"short","type":"uint48","indexed":false},
    {"name":"long","type":"uint64","indexed":false},
    {"name":"tags","type":"bytes4[]","indexed":false},
    {"name":"flag","type":"bool","indexed":false},
    {"name":"text","type":"string","indexed":false}]},
  {"type":"event","name":"Flag","anonymous":false,"inputs":[
    {"name":"flag","type":"bool","indexed":false},
    {"name":"small","type":"int8","indexed":false},
    {"name":"tag","type":"bytes4","indexed":false},
    {"name":"","type":"address","indexed":false}]},
  {"type":"function","name":"f","inputs":[],"outputs":[],"stateMutability":"view"}
]"#;

fn abi() -> ContractAbi {
    ContractAbi::new(&serde_json::from_str(ABI).unwrap()).unwrap()
}

fn log(event: &impl SolEvent) -> RawLog {
    let data = event.encode_log_data();
    RawLog {
        block: 1,
        index: 2,
        extrinsic: Some(1),
        address: Address::ZERO,
        topics: data.topics().to_vec(),
        data: data.data.to_vec(),
    }
}

fn decoded(log: &RawLog) -> Value {
    serde_json::from_str(&abi().decode(log).unwrap().to_json()).unwrap()
}

fn transfer() -> RawLog {
    let to = address!("0xABcdEFABcdEFabcdEfAbCdefabcdeFABcDEFabCD");
    log(&Transfer {
        from: Address::ZERO,
        to,
        value: U256::MAX,
    })
}

fn mixed() -> Mixed {
    Mixed {
        label: keccak256("secret"),
        data: vec![0, 255].into(),
        delta: -300,
        short: U48::from(7),
        long: u64::MAX,
        tags: vec![[1, 2, 3, 4].into(), [0; 4].into()],
        flag: true,
        text: "a \"quote\"\n\\ and ünïcode".into(),
    }
}

#[test]
fn a_static_event_is_decoded_by_name() {
    let event = abi().decode(&transfer()).unwrap();
    assert_eq!(event.name(), "Transfer");
    assert_eq!(event.get("value"), Some(&DynSolValue::Uint(U256::MAX, 256)));
    assert_eq!(event.get("amount"), None);
    assert_eq!(
        decoded(&transfer()),
        json!({
            "from": "0x0000000000000000000000000000000000000000",
            "to": "0xabcdefabcdefabcdefabcdefabcdefabcdefabcd",
            "value": "115792089237316195423570985008687907853269984665640564039457584007913129639935",
        })
    );
}

#[test]
fn a_dynamic_event_is_decoded_and_an_indexed_text_is_its_hash() {
    assert_eq!(
        decoded(&log(&mixed())),
        json!({
            "label": keccak256("secret"),
            "data": "0x00ff",
            "delta": -300,
            "short": 7,
            "long": "18446744073709551615",
            "tags": ["0x01020304", "0x00000000"],
            "flag": true,
            "text": "a \"quote\"\n\\ and ünïcode",
        })
    );
}

#[test]
fn a_field_without_a_name_is_called_by_its_position() {
    let event = Flag {
        flag: false,
        small: i8::MIN,
        tag: [9; 4].into(),
        who: Address::repeat_byte(1),
    };
    assert_eq!(
        decoded(&log(&event)),
        json!({"flag": false, "small": -128, "tag": "0x09090909", "arg3": format!("0x{}", "01".repeat(20))})
    );
}

#[test]
fn an_event_of_another_contract_is_unknown() {
    let mut log = transfer();
    log.topics[0] = B256::ZERO;
    assert_eq!(abi().decode(&log).unwrap_err(), Undecoded::UnknownEvent);
    log.topics.clear();
    assert_eq!(abi().decode(&log).unwrap_err(), Undecoded::UnknownEvent);
}

#[test]
fn a_log_that_does_not_fit_its_signature_is_malformed() {
    let malformed = |change: fn(&mut RawLog)| {
        let mut log = transfer();
        change(&mut log);
        assert_eq!(abi().decode(&log).unwrap_err(), Undecoded::Malformed);
    };
    malformed(|log| log.topics.truncate(2));
    malformed(|log| log.topics.push(B256::ZERO));
    malformed(|log| log.data.truncate(31));
    malformed(|log| log.data.push(0));
    malformed(|log| log.data.clear());
    malformed(|log| log.topics[1] = B256::repeat_byte(1));
}

#[test]
fn a_word_that_is_no_value_of_its_type_is_malformed() {
    let good = log(&Flag {
        flag: true,
        small: 1,
        tag: [9; 4].into(),
        who: Address::ZERO,
    });
    for position in 0..4 {
        let mut log = good.clone();
        log.data[32 * position..32 * (position + 1)].fill(0x7f);
        assert_eq!(abi().decode(&log).unwrap_err(), Undecoded::Malformed, "{position}");
    }
}

#[test]
fn truncated_dynamic_data_is_malformed() {
    let mut log = log(&mixed());
    log.data.truncate(9 * 32);
    assert_eq!(abi().decode(&log).unwrap_err(), Undecoded::Malformed);
}
