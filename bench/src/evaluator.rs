//! How fast requests are answered off chain, on one core.

use std::{
    fmt, hint,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use salus_core::{
    codes::{Purpose, ResourceClass, Role},
    consent::{Answer, PolicyView, Request, evaluate},
};
use serde::Serialize;

use crate::consent::policy;

/// How long each is measured, in slices of which the fastest counts: what a machine does beside it only makes it slower.
const SLICES: u32 = 20;
const SLICE: Duration = Duration::from_millis(50);
/// What a policy of twenty nodes is to be answered by at least.
const BUDGET_PER_SECOND: f64 = 1e6;
/// Nodes of the policies that are measured.
const NODES: [usize; 4] = [1, 10, 20, 50];

/// Nanoseconds for an answer, and answers a second.
#[derive(Debug, Serialize)]
pub(crate) struct Speed {
    answers: Vec<OfPolicy>,
    /// Whether a policy of twenty nodes is answered by a million times a second.
    is_within_budget: bool,
}

#[derive(Debug, Serialize)]
struct OfPolicy {
    nodes: usize,
    bytes: usize,
    /// To decide, by a policy that was accepted before.
    evaluate_ns: f64,
    /// To accept the policy's bytes.
    parse_ns: f64,
    evaluations_per_second: f64,
}

impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, of) in self.answers.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(
                f,
                "{separator}{} nodes ({} bytes) {:.0} ns, {:.2} million a second, and {:.0} ns to accept them",
                of.nodes,
                of.bytes,
                of.evaluate_ns,
                of.evaluations_per_second / 1e6,
                of.parse_ns
            )?;
        }
        let verdict = if self.is_within_budget { "held" } else { "missed" };
        write!(f, "; a million a second of 20 nodes: {verdict}")
    }
}

/// Measures the policies that the contract is measured by.
pub(crate) fn measure() -> Result<Speed> {
    let answers = NODES.into_iter().map(of_policy).collect::<Result<Vec<_>>>()?;
    let of_twenty = answers.iter().find(|of| of.nodes == 20);
    Ok(Speed {
        is_within_budget: of_twenty.is_some_and(|of| of.evaluations_per_second > BUDGET_PER_SECOND),
        answers,
    })
}

fn of_policy(nodes: usize) -> Result<OfPolicy> {
    let now = 1_800_000_000;
    let bytes = policy::of_nodes(nodes, now).encode()?;
    let view = PolicyView::parse(&bytes)?;
    let addresses = [[7; 20]];
    let request = Request {
        roles: Role::PHYS.mask(),
        ..Request::new(&addresses, Purpose::TREAT, ResourceClass::OBSERVATION)
    };
    ensure!(
        evaluate(&view, &request, now).answer == Answer::Permit,
        "the policy does not permit"
    );
    let evaluate_ns = nanoseconds(|| evaluate(hint::black_box(&view), hint::black_box(&request), hint::black_box(now)));
    Ok(OfPolicy {
        nodes,
        bytes: bytes.len(),
        evaluate_ns,
        parse_ns: nanoseconds(|| PolicyView::parse(hint::black_box(&bytes))),
        evaluations_per_second: 1e9 / evaluate_ns,
    })
}

fn nanoseconds<T>(mut once: impl FnMut() -> T) -> f64 {
    let mut fastest = f64::INFINITY;
    for _ in 0..SLICES {
        let (start, mut count) = (Instant::now(), 0u32);
        while start.elapsed() < SLICE {
            // The clock is not what is measured.
            for _ in 0..1_000 {
                hint::black_box(once());
            }
            count += 1_000;
        }
        fastest = fastest.min(start.elapsed().as_secs_f64() * 1e9 / f64::from(count));
    }
    fastest
}
