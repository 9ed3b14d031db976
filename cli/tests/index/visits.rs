//! What the index answers of consultations.

#![allow(non_snake_case, reason = "fields are called as in the ABI")]

use alloy_core::{
    primitives::{Address, B256, U256},
    sol_types::{SolCall, SolConstructor},
};
use salus_client::{
    contracts::{
        credentials::{Credentials, ICredentials, Issue},
        telehealth::{
            ITelehealth, NATIVE, Telehealth,
            convert::{account as to_core, address, amount, number},
            status_name,
        },
    },
    indexer::{Reader, VisitFilter, WithdrawalFilter},
};
use salus_core::{
    codes::Role,
    consent::Period,
    telehealth::{Booking, Conditions, Side, Terms},
};

use crate::{
    program::run,
    ward::{account, key},
    world::{World, options, seal},
};

const SERVICE: B256 = B256::with_last_byte(1);
/// In native coin, of 18 decimals.
const FEE: u64 = 4_000_000_000_000_000;

/// The escrow, with `dev:bob` as patient, `dev:alith` as provider and `dev:eve` as arbiter.
struct Practice {
    telehealth: Telehealth,
    /// How many logs it left.
    logs: u64,
}

impl World {
    async fn practice(&mut self) -> Practice {
        let consent = self.deploy("consent", Vec::new()).await;
        let owner = ICredentials::constructorCall {
            initialOwner: account("alice"),
        };
        let credentials = self.deploy("credentials", owner.abi_encode()).await;
        let records = self.deploy("records", Vec::new()).await;
        let telehealth = ITelehealth::constructorCall {
            initialOwner: account("alice"),
            consent,
            credentials,
            records,
            arbiterRole: Role::LIC.bit(),
        };
        let telehealth = self.deploy("telehealth", telehealth.abi_encode()).await;
        self.license(credentials).await;
        let mut practice = Practice {
            telehealth: Telehealth::new(self.chain.clone(), telehealth),
            // Whose contract it is, and the terms.
            logs: 2,
        };
        let (provider, terms) = (key("alith"), Terms::default());
        let set = practice.telehealth.set_terms(&provider, &terms, options()).await;
        set.unwrap();
        let fee = ITelehealth::setFeeCall {
            service: SERVICE,
            token: NATIVE,
            fee: U256::from(FEE),
        };
        practice.act("alith", &fee).await;
        practice
    }

    async fn license(&self, credentials: Address) {
        let credentials = Credentials::new(self.chain.clone(), credentials);
        let owner = key("alice");
        credentials
            .admit_issuer(&owner, account("alice"), options())
            .await
            .unwrap();
        let issue = Issue {
            holder: account("eve"),
            role: Role::LIC,
            jurisdiction: B256::right_padding_from(b"DE"),
            licence: B256::repeat_byte(1),
            validity: Period {
                from: 0,
                until: u64::MAX,
            },
        };
        credentials.issue(&owner, &issue, options()).await.unwrap();
    }

    fn pass(&self, seconds: u64) {
        self.node.advance_time(seconds * 1_000);
        seal(&self.node, 1);
    }
}

impl Practice {
    async fn act(&mut self, name: &str, call: &impl SolCall) {
        let receipt = self.telehealth.act(&key(name), call, options()).await.unwrap();
        self.logs += receipt.logs.len() as u64;
    }

    /// Books a consultation in ten minutes, and pays for it.
    async fn book(&mut self, world: &World, details: u8) -> B256 {
        let now = world.chain.time().await.unwrap();
        let booking = Booking {
            provider: to_core(account("alith")),
            service: SERVICE.0,
            token: to_core(NATIVE),
            fee: number(U256::from(FEE)),
            terms_version: 1,
            start_time: now + 600,
            end_time: now + 1_200,
            confirm_by: now + 300,
            arbiter: to_core(account("eve")),
            conditions: Conditions::default(),
            details_hash: [details; 32],
        };
        let (id, receipt) = self.telehealth.book(&key("bob"), &booking, options()).await.unwrap();
        self.logs += receipt.logs.len() as u64;
        id
    }

