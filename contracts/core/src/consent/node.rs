//! One node of an encoded policy: the root with the consent's scope, or a provision.
//!
//! A node is read in one pass into views of its bytes. The evaluator reads nodes that [`super::PolicyView::parse`]
//! has already accepted, so what [`Node::check`] refuses never reaches it.

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

    pub(super) fn states(&self, criterion: u16) -> bool {
        self.stated & criterion != 0
    }

    /// Refuses whatever is not canonical, except for the children.
    pub(super) fn check(&self) -> Result<(), MalformedKind> {
        if self.stated & !stated::KNOWN != 0 {
            return Err(MalformedKind::UnknownCriterion);
        }
        if self.states(stated::ACTORS) {
            if self.roles == 0 && self.addresses.is_empty() && self.communities.is_empty() {
                return Err(MalformedKind::EmptyCriterion);
            }
            known(self.roles, Role::KNOWN)?;
            ascending(self.addresses)?;
            ascending(self.communities)?;
        }
        self.check_mask(stated::PURPOSES, self.purposes, Purpose::KNOWN)?;
        self.check_mask(stated::CLASSES, self.classes, ResourceClass::KNOWN)?;
        self.check_mask(stated::LABELS, self.labels, Sensitivity::KNOWN)?;
        self.check_mask(
            stated::CONFIDENTIALITY,
            self.confidentiality.into(),
            Confidentiality::KNOWN.into(),
        )?;
        self.check_mask(stated::ACTIONS, self.actions.into(), Action::KNOWN.into())?;
        if let Some(period) = self.period {
            check_period(period.from, period.until, 0, u64::MAX)?;
        }
        if let Some(period) = self.data_period {
            check_period(period.from, period.until, i64::MIN, i64::MAX)?;
        }
        if self.states(stated::DATA) {
            if self.data.is_empty() {
                return Err(MalformedKind::EmptyCriterion);
            }
            check_data(self.data)?;
        }
        Ok(())
    }

    fn check_mask(&self, criterion: u16, mask: u64, codes: u64) -> Result<(), MalformedKind> {
        if self.states(criterion) && mask == 0 {
            return Err(MalformedKind::EmptyCriterion);
        }
        known(mask, codes)
    }
}

pub(super) fn known(mask: u64, codes: u64) -> Result<(), MalformedKind> {
    if mask & !codes == 0 {
        Ok(())
    } else {
        Err(MalformedKind::UnknownCode)
    }
}

pub(super) fn ascending<T: Ord>(items: &[T]) -> Result<(), MalformedKind> {
    if items.is_sorted_by(|left, right| left < right) {
        Ok(())
    } else {
        Err(MalformedKind::UnorderedList)
    }
}

pub(super) fn check_data(data: &[DataRef]) -> Result<(), MalformedKind> {
    if data
        .iter()
        .any(|[meaning, ..]| DataMeaning::from_bit(*meaning).is_none())
    {
        return Err(MalformedKind::UnknownCode);
    }
    ascending(data)
}

fn check_period<T: Ord>(from: T, until: T, first: T, last: T) -> Result<(), MalformedKind> {
    if until < from {
        Err(MalformedKind::ReversedPeriod)
    } else if from == first && until == last {
        Err(MalformedKind::UnboundedPeriod)
    } else {
        Ok(())
    }
}

impl MalformedKind {
    pub(super) fn at(self, reader: &Reader<'_>) -> Malformed {
        Malformed {
            kind: self,
            offset: reader.offset(),
        }
    }
}
