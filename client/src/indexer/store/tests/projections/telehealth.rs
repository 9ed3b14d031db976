//! What the escrow's events add up to.

use super::*;
use crate::indexer::{
    store::query::{VisitFilter, WithdrawalFilter},
    testing::telehealth::{
        VisitCancelled, VisitCompleted, VisitConfirmed, VisitDeclined, VisitExpired, VisitFunded, VisitRequested,
        Withdrawn,
    },
};

const TELEHEALTH: Address = CONTRACTS[3].1;
const FEE: U256 = U256::MAX;

fn requested(visit: u64, provider: u8) -> RawLog {
    let requested = VisitRequested {
        visitId: U256::from(visit),
        patient: account(1),
        provider: account(provider),
        token: TOKEN,
        fee: FEE,
        startTime: 1_000,
        confirmBy: 900,
        completeBy: 2_000,
        detailsHash: word(0xDE),
    };
    log(TELEHEALTH, &requested)
}

fn funded(visit: u64) -> RawLog {
    let visitId = U256::from(visit);
    log(
        TELEHEALTH,
        &VisitFunded {
            visitId,
            token: TOKEN,
            fee: FEE,
        },
    )
}

fn confirmed(visit: u64) -> RawLog {
    let visitId = U256::from(visit);
    log(TELEHEALTH, &VisitConfirmed { visitId })
}

/// Five visits, one for each end, and one that goes on.
fn all_visits() -> Vec<RawLog> {
    let completed = VisitCompleted {
        visitId: U256::from(1),
        released: FEE,
    };
    let cancelled = VisitCancelled {
        visitId: U256::from(2),
        cancelledBy: account(1),
        refunded: FEE,
    };
    let declined = VisitDeclined {
        visitId: U256::from(3),
        refunded: U256::ZERO,
    };
    let expired = VisitExpired {
        visitId: U256::from(4),
        refunded: FEE,
    };
    vec![
        requested(1, 2),
        funded(1),
        requested(2, 3),
        confirmed(1),
        requested(3, 3),
        funded(2),
        log(TELEHEALTH, &completed),
        log(TELEHEALTH, &cancelled),
        log(TELEHEALTH, &declined),
        requested(4, 2),
        funded(4),
        log(TELEHEALTH, &expired),
        requested(5, 2),
    ]
}

#[tokio::test]
async fn visits_have_the_status_of_their_last_event() {
    for (_home, mut reader) in readers(all_visits()).await {
        let by_patient = VisitFilter {
            patient: Some(account(1)),
            ..Default::default()
        };
        let visits = reader.visits(&by_patient, 10).await.unwrap();
        let told: Vec<_> = visits
            .iter()
            .map(|v| {
                (
                    v.visit_id,
                    &*v.status,
                    v.cancelled_by,
                    v.requested_block,
                    v.changed_block,
                )
            })
            .collect();
        let expected = [
            (1, "completed", None, 1, 7),
            (2, "cancelled", Some(account(1)), 3, 8),
            (3, "declined", None, 5, 9),
            (4, "expired", None, 10, 12),
            (5, "requested", None, 13, 13),
        ];
        assert_eq!(told, expected);
        let first = &visits[0];
        assert_eq!(
            (first.contract, first.provider, first.token),
            (TELEHEALTH, account(2), TOKEN)
        );
        assert_eq!((&first.fee, first.details_hash), (&FEE.to_string(), word(0xDE)));
        assert_eq!(
            (first.start_time, first.confirm_by, first.complete_by),
            (1_000, 900, 2_000)
        );
    }
}

#[tokio::test]
async fn visits_are_found_by_number_party_and_status() {
    for (_home, mut reader) in readers(all_visits()).await {
        let cases = [
            (
                VisitFilter {
                    visit_id: Some(2),
                    ..Default::default()
                },
                vec![2],
            ),
            (
                VisitFilter {
                    provider: Some(account(3)),
                    ..Default::default()
                },
                vec![2, 3],
            ),
            (
                VisitFilter {
                    provider: Some(account(2)),
                    status: Some("expired".into()),
                    ..Default::default()
                },
                vec![4],
            ),
            (
                VisitFilter {
                    patient: Some(account(2)),
                    ..Default::default()
                },
                vec![],
            ),
        ];
        for (filter, expected) in cases {
            let visits = reader.visits(&filter, 10).await.unwrap();
            let found: Vec<_> = visits.iter().map(|visit| visit.visit_id).collect();
            assert_eq!(found, expected, "{filter:?}");
        }
    }
}

#[tokio::test]
async fn the_history_of_a_visit_has_times_and_amounts() {
    for (_home, mut reader) in readers(all_visits()).await {
        let history = reader.visit_history(1, 10).await.unwrap();
        let told: Vec<_> = history
            .iter()
            .map(|step| (&*step.status, step.amount.clone(), step.block))
            .collect();
        let fee = Some(FEE.to_string());
        let expected = [
            ("requested", None, 1),
            ("funded", fee.clone(), 2),
            ("confirmed", None, 4),
            ("completed", fee, 7),
        ];
        assert_eq!(told, expected);
        assert!(history.iter().all(|step| step.timestamp == 6_000 * step.block));
        assert_eq!(
            reader.visit_history(3, 10).await.unwrap()[1].amount.as_deref(),
            Some("0")
        );
        assert!(reader.visit_history(6, 10).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn withdrawals_are_told_by_account() {
    let withdrawn = |by, amount| {
        log(
            TELEHEALTH,
            &Withdrawn {
                account: account(by),
                token: TOKEN,
                amount,
            },
        )
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
