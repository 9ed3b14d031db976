//! What the escrow's events add up to.

use super::*;
use crate::{
    contracts::telehealth::ITelehealth as T,
    indexer::store::query::{VisitFilter, WithdrawalFilter},
};

const TELEHEALTH: Address = CONTRACTS[3].1;
const FEE: U256 = U256::MAX;
const PATIENT: Address = Address::repeat_byte(1);
const ARBITER: Address = Address::repeat_byte(9);

fn requested(visit: u8, provider: u8) -> RawLog {
    let requested = T::VisitRequested {
        visitId: word(visit),
        patient: PATIENT,
        provider: account(provider),
        service: word(0x5E),
        token: TOKEN,
        fee: FEE,
        termsVersion: 3,
        startTime: 1_000,
        endTime: 2_000,
        confirmBy: 900,
        arbiter: ARBITER,
        detailsHash: word(0xDE),
    };
    log(TELEHEALTH, &requested)
}

fn funded(visit: u8) -> RawLog {
    let funded = T::VisitFunded {
        visitId: word(visit),
        token: TOKEN,
        fee: FEE,
    };
    log(TELEHEALTH, &funded)
}

fn claimed(visit: u8, by: u8, outcome: u8, evidence: B256) -> RawLog {
    let claimed = T::OutcomeClaimed {
        visitId: word(visit),
        claimedBy: account(by),
        outcome,
        contestBy: 9_000,
        evidence,
    };
    log(TELEHEALTH, &claimed)
}

fn closed(visit: u8, by: u8, status: u8, [to_patient, to_provider, to_platform]: [u64; 3]) -> RawLog {
    let closed = T::VisitClosed {
        visitId: word(visit),
        status,
        closedBy: account(by),
        toPatient: U256::from(to_patient),
        toProvider: U256::from(to_provider),
        toPlatform: U256::from(to_platform),
    };
    log(TELEHEALTH, &closed)
}

/// One in dispute until it is decided; one that is completed; one that is declined; one whose end nobody knows; one that goes on.
fn all_visits() -> Vec<RawLog> {
    let contested = T::OutcomeContested {
        visitId: word(1),
        arbiter: ARBITER,
        contestedBy: PATIENT,
        decideBy: 20_000,
        evidence: B256::ZERO,
    };
    let submitted = T::EvidenceSubmitted {
        visitId: word(1),
        submittedBy: account(2),
        evidence: word(0xE2),
    };
    let decided = T::DisputeDecided {
        visitId: word(1),
        arbiter: ARBITER,
        providerShare: 2_500,
        reasons: word(0xE3),
    };
    let started = T::VisitStarted {
        visitId: word(1),
        startedBy: account(2),
    };
    vec![
        requested(1, 2),
        funded(1),
        log(TELEHEALTH, &T::VisitConfirmed { visitId: word(1) }),
        log(TELEHEALTH, &started),
        claimed(1, 2, 7, word(0xE1)),
        log(TELEHEALTH, &contested),
        log(TELEHEALTH, &submitted),
        log(TELEHEALTH, &decided),
        closed(1, 9, 16, [75, 24, 1]),
        requested(2, 3),
        funded(2),
        claimed(2, 1, 13, B256::ZERO),
        closed(2, 3, 13, [100, 0, 0]),
        requested(3, 3),
        closed(3, 3, 14, [0, 0, 0]),
        requested(4, 2),
        closed(4, 2, 200, [1, 2, 3]),
        requested(5, 2),
    ]
}

#[tokio::test]
async fn visits_have_the_status_of_their_last_event() {
    for (_home, mut reader) in readers(all_visits()).await {
        let by_patient = VisitFilter {
            patient: Some(PATIENT),
            ..Default::default()
        };
        let visits = reader.visits(&by_patient, 10).await.unwrap();
        let told: Vec<_> = visits
            .iter()
            .map(|v| (v.visit_id, &*v.status, v.closed_by, v.requested_block, v.changed_block))
            .collect();
        let expected = [
            (word(1), "resolved", Some(ARBITER), 1, 9),
            (word(2), "technical_failure", Some(account(3)), 10, 13),
            (word(3), "declined", Some(account(3)), 14, 15),
            (word(4), "200", Some(account(2)), 16, 17),
            (word(5), "requested", None, 18, 18),
        ];
        assert_eq!(told, expected);
    }
}

#[tokio::test]
async fn a_visit_is_told_as_it_was_booked_claimed_and_closed() {
    for (_home, mut reader) in readers(all_visits()).await {
        let filter = VisitFilter {
            arbiter: Some(ARBITER),
            ..Default::default()
        };
        let visits = reader.visits(&filter, 10).await.unwrap();
        let (first, last) = (&visits[0], &visits[4]);
        assert_eq!(
            (first.contract, first.provider, first.token),
            (TELEHEALTH, account(2), TOKEN)
        );
        assert_eq!(
            (&first.fee, first.service, first.details_hash),
            (&FEE.to_string(), word(0x5E), word(0xDE))
        );
        assert_eq!(
            (first.terms_version, first.start_time, first.end_time, first.confirm_by),
            (3, 1_000, 2_000, 900)
        );
        assert_eq!(
            (
                first.started_by,
                first.outcome.as_deref(),
                first.claimed_by,
                first.deadline
            ),
            (Some(account(2)), Some("completed"), Some(account(2)), Some(20_000))
        );
        let split = [&first.to_patient, &first.to_provider, &first.to_platform];
        assert_eq!(
            split.map(|amount| amount.as_deref()),
            [Some("75"), Some("24"), Some("1")]
        );
        assert_eq!(
            (last.started_by, &last.outcome, last.deadline, &last.to_patient),
            (None, &None, None, &None)
        );
    }
}

