//! Encodings are canonical, and nothing else is accepted.

mod fuzz;

use salus_core::{
    codes::{Action, DataMeaning, Purpose, ResourceClass, Role, Sensitivity},
    consent::{
        Actors, Criteria, DataPeriod, EncodeError, MAX_DEPTH, MAX_POLICY_BYTES, MAX_PROVISIONS, Malformed,
        MalformedKind, Period, Policy, PolicyView, Provision, Request, data_ref,
    },
};

use crate::support::{DOCTOR, STRANGER, by, except, only, permit, permit_except, purpose, treatment};

/// One byte string for each rule that a decoder has to know, made by breaking a valid one.
fn kind(bytes: &[u8]) -> MalformedKind {
    PolicyView::parse(bytes).expect_err("is refused").kind
}

fn request_kind(bytes: &[u8]) -> MalformedKind {
    Request::decode(bytes).expect_err("is refused").kind
}

/// A header (permit, given at 0, no category), then a root node of these bytes.
fn policy_bytes(root: &[u8]) -> Vec<u8> {
    let mut bytes = vec![1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    bytes.extend((root.len() as u16).to_be_bytes());
    bytes.extend(root);
    bytes
}

/// A root node that states one criterion.
fn stating(criterion: u16, field: &[u8]) -> Vec<u8> {
    policy_bytes(&[&criterion.to_be_bytes()[..], field, &[0]].concat())
}

fn nested(depth: usize) -> Policy {
    let mut provisions = Vec::new();
    for _ in 0..depth {
        provisions = vec![except(Criteria::default(), provisions)];
    }
    permit_except(provisions)
}

#[test]
fn the_smallest_policy_is_nineteen_bytes() {
    let bytes = Policy {
        date_time: 0,
        ..permit()
    }
    .encode()
    .unwrap();
    assert_eq!(bytes, policy_bytes(&[0, 0, 0]));
    assert_eq!(bytes.len(), 19);
}

#[test]
fn headers_that_are_not_canonical_are_refused() {
    let good = policy_bytes(&[0, 0, 0]);
    assert!(PolicyView::parse(&good).is_ok());
    let with = |index: usize, byte| {
        let mut bytes = good.clone();
        bytes[index] = byte;
        bytes
    };
    assert_eq!(kind(&with(0, 0)), MalformedKind::UnknownVersion);
    assert_eq!(kind(&with(0, 2)), MalformedKind::UnknownVersion);
    assert_eq!(kind(&with(1, 3)), MalformedKind::UnknownBaseDecision);
    assert_eq!(kind(&with(10, 0x80)), MalformedKind::UnknownCode);
    assert_eq!(kind(&[]), MalformedKind::UnexpectedEnd);
    assert_eq!(kind(&[good.clone(), vec![0]].concat()), MalformedKind::TrailingBytes);
    assert_eq!(kind(&vec![1; MAX_POLICY_BYTES + 1]), MalformedKind::TooLong);
}

#[test]
fn every_shorter_prefix_is_refused() {
    let policy = permit_except(vec![
        except(only(&[DOCTOR]), vec![]),
        except(purpose(Purpose::BTG), vec![]),
    ]);
    let bytes = policy.encode().unwrap();
    for length in 0..bytes.len() {
        assert_eq!(kind(&bytes[..length]), MalformedKind::UnexpectedEnd, "{length}");
    }
    let bytes = treatment().encode().unwrap();
    for length in 0..bytes.len() {
        assert_eq!(request_kind(&bytes[..length]), MalformedKind::UnexpectedEnd, "{length}");
    }
}

#[test]
fn an_offset_says_where_it_went_wrong() {
    let mut bytes = policy_bytes(&[0, 0, 1, 0, 3, 0, 0, 0]);
    assert!(PolicyView::parse(&bytes).is_ok());
    bytes[21] = 2;
    assert_eq!(
        PolicyView::parse(&bytes).unwrap_err(),
        Malformed {
            kind: MalformedKind::UnknownCriterion,
            offset: 24
        }
    );
}

#[test]
fn criteria_that_are_not_canonical_are_refused() {
    assert_eq!(kind(&policy_bytes(&[0x02, 0, 0])), MalformedKind::UnknownCriterion);
    for (criterion, length) in [(1, 10), (2, 8), (4, 8), (8, 8), (16, 1), (32, 2), (256, 1)] {
        assert_eq!(
            kind(&stating(criterion, &vec![0; length])),
            MalformedKind::EmptyCriterion,
            "{criterion}"
        );
    }
    let unknown = [
        (1, [&[0xff; 8][..], &[0, 0]].concat()),
        (2, (Purpose::KNOWN + 1).to_be_bytes().to_vec()),
        (4, (1u64 << 63).to_be_bytes().to_vec()),
        (8, (1u64 << 63).to_be_bytes().to_vec()),
        (16, vec![0x40]),
        (32, vec![0, 0x20]),
        (256, [&[1, 5][..], &[0; 32]].concat()),
    ];
    for (criterion, field) in unknown {
        assert_eq!(
            kind(&stating(criterion, &field)),
            MalformedKind::UnknownCode,
            "{criterion}"
        );
    }
}

#[test]
fn lists_out_of_order_or_with_repetitions_are_refused() {
    let roles = [0; 8];
    let list = |first: u8, second: u8, size: usize| [vec![2], vec![first; size], vec![second; size]].concat();
    for (first, second) in [(1, 1), (2, 1)] {
        assert_eq!(
            kind(&stating(1, &[&roles[..], &list(first, second, 20), &[0]].concat())),
            MalformedKind::UnorderedList
        );
        assert_eq!(
            kind(&stating(1, &[&roles[..], &[0], &list(first, second, 32)].concat())),
            MalformedKind::UnorderedList
        );
        assert_eq!(
            kind(&stating(256, &list(first, second, 33))),
            MalformedKind::UnorderedList
        );
    }
    assert!(PolicyView::parse(&stating(1, &[&roles[..], &list(1, 2, 20), &[0]].concat())).is_ok());
}

#[test]
fn periods_that_are_reversed_or_say_nothing_are_refused() {
    let pair = |from: u64, until: u64| [from.to_be_bytes(), until.to_be_bytes()].concat();
    let data = |from: i64, until: i64| [from.to_be_bytes(), until.to_be_bytes()].concat();
    assert_eq!(kind(&stating(64, &pair(2, 1))), MalformedKind::ReversedPeriod);
    assert_eq!(kind(&stating(64, &pair(0, u64::MAX))), MalformedKind::UnboundedPeriod);
    assert_eq!(kind(&stating(128, &data(0, -1))), MalformedKind::ReversedPeriod);
    assert_eq!(
        kind(&stating(128, &data(i64::MIN, i64::MAX))),
        MalformedKind::UnboundedPeriod
    );
    assert!(PolicyView::parse(&stating(64, &pair(1, 1))).is_ok());
    assert!(PolicyView::parse(&stating(128, &data(i64::MIN, -1))).is_ok());
}

#[test]
fn lengths_that_do_not_add_up_are_refused() {
    // The root claims a byte more than its fields take.
    assert_eq!(kind(&policy_bytes(&[0, 0, 0, 0])), MalformedKind::WrongLength);
    // A child claims a byte of its parent's, and one beyond its parent's end.
    assert_eq!(
        kind(&policy_bytes(&[0, 0, 1, 0, 4, 0, 0, 0, 0])),
        MalformedKind::WrongLength
    );
    assert_eq!(
        kind(&policy_bytes(&[0, 0, 1, 0, 4, 0, 0, 0])),
        MalformedKind::UnexpectedEnd
    );
}

#[test]
fn rule_05_depth_up_to_the_limit_is_accepted_and_beyond_it_an_error() {
    assert_eq!(MAX_DEPTH, 8);
    let deepest = nested(MAX_DEPTH).encode().unwrap();
    assert_eq!(PolicyView::parse(&deepest).unwrap().to_policy(), nested(MAX_DEPTH));
    let refused = nested(MAX_DEPTH + 1).encode().unwrap_err();
    assert!(
        matches!(
            refused,
            EncodeError::Invalid(Malformed {
                kind: MalformedKind::TooDeep,
                ..
            })
        ),
        "{refused}"
    );
}

#[test]
fn provisions_up_to_the_limit_are_accepted_and_beyond_it_an_error() {
    assert_eq!(MAX_PROVISIONS, 128);
    // The limit is one on all depths together.
    let wide = |count: usize| permit_except(vec![except(Criteria::default(), vec![Provision::default(); count - 1])]);
    assert!(wide(MAX_PROVISIONS).encode().is_ok());
    let refused = wide(MAX_PROVISIONS + 1).encode().unwrap_err();
    assert!(
        matches!(
            refused,
            EncodeError::Invalid(Malformed {
                kind: MalformedKind::TooManyProvisions,
                ..
            })
        ),
        "{refused}"
    );
}

#[test]
fn a_full_policy_of_rich_provisions_fits() {
    let rich = Criteria {
        actors: Actors {
            addresses: vec![DOCTOR],
            roles: Role::NURS.mask(),
            communities: vec![],
        },
        purposes: Purpose::TREAT.mask(),
        classes: ResourceClass::KNOWN,
        labels: Sensitivity::HIV.mask(),
        confidentiality: 1,
        actions: Action::ACCESS.mask(),
        period: Some(Period { from: 1, until: 2 }),
        data_period: Some(DataPeriod { from: 1, until: 2 }),
        data: vec![],
    };
    let policy = permit_except(vec![except(rich, vec![]); MAX_PROVISIONS]);
    assert!(policy.encode().unwrap().len() <= MAX_POLICY_BYTES);
}

#[test]
fn what_is_too_long_is_an_error() {
    let addresses = |count: u32| {
        (0..count)
            .map(|n| [[0; 16].as_slice(), &n.to_be_bytes()].concat().try_into().unwrap())
            .collect::<Vec<[u8; 20]>>()
    };
    let long = permit_except(vec![except(only(&addresses(255)), vec![]); 4]);
    assert!(matches!(
        long.encode(),
        Err(EncodeError::Invalid(Malformed {
            kind: MalformedKind::TooLong,
            ..
        }))
    ));
    let longer = permit_except(vec![except(only(&addresses(255)), vec![]); 128]);
    assert_eq!(longer.encode(), Err(EncodeError::ProvisionTooLong));
    let list = permit_except(vec![except(only(&addresses(256)), vec![])]);
    assert_eq!(
        list.encode(),
        Err(EncodeError::ListTooLong {
            list: "addresses",
            count: 256
        })
    );
}

#[test]
fn lists_are_put_in_order_and_repetitions_left_out() {
    let messy = Policy {
        scope: only(&[DOCTOR, STRANGER, DOCTOR]),
        ..permit()
    };
    let tidy = Policy {
        scope: only(&[STRANGER, DOCTOR]),
        ..permit()
    };
    assert_eq!(messy.encode(), tidy.encode());
    let request = |addresses| {
        Request {
            addresses,
            ..treatment()
        }
        .encode()
    };
    assert_eq!(request(&[DOCTOR, STRANGER, DOCTOR]), request(&[STRANGER, DOCTOR]));
}

#[test]
fn requests_that_are_not_canonical_are_refused() {
    let good = treatment().encode().unwrap();
    assert_eq!(good.len(), 65);
    let with = |index: usize, byte| {
        let mut bytes = good.clone();
        bytes[index] = byte;
        bytes
    };
    assert_eq!(request_kind(&with(0, 2)), MalformedKind::UnknownVersion);
    for index in 1..5 {
        assert_eq!(request_kind(&with(index, 60)), MalformedKind::UnknownCode, "{index}");
    }
    assert_eq!(request_kind(&with(5, 0xff)), MalformedKind::UnknownCode);
    assert_eq!(request_kind(&with(9, 0x80)), MalformedKind::UnknownCode);
    assert_eq!(request_kind(&with(33, 0x80)), MalformedKind::UnknownCode);
    assert_eq!(request_kind(&with(63, 0x20)), MalformedKind::UnknownCode);
    let mut reversed = good.clone();
    reversed[17..33].copy_from_slice(&[1i64.to_be_bytes(), 0i64.to_be_bytes()].concat());
    assert_eq!(request_kind(&reversed), MalformedKind::ReversedPeriod);
    assert_eq!(
        request_kind(&[good.clone(), vec![0]].concat()),
        MalformedKind::TrailingBytes
    );
}

#[test]
fn requests_list_no_more_than_the_limit_and_only_what_they_state() {
    let many: Vec<[u8; 20]> = (0..17).map(|n| [n; 20]).collect();
    assert!(by(&many[..16]).encode().is_ok());
    let refused = by(&many).encode().unwrap_err();
    assert!(matches!(
        refused,
        EncodeError::Invalid(Malformed {
            kind: MalformedKind::TooManyItems,
            ..
        })
    ));
    let data = [data_ref(DataMeaning::INSTANCE, &[7; 32])];
    let refused = Request {
        data: &data,
        ..treatment()
    }
    .encode()
    .unwrap_err();
    assert!(matches!(
        refused,
        EncodeError::Invalid(Malformed {
            kind: MalformedKind::UnstatedMeaning,
            ..
        })
    ));
    assert!(
        Request {
            data: &data,
            data_stated: DataMeaning::INSTANCE.mask(),
            ..treatment()
        }
        .encode()
        .is_ok()
    );
}
