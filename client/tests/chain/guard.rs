//! The guard of a resource server, on a chain where consents come and go.

use std::{collections::BTreeSet, time::Duration};

use alloy_core::primitives::{Address, B256, keccak256};
use salus_client::{
    Error, Fault,
    chain::{Block, Chain, Finality},
    consents::{self, Draft},
    contracts::{Suite, access::Emergency, consent::Consent, credentials::Issue},
    decide::AccessRequest,
    error::Exit,
    guard::{ConsentGuard, Decision, End, Ground, GuardError, GuardRequest, Overarching, Revocation, Settings, Watch},
    openings::{Openings, PolicyOpening},
};
use salus_core::{
    codes::{Purpose, ResourceClass, Role, Sensitivity},
    consent::{Answer, Criteria, Effect, Grantee, Period, Policy, Provision, Status},
};
use salus_devchain::chain as devchain;
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use crate::{
    contracts::suite,
    node::{Node, in_block, key, serve},
};

const SUBJECT: B256 = B256::repeat_byte(0x5c);
/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(30);

/// A patient (`dev:bob`) with a subject, and what a server of the clinic (`dev:alith`) has been given.
struct World {
    node: Node,
    chain: Chain,
    suite: Suite,
    consent: Consent,
    openings: Openings,
    _directory: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        Self::on(Node::start().await).await
    }

    async fn on(node: Node) -> Self {
        let chain = node.connect().await;
        let suite = suite(&chain).await;
        let consent = suite.consent().await.unwrap();
        consent.register(&key("bob"), SUBJECT, in_block()).await.unwrap();
        let directory = tempfile::tempdir().unwrap();
        Self {
            node,
            chain,
            suite,
            consent,
            openings: Openings::new(directory.path().join("openings")),
            _directory: directory,
        }
    }

    async fn guard(&self, settings: Settings) -> ConsentGuard {
        ConsentGuard::new(&self.suite, self.openings.clone(), settings)
            .await
            .unwrap()
    }

    async fn grant(&self, policy: &Policy) -> B256 {
        let draft = Draft::new(policy, None).unwrap();
        let parties = (SUBJECT, key("alith").account().address());
        let granted = consents::grant(&self.consent, &self.openings, &key("bob"), parties, &draft, in_block()).await;
        granted.unwrap().0
    }

    /// Withdraws a consent; answers the block that carries it.
    async fn revoke(&self, consent: B256) -> Block {
        let receipt = self.consent.revoke(&key("bob"), consent, in_block()).await.unwrap();
        Block {
            number: receipt.block_number,
            hash: receipt.block_hash,
        }
    }
}

/// Permits treatment, but for what is labelled `ETHUD`.
fn policy() -> Policy {
    let mut policy = Policy::new(Effect::Permit, 1);
    policy.scope.purposes = Purpose::TREAT.mask();
    policy.provisions.push(Provision {
        criteria: Criteria {
            labels: Sensitivity::ETHUD.mask(),
            ..Criteria::default()
        },
        provisions: Vec::new(),
    });
    policy
}

fn asked(context: &Value) -> GuardRequest {
    GuardRequest {
        subject: SUBJECT,
        actor: key("alith").account().address(),
        request: AccessRequest::from_json(context).unwrap(),
    }
}

fn ask(purpose: &str) -> GuardRequest {
    asked(&json!({"purposeOfUse": purpose, "class": "Observation"}))
}

fn said(decision: &Decision) -> (bool, Answer, Ground) {
    (decision.is_permitted(), decision.answer(), decision.ground)
}

