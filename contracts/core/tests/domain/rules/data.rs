//! When data were authored, and which data are meant.

use salus_core::{
    codes::DataMeaning,
    consent::{Answer, Criteria, DataPeriod, DataRef, Policy, Reason, Request, code_ref, data_ref},
};

use crate::support::{NOW, answer, ask, authored_in, deny_except, except, keccak256, permit, permit_except, treatment};

fn authored(from: i64, until: i64) -> Criteria {
    Criteria {
        data_period: Some(DataPeriod { from, until }),
        ..Criteria::default()
    }
}

#[test]
fn rule_09_when_data_were_authored_is_not_when_they_are_asked_for() {
    // Data of before 1970, asked for today.
    let policy = deny_except(vec![except(authored(-1_000, -1), vec![])]);
    let of = |from, until| answer(&policy, &authored_in(from, until));
    assert_eq!(of(-1_000, -1), Answer::Permit);
    assert_eq!(of(0, 0), Answer::Deny);
    let now = NOW as i64;
    assert_eq!(of(now, now), Answer::Deny);
}

#[test]
fn rule_09_a_permit_has_to_cover_all_that_is_asked_for_and_a_denial_only_a_part() {
    let permits = deny_except(vec![except(authored(10, 20), vec![])]);
    let denies = permit_except(vec![except(authored(10, 20), vec![])]);
    let of = |policy, from, until| answer(policy, &authored_in(from, until));
    for (from, until, permitted, denied) in [
        (10, 20, Answer::Permit, Answer::Deny),
        (15, 15, Answer::Permit, Answer::Deny),
        (20, 21, Answer::Deny, Answer::Deny),
        (0, 30, Answer::Deny, Answer::Deny),
        (21, 30, Answer::Deny, Answer::Permit),
    ] {
        assert_eq!(of(&permits, from, until), permitted, "{from}..={until}");
        assert_eq!(of(&denies, from, until), denied, "{from}..={until}");
    }
    assert_eq!(
        answer(&permits, &treatment()),
        Answer::Deny,
        "all times are more than was permitted"
    );
}

#[test]
fn rule_09_a_request_that_is_partly_outside_the_scope_is_denied_and_may_be_narrowed() {
    let policy = Policy {
        scope: authored(10, 20),
        ..permit()
    };
    let of = |from, until| ask(&policy, &authored_in(from, until));
    assert_eq!(
        (of(15, 25).answer, of(15, 25).reason),
        (Answer::Deny, Reason::PartlyOutsideScope)
    );
    assert_eq!(of(15, 20).answer, Answer::Permit);
    assert_eq!(
        (of(21, 25).answer, of(21, 25).reason),
        (Answer::NoConsent, Reason::OutsideScope)
    );
}

#[test]
fn rule_09_data_are_selected_by_instance_relation_author_dependence_and_code() {
    for meaning in [
        DataMeaning::INSTANCE,
        DataMeaning::RELATED,
        DataMeaning::AUTHORED_BY,
        DataMeaning::DEPENDENTS,
        DataMeaning::CODE,
    ] {
        let chosen = data_ref(meaning, &[1; 32]);
        let criteria = Criteria {
            data: vec![chosen],
            ..Criteria::default()
        };
        let policy = deny_except(vec![except(criteria, vec![])]);
        let about = |data: &[DataRef]| {
            answer(
                &policy,
                &Request {
                    data,
                    data_stated: meaning.mask(),
                    ..treatment()
                },
            )
        };
        assert_eq!(about(&[chosen]), Answer::Permit, "{meaning}");
        assert_eq!(about(&[data_ref(meaning, &[2; 32])]), Answer::Deny, "{meaning}");
    }
}

#[test]
fn rule_09_a_reference_of_another_meaning_does_not_select() {
    let criteria = Criteria {
        data: vec![data_ref(DataMeaning::AUTHORED_BY, &[1; 32])],
        ..Criteria::default()
    };
    let policy = deny_except(vec![except(criteria, vec![])]);
    let data = [data_ref(DataMeaning::INSTANCE, &[1; 32])];
    let request = Request {
        data: &data,
        data_stated: DataMeaning::KNOWN,
        ..treatment()
    };
    assert_eq!(answer(&policy, &request), Answer::Deny);
}

