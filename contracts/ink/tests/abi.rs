//! Our encoding and decoding beside ink!'s own, which is alloy's: the same bytes where both accept them, and more refused
//! where ink! reads what is not there.
#![allow(clippy::arithmetic_side_effects, reason = "small numbers, in tests")]

use ink::{
    Address, H256, U256,
    sol::{Answer, DynBytes, FixedBytes, Names, Parameters, SolParamsDecode, SolResultEncode, Text, Uint48, Word},
};
use proptest::prelude::*;
use upstream::sol::{SolParamsDecode as InkDecode, SolParamsEncode as InkEncode};

type Everything = (
    Address,
    U256,
    bool,
    u8,
    u64,
    H256,
    FixedBytes<4>,
    DynBytes,
    String,
    Vec<H256>,
);

fn everything() -> impl Strategy<Value = Everything> {
    (
        any::<[u8; 20]>().prop_map(Address::from),
        any::<[u64; 4]>().prop_map(U256),
        any::<bool>(),
        any::<u8>(),
        any::<u64>(),
        any::<[u8; 32]>().prop_map(H256),
        any::<[u8; 4]>().prop_map(FixedBytes),
        prop::collection::vec(any::<u8>(), 0..100).prop_map(DynBytes),
        ".{0,40}",
        prop::collection::vec(any::<[u8; 32]>().prop_map(H256), 0..5),
    )
}

fn answer(value: &impl Answer) -> Vec<u8> {
    value.with_encoded(<[u8]>::to_vec)
}

fn decode<T: SolParamsDecode>(data: &[u8]) -> Option<T> {
    T::decode(data).ok()
}

proptest! {
    #[test]
    fn several_values_are_encoded_as_ink_encodes_parameters(values in everything()) {
        prop_assert_eq!(answer(&values), InkEncode::encode(&values));
    }

    #[test]
    fn a_single_value_is_encoded_as_ink_encodes_it(values in everything()) {
        let (address, number, flag, ..) = &values;
        prop_assert_eq!(answer(address), upstream::SolEncode::encode(address));
        prop_assert_eq!(answer(number), upstream::SolEncode::encode(number));
        prop_assert_eq!(answer(flag), upstream::SolEncode::encode(flag));
        prop_assert_eq!(answer(&values.7), upstream::SolEncode::encode(&values.7));
        prop_assert_eq!(answer(&values.8), upstream::SolEncode::encode(&values.8));
        prop_assert_eq!(answer(&values.9), upstream::SolEncode::encode(&values.9));
    }

    #[test]
    fn a_text_is_encoded_as_the_string_it_is(text in ".{0,80}") {
        prop_assert_eq!(answer(&Text(text.clone().into_bytes())), answer(&text));
    }

    #[test]
    fn the_parameters_of_an_error_are_encoded_as_ink_encodes_them(values in everything()) {
        let (address, number, .., bytes, _, _) = &values;
        let parameters = (address, number, bytes);
        let encoded = parameters.with_encoded_parameters(<[u8]>::to_vec);
        prop_assert_eq!(encoded, InkEncode::encode(&(*address, *number, bytes.clone())));
    }

    #[test]
    fn what_ink_encodes_is_decoded_and_any_of_its_parts_is_refused(values in everything(), cut in any::<prop::sample::Index>()) {
        let encoded = InkEncode::encode(&values);
        prop_assert_eq!(decode::<Everything>(&encoded), Some(values.clone()));

        // What follows is ignored.
        prop_assert_eq!(decode::<Everything>(&[&encoded[..], &[1; 40]].concat()), Some(values.clone()));

        let length = cut.index(encoded.len());
        let decoded = decode::<Everything>(&encoded[..length]);
        prop_assert!(decoded.is_none(), "{length} of {} bytes", encoded.len());
    }

    #[test]
    fn whatever_we_decode_ink_decodes_to_the_same(data in prop::collection::vec(any::<u8>(), 0..200), word in 0u8..8) {
        // Numbers that are small, so that some point into the data.
        let mut data = data;
        for (index, chunk) in data.chunks_exact_mut(32).enumerate() {
            if index < 2 {
                chunk.fill(0);
                chunk[31] = word * 32;
            }
        }
        type Two = (DynBytes, u64);
        if let Some(decoded) = decode::<Two>(&data) {
            // ink! wants the padding, too.
            data.resize(data.len() + 32, 0);
            prop_assert_eq!(Some(decoded), <Two as InkDecode>::decode(&data).ok());
        }
    }

    #[test]
    fn a_word_that_is_too_large_for_its_type_is_refused(word in any::<[u8; 32]>()) {
        let fits = |bytes: usize| word[..32 - bytes].iter().all(|byte| *byte == 0);
        prop_assert_eq!(u8::from_word(&word).is_some(), fits(1));
        prop_assert_eq!(u64::from_word(&word).is_some(), fits(8));
        prop_assert_eq!(Address::from_word(&word).is_some(), fits(20));
        prop_assert!(U256::from_word(&word).is_some());
    }
}

