//! What the consent contract's events add up to: consents, and who acts for subjects.

use super::*;
use crate::{
    contracts::consent::IConsent::{
        ConsentEnteredInError, ConsentGranted, ConsentRevoked, ConsentSuperseded, ControlClaimed, ControllerConfirmed,
        ControllerTransferStarted, ControllerTransferred, DelegateSet, SubjectRegistered, SuccessorSet,
    },
    indexer::store::query::{ConsentFilter, DelegationFilter, SubjectFilter, SuccessionFilter},
};

const CONSENT: Address = CONTRACTS[0].1;
const SUBJECT: B256 = B256::repeat_byte(0x5B);
/// The subject's controller, and the guardian to whom something is delegated.
const PATIENT: Address = Address::repeat_byte(1);
const GUARDIAN: Address = Address::repeat_byte(2);

fn granted(id: u8, valid_until: u64, grantor: Address, limit: u64) -> RawLog {
    let granted = ConsentGranted {
        consentId: word(id),
        subject: SUBJECT,
        grantee: account(7),
        commitment: word(0xCC),
        validFrom: 1_000,
        validUntil: valid_until,
        purposes: u64::MAX,
        classes: 1 << 63 | 1,
        grantor,
        limit,
    };
    log(CONSENT, &granted)
}

fn revoked(id: u8, actor: Address) -> RawLog {
    let (consentId, subject) = (word(id), SUBJECT);
    let revoked = ConsentRevoked {
        consentId,
        subject,
        actor,
    };
    log(CONSENT, &revoked)
}

/// One of each status, and who brought it about.
fn consents() -> Vec<RawLog> {
    let superseded = ConsentSuperseded {
        consentId: word(1),
        newConsentId: word(2),
        subject: SUBJECT,
        actor: GUARDIAN,
    };
    let flagged = ConsentEnteredInError {
        consentId: word(3),
        subject: SUBJECT,
        actor: PATIENT,
    };
    vec![
        granted(1, u64::MAX, PATIENT, u64::MAX),
        log(CONSENT, &superseded),
        granted(2, 2_000, GUARDIAN, 1 << 63 | 2),
        revoked(2, PATIENT),
        granted(3, 2_000, PATIENT, u64::MAX),
        log(CONSENT, &flagged),
        granted(4, 2_000, GUARDIAN, 0),
    ]
}

#[tokio::test]
async fn consents_have_the_status_of_their_last_event() {
    for (_home, mut reader) in readers(consents()).await {
        let of_subject = ConsentFilter {
            subject: Some(SUBJECT),
            ..Default::default()
        };
        let consents = reader.consents(&of_subject, 10).await.unwrap();
        let status: Vec<_> = consents
            .iter()
            .map(|consent| (&*consent.status, consent.successor))
            .collect();
        let expected = [
            ("superseded", Some(word(2))),
            ("revoked", None),
            ("entered_in_error", None),
            ("active", None),
        ];
        assert_eq!(status, expected);
        assert_eq!((consents[0].valid_until, consents[1].valid_until), (None, Some(2_000)));
        assert_eq!((consents[0].purposes, consents[0].classes), (u64::MAX, 1 << 63 | 1));
        assert_eq!((consents[0].granted_block, consents[0].changed_block), (1, 2));

        let active = ConsentFilter {
            status: Some("active".into()),
            grantee: Some(account(7)),
            ..Default::default()
        };
        assert_eq!(reader.consents(&active, 10).await.unwrap(), consents[3..]);
        assert_eq!(
            reader.consents(&ConsentFilter::default(), 2).await.unwrap(),
            consents[..2]
        );
    }
}

#[tokio::test]
async fn consents_say_who_granted_them_and_for_which_purposes_at_most() {
    for (_home, mut reader) in readers(consents()).await {
        let consents = reader.consents(&ConsentFilter::default(), 10).await.unwrap();
        let told: Vec<_> = consents.iter().map(|row| (row.grantor, row.purposes_limit)).collect();
        let expected = [
            (PATIENT, None),
            (GUARDIAN, Some(1 << 63 | 2)),
            (PATIENT, None),
            (GUARDIAN, Some(0)),
        ];
        assert_eq!(told, expected);
        let by_guardian = ConsentFilter {
            grantor: Some(GUARDIAN),
            ..Default::default()
        };
        let found = reader.consents(&by_guardian, 10).await.unwrap();
        assert_eq!(found, [consents[1].clone(), consents[3].clone()]);
    }
}

