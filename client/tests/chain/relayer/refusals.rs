//! What is not taken in, and what a refusal leaves behind: nothing.

use alloy_core::primitives::{Address, B256, Bytes, U256};
use salus_client::{
    Fault,
    authorization::{Authorization, SignedAuthorization},
    contracts::consent::IConsent,
    error::Exit,
    network::address_book::AddressBook,
    relayer::{Limit, MAX_BYTES, Policy, RelayError, Relayer, SignedMessage},
    signed::Action,
};

use super::{World, patient, random, transaction};
use crate::node::key;

/// The stable name of the error with which a message is refused, by a trial too.
async fn refused(relayer: &Relayer, message: &SignedMessage) -> &'static str {
    let code = relayer.accept(message).await.unwrap_err().code();
    assert_eq!(relayer.simulate(message).await.unwrap_err().code(), code);
    code
}

fn action(message: &SignedMessage) -> salus_client::signed::SignedAction {
    match message {
        SignedMessage::Action(action) => action.clone(),
        SignedMessage::Authorization(_) | SignedMessage::Booking(_) => panic!("it is none"),
    }
}

fn authorization(message: &SignedMessage) -> SignedAuthorization {
    match message {
        SignedMessage::Authorization(signed) => signed.clone(),
        SignedMessage::Action(_) | SignedMessage::Booking(_) => panic!("it is none"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_for_elsewhere_or_was_altered_is_refused() {
    let world = World::new().await;
    let relayer = world.relayer("bob").await;
    let (signer, deadline) = (patient(), U256::MAX);
    let call = IConsent::registerSubjectCall { subject: random() };
    let registry = world.consent.contract().address();
    let signed_for = |chain_id, address| {
        let action = Action::new("consent", chain_id, address, &call).unwrap();
        SignedMessage::Action(action.sign(&signer, deadline))
    };
    let chain_id = world.chain.chain_id();
    for elsewhere in [
        signed_for(chain_id + 1, registry),
        signed_for(chain_id, Address::repeat_byte(1)),
    ] {
        assert_eq!(refused(&relayer, &elsewhere).await, "signed_for_another_chain");
    }
    let right = action(&signed_for(chain_id, registry));
    let other_call = IConsent::registerSubjectCall { subject: random() };
    let altered = [
        salus_client::signed::SignedAction {
            signer: patient().account().address(),
            ..right.clone()
        },
        salus_client::signed::SignedAction {
            nonce: U256::from(5),
            ..right.clone()
        },
        salus_client::signed::SignedAction {
            deadline: U256::MAX - U256::ONE,
            ..right.clone()
        },
        salus_client::signed::SignedAction {
            r: random(),
            ..right.clone()
        },
        salus_client::signed::SignedAction {
            v: U256::from(29),
            ..right.clone()
        },
        salus_client::signed::SignedAction {
            message: "revokeConsent".into(),
            ..right.clone()
        },
        salus_client::signed::SignedAction {
            call: Bytes::from(alloy_core::sol_types::SolCall::abi_encode(&other_call)),
            ..right.clone()
        },
    ];
    for altered in altered {
        assert_eq!(
            refused(&relayer, &SignedMessage::Action(altered)).await,
            "signature_invalid"
        );
    }

    let payment = authorization(&world.payment(Address::repeat_byte(9), 5).await);
    let mut more = payment.clone();
    if let Authorization::Transfer(payment) = &mut more.authorization {
        payment.value = U256::from(6);
    }
    assert_eq!(
        refused(&relayer, &SignedMessage::Authorization(more)).await,
        "signature_invalid"
    );
    for (elsewhere, code) in [
        (
            SignedAuthorization {
                chain_id: 1,
                ..payment.clone()
            },
            "signed_for_another_chain",
        ),
        (
            SignedAuthorization {
                address: registry,
                ..payment.clone()
            },
            "signed_for_another_chain",
        ),
        (
            SignedAuthorization {
                schema_version: 2,
                ..payment.clone()
            },
            "authorization_malformed",
        ),
    ] {
        assert_eq!(refused(&relayer, &SignedMessage::Authorization(elsewhere)).await, code);
    }
    // None of that counts: what is right is taken.
    transaction(&relayer.submit(&SignedMessage::Action(right)).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_message_a_nonce() {
    let world = World::new().await;
    let relayer = world.relayer("bob").await;
    let signer = patient();
    let with_nonce = |nonce| {
        let call = IConsent::registerSubjectCall { subject: random() };
        let action = world.consent.action(&call).unwrap();
        SignedMessage::Action(action.sign_with_nonce(&signer, U256::from(nonce), U256::MAX))
    };
    let (first, second) = (with_nonce(5), with_nonce(5));
    let ticket = relayer.accept(&first).await.unwrap();
    for status in ["accepted", "done"] {
        match relayer.accept(&second).await.unwrap_err() {
            RelayError::NonceTaken {
                ticket: other,
                status: found,
            } => {
                assert_eq!((other, found), (ticket.ticket, status));
            }
            other => panic!("{other}"),
        }
        relayer.send_pending().await.unwrap();
    }
    // Other nonces are free, and so is the same one of others.
    transaction(&relayer.submit(&with_nonce(6)).await.unwrap());
    let call = IConsent::registerSubjectCall { subject: random() };
    let other = world
        .consent
        .action(&call)
        .unwrap()
        .sign_with_nonce(&patient(), U256::from(5), U256::MAX);
    transaction(&relayer.submit(&SignedMessage::Action(other)).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nonce_of_a_message_that_failed_is_free() {
    let world = World::new().await;
    let relayer = world.relayer("bob").await;
    let (signer, contested) = (patient(), random());
    let with_nonce = |subject| {
        let action = world
            .consent
            .action(&IConsent::registerSubjectCall { subject })
            .unwrap();
        SignedMessage::Action(action.sign_with_nonce(&signer, U256::from(5), U256::MAX))
    };
    let winner = world.registration(&patient(), contested).await;
    relayer.accept(&winner).await.unwrap();
    let failed = relayer.submit(&with_nonce(contested)).await.unwrap();
    assert_eq!(failed.status.name(), "failed");
    transaction(&relayer.submit(&with_nonce(random())).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_over_or_nearly_so_is_refused() {
    let world = World::new().await;
    let policy = Policy {
        min_rest: 100,
        ..Policy::default()
    };
    let relayer = world.open("bob", policy).await.unwrap();
    let now = world.now().await;
    let until = |deadline: u64| {
        let call = IConsent::registerSubjectCall { subject: random() };
        SignedMessage::Action(
            world
                .consent
                .action(&call)
                .unwrap()
                .sign(&patient(), U256::from(deadline)),
        )
    };
    for deadline in [0, now - 1, now, now + 99] {
        assert_eq!(refused(&relayer, &until(deadline)).await, "deadline_too_near");
    }
    // Time goes on while this runs.
    transaction(&relayer.submit(&until(now + 160)).await.unwrap());

    let mut payment = authorization(&world.payment(Address::repeat_byte(9), 0).await);
    if let Authorization::Transfer(payment) = &mut payment.authorization {
        payment.valid_before = now + 100;
    }
    let signed = payment.authorization.sign(&key("alith"), &world.token).await.unwrap();
    assert_eq!(
        refused(&relayer, &SignedMessage::Authorization(signed)).await,
        "deadline_too_near"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signer_has_so_many_messages_in_a_window() {
    let world = World::new().await;
    let policy = Policy {
        messages_per_signer: 2,
        window: 600,
        ..Policy::default()
    };
    let relayer = world.open("bob", policy).await.unwrap();
    let signer = patient();
    for _ in 0..2 {
        transaction(
            &relayer
                .submit(&world.registration(&signer, random()).await)
                .await
                .unwrap(),
        );
    }
    let third = world.registration(&signer, random()).await;
    let error = relayer.submit(&third).await.unwrap_err();
    let RelayError::Limited {
        limit: Limit::SignerMessages,
        free_at,
    } = error
    else {
        panic!("{error}");
    };
    assert!(error.is_retryable());
    let now = world.now().await;
    assert!(free_at > now && free_at <= now + 600);
    // Others are not touched by it.
    transaction(&relayer.submit(&world.fresh().await).await.unwrap());
    world.pass(600);
    transaction(&relayer.submit(&third).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_pays_beyond_a_budget() {
    let world = World::new().await;
    let estimate = {
        let relayer = world.relayer("dave").await;
        relayer.simulate(&world.fresh().await).await.unwrap()
    };
    let one_and_a_half = u64::try_from(estimate.cost() * 3 / 2).unwrap();
    let limited = async |who: &str, policy: Policy, same: bool| {
        let relayer = world.open(who, policy).await.unwrap();
        let signer = patient();
        relayer
            .submit(&world.registration(&signer, random()).await)
            .await
            .unwrap()
            .done()
            .unwrap();
        let signer = if same { signer } else { patient() };
        match relayer
            .submit(&world.registration(&signer, random()).await)
            .await
            .unwrap_err()
        {
            RelayError::Limited { limit, .. } => limit,
            other => panic!("{other}"),
        }
    };
    let total = Policy {
        cost_in_total: one_and_a_half,
        ..Policy::default()
    };
    assert_eq!(limited("bob", total, false).await, Limit::TotalCost);
    let own = Policy {
        cost_per_signer: one_and_a_half,
        ..Policy::default()
    };
    assert_eq!(limited("charlie", own, true).await, Limit::SignerCost);

    for (who, policy, code) in [
        (
            "dave",
            Policy {
                max_cost: u64::try_from(estimate.cost() - 1).unwrap(),
                ..Policy::default()
            },
            "too_costly",
        ),
        (
            "eve",
            Policy {
                max_weight: salus_client::chain::Weight {
                    ref_time: 1_000,
                    ..estimate.weight
                },
                ..Policy::default()
            },
            "too_heavy",
        ),
    ] {
        let relayer = world.open(who, policy).await.unwrap();
        assert_eq!(relayer.submit(&world.fresh().await).await.unwrap_err().code(), code);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_hands_in_what_is_refused_is_not_tried_for_ever() {
    let world = World::new().await;
    let policy = Policy {
        refusals_per_signer: 2,
        window: 600,
        ..Policy::default()
    };
    let relayer = world.open("bob", policy).await.unwrap();
    let signer = patient();
    // To ask is not counted.
    for _ in 0..3 {
        relayer.simulate(&world.in_vain(&signer).await).await.unwrap_err();
    }
    for _ in 0..2 {
        let error = relayer.submit(&world.in_vain(&signer).await).await.unwrap_err();
        assert!(error.to_string().contains("UnknownConsent("), "{error}");
        assert_eq!((error.code(), error.exit()), ("reverted", Exit::Failure));
    }
    let right = world.registration(&signer, random()).await;
    let error = relayer.submit(&right).await.unwrap_err();
    assert!(
        matches!(
            error,
            RelayError::Limited {
                limit: Limit::SignerRefusals,
                ..
            }
        ),
        "{error}"
    );
    transaction(&relayer.submit(&world.fresh().await).await.unwrap());
    world.pass(600);
    transaction(&relayer.submit(&right).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_wait_than_the_policy_says() {
    let world = World::new().await;
    let relayer = world
        .open(
            "bob",
            Policy {
                max_pending: 2,
                ..Policy::default()
            },
        )
        .await
        .unwrap();
    for _ in 0..2 {
        relayer.accept(&world.fresh().await).await.unwrap();
    }
    let third = world.fresh().await;
    let error = relayer.accept(&third).await.unwrap_err();
    assert!(matches!(error, RelayError::Full { pending: 2 }), "{error}");
    relayer.send_pending().await.unwrap();
    relayer.accept(&third).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_policy_or_the_suite_does_not_have_is_refused() {
    let world = World::new().await;
    let policy = Policy {
        allow: ["consent.revokeConsent".to_string(), "token.*".into()].into(),
        ..Policy::default()
    };
    let relayer = world.open("bob", policy).await.unwrap();
    assert_eq!(refused(&relayer, &world.fresh().await).await, "message_not_allowed");
    let unknown = salus_client::signed::SignedAction {
        contract: "nothing".into(),
        ..action(&world.fresh().await)
    };
    assert_eq!(
        refused(&relayer, &SignedMessage::Action(unknown)).await,
        "message_not_allowed"
    );
    let none = Policy {
        allow: ["nothing.*".to_string()].into(),
        ..Policy::default()
    };
    assert_eq!(
        world.open("charlie", none).await.unwrap_err().code(),
        "policy_malformed"
    );

    // A suite without a token.
    let mut book: AddressBook = world.suite.book().clone();
    book.contracts.remove("token");
    let directory = tempfile::tempdir().unwrap();
    book.save(directory.path()).unwrap();
    let suite = salus_client::contracts::Suite::open(&world.chain, directory.path()).unwrap();
    let memory = world.memory("dave");
    let opened = Relayer::open(suite, key("dave"), Policy::default(), &memory, crate::node::in_block());
    let relayer = opened.await.unwrap();
    let payment = world.payment(Address::repeat_byte(9), 0).await;
    let error = relayer.accept(&payment).await.unwrap_err();
    assert_eq!((error.code(), error.exit()), ("not_deployed", Exit::NotDeployed));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_message_is_told_what_it_is_not() {
    let world = World::new().await;
    let right = serde_json::to_value(world.fresh().await).unwrap();
    let json = |document: &serde_json::Value| serde_json::to_vec(document).unwrap();
    assert_eq!(SignedMessage::parse(&json(&right)).unwrap().facts().contract, "consent");
    let mut more = right.clone();
    more["more"] = 5.into();
    let mut less = right.clone();
    less.as_object_mut().unwrap().remove("signer");
    let mut both = right.clone();
    both["authorization"] = serde_json::json!({"cancel": {"authorizer": right["signer"], "nonce": B256::ZERO}});
    for (document, code) in [
        (&b""[..], "signed_action_malformed"),
        (b"[]", "signed_action_malformed"),
        (b"{}", "signed_action_malformed"),
        (b"{\"authorization\": {}}", "authorization_malformed"),
        (&json(&more), "signed_action_malformed"),
        (&json(&less), "signed_action_malformed"),
        (&json(&both), "authorization_malformed"),
    ] {
        let error = SignedMessage::parse(document).unwrap_err();
        assert_eq!((error.code(), error.exit()), (code, Exit::Document), "{error}");
    }
    let mut large = right;
    large["message"] = "m".repeat(MAX_BYTES).into();
    let error = SignedMessage::parse(&json(&large)).unwrap_err();
    assert_eq!(error.code(), "message_too_large");
    // Made in memory, it is no smaller.
    let large: salus_client::signed::SignedAction = serde_json::from_value(large).unwrap();
    let relayer = world.relayer("bob").await;
    assert_eq!(
        refused(&relayer, &SignedMessage::Action(large)).await,
        "message_too_large"
    );
}
