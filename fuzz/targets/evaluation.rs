//! A request and a policy as the contract gets them. Input: the length of the request (2 bytes, big-endian), the request, the policy.
//!
//! What a decoder accepts is the one encoding of what it says; what is decided follows the rules that need no second evaluator.
#![no_main]

use libfuzzer_sys::fuzz_target;
use salus_core::consent::{Answer, Decision, Policy, PolicyView, Provision, Request, evaluate};

fuzz_target!(|input: &[u8]| {
    let Some((length, rest)) = input.split_first_chunk() else {
        return;
    };
    let (request, policy) = rest.split_at(rest.len().min(u16::from_be_bytes(*length).into()));
    let request = Request::decode(request).ok().inspect(|decoded| {
        assert_eq!(decoded.encode().expect("was accepted"), request);
    });
    let Ok(view) = PolicyView::parse(policy) else {
        return;
    };
    let decoded = view.to_policy();
    assert_eq!(decoded.encode().expect("was accepted"), policy);
    let Some(request) = request else { return };
    for at in [0, view.date_time(), u64::MAX] {
        let decision = evaluate(&view, &request, at);
        check(&decoded, &decision);
        assert_eq!(said(&evaluate_turned(&decoded, &request, at)), said(&decision));
    }
});

/// Only a permit obliges, and what decided exists.
fn check(policy: &Policy, decision: &Decision) {
    assert!(decision.answer == Answer::Permit || decision.obligations.redact_labels == 0);
    let mut provisions = &policy.provisions;
    for step in decision.path.steps() {
        provisions = &provisions[usize::from(*step)].provisions;
    }
}

/// By the same policy with its provisions in another order, which does not matter.
fn evaluate_turned(policy: &Policy, request: &Request<'_>, at: u64) -> Decision {
    let mut turned = policy.clone();
    turn(&mut turned.provisions);
    let bytes = turned.encode().expect("as long as before");
    evaluate(&PolicyView::parse(&bytes).expect("canonical"), request, at)
}

fn turn(provisions: &mut [Provision]) {
    provisions.reverse();
    for provision in provisions {
        turn(&mut provision.provisions);
    }
}

fn said(decision: &Decision) -> (Answer, u64) {
    (decision.answer, decision.obligations.redact_labels)
}