#[tokio::test]
async fn the_history_of_a_consent_says_who_acted() {
    for (_home, mut reader) in readers(consents()).await {
        let mut told = async |id| {
            let history = reader.consent_history(CONSENT, word(id)).await.unwrap();
            let told = history.into_iter().map(|step| (step.block, step.status, step.actor));
            told.collect::<Vec<_>>()
        };
        let step = |block, status: &str, actor| (block, status.to_string(), actor);
        assert_eq!(
            told(1).await,
            [step(1, "active", PATIENT), step(2, "superseded", GUARDIAN)]
        );
        assert_eq!(
            told(2).await,
            [step(3, "active", GUARDIAN), step(4, "revoked", PATIENT)]
        );
        assert_eq!(
            told(3).await,
            [step(5, "active", PATIENT), step(6, "entered_in_error", PATIENT)]
        );
        assert!(told(9).await.is_empty());
    }
}

fn registered() -> RawLog {
    let (subject, controller) = (SUBJECT, PATIENT);
    log(CONSENT, &SubjectRegistered { subject, controller })
}

fn offered(to: Address) -> RawLog {
    let offered = ControllerTransferStarted {
        subject: SUBJECT,
        controller: PATIENT,
        newController: to,
    };
    log(CONSENT, &offered)
}

fn passed_on(to: Address) -> RawLog {
    let accepted = ControllerTransferred {
        subject: SUBJECT,
        previousController: PATIENT,
        newController: to,
    };
    log(CONSENT, &accepted)
}

#[tokio::test]
async fn subjects_follow_their_controllers() {
    let (heir, nobody) = (account(3), Address::ZERO);
    let steps = [
        (vec![registered()], PATIENT, None),
        (vec![registered(), offered(heir)], PATIENT, Some(heir)),
        (vec![registered(), offered(heir), offered(nobody)], PATIENT, None),
        (vec![registered(), offered(heir), passed_on(heir)], heir, None),
        (
            vec![registered(), offered(heir), passed_on(heir), offered(heir)],
            heir,
            Some(heir),
        ),
    ];
    for (logs, controller, pending) in steps {
        for (_home, mut reader) in readers(logs.clone()).await {
            let filter = SubjectFilter {
                controller: Some(controller),
                ..Default::default()
            };
            let subjects = reader.subjects(&filter, 10).await.unwrap();
            assert_eq!(subjects.len(), 1);
            assert_eq!(
                (subjects[0].subject, subjects[0].pending_controller),
                (SUBJECT, pending)
            );
            assert_eq!(
                (subjects[0].registered_block, subjects[0].changed_block),
                (1, logs.len() as u64)
            );
        }
    }
}

fn delegated(delegate: Address, powers: u8, purposes: u64, valid_until: u64, actor: Address) -> RawLog {
    let set = DelegateSet {
        subject: SUBJECT,
        delegate,
        actor,
        powers,
        purposes,
        validUntil: valid_until,
    };
    log(CONSENT, &set)
}

#[tokio::test]
async fn delegations_are_what_was_set_last_and_end_when_control_passes_on() {
    let (nurse, heir) = (account(3), account(4));
    let logs = vec![
        delegated(GUARDIAN, 31, u64::MAX, u64::MAX, PATIENT),
        // Bits that nobody knows yet are kept.
        delegated(nurse, 0b1110_0001, 6, 2_000, GUARDIAN),
        delegated(nurse, 0, 0, 0, PATIENT),
        passed_on(heir),
        delegated(nurse, 4, 2, 3_000, heir),
    ];
    for (_home, mut reader) in readers(logs).await {
        let all = reader.delegations(&DelegationFilter::default(), 10).await.unwrap();
        let told: Vec<_> = all
            .iter()
            .map(|row| (row.delegate, &*row.status, row.powers, row.purposes, row.valid_until))
            .collect();
        let expected = [
            (GUARDIAN, "ended", 31, None, None),
            (nurse, "active", 4, Some(2), Some(3_000)),
        ];
        assert_eq!(told, expected);
        assert_eq!((all[0].actor, all[0].changed_block), (heir, 4));
        assert_eq!((all[1].actor, all[1].changed_block), (heir, 5));

        let active = DelegationFilter {
            subject: Some(SUBJECT),
            status: Some("active".into()),
            ..Default::default()
        };
        assert_eq!(reader.delegations(&active, 10).await.unwrap(), all[1..]);
        let other = DelegationFilter {
            delegate: Some(account(9)),
            ..Default::default()
        };
        assert!(reader.delegations(&other, 10).await.unwrap().is_empty());

        let history = reader.delegation_history(SUBJECT, None, 10).await.unwrap();
        let told: Vec<_> = history
            .iter()
            .map(|step| (step.block, step.delegate, &*step.status, step.powers, step.actor))
            .collect();
        let expected = [
            (1, GUARDIAN, "active", 31, PATIENT),
            (2, nurse, "active", 0b1110_0001, GUARDIAN),
            (3, nurse, "ended", 0, PATIENT),
            // The nurse's had ended before.
            (4, GUARDIAN, "ended", 31, heir),
            (5, nurse, "active", 4, heir),
        ];
        assert_eq!(told, expected);
        assert!(history.iter().all(|step| step.timestamp == 6_000 * step.block));
        let of_guardian = reader.delegation_history(SUBJECT, Some(GUARDIAN), 10).await.unwrap();
        assert_eq!(of_guardian, [history[0].clone(), history[3].clone()]);
        assert!(reader.delegation_history(word(9), None, 10).await.unwrap().is_empty());
    }
}