#[tokio::test]
async fn visits_are_found_by_identifier_party_and_status() {
    for (_home, mut reader) in readers(all_visits()).await {
        let by = |visit_id, provider, patient, status: Option<&str>| VisitFilter {
            visit_id,
            provider,
            patient,
            status: status.map(str::to_string),
            ..VisitFilter::default()
        };
        let cases = [
            (by(Some(word(2)), None, None, None), vec![2]),
            (by(None, Some(account(3)), None, None), vec![2, 3]),
            (by(None, Some(account(2)), None, Some("resolved")), vec![1]),
            (by(None, None, Some(account(2)), None), vec![]),
        ];
        for (filter, expected) in cases {
            let visits = reader.visits(&filter, 10).await.unwrap();
            let found: Vec<_> = visits.iter().map(|visit| visit.visit_id[0]).collect();
            assert_eq!(found, expected, "{filter:?}");
        }
    }
}

#[tokio::test]
async fn visits_that_were_booked_together_are_found_by_their_series() {
    let booked = T::SeriesBooked {
        seriesId: word(0x5E),
        patient: PATIENT,
        provider: account(2),
        visitIds: vec![word(1), word(3)],
    };
    let logs = vec![
        requested(1, 2),
        funded(1),
        requested(2, 2),
        requested(3, 2),
        funded(3),
        log(TELEHEALTH, &booked),
        closed(3, 2, 14, [0, 0, 0]),
    ];
    for (_home, mut reader) in readers(logs).await {
        let all = reader.visits(&VisitFilter::default(), 10).await.unwrap();
        let told: Vec<_> = all.iter().map(|visit| (&*visit.status, visit.series_id)).collect();
        let series = Some(word(0x5E));
        assert_eq!(told, [("funded", series), ("requested", None), ("declined", series)]);
        let filter = VisitFilter {
            series_id: series,
            ..VisitFilter::default()
        };
        let found = reader.visits(&filter, 10).await.unwrap();
        assert_eq!(
            found.iter().map(|visit| visit.visit_id).collect::<Vec<_>>(),
            [word(1), word(3)]
        );
    }
}

#[tokio::test]
async fn the_history_of_a_visit_has_who_acted_what_was_said_and_what_moved() {
    for (_home, mut reader) in readers(all_visits()).await {
        let history = reader.visit_history(word(1), 20).await.unwrap();
        let told: Vec<_> = history
            .iter()
            .map(|step| (&*step.step, step.actor, step.evidence, step.block))
            .collect();
        let provider = Some(account(2));
        let expected = [
            ("requested", Some(PATIENT), None, 1),
            ("funded", None, None, 2),
            ("confirmed", None, None, 3),
            ("in_session", provider, None, 4),
            ("claimed", provider, Some(word(0xE1)), 5),
            ("disputed", Some(PATIENT), None, 6),
            ("evidence", provider, Some(word(0xE2)), 7),
            ("decided", Some(ARBITER), Some(word(0xE3)), 8),
            ("resolved", Some(ARBITER), None, 9),
        ];
        assert_eq!(told, expected);
        assert!(history.iter().all(|step| step.timestamp == 6_000 * step.block));
        assert_eq!(history[1].paid, Some(FEE.to_string()));
        assert_eq!(
            (history[4].outcome.as_deref(), history[7].provider_share),
            (Some("completed"), Some(2_500))
        );
        let last = &history[8];
        let split = [&last.to_patient, &last.to_provider, &last.to_platform];
        assert_eq!(
            split.map(|amount| amount.as_deref()),
            [Some("75"), Some("24"), Some("1")]
        );
        let declined = &reader.visit_history(word(3), 10).await.unwrap()[1];
        assert_eq!((&declined.paid, declined.to_patient.as_deref()), (&None, Some("0")));
        assert!(reader.visit_history(word(6), 10).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn withdrawals_are_told_by_account() {
    let withdrawn = |by, amount| {
        let withdrawn = T::Withdrawn {
            account: account(by),
            token: TOKEN,
            amount,
        };
        log(TELEHEALTH, &withdrawn)
    };
    let logs = vec![
        withdrawn(1, FEE),
        withdrawn(2, U256::from(5)),
        withdrawn(1, U256::from(7)),
    ];
    for (_home, mut reader) in readers(logs).await {
        let filter = WithdrawalFilter {
            account: Some(account(1)),
            ..Default::default()
        };
        let withdrawals = reader.withdrawals(&filter, 10).await.unwrap();
        let told: Vec<_> = withdrawals.iter().map(|w| (w.amount.clone(), w.block)).collect();
        assert_eq!(told, [(FEE.to_string(), 1), ("7".to_string(), 3)]);
        let other = WithdrawalFilter {
            token: Some(account(9)),
            ..Default::default()
        };
        assert!(reader.withdrawals(&other, 10).await.unwrap().is_empty());
    }
}
