//! One node of an encoded policy: the root with the consent's scope, or a provision.
//!
//! [`check`] and the evaluator take a node's criteria one by one as they come; only who wants a node as a whole reads one.
//! The evaluator meets nodes that [`super::PolicyView::parse`] has already accepted, so what [`check`] refuses never reaches it.

use super::{
    error::{Malformed, MalformedKind},
    policy::{DataPeriod, Period},
    request::DataRef,
};
use crate::{
    bytes::Reader,
    codes::{Action, Confidentiality, DataMeaning, Purpose, ResourceClass, Role, Sensitivity},
};

/// Bits of a node's first field: which criteria follow.
pub(super) mod stated {
    pub(crate) const ACTORS: u16 = 1;
    pub(crate) const PURPOSES: u16 = 1 << 1;
    pub(crate) const CLASSES: u16 = 1 << 2;
    pub(crate) const LABELS: u16 = 1 << 3;
    pub(crate) const CONFIDENTIALITY: u16 = 1 << 4;
    pub(crate) const ACTIONS: u16 = 1 << 5;
    pub(crate) const PERIOD: u16 = 1 << 6;
    pub(crate) const DATA_PERIOD: u16 = 1 << 7;
    pub(crate) const DATA: u16 = 1 << 8;
    pub(crate) const KNOWN: u16 = (1 << 9) - 1;
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Node<'a> {
    /// Bits of [`stated`].
    pub(super) stated: u16,
    pub(super) roles: u64,
    pub(super) addresses: &'a [[u8; 20]],
    pub(super) communities: &'a [[u8; 32]],
    pub(super) purposes: u64,
    pub(super) classes: u64,
    pub(super) labels: u64,
    pub(super) confidentiality: u8,
    pub(super) actions: u16,
    pub(super) period: Option<Period>,
    pub(super) data_period: Option<DataPeriod>,
    pub(super) data: &'a [DataRef],
    /// How many provisions are nested directly in it.
    pub(super) children: u8,
}

