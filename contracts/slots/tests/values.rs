//! Values as bytes: nothing is lost, and no two keys are the same.

use primitive_types::{H160, U256};
use proptest::prelude::*;
use salus_slots::{Value, Word, WordKey};

type Entry = ([u8; 32], H160, bool, u8, u32, u64, U256);

fn entry() -> impl Strategy<Value = Entry> {
    (
        any::<[u8; 32]>(),
        any::<[u8; 20]>().prop_map(H160),
        any::<bool>(),
        any::<u8>(),
        any::<u32>(),
        any::<u64>(),
        any::<[u64; 4]>().prop_map(U256),
    )
}

fn bytes(entry: &Entry) -> Vec<u8> {
    let mut bytes = vec![0; Entry::SIZE];
    assert!(entry.write(&mut bytes).is_empty());
    bytes
}

proptest! {
    #[test]
    fn an_entry_is_read_as_it_was_written(entry in entry(), rest in prop::collection::vec(any::<u8>(), 0..9)) {
        let written = [bytes(&entry), rest.clone()].concat();
        prop_assert_eq!(Entry::read(&written), Some((entry, &rest[..])));
    }

    #[test]
    fn two_entries_are_the_same_bytes_only_if_they_are_the_same(a in entry(), b in entry()) {
        prop_assert_eq!(a == b, bytes(&a) == bytes(&b));
    }

    #[test]
    fn an_entry_that_is_cut_off_is_none(entry in entry(), length in 0..Entry::SIZE) {
        let written = bytes(&entry);
        prop_assert_eq!(Entry::read(&written[..length]), None);
    }

    #[test]
    fn a_word_is_read_as_it_was_written(limbs in any::<[u64; 4]>()) {
        prop_assert_eq!(U256::from_word(&U256(limbs).to_word()), U256(limbs));
    }

    #[test]
    fn two_keys_are_the_same_only_if_tag_and_account_are(a in any::<([u8; 20], u8)>(), b in any::<([u8; 20], u8)>()) {
        let key = |(account, tag)| H160(account).key(tag);
        prop_assert_eq!(a == b, key(a) == key(b));
    }
}

#[test]
fn a_key_is_the_tag_eleven_zeros_and_the_account() {
    let account: [u8; 20] = core::array::from_fn(|index| index as u8 + 1);
    let expected = [&[7][..], &[0; 11], &account].concat();
    assert_eq!(H160(account).key(7)[..], expected);
}

#[test]
fn zero_alone_is_the_word_of_zeros() {
    assert_eq!(U256::zero().to_word(), [0; 32]);
    assert_ne!(U256::one().to_word(), [0; 32]);
}

#[test]
fn a_flag_that_is_not_set_is_the_word_of_zeros() {
    assert_eq!(false.to_word(), [0; 32]);
    for flag in [false, true] {
        assert_eq!(bool::from_word(&flag.to_word()), flag);
    }
}