async fn next(revocations: &mut salus_client::guard::Revocations) -> Revocation {
    timeout(LONG, revocations.next()).await.unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_is_told_in_its_block_and_the_guard_refuses_at_it() {
    for finality in [Finality::InBlock, Finality::Finalized] {
        let world = World::new().await;
        let settings = Settings {
            finality,
            ..Settings::default()
        };
        let guard = world.guard(settings).await;
        let id = world.grant(&policy()).await;
        let permit = guard.allow(&ask("TREAT")).await.unwrap();
        assert_eq!(said(&permit), (true, Answer::Permit, Ground::Policy));
        assert_eq!(permit.consent, Some(id));
        let redacted: Vec<_> = permit.obligations().iter().map(|one| one.code.as_ref()).collect();
        assert_eq!(redacted, ["ETHUD"]);
        let best = world.node.chain.best();
        assert_eq!(
            (permit.block.number, permit.block.hash.0),
            (best.number.into(), best.hash.0)
        );

        let mut revocations = guard.revocations(Watch::one(id)).await.unwrap();
        let block = world.revoke(id).await;
        let end = End::Revoked;
        assert_eq!(
            next(&mut revocations).await,
            Revocation {
                consent: id,
                end,
                block
            }
        );
        assert_eq!(block.number, permit.block.number + 1);
        let refusal = guard.allow(&ask("TREAT")).await.unwrap();
        assert_eq!(said(&refusal), (false, Answer::NoConsent, Ground::Overarching));
        assert_eq!((refusal.block, refusal.consent), (block, None));
        assert!(refusal.obligations().is_empty());

        // What was so at the block that the permit names can still be shown.
        let then = world.chain.at_hash(permit.block.hash).await.unwrap();
        let entry = world.consent.at(&then).entry(id).await.unwrap().unwrap();
        assert_eq!(entry.status, Status::Active);
        let entry = world.consent.entry(id).await.unwrap().unwrap();
        assert_eq!(entry.status, Status::Revoked);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_breaks_hides_no_revocation() {
    let world = World::new().await;
    let guard = world.guard(Settings::default()).await;
    let first = world.grant(&policy()).await;
    let mut revocations = guard.revocations(Watch::default()).await.unwrap();
    let started = revocations.read().unwrap();
    // It waits while the connection breaks, and is given up.
    assert!(timeout(Duration::from_millis(300), revocations.next()).await.is_err());

    let port = world.node.server.substrate_addr().port();
    world.node.server.stop();
    world.node.server.stopped().await;
    // The patient's node is another one.
    let elsewhere = serve(&world.node.chain, 0).await;
    let mut network = world.node.network();
    network.substrate_rpc = format!("ws://{}", elsewhere.substrate_addr());
    let chain = Chain::connect(&network).await.unwrap();
    let consent = Consent::new(chain, world.consent.contract().address());
    let patient = key("bob");
    let parties = (SUBJECT, key("alith").account().address());
    let draft = Draft::new(&policy(), None).unwrap();
    consents::keep(&world.openings, parties, &draft).unwrap();
    let superseded = consent
        .supersede(&patient, first, draft.commitment, draft.terms, in_block())
        .await;
    let (second, superseded) = superseded.unwrap();
    for _ in 0..3 {
        world.node.chain.seal().unwrap();
    }
    let erred = consent
        .mark_entered_in_error(&patient, second, in_block())
        .await
        .unwrap();
    let waiting = tokio::spawn(async move {
        let one = next(&mut revocations).await;
        let other = next(&mut revocations).await;
        (one, other, revocations)
    });
    sleep(Duration::from_millis(500)).await;
    let back = serve(&world.node.chain, port).await;
    let (one, other, mut revocations) = waiting.await.unwrap();
    assert_eq!((one.consent, one.end), (first, End::Superseded { by: second }));
    assert_eq!(one.block.hash, superseded.block_hash);
    assert_eq!((other.consent, other.end), (second, End::EnteredInError));
    assert_eq!(other.block.hash, erred.block_hash);
    assert_eq!(revocations.read(), Some(other.block));
    assert!(timeout(Duration::from_millis(300), revocations.next()).await.is_err());
    let refusal = guard.allow(&ask("TREAT")).await.unwrap();
    assert_eq!(said(&refusal), (false, Answer::NoConsent, Ground::Overarching));

    // Who starts again names the block that was read last, and is told the same.
    let watch = Watch {
        consents: Some(BTreeSet::from([second])),
        after: Some(started.number),
    };
    let mut again = guard.revocations(watch).await.unwrap();
    assert_eq!(next(&mut again).await, other);
    back.stop();
    elsewhere.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_whose_block_is_replaced_is_told_of_the_new_block() {
    let config = devchain::Config {
        finality: devchain::Finality::Manual,
        ..devchain::Config::default()
    };
    let world = World::on(Node::start_with(&config, 0).await).await;
    let guard = world.guard(Settings::default()).await;
    let id = world.grant(&policy()).await;
    let mut revocations = guard.revocations(Watch::default()).await.unwrap();
    let block = world.revoke(id).await;
    assert_eq!(next(&mut revocations).await.block, block);
    // One who begins when it has happened is told if it happens again.
    let mut late = guard.revocations(Watch::default()).await.unwrap();
    assert!(timeout(Duration::from_millis(300), late.next()).await.is_err());
    world.node.chain.reorganise(1, true).unwrap();
    let again = next(&mut revocations).await;
    assert_eq!(next(&mut late).await, again);
    assert_eq!((again.consent, again.end), (id, End::Revoked));
    assert_ne!(again.block, block);
    let refusal = guard.allow(&ask("TREAT")).await.unwrap();
    assert_eq!(said(&refusal), (false, Answer::NoConsent, Ground::Overarching));

    // Who waits for finality is answered by the block before, until the revocation is final.
    let settings = Settings {
        finality: Finality::Finalized,
        ..Settings::default()
    };
    let cautious = world.guard(settings).await;
    let number = u32::try_from(again.block.number).unwrap();
    world.node.chain.finalize(number - 1).unwrap();
    let mut revocations = cautious.revocations(Watch::one(id)).await.unwrap();
    assert!(cautious.allow(&ask("TREAT")).await.unwrap().is_permitted());
    assert!(timeout(Duration::from_millis(300), revocations.next()).await.is_err());
    world.node.chain.finalize(number).unwrap();
    assert_eq!(next(&mut revocations).await, again);
    let refusal = cautious.allow(&ask("TREAT")).await.unwrap();
    assert_eq!((refusal.block, refusal.is_permitted()), (again.block, false));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consent_that_expires_is_told_in_the_first_block_beyond_its_validity() {
    let world = World::new().await;
    let guard = world.guard(Settings::default()).await;
    let now = world.chain.time().await.unwrap();
    let mut policy = policy();
    policy.scope.period = Some(Period {
        from: 0,
        until: now + 3_600,
    });
    let id = world.grant(&policy).await;
    let mut revocations = guard.revocations(Watch::one(id)).await.unwrap();
    world.node.chain.set_next_time((now + 3_600) * 1_000).unwrap();
    world.node.chain.seal().unwrap();
    assert!(guard.allow(&ask("TREAT")).await.unwrap().is_permitted());
    world.node.chain.set_next_time((now + 3_601) * 1_000).unwrap();
    let last = world.node.chain.seal().unwrap();
    let told = next(&mut revocations).await;
    assert_eq!((told.consent, told.end), (id, End::Expired));
    assert_eq!(told.block.hash.0, last.hash.0);
    let refusal = guard.allow(&ask("TREAT")).await.unwrap();
    assert_eq!((refusal.block, said(&refusal).0), (told.block, false));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_disclosed_permits_without_an_opening_and_nothing_else_does() {
    let world = World::new().await;
    let guard = world.guard(Settings::default()).await;
    let mut policy = Policy::new(Effect::Permit, 1);
    policy.scope.purposes = Purpose::TREAT.mask();
    policy.scope.classes = ResourceClass::OBSERVATION.mask();
    let actor = key("alith").account().address();
    let draft = Draft::new(&policy, Some(actor)).unwrap();
    let grant = draft.grant((SUBJECT, actor));
    world.consent.grant(&key("bob"), &grant, in_block()).await.unwrap();
    let permit = guard.allow(&ask("TREAT")).await.unwrap();
    assert_eq!(said(&permit), (true, Answer::Permit, Ground::Disclosed));

    // The coarse question does not speak of these.
    let (labelled, other) = (json!(["ETHUD"]), "Condition");
    for context in [
        json!({"purposeOfUse": "TREAT", "class": "Observation", "securityLabel": labelled}),
        json!({"purposeOfUse": "TREAT", "class": "Observation", "securityLabel": "R"}),
        json!({"purposeOfUse": "TREAT", "class": "Observation", "role": "PHYS"}),
        json!({"purposeOfUse": "TREAT", "class": "Observation", "action": "collect"}),
        json!({"purposeOfUse": "TREAT", "class": other}),
        json!({"purposeOfUse": "HRESCH", "class": "Observation"}),
    ] {
        let error = guard.allow(&asked(&context)).await.unwrap_err();
        assert_eq!((error.code(), error.exit()), ("no_opening", Exit::Failure), "{context}");
    }
    consents::keep(&world.openings, (SUBJECT, actor), &draft).unwrap();
    let denied = asked(&json!({"purposeOfUse": "TREAT", "class": other}));
    let refusal = guard.allow(&denied).await.unwrap();
    assert_eq!(said(&refusal), (false, Answer::NoConsent, Ground::Overarching));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_emergency_access_opens_what_consents_do_not_and_is_told_apart() {
    let world = World::new().await;
    let (owner, doctor, reviewer) = (key("alice"), key("alith"), key("baltathar"));
    let credentials = world.suite.credentials().await.unwrap();
    let issuer = owner.account().address();
    credentials.admit_issuer(&owner, issuer, in_block()).await.unwrap();
    for (holder, role) in [(&doctor, Role::PHYS), (&reviewer, Role::PROV)] {
        let issue = Issue {
            holder: holder.account().address(),
            role,
            jurisdiction: B256::right_padding_from(b"DE"),
            licence: B256::repeat_byte(1),
            validity: Period {
                from: 0,
                until: u64::MAX,
            },
        };
        credentials.issue(&owner, &issue, in_block()).await.unwrap();
    }
    let guard = world.guard(Settings::default()).await;
    let strict = Settings {
        overarching: Overarching::Deny,
        ..Settings::default()
    };
    let strict = world.guard(strict).await;
    let mut denial = Policy::new(Effect::Deny, 1);
    denial.scope.purposes = Purpose::TREAT.mask() | Purpose::ETREAT.mask();
    world.grant(&denial).await;
    let refused = guard.allow(&ask("ETREAT")).await.unwrap();
    assert_eq!(said(&refused), (false, Answer::Deny, Ground::Policy));

    let emergency = Emergency {
        subject: SUBJECT,
        role: Role::PHYS,
        purpose: Purpose::ETREAT,
        reviewer: reviewer.account().address(),
        evidence: B256::repeat_byte(0xe1),
        duration: 3_600,
    };
    let access = world.suite.access().await.unwrap();
    let (id, _) = access.break_glass(&doctor, &emergency, in_block()).await.unwrap();
    let opened = guard.allow(&ask("ETREAT")).await.unwrap();
    assert_eq!(said(&opened), (true, Answer::Deny, Ground::Emergency));
    let opened = guard.allow(&ask("BTG")).await.unwrap();
    assert_eq!(said(&opened), (true, Answer::NoConsent, Ground::Emergency));
    // Not for what is no emergency, not along with it, not for others, not where there is no break-glass.
    let also = asked(&json!({"purposeOfUse": ["ETREAT", "TREAT"], "class": "Observation"}));
    let other = GuardRequest {
        actor: reviewer.account().address(),
        ..ask("ETREAT")
    };
    for request in [ask("TREAT"), also, other] {
        assert!(!guard.allow(&request).await.unwrap().is_permitted(), "{request:?}");
    }
    for purpose in ["ETREAT", "BTG"] {
        assert!(!strict.allow(&ask(purpose)).await.unwrap().is_permitted());
    }
    access.end(&doctor, id, in_block()).await.unwrap();
    let closed = guard.allow(&ask("ETREAT")).await.unwrap();
    assert_eq!(said(&closed), (false, Answer::Deny, Ground::Policy));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_consent_the_overarching_policy_answers_and_a_denial_stays_one() {
    let world = World::new().await;
    let settings = Settings {
        overarching: Overarching::PermitAllNormal,
        ..Settings::default()
    };
    let guard = world.guard(settings).await;
    let permit = guard.allow(&ask("TREAT")).await.unwrap();
    assert_eq!(said(&permit), (true, Answer::NoConsent, Ground::Overarching));
    assert!(permit.obligations().iter().any(|one| one.code == "ETHUD"));
    let labelled = asked(&json!({"purposeOfUse": "TREAT", "class": "Observation", "securityLabel": "ETHUD"}));
    let refusal = guard.allow(&labelled).await.unwrap();
    assert_eq!(said(&refusal), (false, Answer::NoConsent, Ground::Overarching));
    let mut denial = Policy::new(Effect::Deny, 1);
    denial.scope.purposes = Purpose::TREAT.mask();
    world.grant(&denial).await;
    let refusal = guard.allow(&ask("TREAT")).await.unwrap();
    assert_eq!(said(&refusal), (false, Answer::Deny, Ground::Policy));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_node_is_refused_and_told_of() {
    let world = World::new().await;
    let id = world.grant(&policy()).await;
    let settings = Settings {
        max_age: Duration::from_secs(3),
        ..Settings::default()
    };
    let guard = world.guard(settings).await;
    world.node.chain.seal().unwrap();
    assert!(guard.allow(&ask("TREAT")).await.unwrap().is_permitted());
    let mut revocations = guard.revocations(Watch::one(id)).await.unwrap();
    let silence = timeout(LONG, revocations.next()).await.unwrap().unwrap_err();
    assert!(matches!(silence, GuardError::Silent { .. }), "{silence}");
    sleep(Duration::from_millis(1_500)).await;
    // The same request at the same block, which was permitted when the block was new.
    let error = guard.allow(&ask("TREAT")).await.unwrap_err();
    let best = u64::from(world.node.chain.best().number);
    assert!(
        matches!(error, GuardError::Stale { number, age, limit: 3 } if number == best && age >= 4),
        "{error}"
    );
    let error = Error::from(error);
    assert_eq!(
        (error.code(), error.exit(), error.is_retryable()),
        ("stale_block", Exit::Network, true)
    );
    // The next block makes up for it, and what is in it is told.
    let block = world.revoke(id).await;
    assert!(!guard.allow(&ask("TREAT")).await.unwrap().is_permitted());
    assert_eq!(next(&mut revocations).await.block, block);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_decided_is_an_error_and_never_a_permit() {
    let world = World::new().await;
    world.grant(&policy()).await;
    let settings = Settings {
        overarching: Overarching::PermitAllNormal,
        timeout: Duration::from_secs(2),
        ..Settings::default()
    };
    let guard = world.guard(settings).await;
    let mut timed = ask("TREAT");
    timed.request.at = Some(1);
    assert!(matches!(guard.allow(&timed).await, Err(GuardError::Timed)));
    let mut nothing = ask("TREAT");
    nothing.request.purposes.clear();
    let error = guard.allow(&nothing).await.unwrap_err();
    assert!(
        matches!(error, GuardError::NothingAsked { field: "purposeOfUse" }),
        "{error}"
    );
    let mut nothing = ask("TREAT");
    nothing.request.access.clear();
    assert_eq!(guard.allow(&nothing).await.unwrap_err().code(), "nothing_asked");

    world.node.server.stop();
    world.node.server.stopped().await;
    let error = guard.allow(&ask("TREAT")).await.unwrap_err();
    assert_eq!((error.exit(), error.is_retryable()), (Exit::Network, true), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_is_gone_for_longer_than_a_connection_is_tried_is_used_again() {
    let world = World::new().await;
    let guard = world.guard(Settings::default()).await;
    let id = world.grant(&policy()).await;
    let mut revocations = guard.revocations(Watch::one(id)).await.unwrap();
    let port = world.node.server.substrate_addr().port();
    world.node.server.stop();
    world.node.server.stopped().await;
    let elsewhere = serve(&world.node.chain, 0).await;
    let mut network = world.node.network();
    network.substrate_rpc = format!("ws://{}", elsewhere.substrate_addr());
    let consent = Consent::new(
        Chain::connect(&network).await.unwrap(),
        world.consent.contract().address(),
    );
    let revoked = consent.revoke(&key("bob"), id, in_block()).await.unwrap();
    sleep(Duration::from_secs(28)).await;
    let back = serve(&world.node.chain, port).await;
    assert_eq!(next(&mut revocations).await.block.hash, revoked.block_hash);
    assert!(!guard.allow(&ask("TREAT")).await.unwrap().is_permitted());
    back.stop();
    elsewhere.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_is_kept_for_its_block_and_no_longer() {
    let world = World::new().await;
    let guard = world.guard(Settings::default()).await;
    let id = world.grant(&policy()).await;
    let permit = guard.allow(&ask("TREAT")).await.unwrap();
    assert!(permit.is_permitted());
    let entry = world.consent.entry(id).await.unwrap().unwrap();
    world.openings.erase::<PolicyOpening>(entry.commitment.into()).unwrap();
    assert_eq!(guard.allow(&ask("TREAT")).await.unwrap(), permit);
    let other = asked(&json!({"purposeOfUse": "TREAT", "class": "Condition"}));
    assert_eq!(guard.allow(&other).await.unwrap_err().code(), "no_opening");
    world.node.chain.seal().unwrap();
    assert_eq!(guard.allow(&ask("TREAT")).await.unwrap_err().code(), "no_opening");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disclosed_permit_does_not_hide_a_more_recent_denial_for_everybody_or_a_role() {
    let hash = |bytes: &[u8]| keccak256(bytes).0;
    for (grantee, role) in [(Grantee::Everyone, None), (Grantee::Role(Role::PHYS), Some("PHYS"))] {
        let world = World::new().await;
        let guard = world.guard(Settings::default()).await;
        let mut permit = Policy::new(Effect::Permit, 1);
        permit.scope.purposes = Purpose::TREAT.mask();
        let mut denial = Policy::new(Effect::Deny, 2);
        denial.scope.purposes = Purpose::TREAT.mask();
        let actor = key("alith").account().address();
        let everybody = Address::from(grantee.address(hash));
        let (patient, mut ids) = (key("bob"), Vec::new());
        for (policy, grantee, disclosed) in [(&permit, actor, true), (&denial, everybody, false)] {
            let draft = Draft::new(policy, disclosed.then_some(grantee)).unwrap();
            let parties = (SUBJECT, grantee);
            let granted = consents::grant(&world.consent, &world.openings, &patient, parties, &draft, in_block());
            ids.push(granted.await.unwrap().0);
        }
        let mut context = json!({"purposeOfUse": "TREAT", "class": "Observation"});
        context["role"] = json!(role.into_iter().collect::<Vec<_>>());
        let refusal = guard.allow(&asked(&context)).await.unwrap();
        assert_eq!(said(&refusal), (false, Answer::Deny, Ground::Policy));
        assert_eq!(refusal.consent, Some(ids[1]));
    }
}
