use super::Keccak256;
use sha3::Digest as _;

fn reference(input: &[u8]) -> [u8; 32] {
    sha3::Keccak256::digest(input).into()
}

#[test]
fn inputs_of_every_length_up_to_three_blocks_have_the_hash_of_another_implementation() {
    let input: [u8; 410] = core::array::from_fn(|index| (index * 7 + 3) as u8);
    for length in 0..=input.len() {
        let input = &input[..length];
        assert_eq!(Keccak256::new().update(input).finalize(), reference(input), "{length}");
    }
}

#[test]
fn input_in_parts_is_input() {
    let input = [0xa5; 300];
    for cut in [0, 1, 8, 135, 136, 137, 272, 299, 300] {
        let (first, second) = input.split_at(cut);
        let hash = Keccak256::new().update(first).update(second).finalize();
        assert_eq!(hash, reference(&input), "{cut}");
    }
}

#[test]
fn it_is_computed_while_compiling() {
    // ERC-20's event, as everybody knows it.
    const TRANSFER: [u8; 32] = Keccak256::new().update(b"Transfer(address,address,uint256)").finalize();
    assert_eq!(TRANSFER[..4], [0xdd, 0xf2, 0x52, 0xad]);
    const EMPTY: [u8; 32] = Keccak256::new().finalize();
    assert_eq!(EMPTY[..4], [0xc5, 0xd2, 0x46, 0x01]);
}
