//! What holds of every policy and every request, however they came about: the evaluator's properties, each over generated cases.

use proptest::{collection::vec, prelude::*};
use salus_core::{
    codes::{Action, Confidentiality, DataMeaning, Purpose, ResourceClass, Sensitivity},
    consent::{
        Answer, Combined, Criteria, DataPeriod, DataRef, Decision, Effect, Period, PolicyView, Provision, Reason,
        Request, Status, evaluate, evaluate_all,
    },
};

use crate::support::{self, OwnedRequest, ask_at};

/// The moments at which generated periods begin and end, and then some.
fn moment() -> impl Strategy<Value = u64> {
    prop_oneof![6 => 0u64..8, 1 => any::<u64>()]
}

/// What an answer is but for the path, whose positions say where provisions stand.
fn said(decision: Decision) -> (Answer, Reason, u64) {
    (decision.answer, decision.reason, decision.obligations.redact_labels)
}

/// Every list of provisions in a policy, at whatever depth.
fn each_list(provisions: &mut Vec<Provision>, change: &mut impl FnMut(&mut Vec<Provision>)) {
    change(provisions);
    for provision in provisions {
        each_list(&mut provision.provisions, change);
    }
}

/// A small generator of positions (SplitMix64's step), so that a change to a tree is said by one number.
fn next(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*seed ^ (*seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed ^ (mixed >> 27)
}

fn shuffle<T>(items: &mut [T], seed: &mut u64) {
    for last in (1..items.len()).rev() {
        items.swap(last, (next(seed) % (last as u64 + 1)) as usize);
    }
}

/// Criteria that do not match the request, whatever labels the data carry: one of those that are stated is spoilt.
fn missing(mut criteria: Criteria, request: &Request<'_>, at: u64, which: u8) -> Criteria {
    match which {
        0 => criteria.purposes = Purpose::KNOWN & !request.purpose.mask(),
        1 => criteria.classes = ResourceClass::KNOWN & !request.class.mask(),
        2 => criteria.actions = Action::KNOWN & !request.action.mask(),
        3 => criteria.confidentiality = Confidentiality::KNOWN & !request.confidentiality.mask(),
        4 => criteria.actors = support::only(&[[0xee; 20]]).actors,
        _ => {
            let (from, until) = (at + 1, at + 1);
            criteria.period = Some(Period { from, until });
        }
    }
    criteria
}

/// Levels as policies are to state them: a permit up to one, a denial from one on.
fn watermark(provisions: &mut [Provision], effect: Effect) {
    for provision in provisions {
        let stated = provision.criteria.confidentiality;
        if let Some(level) = Confidentiality::in_mask(stated).next() {
            provision.criteria.confidentiality = match effect {
                Effect::Permit => level.ceiling(),
                Effect::Deny => level.floor(),
            };
        }
        watermark(&mut provision.provisions, effect.flipped());
    }
}

/// Several consents and their answer to a request.
fn together(consents: &[(Status, Vec<u8>)], request: &Request<'_>, at: u64) -> Combined {
    let views = consents
        .iter()
        .map(|(status, policy)| (*status, PolicyView::parse(policy).expect("canonical")));
    evaluate_all(views, request, at)
}

fn consents() -> impl Strategy<Value = Vec<(Status, Vec<u8>)>> {
    let status = prop_oneof![8 => Just(Status::Active), 1 => Just(Status::Revoked), 1 => Just(Status::Superseded)];
    vec(
        (
            status,
            support::policy().prop_map(|policy| policy.encode().expect("valid")),
        ),
        0..6,
    )
}

/// A request that leaves nothing open is the narrowest there is; this one asks for a part of `wide`.
#[derive(Clone, Debug)]
struct Narrower {
    period: DataPeriod,
    stated: u8,
    listed: OwnedRequest,
    level: u8,
}

impl Narrower {
    fn of<'a>(&'a self, wide: &Request<'a>, data: &'a [DataRef]) -> Option<Request<'a>> {
        let (ours, theirs) = (self.period, wide.data_period);
        let data_period = DataPeriod {
            from: ours.from.max(theirs.from),
            until: ours.until.min(theirs.until),
        };
        let level = Confidentiality::from_bit(self.level.min(wide.confidentiality.bit()))?;
        (data_period.from <= data_period.until).then_some(Request {
            data_period,
            confidentiality: level,
            data_stated: wide.data_stated | self.stated,
            data,
            ..*wide
        })
    }

    /// What the wide request lists, and whatever is known for the meanings that it left open.
    fn data(&self, wide: &OwnedRequest) -> Vec<DataRef> {
        let newly_stated = self.stated & !wide.fields.data_stated;
        let more = self
            .listed
            .data
            .iter()
            .filter(|[meaning, ..]| newly_stated >> meaning & 1 == 1);
        wide.data.iter().chain(more).copied().collect()
    }
}