#[test]
fn rule_09_a_denied_instance_is_denied_to_whoever_leaves_open_what_is_asked_for() {
    let secret = data_ref(DataMeaning::INSTANCE, &[1; 32]);
    let criteria = Criteria {
        data: vec![secret],
        ..Criteria::default()
    };
    let policy = permit_except(vec![except(criteria, vec![])]);
    assert_eq!(
        answer(&policy, &treatment()),
        Answer::Deny,
        "everything includes the secret"
    );
    let other = [data_ref(DataMeaning::INSTANCE, &[2; 32])];
    let request = Request {
        data: &other,
        data_stated: DataMeaning::INSTANCE.mask(),
        ..treatment()
    };
    assert_eq!(answer(&policy, &request), Answer::Permit);
    let both = [other[0], secret];
    assert_eq!(answer(&policy, &Request { data: &both, ..request }), Answer::Deny);
}

const LOINC: &str = "http://loinc.org";

fn coded(code: DataRef) -> Criteria {
    Criteria {
        data: vec![code],
        ..Criteria::default()
    }
}

#[test]
fn rule_09_a_denied_code_is_denied_to_whoever_asks_for_it_or_leaves_it_open() {
    let [denied, other] = ["42828-4", "8480-6"].map(|code| code_ref(LOINC, code, keccak256));
    let policy = permit_except(vec![except(coded(denied), vec![])]);
    let asked = |data: &[DataRef]| {
        answer(
            &policy,
            &Request {
                data,
                data_stated: DataMeaning::CODE.mask(),
                ..treatment()
            },
        )
    };
    assert_eq!(asked(&[denied]), Answer::Deny);
    assert_eq!(asked(&[other]), Answer::Permit);
    assert_eq!(asked(&[]), Answer::Permit, "data without any code");
    assert_eq!(asked(&[denied, other]), Answer::Deny, "data that carry both");
    assert_eq!(answer(&policy, &treatment()), Answer::Deny, "data of whatever code");
}

/// A list selects by any of its entries; a code *and* a reference are two provisions, one in the other, with one between them that
/// takes everything back.
#[test]
fn rule_09_a_code_and_a_reference_are_both_required_by_nesting() {
    let code = code_ref(LOINC, "42828-4", keccak256);
    let author = data_ref(DataMeaning::AUTHORED_BY, &[1; 32]);
    let both = except(
        coded(code),
        vec![except(Criteria::default(), vec![except(coded(author), vec![])])],
    );
    let stated = DataMeaning::CODE.mask() | DataMeaning::AUTHORED_BY.mask();
    for (policy, within, outside) in [
        (permit_except(vec![both.clone()]), Answer::Deny, Answer::Permit),
        (deny_except(vec![both]), Answer::Permit, Answer::Deny),
    ] {
        let asked = |data: &[DataRef], data_stated| {
            answer(
                &policy,
                &Request {
                    data,
                    data_stated,
                    ..treatment()
                },
            )
        };
        assert_eq!(asked(&[author, code], stated), within);
        for data in [&[author][..], &[code], &[]] {
            assert_eq!(asked(data, stated), outside);
        }
        assert_eq!(
            asked(&[code], DataMeaning::CODE.mask()),
            Answer::Deny,
            "whose it is stays open"
        );
    }
}

#[test]
fn rule_09_a_code_is_one_of_its_system_and_of_its_case() {
    let code = code_ref(LOINC, "A1", keccak256);
    assert_eq!(code[0], DataMeaning::CODE.bit());
    for (system, other) in [
        ("http://loinc.org/", "A1"),
        (LOINC, "a1"),
        ("http://loinc.orgA", "1"),
        ("", "http://loinc.orgA1"),
    ] {
        assert_ne!(code_ref(system, other, keccak256), code, "{system}|{other}");
    }
}
