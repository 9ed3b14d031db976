//! The evaluator: one pass over a policy's bytes, without allocation.
//!
//! The same request is answered for many data at once: for the data as the request describes them, and, for each
//! sensitivity label, for such data that turn out to carry that label as well. Each of them is a bit of a word
//! ([`Lanes`]), so a provision takes a few instructions, however many labels there are.

use super::{
    MAX_DEPTH,
    decision::{Answer, Decision, Obligations, Path, Reason},
    node::{Node, stated},
    policy::Effect,
    request::Request,
    view::PolicyView,
};
use crate::{bytes::Reader, codes::Sensitivity};

/// Bit *n* below 63: the data that were asked for, were they to carry label *n* too. Bit 63: those data as they are.
type Lanes = u64;

const AS_ASKED: Lanes = 1 << 63;
const ALL: Lanes = AS_ASKED | Sensitivity::KNOWN;

/// How what a request asks for lies to what a node selects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fit {
    Outside,
    /// A part of it is selected, or the request leaves open whether it is.
    Partly,
    Inside,
}

/// Answers a request by an active consent's policy, at a time in seconds since the epoch.
///
/// The order is that of the standards: does the consent apply now, is it of a category that was asked for, does it
/// speak of the purpose, of the rest of the request; and only then, what does it decide. What a request leaves open
/// is decided against it: a permit has to cover all that is asked for, a denial only a part. Labels are the
/// exception, they become obligations.
pub fn evaluate(policy: &PolicyView<'_>, request: &Request<'_>, at: u64) -> Decision {
    // `parse` has read the same bytes to their end: there is always a root.
    let Some((root, provisions)) = policy.root() else {
        return Decision::no_consent(Reason::OutsideScope);
    };
    if root.period.is_some_and(|period| !period.contains(at)) {
        return Decision::no_consent(Reason::OutsidePeriod);
    }
    if policy.categories != 0 && request.categories != 0 && policy.categories & request.categories == 0 {
        return Decision::no_consent(Reason::OtherCategory);
    }
    if root.purposes != 0 && root.purposes & request.purpose.mask() == 0 {
        return Decision::no_consent(Reason::OtherPurpose);
    }
    let fit = fit(&root, request, at);
    let covered = lanes(&root, request, ALL);
    if fit == Fit::Outside || covered & AS_ASKED == 0 {
        return Decision::no_consent(Reason::OutsideScope);
    }
    let Some(base) = policy.base else {
        return Decision::no_consent(Reason::NoBaseDecision);
    };
    if fit == Fit::Partly {
        return Decision::without_path(Answer::Deny, Reason::PartlyOutsideScope);
    }
    let root_level = Level::new(&root, provisions, covered, Path::default());
    let Level { stands, path, .. } = settle(root_level, base, request, at);
    let permitted = match base {
        Effect::Permit => stands,
        Effect::Deny => covered & !stands,
    };
    let is_permitted = permitted & AS_ASKED != 0;
    Decision {
        answer: if is_permitted { Answer::Permit } else { Answer::Deny },
        reason: Reason::Decided,
        obligations: Obligations {
            redact_labels: if is_permitted {
                Sensitivity::KNOWN & !permitted
            } else {
                0
            },
        },
        path,
    }
}

/// A node on the way from the root to where the evaluator is.
#[derive(Clone, Copy)]
struct Level<'a> {
    /// At the next of its provisions.
    provisions: Reader<'a>,
    /// How many of them are left.
    left: u8,
    /// The position of the next one.
    next: u8,
    /// Where the node matches.
    matched: Lanes,
    /// Where its own decision stands, as far as is known: where it matches, less where a provision overrules it.
    stands: Lanes,
    /// To the node.
    here: Path,
    /// To what had the last word on the data as they are asked for: the node, or a provision in it.
    path: Path,
    /// Whether a provision in it has had a say on those data.
    is_explained: bool,
}

impl<'a> Level<'a> {
    fn new(node: &Node<'_>, provisions: Reader<'a>, matched: Lanes, here: Path) -> Self {
        Self {
            provisions,
            left: node.children,
            next: 0,
            matched,
            stands: matched,
            here,
            path: here,
            is_explained: false,
        }
    }

    /// The next provision and its position; `None` after the last one, or once there is nothing left to overrule.
    fn next_provision(&mut self) -> Option<(Node<'a>, Reader<'a>, u8)> {
        if self.stands == 0 {
            return None;
        }
        self.left = self.left.checked_sub(1)?;
        let position = self.next;
        self.next = position.saturating_add(1);
        // `parse` has read the same bytes to their end: there is a node.
        let mut body = Node::enter(&mut self.provisions)?;
        Some((Node::read(&mut body)?, body, position))
    }

