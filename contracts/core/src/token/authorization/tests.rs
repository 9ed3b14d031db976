use super::*;
use std::collections::BTreeSet;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Set(BTreeSet<(Address, [u8; 32])>);

impl Nonces for Set {
    type Refusal = AuthorizationError;

    fn insert(&mut self, authorizer: &Address, nonce: &[u8; 32]) -> bool {
        self.0.insert((*authorizer, *nonce))
    }
}

const FROM: Address = Address::repeat_byte(1);
const TO: Address = Address::repeat_byte(2);
const NONCE: [u8; 32] = [7; 32];
const AUTHORIZATION: Authorization<'_> = Authorization {
    from: &FROM,
    to: &TO,
    value: &U256([3, 0, 0, 0]),
    valid_after: &U256([10, 0, 0, 0]),
    valid_before: &U256([20, 0, 0, 0]),
    nonce: &NONCE,
};
const TOO_EARLY_OR_LATE: AuthorizationError = AuthorizationError::InvalidTime {
    valid_after: U256([10, 0, 0, 0]),
    valid_before: U256([20, 0, 0, 0]),
};

fn keccak256(input: &[u8]) -> [u8; 32] {
    keccak_const::Keccak256::new().update(input).finalize()
}

fn used_at(now: u64) -> Result<(), AuthorizationError> {
    AUTHORIZATION.use_up(&mut Set::default(), &FROM, None, now, || panic!("times are meant"))
}

#[test]
fn the_type_hashes_are_those_of_the_standard() {
    let word = |hex| U256::from_str_radix(hex, 16).unwrap().to_big_endian();
    assert_eq!(
        TRANSFER_TYPE_HASH,
        word("7c7c6cdb67a18743f49ec6fa9b35f50d52ed05cbed4cc592e13b44501c1a2267")
    );
    assert_eq!(
        RECEIVE_TYPE_HASH,
        word("d099cc98ef71107a616c4f0f941f04c322d8e254fe26b3c6668db87aae413de8")
    );
    assert_eq!(
        CANCEL_TYPE_HASH,
        word("158b0a9edf7a828aad02f63cd515c68ef2f50ba807396f6d12842833a1597429")
    );
}

#[test]
fn every_member_counts() {
    let (other, nine) = (Address::repeat_byte(9), U256::from(9));
    let hash = |authorization: &Authorization<'_>| authorization.struct_hash(&TRANSFER_TYPE_HASH, keccak256);
    let changed = [
        Authorization {
            from: &other,
            ..AUTHORIZATION
        },
        Authorization {
            to: &other,
            ..AUTHORIZATION
        },
        Authorization {
            value: &nine,
            ..AUTHORIZATION
        },
        Authorization {
            valid_after: &nine,
            ..AUTHORIZATION
        },
        Authorization {
            valid_before: &nine,
            ..AUTHORIZATION
        },
        Authorization {
            nonce: &[9; 32],
            ..AUTHORIZATION
        },
    ];
    for authorization in changed {
        assert_ne!(hash(&authorization), hash(&AUTHORIZATION), "{authorization:?}");
    }
    assert_ne!(
        AUTHORIZATION.struct_hash(&RECEIVE_TYPE_HASH, keccak256),
        hash(&AUTHORIZATION)
    );
    assert_ne!(
        cancellation_hash(&FROM, &NONCE, keccak256),
        cancellation_hash(&TO, &NONCE, keccak256)
    );
    assert_ne!(
        cancellation_hash(&FROM, &NONCE, keccak256),
        cancellation_hash(&FROM, &[9; 32], keccak256)
    );
}

#[test]
fn an_authorization_counts_strictly_between_its_ends() {
    assert_eq!(used_at(10), Err(TOO_EARLY_OR_LATE));
    assert_eq!(used_at(11), Ok(()));
    assert_eq!(used_at(19), Ok(()));
    assert_eq!(used_at(20), Err(TOO_EARLY_OR_LATE));
}

#[test]
fn ends_with_bit_47_in_both_are_blocks() {
    let flagged = |block: u64| U256::from(block | BLOCK_RANGE_FLAG);
    let is_valid = |after: U256, before: U256, now: u64, block: u64| {
        let authorization = Authorization {
            valid_after: &after,
            valid_before: &before,
            ..AUTHORIZATION
        };
        authorization.is_valid(now, || block)
    };
    assert!(!is_valid(flagged(10), flagged(20), 15, 10));
    assert!(is_valid(flagged(10), flagged(20), 1_000, 11));
    assert!(!is_valid(flagged(10), flagged(20), 15, 20));
    // In one of them, it is a time far away, as any bit above it is.
    assert!(is_valid(10.into(), flagged(20), 15, 0));
    assert!(!is_valid(flagged(10), U256::from(1) << 200, 15, 15));
    assert!(is_valid(10.into(), U256::MAX, 15, 0));
    assert!(!is_valid(U256::MAX, U256::MAX, u64::MAX, u64::MAX));
}

#[test]
fn an_authorization_is_used_once_and_its_neighbours_stay() {
    let mut nonces = Set::default();
    let block = || 0;
    assert_eq!(AUTHORIZATION.use_up(&mut nonces, &FROM, None, 15, block), Ok(()));
    let used = AuthorizationError::Used {
        authorizer: FROM,
        nonce: NONCE,
    };
    assert_eq!(AUTHORIZATION.use_up(&mut nonces, &FROM, None, 15, block), Err(used));
    assert_eq!(cancel(&mut nonces, &FROM, &FROM, &NONCE), Err(used));
    assert_eq!(cancel(&mut nonces, &TO, &TO, &NONCE), Ok(()), "somebody else's");
    assert_eq!(cancel(&mut nonces, &FROM, &FROM, &[8; 32]), Ok(()), "another one");
}

#[test]
fn what_was_cancelled_is_not_used() {
    let mut nonces = Set::default();
    let stranger = cancel(&mut nonces, &TO, &FROM, &NONCE);
    assert_eq!(stranger, Err(AuthorizationError::InvalidSignature));
    assert_eq!(cancel(&mut nonces, &FROM, &FROM, &NONCE), Ok(()));
    let result = AUTHORIZATION.use_up(&mut nonces, &FROM, None, 15, || 0);
    assert!(matches!(result, Err(AuthorizationError::Used { .. })), "{result:?}");
}

#[test]
fn a_refusal_uses_nothing_up() {
    let mut nonces = Set::default();
    let mut refused = |signer, payee, now| AUTHORIZATION.use_up(&mut nonces, signer, payee, now, || 0).unwrap_err();
    assert_eq!(refused(&TO, None, 15), AuthorizationError::InvalidSignature);
    assert_eq!(refused(&FROM, Some(&FROM), 15), AuthorizationError::NotPayee(TO));
    assert_eq!(refused(&FROM, Some(&TO), 20), TOO_EARLY_OR_LATE);
    assert_eq!(nonces, Set::default());
    assert_eq!(AUTHORIZATION.use_up(&mut nonces, &FROM, Some(&TO), 15, || 0), Ok(()));
}
