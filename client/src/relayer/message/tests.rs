use super::*;
use alloy_core::{primitives::U256, sol_types::SolValue};
use proptest::{prelude::*, sample::Index};
use serde_json::{Value, json};

use crate::contracts::telehealth::ITelehealth;

#[test]
fn ends_in_numbers_of_blocks_are_no_time() {
    let last_second = |valid_after, valid_before| {
        let payment = Payment {
            from: Address::ZERO,
            to: Address::ZERO,
            value: U256::ZERO,
            valid_after,
            valid_before,
            nonce: B256::ZERO,
        };
        SignedMessage::Authorization(SignedAuthorization {
            schema_version: 1,
            chain_id: 1,
            address: Address::ZERO,
            authorization: Authorization::Transfer(payment),
            v: 27,
            r: B256::ZERO,
            s: B256::ZERO,
        })
        .facts()
        .last_second
    };
    let block = |number: u64| 1 << 47 | number;
    assert_eq!(last_second(0, 100), Some(99));
    assert_eq!(last_second(0, 0), Some(0));
    assert_eq!(last_second(0, block(100)), Some(block(99)), "only in both of them");
    assert_eq!(last_second(block(5), block(100)), None);
}

fn booking(start: u64) -> ITelehealth::Booking {
    ITelehealth::Booking {
        provider: Address::repeat_byte(2),
        service: B256::ZERO,
        token: Address::repeat_byte(3),
        fee: U256::ONE,
        termsVersion: 1,
        startTime: start,
        endTime: start + 60,
        confirmBy: 90,
        arbiter: Address::repeat_byte(4),
        conditions: ITelehealth::Conditions {
            role: u8::MAX,
            record: false,
            subject: B256::ZERO,
        },
        detailsHash: B256::ZERO,
    }
}

/// One of each kind, as it is handed on. Nobody signed them.
fn kinds() -> [Value; 4] {
    let (address, word) = (Address::repeat_byte(1), B256::repeat_byte(5));
    let payment = json!({
        "schema_version": 1, "chain_id": 420, "address": address, "v": 27, "r": word, "s": word,
        "authorization": { "receive": {
            "from": address, "to": address, "value": "0x1", "valid_after": 0, "valid_before": 90, "nonce": word,
        } },
    });
    let one = format!("0x{}", hex::encode(booking(100).abi_encode()));
    let two = format!("0x{}", hex::encode(vec![booking(100), booking(200)].abi_encode()));
    [
        json!({
            "schema_version": 1, "contract": "consent", "chain_id": 420, "address": address, "signer": address, "message": "revokeConsent",
            "call": "0x01020304", "nonce": "0x1", "deadline": "0x2", "v": "0x1b", "r": word, "s": word,
        }),
        payment.clone(),
        json!({ "schema_version": 1, "booking": one, "payment": payment.clone() }),
        json!({ "schema_version": 1, "bookings": two, "payment": payment }),
    ]
}

fn parse(document: &Value) -> Result<SignedMessage, RelayError> {
    SignedMessage::parse(document.to_string().as_bytes())
}

#[test]
fn each_kind_is_read_and_told_again_as_it_came() {
    let names = kinds().map(|document| {
        let message = parse(&document).unwrap();
        assert_eq!(serde_json::to_value(&message).unwrap(), document);
        message.facts().name.to_owned()
    });
    let expected = [
        "revokeConsent",
        "receiveWithAuthorization",
        "bookWithAuthorization",
        "bookSeriesWithAuthorization",
    ];
    assert_eq!(names, expected);
}

#[test]
fn a_message_is_of_one_kind() {
    let [_, _, one, two] = kinds();
    let mut both = one.clone();
    both["bookings"] = two["bookings"].clone();
    assert!(parse(&both).is_err());
    let mut other = one;
    other["bookings"] = other["booking"].take();
    assert!(parse(&other).is_err(), "a booking is no list of them");
    let mut lone = two;
    lone["bookings"] = json!(format!("0x{}", hex::encode(vec![booking(100)].abi_encode())));
    assert!(parse(&lone).is_err(), "one is no series");
}

#[test]
fn the_longest_series_is_small_enough() {
    let [.., mut longest] = kinds();
    let bookings: Vec<_> = (1..=16).map(|hour| booking(hour * 3_600)).collect();
    longest["bookings"] = json!(format!("0x{}", hex::encode(bookings.abi_encode())));
    assert!(parse(&longest).is_ok());
}

proptest! {
    /// Whatever is handed in is refused, or read as something that is told again.
    #[test]
    fn what_is_altered_is_refused_or_read(
        kind in 0_usize..4,
        changes in prop::collection::vec((any::<Index>(), any::<u8>()), 1..4),
        cut in prop::option::weighted(0.2, any::<Index>()),
    ) {
        let mut bytes = kinds()[kind].to_string().into_bytes();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(message) = SignedMessage::parse(&bytes) {
            let _ = (message.facts(), message.to_call());
            let told = serde_json::to_vec(&message).unwrap();
            prop_assert_eq!(SignedMessage::parse(&told).unwrap(), message);
        }
    }
}
