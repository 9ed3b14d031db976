//! What is sent, how, and once.

use std::sync::Arc;

use alloy_core::primitives::{B256, U256};
use futures::future::join_all;
use salus_client::{
    chain::Finality,
    relayer::{Policy, Relayer, SignedMessage, Status, Ticket},
};

use super::{World, distinct, failure, patient, random, transaction};
use crate::node::{in_block, key};

async fn accept_all(relayer: &Relayer, messages: &[SignedMessage]) -> Vec<B256> {
    let mut ids = Vec::new();
    for message in messages {
        let ticket = relayer.accept(message).await.unwrap();
        assert_eq!(ticket.status, Status::Accepted);
        ids.push(ticket.ticket);
    }
    ids
}

async fn statuses(relayer: &Relayer, ids: &[B256]) -> Vec<Ticket> {
    join_all(ids.iter().map(|id| relayer.status(*id)))
        .await
        .into_iter()
        .collect::<Result<_, _>>()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patient_without_coins_acts_through_either_kind_of_relayer() {
    let world = World::new().await;
    for (who, batches) in [("bob", true), ("baltathar", false)] {
        let relayer = world.relayer(who).await;
        assert_eq!(relayer.batches(), batches);
        let (patient, subject) = (patient(), random());
        let message = world.registration(&patient, subject).await;
        let estimate = relayer.simulate(&message).await.unwrap();
        assert!(estimate.fee > 0 && estimate.deposit > 0 && estimate.weight.ref_time > 0);
        assert_eq!(world.controller(subject).await, None, "tried is not sent");

        let before = world.chain.balance(relayer_account(who)).await.unwrap();
        let ticket = relayer.submit(&message).await.unwrap();
        assert_eq!(world.controller(subject).await, Some(patient.account().address()));
        assert_eq!(ticket.signer, patient.account().address());
        let receipt = ticket.clone().done().unwrap();
        assert!(receipt.finalized);
        // What was estimated is what was paid, but for state that others changed and gas that is rounded.
        let most = estimate.fee + estimate.fee / 100;
        assert!(receipt.fee <= most, "{} {}", receipt.fee, estimate.fee);
        assert!(receipt.fee > estimate.fee / 2, "{} {}", receipt.fee, estimate.fee);
        let paid = before - world.chain.balance(relayer_account(who)).await.unwrap();
        let most = world.chain.from_native(estimate.cost());
        let room = most / U256::from(100);
        assert!(
            paid <= most + room && paid > most / U256::from(2),
            "{who} {paid} {most}"
        );
        assert_eq!(world.chain.balance(patient.account()).await.unwrap(), U256::ZERO);
        assert_eq!(relayer.status(ticket.ticket).await.unwrap(), ticket);
    }
}

fn relayer_account(who: &str) -> salus_client::account::Account {
    key(who).account()
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_of_one_signer_and_of_others_go_in_one_transaction() {
    let world = World::new().await;
    let relayer = world.relayer("bob").await;
    let (first, subjects) = (patient(), [1, 2, 3].map(B256::repeat_byte));
    let messages = [
        world.registration(&first, subjects[0]).await,
        world.registration(&first, subjects[1]).await,
        world.registration(&patient(), subjects[2]).await,
    ];
    let ids = accept_all(&relayer, &messages).await;
    let before = world.blocks();
    relayer.send_pending().await.unwrap();
    assert_eq!(world.blocks(), before + 1, "one transaction, one block");
    let tickets = statuses(&relayer, &ids).await;
    assert_eq!(distinct(&tickets), 1);
    for subject in &subjects[..2] {
        assert_eq!(world.controller(*subject).await, Some(first.account().address()));
    }
    assert!(world.controller(subjects[2]).await.is_some());
    // Shares of one fee, which is less than three of their own.
    let alone = relayer.simulate(&world.fresh().await).await.unwrap().fee;
    let shared: u128 = tickets.into_iter().map(|ticket| ticket.done().unwrap().fee).sum();
    assert!(shared < 3 * alone && shared > alone, "{shared} {alone}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_fails_in_a_batch_does_not_hurt_the_others() {
    let world = World::new().await;
    let relayer = world.relayer("bob").await;
    // Nothing stands against either, until the other is carried out.
    let (contested, winner) = (B256::repeat_byte(7), patient());
    let messages = [
        world.registration(&winner, contested).await,
        world.registration(&patient(), contested).await,
        world.fresh().await,
    ];
    let ids = accept_all(&relayer, &messages).await;
    relayer.send_pending().await.unwrap();
    let tickets = statuses(&relayer, &ids).await;
    assert_eq!(transaction(&tickets[0]), transaction(&tickets[2]));
    let (reason, was_sent) = failure(&tickets[1]);
    assert!(reason.contains("SubjectAlreadyRegistered("), "{reason}");
    assert!(was_sent);
    assert_eq!(world.controller(contested).await, Some(winner.account().address()));

    // It used no nonce: handed in again, it is tried again, and refused before it is sent.
    let refused = relayer.submit(&messages[1]).await.unwrap_err();
    assert!(refused.to_string().contains("SubjectAlreadyRegistered("), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_before_it_is_sent_costs_nothing() {
    let world = World::new().await;
    for who in ["bob", "baltathar"] {
        let relayer = world.relayer(who).await;
        let (patient, subject) = (patient(), random());
        let message = world.registration(&patient, subject).await;
        let id = relayer.accept(&message).await.unwrap().ticket;
        // Somebody else is faster.
        let other = world.registration(&patient, subject).await;
        let SignedMessage::Action(other) = other else { panic!() };
        let registry = world.consent.contract().address();
        other
            .relay(&world.chain, registry, &key("dave"), in_block())
            .await
            .unwrap();
        let before = world.chain.balance(relayer_account(who)).await.unwrap();
        relayer.send_pending().await.unwrap();
        let ticket = relayer.status(id).await.unwrap();
        let (reason, was_sent) = failure(&ticket);
        assert!(reason.contains("SubjectAlreadyRegistered(") && !was_sent, "{reason}");
        assert_eq!(world.chain.balance(relayer_account(who)).await.unwrap(), before);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn transfers_by_signature_go_with_actions() {
    let world = World::new().await;
    let relayer = world.relayer("bob").await;
    let (payer, payee) = (key("alith").account().address(), patient().account().address());
    world
        .token
        .transfer(&key("alice"), payer, U256::from(100), in_block())
        .await
        .unwrap();
    let messages = [
        world.payment(payee, 60).await,
        world.fresh().await,
        // Each alone could be paid, not both.
        world.payment(payee, 50).await,
        world.payment(payee, 40).await,
    ];
    let ids = accept_all(&relayer, &messages).await;
    relayer.send_pending().await.unwrap();
    let tickets = statuses(&relayer, &ids).await;
    assert_eq!(world.balance(payee).await, U256::from(100));
    assert!(failure(&tickets[2]).0.contains("ERC20InsufficientBalance("));
    assert_eq!(transaction(&tickets[0]), transaction(&tickets[1]));
    assert_eq!(tickets[3].message, "transferWithAuthorization");
    transaction(&tickets[3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_message_has_the_same_ticket_and_is_sent_once() {
    let world = World::new().await;
    for who in ["bob", "baltathar"] {
        let relayer = Arc::new(world.relayer(who).await);
        let message = world.fresh().await;
        let before = world.blocks();
        let first = relayer.submit(&message).await.unwrap();
        assert_eq!(relayer.submit(&message).await.unwrap(), first);
        assert_eq!(relayer.accept(&message).await.unwrap(), first);
        assert_eq!(world.blocks(), before + 1);

        let message = Arc::new(world.fresh().await);
        let tasks: Vec<_> = (0..20)
            .map(|_| {
                let (relayer, message) = (Arc::clone(&relayer), Arc::clone(&message));
                tokio::spawn(async move { relayer.submit(&message).await.unwrap() })
            })
            .collect();
        let mut tickets = Vec::new();
        for task in tasks {
            tickets.push(task.await.unwrap());
        }
        assert!(tickets.iter().all(|ticket| *ticket == tickets[0]));
        transaction(&tickets[0]);
        assert_eq!(world.blocks(), before + 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_handed_in_while_others_are_sent_goes_together_next() {
    let world = World::new().await;
    for who in ["bob", "baltathar"] {
        let relayer = Arc::new(world.relayer(who).await);
        let mut tasks = Vec::new();
        for _ in 0..24 {
            let (relayer, message) = (Arc::clone(&relayer), world.fresh().await);
            tasks.push(tokio::spawn(async move { relayer.submit(&message).await.unwrap() }));
        }
        let mut tickets = Vec::new();
        for task in tasks {
            tickets.push(task.await.unwrap());
        }
        let transactions = distinct(&tickets);
        if who == "bob" {
            assert!(transactions < 24, "{transactions}");
        } else {
            assert_eq!(transactions, 24);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn batches_are_bounded_by_count_and_by_weight() {
    let world = World::new().await;
    let few = Policy {
        max_batch: 2,
        ..Policy::default()
    };
    let relayer = world.open("bob", few).await.unwrap();
    let messages = [world.fresh().await, world.fresh().await, world.fresh().await];
    let ids = accept_all(&relayer, &messages).await;
    relayer.send_pending().await.unwrap();
    assert_eq!(distinct(&statuses(&relayer, &ids).await), 2);

    // More than a block takes.
    let many = Policy {
        max_batch: 500,
        ..Policy::default()
    };
    let relayer = world.open("charlie", many).await.unwrap();
    let mut messages = Vec::new();
    for _ in 0..120 {
        messages.push(world.fresh().await);
    }
    let ids = accept_all(&relayer, &messages).await;
    relayer.send_pending().await.unwrap();
    let tickets = statuses(&relayer, &ids).await;
    let transactions = distinct(&tickets);
    assert!((2..20).contains(&transactions), "{transactions}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_whose_time_ran_out_is_not_sent() {
    let world = World::new().await;
    let cost = {
        let relayer = world.relayer("dave").await;
        relayer.simulate(&world.fresh().await).await.unwrap().cost()
    };
    // Room for one and a half.
    let policy = Policy {
        cost_in_total: u64::try_from(cost + cost / 2).unwrap(),
        window: 1_000_000,
        ..Policy::default()
    };
    let relayer = world.open("bob", policy).await.unwrap();
    let id = relayer.accept(&world.fresh().await).await.unwrap().ticket;
    relayer.accept(&world.fresh().await).await.unwrap_err();
    world.pass(super::SENDABLE + 10);
    relayer.send_pending().await.unwrap();
    assert_eq!(relayer.status(id).await.unwrap().status, Status::Expired);
    // What was counted for it is free again.
    relayer.submit(&world.fresh().await).await.unwrap().done().unwrap();
    assert_eq!(
        world.chain.newest(Finality::Finalized).await.unwrap().block_number(),
        u64::from(world.blocks())
    );
}
