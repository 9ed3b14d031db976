//! The evaluator: one pass over a policy's bytes, without allocation.
//!
//! The same request is answered for many data at once: for the data as the request describes them, and, for each
//! sensitivity label, for such data that turn out to carry that label as well. Each of them is a bit of a word
//! ([`Lanes`]), so a provision takes a few instructions, however many labels there are.

use super::{
    decision::{Answer, Decision, Obligations, Path, Reason},
    node::{Node, stated},
    policy::{DataPeriod, Effect, Period},
    request::Request,
    view::PolicyView,
};
use crate::{bytes::Reader, codes::Sensitivity};

/// Bit *n* below 63: the data that were asked for, were they to carry label *n* too. Bit 63: those data as they are.
type Lanes = u64;

const AS_ASKED: Lanes = 1 << 63;
const ALL: Lanes = AS_ASKED | Sensitivity::KNOWN;

/// Answers a request by an active consent's policy, at a time in seconds since the epoch.
///
/// The order is that of the standards: does the consent apply now, is it of a category that was asked for, does it
/// speak of the purpose, of the rest of the request; and only then, what does it decide. What a request leaves open
/// is decided against it: a permit has to cover all that is asked for, a denial only a part. Labels are the
/// exception, they become obligations.
pub fn evaluate(policy: &PolicyView<'_>, request: &Request<'_>, at: u64) -> Decision {
    // `parse` has read the same bytes to their end: there is always a root.
    let root = policy.root().and_then(|mut reader| {
        let found = look(&mut reader, request, at, ALL, None)?;
        Some((found, reader))
    });
    let Some((root, provisions)) = root else {
        return Decision::no_consent(Reason::OutsideScope);
    };
    if root.misses(Miss::PERIOD) {
        return Decision::no_consent(Reason::OutsidePeriod);
    }
    if policy.categories != 0 && request.categories != 0 && policy.categories & request.categories == 0 {
        return Decision::no_consent(Reason::OtherCategory);
    }
    if root.misses(Miss::PURPOSE) {
        return Decision::no_consent(Reason::OtherPurpose);
    }
    let covered = root.lanes;
    if root.misses(Miss::OTHER) || covered & AS_ASKED == 0 {
        return Decision::no_consent(Reason::OutsideScope);
    }
    let Some(base) = policy.base else {
        return Decision::no_consent(Reason::NoBaseDecision);
    };
    if root.is_part {
        return Decision::without_path(Answer::Deny, Reason::PartlyOutsideScope);
    }
    let node = Settled {
        stands: covered,
        path: Path::default(),
    };
    let question = Question { request, at };
    let Settled { stands, path } = settle(provisions, root.children, node, base.flipped(), question);
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

/// Where a node's own decision stands, and the way to what had the last word on the data as they are asked for: the node
/// itself, or a provision in it.
#[derive(Clone, Copy)]
struct Settled {
    stands: Lanes,
    path: Path,
}

/// What is asked, and when.
#[derive(Clone, Copy)]
struct Question<'a> {
    request: &'a Request<'a>,
    at: u64,
}

/// Finds where a node's decision stands that matches where `node` stands: where none of its provisions, which have this
/// effect, overrules it. A provision overrules its parent where it matches and its own decision stands.
///
/// It calls itself for what is nested, which is no deeper than [`super::MAX_DEPTH`].
fn settle(mut provisions: Reader<'_>, count: u8, node: Settled, effect: Effect, question: Question<'_>) -> Settled {
    let mut settled = node;
    let mut is_explained = false;
    for position in 0..count {
        if settled.stands == 0 {
            break;
        }
        // `parse` has read the same bytes to their end: there is a node.
        let Some(mut nested) = Node::enter(&mut provisions) else {
            break;
        };
        let Some(provision) = look(&mut nested, question.request, question.at, settled.stands, Some(effect)) else {
            break;
        };
        if provision.lanes == 0 {
            continue;
        }
        let mut overruling = Settled {
            stands: provision.lanes,
            path: node.path.with(position),
        };
        if provision.children != 0 {
            overruling = settle(nested, provision.children, overruling, effect.flipped(), question);
        }
        settled.stands &= !overruling.stands;
        // The first provision that overrules is the explanation; failing that, the first that was overruled itself.
        let overrules = overruling.stands & AS_ASKED != 0;
        if overrules || (provision.lanes & AS_ASKED != 0 && !is_explained) {
            settled.path = overruling.path;
            is_explained = true;
        }
    }
    settled
}