#[test]
fn each_bit_beyond_a_type_is_seen() {
    for bit in 0..256 {
        let mut word = [0; 32];
        word[31 - bit / 8] = 1 << (bit % 8);
        assert_eq!(bool::from_word(&word).is_some(), bit < 1, "bool, bit {bit}");
        assert_eq!(u8::from_word(&word).is_some(), bit < 8, "u8, bit {bit}");
        assert_eq!(u32::from_word(&word).is_some(), bit < 32, "u32, bit {bit}");
        assert_eq!(u64::from_word(&word).is_some(), bit < 64, "u64, bit {bit}");
        assert_eq!(Uint48::from_word(&word).is_some(), bit < 48, "uint48, bit {bit}");
        assert_eq!(Address::from_word(&word).is_some(), bit < 160, "address, bit {bit}");
        assert_eq!(
            FixedBytes::<4>::from_word(&word).is_some(),
            bit >= 224,
            "bytes4, bit {bit}"
        );
    }
    assert!(bool::from_word(&[0; 32]).is_some());
}

#[test]
fn text_that_is_no_utf_8_is_no_string() {
    let encoded = answer(&(DynBytes(vec![0xff, 0xfe]),));
    assert_eq!(decode::<(String,)>(&encoded), None);
    assert_eq!(decode::<(Text,)>(&encoded), Some((Text(vec![0xff, 0xfe]),)));
}

#[test]
fn lengths_and_places_beyond_memory_are_refused() {
    let word = |byte: u8| [byte; 32];
    for place in [
        word(0xff),
        U256::from(u32::MAX).to_big_endian(),
        U256::from(u64::MAX).to_big_endian(),
    ] {
        assert_eq!(decode::<(DynBytes,)>(&place), None);
        let length = [U256::from(32).to_big_endian(), place].concat();
        assert_eq!(decode::<(DynBytes,)>(&length), None);
        assert_eq!(decode::<(Vec<H256>,)>(&length), None);
    }
}

#[test]
fn a_uint48_is_encoded_as_the_number_it_is() {
    for number in [0, 1, 0x1234_5678_9abc, (1 << 48) - 1] {
        assert_eq!(answer(&Uint48(number)), answer(&number));
        assert_eq!(Uint48::from_word(&number.to_word()), Some(Uint48(number)));
    }
}

#[test]
fn types_are_named_as_solidity_names_them() {
    assert_eq!(<Uint48 as upstream::SolDecode>::SOL_NAME, "uint48");
    assert_eq!(<Uint48 as upstream::SolEncode>::SOL_NAME, "uint48");
    assert_eq!(<(Address, Uint48) as SolResultEncode>::SOL_NAME, "(address,uint48)");
    assert_eq!(<Result<Uint48, ()> as SolResultEncode>::SOL_NAME, "uint48");
    assert_eq!(<() as SolResultEncode>::SOL_NAME, "()");
    assert_eq!(
        <(FixedBytes<1>, Text, Vec<U256>) as SolResultEncode>::SOL_NAME,
        <(FixedBytes<1>, String, Vec<U256>) as upstream::SolEncode>::SOL_NAME
    );
    assert_eq!(Names::list("Panic", &["uint256"]).selector(), [0x4e, 0x48, 0x7b, 0x71]);
    assert_eq!(
        Names::list("Error", &["address", "bytes32"]).as_str(),
        "Error(address,bytes32)"
    );
}