fn declared(successor: Address) -> RawLog {
    let declared = SuccessorSet {
        subject: SUBJECT,
        controller: PATIENT,
        successor,
        silence: 100,
        grace: 10,
    };
    log(CONSENT, &declared)
}

fn claimed(successor: Address) -> RawLog {
    let claimed = ControlClaimed {
        subject: SUBJECT,
        successor,
        acceptableFrom: 5_000,
    };
    log(CONSENT, &claimed)
}

#[tokio::test]
async fn a_succession_is_declared_claimed_and_accepted_or_ends() {
    let (heir, nobody) = (account(3), Address::ZERO);
    let cases = [
        (vec![declared(heir)], "declared", None, 1),
        (vec![declared(heir), claimed(heir)], "claimed", Some(5_000), 2),
        (
            vec![declared(heir), claimed(heir), passed_on(heir)],
            "accepted",
            Some(5_000),
            3,
        ),
        (
            vec![declared(heir), claimed(heir), passed_on(account(4))],
            "ended",
            None,
            3,
        ),
        (vec![declared(heir), passed_on(account(4))], "ended", None, 2),
        (vec![declared(heir), declared(nobody)], "ended", None, 2),
        // It goes on with the next controller.
        (
            vec![declared(account(4)), passed_on(account(4)), declared(heir)],
            "declared",
            None,
            3,
        ),
    ];
    for (logs, status, acceptable_from, changed_block) in cases {
        for (_home, mut reader) in readers(logs).await {
            let filter = SuccessionFilter {
                subject: Some(SUBJECT),
                successor: Some(heir),
                status: Some(status.into()),
            };
            let successions = reader.successions(&filter, 10).await.unwrap();
            let [found] = &successions[..] else {
                panic!("{status}: {successions:?}")
            };
            assert_eq!((found.controller, found.silence, found.grace), (PATIENT, 100, 10));
            assert_eq!(
                (found.acceptable_from, found.changed_block),
                (acceptable_from, changed_block)
            );
        }
    }
    for logs in [vec![declared(nobody)], vec![claimed(heir)], vec![passed_on(heir)]] {
        for (_home, mut reader) in readers(logs).await {
            let none = reader.successions(&SuccessionFilter::default(), 10).await.unwrap();
            assert!(none.is_empty(), "nobody was seen to be declared: {none:?}");
        }
    }
}

#[tokio::test]
async fn any_action_of_the_controller_ends_a_claim_and_no_delegates_does() {
    let heir = account(3);
    let (subject, controller) = (SUBJECT, PATIENT);
    let superseded = |actor| ConsentSuperseded {
        consentId: word(1),
        newConsentId: word(2),
        subject,
        actor,
    };
    let flagged = |actor| ConsentEnteredInError {
        consentId: word(1),
        subject,
        actor,
    };
    let by = |actor| {
        [
            granted(1, u64::MAX, actor, u64::MAX),
            revoked(1, actor),
            log(CONSENT, &superseded(actor)),
            log(CONSENT, &flagged(actor)),
            delegated(account(5), 1, 1, 9_000, actor),
        ]
    };
    let alone = [
        log(CONSENT, &ControllerConfirmed { subject, controller }),
        offered(account(5)),
        declared(heir),
    ];
    let actions = by(PATIENT).into_iter().chain(alone).map(|action| (action, "declared"));
    for (action, status) in actions.chain(by(GUARDIAN).map(|action| (action, "claimed"))) {
        for (_home, mut reader) in readers(vec![declared(heir), claimed(heir), action.clone()]).await {
            let successions = reader.successions(&SuccessionFilter::default(), 10).await.unwrap();
            assert_eq!(successions[0].status, status, "{action:?}");
            assert_eq!(successions[0].acceptable_from.is_some(), status == "claimed");
        }
    }
}