/// How a node lies to a request.
struct Found {
    /// Those lanes whose labels it selects; none for a provision that does not match.
    lanes: Lanes,
    /// Bits of [`Miss`].
    missed: u8,
    /// Whether it selects only a part of what is asked for, or the request leaves open whether it does.
    is_part: bool,
    /// How many provisions are nested directly in it.
    children: u8,
}

/// What a node does not select of a request.
struct Miss;

impl Miss {
    const PERIOD: u8 = 1;
    const PURPOSE: u8 = 1 << 1;
    const OTHER: u8 = 1 << 2;
}

impl Found {
    /// A provision that does not match.
    const NOTHING: Self = Self {
        lanes: 0,
        missed: Miss::OTHER,
        is_part: false,
        children: 0,
    };

    fn misses(&self, what: u8) -> bool {
        self.missed & what != 0
    }
}

/// Reads a node up to its first child. A provision, which has an effect, is read only until it is clear that it does not match;
/// the root is read to its end, because what it misses is told apart.
#[inline(never)]
fn look(
    reader: &mut Reader<'_>,
    request: &Request<'_>,
    at: u64,
    within: Lanes,
    effect: Option<Effect>,
) -> Option<Found> {
    let (mut missed, mut is_part, mut lanes) = (0, false, within);
    let stated = reader.u16()?;
    if stated & stated::ACTORS != 0 {
        let (roles, addresses, communities) = (reader.u64()?, reader.list()?, reader.list()?);
        if roles & request.roles == 0
            && !shares(addresses, request.addresses)
            && !shares(communities, request.communities)
        {
            missed |= Miss::OTHER;
        }
    }
    if stated & stated::PURPOSES != 0 && reader.u64()? & request.purpose.mask() == 0 {
        missed |= Miss::PURPOSE;
    }
    if stated & stated::CLASSES != 0 && reader.u64()? & request.class.mask() == 0 {
        missed |= Miss::OTHER;
    }
    if missed != 0 && effect.is_some() {
        return Some(Found::NOTHING);
    }
    if stated & stated::LABELS != 0 {
        let labels = reader.u64()?;
        if labels & request.labels == 0 {
            lanes &= labels;
        }
    }
    if stated & stated::CONFIDENTIALITY != 0 && reader.u8()? & request.confidentiality.mask() == 0 {
        missed |= Miss::OTHER;
    }
    if stated & stated::ACTIONS != 0 && reader.u16()? & request.action.mask() == 0 {
        missed |= Miss::OTHER;
    }
    if stated & stated::PERIOD != 0 {
        let (from, until) = (reader.u64()?, reader.u64()?);
        if !(Period { from, until }).contains(at) {
            missed |= Miss::PERIOD;
        }
    }
    if stated & stated::DATA_PERIOD != 0 {
        let (from, until) = (reader.i64()?, reader.i64()?);
        let period = DataPeriod { from, until };
        if !period.overlaps(&request.data_period) {
            missed |= Miss::OTHER;
        }
        is_part |= !period.contains(&request.data_period);
    }
    if stated & stated::DATA != 0 {
        let data = reader.list()?;
        if !shares(data, request.data) {
            let is_open = data.iter().any(|[meaning, ..]| !request.states_meaning(*meaning));
            missed |= if is_open { 0 } else { Miss::OTHER };
            is_part = true;
        }
    }
    // A permit has to cover all that is asked for, a denial only a part.
    if effect.is_some() && (missed != 0 || (is_part && effect == Some(Effect::Permit))) {
        return Some(Found::NOTHING);
    }
    Some(Found {
        lanes,
        missed,
        is_part,
        children: reader.u8()?,
    })
}

/// Whether some entry is in both lists.
fn shares<const N: usize>(ours: &[[u8; N]], theirs: &[[u8; N]]) -> bool {
    ours.iter().any(|entry| theirs.contains(entry))
}