impl<'a> Node<'a> {
    /// Reads a node's length; what is read from the answer is that node, what is read on after it its sibling.
    pub(super) fn enter(reader: &mut Reader<'a>) -> Option<Reader<'a>> {
        let length = usize::from(reader.u16()?);
        reader.nested(length)
    }

    /// Reads a node up to its first child.
    pub(super) fn read(reader: &mut Reader<'a>) -> Option<Self> {
        let mut node = Self {
            stated: reader.u16()?,
            ..Self::default()
        };
        if node.states(stated::ACTORS) {
            node.roles = reader.u64()?;
            node.addresses = reader.list()?;
            node.communities = reader.list()?;
        }
        if node.states(stated::PURPOSES) {
            node.purposes = reader.u64()?;
        }
        if node.states(stated::CLASSES) {
            node.classes = reader.u64()?;
        }
        if node.states(stated::LABELS) {
            node.labels = reader.u64()?;
        }
        if node.states(stated::CONFIDENTIALITY) {
            node.confidentiality = reader.u8()?;
        }
        if node.states(stated::ACTIONS) {
            node.actions = reader.u16()?;
        }
        if node.states(stated::PERIOD) {
            node.period = Some(Period {
                from: reader.u64()?,
                until: reader.u64()?,
            });
        }
        if node.states(stated::DATA_PERIOD) {
            node.data_period = Some(DataPeriod {
                from: reader.i64()?,
                until: reader.i64()?,
            });
        }
        if node.states(stated::DATA) {
            node.data = reader.list()?;
        }
        node.children = reader.u8()?;
        Some(node)
    }

    fn states(&self, criterion: u16) -> bool {
        self.stated & criterion != 0
    }
}

/// Reads a node up to its first child and refuses whatever is not canonical, except for the children; answers how many
/// there are.
///
/// Of several rules that a node breaks, the one with the lowest number is named. To find that out takes hardly more than to
/// read the node: nothing is decided before its end.
pub(super) fn check(reader: &mut Reader<'_>) -> Result<u8, MalformedKind> {
    let (children, broken) = broken_rules(reader).ok_or(MalformedKind::UnexpectedEnd)?;
    if broken == 0 {
        return Ok(children);
    }
    let is_broken = |rule: &MalformedKind| broken & bit(true, *rule) != 0;
    Err(RULES
        .into_iter()
        .find(is_broken)
        .unwrap_or(MalformedKind::UnexpectedEnd))
}

/// The rules about what is in a node, in the order of their numbers.
const RULES: [MalformedKind; 6] = [
    MalformedKind::UnknownCriterion,
    MalformedKind::UnknownCode,
    MalformedKind::EmptyCriterion,
    MalformedKind::UnorderedList,
    MalformedKind::ReversedPeriod,
    MalformedKind::UnboundedPeriod,
];

/// The bit of a rule, if it is broken.
const fn bit(is_broken: bool, rule: MalformedKind) -> u32 {
    (is_broken as u32) << rule as u32
}

/// How many children a node has, and the bits of the rules that it breaks; `None` if it ends too early.
fn broken_rules(reader: &mut Reader<'_>) -> Option<(u8, u32)> {
    let stated = reader.u16()?;
    let mut broken = bit(stated & !stated::KNOWN != 0, MalformedKind::UnknownCriterion);
    // Bits that stand for no code.
    let mut unknown = 0;
    let mut is_empty = false;
    if stated & stated::ACTORS != 0 {
        let roles = reader.u64()?;
        let addresses = reader.list::<20>()?;
        let communities = reader.list::<32>()?;
        unknown |= roles & !Role::KNOWN;
        is_empty |= roles == 0 && addresses.is_empty() && communities.is_empty();
        let is_ordered = is_ascending(addresses) && is_ascending(communities);
        broken |= bit(!is_ordered, MalformedKind::UnorderedList);
    }
    for (criterion, codes) in [
        (stated::PURPOSES, Purpose::KNOWN),
        (stated::CLASSES, ResourceClass::KNOWN),
        (stated::LABELS, Sensitivity::KNOWN),
    ] {
        if stated & criterion != 0 {
            let mask = reader.u64()?;
            unknown |= mask & !codes;
            is_empty |= mask == 0;
        }
    }
    if stated & stated::CONFIDENTIALITY != 0 {
        let mask = reader.u8()?;
        unknown |= u64::from(mask & !Confidentiality::KNOWN);
        is_empty |= mask == 0;
    }
    if stated & stated::ACTIONS != 0 {
        let mask = reader.u16()?;
        unknown |= u64::from(mask & !Action::KNOWN);
        is_empty |= mask == 0;
    }
    if stated & stated::PERIOD != 0 {
        let (from, until) = (reader.u64()?, reader.u64()?);
        broken |= broken_period(from, until);
    }
    if stated & stated::DATA_PERIOD != 0 {
        let (from, until) = (reader.i64()?, reader.i64()?);
        // Their distances from the first second there is.
        broken |= broken_period(from.wrapping_sub(i64::MIN) as u64, until.wrapping_sub(i64::MIN) as u64);
    }
    if stated & stated::DATA != 0 {
        let data = reader.list()?;
        is_empty |= data.is_empty();
        unknown |= u64::from(!are_known(data));
        broken |= bit(!is_ascending(data), MalformedKind::UnorderedList);
    }
    broken |= bit(unknown != 0, MalformedKind::UnknownCode) | bit(is_empty, MalformedKind::EmptyCriterion);
    Some((reader.u8()?, broken))
}

/// A period ends where it begins or later, and is not open at both ends.
fn broken_period(from: u64, until: u64) -> u32 {
    bit(until < from, MalformedKind::ReversedPeriod)
        | bit(from == 0 && until == u64::MAX, MalformedKind::UnboundedPeriod)
}

/// Whether each item is greater than the one before.
pub(super) fn is_ascending<T: Ord>(items: &[T]) -> bool {
    items.is_sorted_by(|left, right| left < right)
}

/// Whether all references have a meaning that there is.
pub(super) fn are_known(data: &[DataRef]) -> bool {
    data.iter()
        .all(|[meaning, ..]| DataMeaning::from_bit(*meaning).is_some())
}

impl MalformedKind {
    pub(super) fn at(self, reader: &Reader<'_>) -> Malformed {
        Malformed {
            kind: self,
            offset: reader.offset(),
        }
    }
}