fn narrower() -> impl Strategy<Value = Narrower> {
    (
        support::data_period(),
        0..=DataMeaning::KNOWN,
        support::request(),
        0u8..6,
    )
        .prop_map(|(period, stated, listed, level)| Narrower {
            period,
            stated,
            listed,
            level,
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Nor do the decoders, and what they make of bytes that are almost right is evaluated like anything else.
    #[test]
    fn the_evaluator_never_panics(
        policy in support::policy().prop_flat_map(|policy| support::mutated(policy.encode().expect("valid"))),
        request in support::request().prop_flat_map(|request| support::mutated(request.as_request().encode().expect("valid"))),
        noise in vec(any::<u8>(), 0..200),
        at in any::<u64>(),
    ) {
        for policy in [&policy, &noise] {
            for request in [&request, &noise] {
                if let (Ok(view), Ok(request)) = (PolicyView::parse(policy), Request::decode(request)) {
                    let decision = evaluate(&view, &request, at);
                    prop_assert!(decision.answer == Answer::Permit || decision.obligations.redact_labels == 0);
                }
            }
        }
    }

    #[test]
    fn the_order_of_provisions_does_not_matter(
        policy in support::policy(), request in support::request(), at in moment(), seed in any::<u64>(),
    ) {
        let (mut shuffled, mut seed) = (policy.clone(), seed);
        each_list(&mut shuffled.provisions, &mut |provisions| shuffle(provisions, &mut seed));
        let request = request.as_request();
        prop_assert_eq!(said(ask_at(&shuffled, &request, at)), said(ask_at(&policy, &request, at)));
    }

    #[test]
    fn a_provision_that_does_not_match_changes_nothing(
        policy in support::policy(), request in support::request(), at in 0u64..8,
        criteria in support::criteria(), nested in vec(support::provision(), 0..3), which in 0u8..6, seed in any::<u64>(),
    ) {
        let request = request.as_request();
        let provision = Provision { criteria: missing(criteria, &request, at, which), provisions: nested };
        let (mut extended, mut seed) = (policy.clone(), seed);
        let mut lists = 0;
        each_list(&mut extended.provisions, &mut |_| lists += 1);
        let (chosen, mut list) = (next(&mut seed) % lists, 0);
        let mut at_end = extended.clone();
        each_list(&mut extended.provisions, &mut |provisions| {
            if list == chosen {
                provisions.insert((next(&mut seed) % (provisions.len() as u64 + 1)) as usize, provision.clone());
            }
            list += 1;
        });
        at_end.provisions.push(provision);
        prop_assume!(extended.encode().is_ok() && at_end.encode().is_ok(), "not too deep");
        let before = ask_at(&policy, &request, at);
        prop_assert_eq!(said(ask_at(&extended, &request, at)), said(before));
        // At the end no other provision has another position, so not even the path changes.
        prop_assert_eq!(ask_at(&at_end, &request, at), before);
    }

    #[test]
    fn of_equally_recent_consents_a_denial_wins_in_whatever_order(
        consents in consents(), request in support::request(), at in moment(), seed in any::<u64>(),
    ) {
        let request = request.as_request();
        let (mut shuffled, mut seed) = (consents.clone(), seed);
        shuffle(&mut shuffled, &mut seed);
        let (one, other) = (together(&consents, &request, at), together(&shuffled, &request, at));
        let of = |combined: &Combined| (combined.decision.answer, combined.decision.obligations, combined.applied, combined.is_tied);
        prop_assert_eq!(of(&one), of(&other));
        // What is said of the combination, from the answers of the single ones.
        let answers = consents.iter().map(|consent| {
            let date_time = PolicyView::parse(&consent.1).expect("canonical").date_time();
            (date_time, together(std::slice::from_ref(consent), &request, at).decision)
        });
        let applying: Vec<_> = answers.filter(|(_, decision)| decision.answer != Answer::NoConsent).collect();
        let newest = applying.iter().map(|(date_time, _)| *date_time).max();
        let mut tied = applying.iter().filter(|(date_time, _)| Some(*date_time) == newest);
        let expected = match newest {
            None => Answer::NoConsent,
            Some(_) if tied.any(|(_, decision)| decision.answer == Answer::Deny) => Answer::Deny,
            Some(_) => Answer::Permit,
        };
        prop_assert_eq!(one.decision.answer, expected);
    }

    /// An obligation is the answer to the request that states one label more.
    #[test]
    fn a_label_is_to_be_redacted_if_data_that_carry_it_as_well_are_not_permitted(
        policy in support::policy(), request in support::request(), at in moment(), label in 0u8..45,
    ) {
        let request = request.as_request();
        let decision = ask_at(&policy, &request, at);
        if decision.answer == Answer::Permit {
            let label = Sensitivity::from_bit(label).expect("a number of 45").mask();
            let labelled = Request { labels: request.labels | label, ..request };
            let is_redacted = decision.obligations.redact_labels & label != 0;
            prop_assert_eq!(ask_at(&policy, &labelled, at).answer == Answer::Permit, !is_redacted);
        }
    }

    /// Asking for less (data of a shorter time; of a lower level, where levels are watermarks; with the references named for
    /// meanings that were left open) never loses a permit, nor does it oblige to more. By induction on the depth: the narrower a request,
    /// the fewer denials it touches and the more permits cover it; a denial overrules where it matches and no permit in it
    /// overrules, which becomes rarer, and the other way round.
    #[test]
    fn a_narrower_request_keeps_its_permit(
        policy in support::policy(), wide in support::request(), narrower in narrower(), at in moment(),
    ) {
        let mut policy = policy;
        let base = policy.base.unwrap_or(Effect::Deny);
        policy.scope.confidentiality = 0;
        watermark(&mut policy.provisions, base.flipped());
        let data = narrower.data(&wide);
        let asked = wide.as_request();
        if let Some(narrow) = narrower.of(&asked, &data) {
            let (wide, narrow) = (ask_at(&policy, &asked, at), ask_at(&policy, &narrow, at));
            if wide.answer == Answer::Permit {
                prop_assert_eq!(narrow.answer, Answer::Permit);
                prop_assert_eq!(narrow.obligations.redact_labels & !wide.obligations.redact_labels, 0);
            }
        }
    }
}