    /// One that is in dispute and decided; one that is claimed; one that is called off.
    async fn practise(&mut self, world: &World) -> [B256; 3] {
        let evidence = B256::repeat_byte(0xE1);
        let mut visits = [B256::ZERO; 3];
        for (details, visit) in (1..).zip(&mut visits) {
            *visit = self.book(world, details).await;
        }
        let [decided, claimed, cancelled] = visits;
        self.act("bob", &ITelehealth::cancelCall { visitId: cancelled }).await;
        for visitId in [decided, claimed] {
            self.act("alith", &ITelehealth::confirmCall { visitId }).await;
        }
        world.pass(700);
        for visitId in [decided, claimed] {
            self.act("alith", &ITelehealth::startCall { visitId }).await;
            let recordId = B256::ZERO;
            self.act("alith", &ITelehealth::completeCall { visitId, recordId })
                .await;
        }
        let visitId = decided;
        self.act("bob", &ITelehealth::contestCall { visitId, evidence }).await;
        self.act("bob", &ITelehealth::submitEvidenceCall { visitId, evidence })
            .await;
        let decide = ITelehealth::decideCall {
            visitId,
            providerShare: 2_500,
            reasons: evidence,
        };
        self.act("eve", &decide).await;
        self.act("bob", &ITelehealth::withdrawCall { token: NATIVE }).await;
        visits
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_index_tells_of_visits_what_the_contract_tells() {
    let mut world = World::start().await;
    let mut practice = world.practice().await;
    let visits = practice.practise(&world).await;
    let url = world.write_address_book();
    let (code, indexed) = run(&mut world.salus(&url, "index", &[]));
    // With the token's admin and supply, and the arbiter's licence.
    let logs = practice.logs + 5;
    let counts = ["logs", "undecoded"].map(|field| indexed["result"][field].as_u64());
    assert_eq!((code, counts), (0, [Some(logs), Some(0)]), "{indexed}");
    let mut reader = Reader::open(&world.location("index")).await.unwrap();

    for id in visits {
        let filter = VisitFilter {
            visit_id: Some(id),
            ..VisitFilter::default()
        };
        let found = &reader.visits(&filter, 2).await.unwrap()[0];
        let told = practice.telehealth.visit(id).await.unwrap();
        assert_eq!(
            (found.patient, found.provider, found.arbiter, found.token),
            (
                address(told.patient),
                address(told.provider),
                address(told.arbiter),
                NATIVE
            )
        );
        assert_eq!(
            (
                found.start_time,
                found.end_time,
                found.confirm_by,
                found.deadline.unwrap_or_default()
            ),
            (told.start_time, told.end_time, told.confirm_by, told.deadline)
        );
        assert_eq!(
            (&*found.status, &found.fee),
            (status_name(told.status), &amount(told.fee).to_string())
        );
        let side = |of: Side| match of {
            Side::Patient => address(told.patient),
            Side::Provider => address(told.provider),
        };
        let claim = told.claim.map(|(outcome, by)| (status_name(outcome), side(by)));
        assert_eq!(found.outcome.as_deref().zip(found.claimed_by), claim);
        assert_eq!(found.started_by, told.started_by.map(side));
    }
    let history = reader.visit_history(visits[0], 20).await.unwrap();
    let steps: Vec<_> = history.iter().map(|step| &*step.step).collect();
    let expected = [
        "requested",
        "funded",
        "confirmed",
        "in_session",
        "claimed",
        "disputed",
        "evidence",
        "decided",
        "resolved",
    ];
    assert_eq!(steps, expected);
    let last = history.last().unwrap();
    let (quarter, rest) = ((FEE / 4).to_string(), (FEE / 4 * 3).to_string());
    assert_eq!((&last.to_provider, &last.to_patient), (&Some(quarter), &Some(rest)));
    let withdrawals = reader.withdrawals(&WithdrawalFilter::default(), 10).await.unwrap();
    let [withdrawal] = &withdrawals[..] else {
        panic!("{withdrawals:?}")
    };
    assert_eq!((withdrawal.account, withdrawal.token), (account("bob"), NATIVE));
    assert_eq!(withdrawal.amount, (FEE / 4 * 7).to_string());

    let rows = |args: &[&str]| {
        let (code, answer) = run(&mut world.salus(&url, "index", args));
        assert_eq!(code, 0, "{answer}");
        answer["result"].as_array().unwrap().clone()
    };
    let told: Vec<_> = rows(&["visits"])
        .iter()
        .map(|row| row["status"].as_str().unwrap().to_string())
        .collect();
    assert_eq!(told, ["resolved", "claimed", "cancelled_early"]);
    let eve = account("eve").to_string();
    assert_eq!(rows(&["visits", "--arbiter", &eve, "--status", "claimed"]).len(), 1);
    let before = (
        rows(&["visits"]),
        rows(&["visit-history", &visits[0].to_string()]),
        rows(&["withdrawals"]),
    );
    assert_eq!(run(&mut world.salus(&url, "index", &["rebuild"])).0, 0);
    let after = (
        rows(&["visits"]),
        rows(&["visit-history", &visits[0].to_string()]),
        rows(&["withdrawals"]),
    );
    assert_eq!(before, after);
    let (code, answer) = run(&mut world.salus(&url, "index", &["visits", "--status", "cancelled"]));
    assert_eq!((code, &answer["ok"]), (2, &false.into()), "{answer}");
}