    /// Takes note of a provision that has been looked through.
    fn note(&mut self, provision: &Self) {
        self.stands &= !provision.stands;
        // The first provision that overrules is the explanation; failing that, the first that was overruled itself.
        let overrules = provision.stands & AS_ASKED != 0;
        if overrules || (provision.matched & AS_ASKED != 0 && !self.is_explained) {
            self.path = provision.path;
            self.is_explained = true;
        }
    }
}

/// Finds where the root's own decision stands: where no provision overrules it.
///
/// A provision overrules its parent where it matches and its own decision stands. The way down is kept in an array and
/// not in recursion, because a contract's stack is small.
fn settle<'a>(root: Level<'a>, base: Effect, request: &Request<'_>, at: u64) -> Level<'a> {
    let mut levels = [root; MAX_DEPTH + 1];
    let mut depth = 0usize;
    // At even depths the effect is the base decision, and that of the provisions below the opposite.
    let mut effect = base.flipped();
    while let Some(level) = levels.get_mut(depth) {
        if let Some((provision, nested, position)) = level.next_provision() {
            let matched = match_provision(&provision, effect, level.stands, request, at);
            let here = level.here.with(position);
            let below = depth.saturating_add(1);
            // `parse` has refused what is nested deeper: there is a level below.
            if let (1.., Some(next)) = (matched, levels.get_mut(below)) {
                *next = Level::new(&provision, nested, matched, here);
                depth = below;
                effect = effect.flipped();
            }
        } else {
            let done = *level;
            let Some(above) = depth.checked_sub(1) else { return done };
            if let Some(parent) = levels.get_mut(above) {
                parent.note(&done);
            }
            depth = above;
            effect = effect.flipped();
        }
    }
    root
}

fn match_provision(node: &Node<'_>, effect: Effect, within: Lanes, request: &Request<'_>, at: u64) -> Lanes {
    let lanes = lanes(node, request, within);
    if lanes == 0 {
        return 0;
    }
    match (fit(node, request, at), effect) {
        (Fit::Inside, _) | (Fit::Partly, Effect::Deny) => lanes,
        (Fit::Partly, Effect::Permit) | (Fit::Outside, _) => 0,
    }
}

/// Those of `within` whose labels a node selects.
fn lanes(node: &Node<'_>, request: &Request<'_>, within: Lanes) -> Lanes {
    if !node.states(stated::LABELS) || node.labels & request.labels != 0 {
        within
    } else {
        within & node.labels
    }
}

/// All criteria but the labels.
fn fit(node: &Node<'_>, request: &Request<'_>, at: u64) -> Fit {
    let matches = selects(node.purposes, request.purpose.mask())
        && selects(node.classes, request.class.mask())
        && selects(node.actions.into(), request.action.mask().into())
        && selects(node.confidentiality.into(), request.confidentiality.mask().into())
        && node.period.is_none_or(|period| period.contains(at))
        && (!node.states(stated::ACTORS) || is_actor(node, request));
    if !matches {
        return Fit::Outside;
    }
    match (fit_data_period(node, request), fit_data(node, request)) {
        (Fit::Outside, _) | (_, Fit::Outside) => Fit::Outside,
        (Fit::Inside, Fit::Inside) => Fit::Inside,
        _ => Fit::Partly,
    }
}

/// Whether a mask that is stated has the bit; one that is not, 0, selects everything.
fn selects(mask: u64, bit: u64) -> bool {
    mask == 0 || mask & bit != 0
}

fn is_actor(node: &Node<'_>, request: &Request<'_>) -> bool {
    node.roles & request.roles != 0
        || node.addresses.iter().any(|address| request.addresses.contains(address))
        || node
            .communities
            .iter()
            .any(|community| request.communities.contains(community))
}

fn fit_data_period(node: &Node<'_>, request: &Request<'_>) -> Fit {
    match node.data_period {
        None => Fit::Inside,
        Some(period) if period.contains(&request.data_period) => Fit::Inside,
        Some(period) if period.overlaps(&request.data_period) => Fit::Partly,
        Some(_) => Fit::Outside,
    }
}

fn fit_data(node: &Node<'_>, request: &Request<'_>) -> Fit {
    if node.data.is_empty() || node.data.iter().any(|reference| request.data.contains(reference)) {
        Fit::Inside
    } else if node.data.iter().any(|[meaning, ..]| !request.states_meaning(*meaning)) {
        Fit::Partly
    } else {
        Fit::Outside
    }
}
