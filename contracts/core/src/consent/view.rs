//! An encoded policy, accepted and ready to be evaluated where it lies.

use alloc::vec::Vec;

use super::{
    ENCODING_VERSION, MAX_DEPTH, MAX_POLICY_BYTES, MAX_PROVISIONS,
    error::{Malformed, MalformedKind},
    node::{Node, known},
    policy::{Actors, Criteria, Effect, Policy, Provision},
};
use crate::{bytes::Reader, codes::Category};

/// A policy's canonical bytes. To have one means that [`PolicyView::parse`] has accepted them.
#[derive(Clone, Copy, Debug)]
pub struct PolicyView<'a> {
    bytes: &'a [u8],
    pub(super) base: Option<Effect>,
    date_time: u64,
    pub(super) categories: u32,
    /// At the root node.
    root: Reader<'a>,
}

impl<'a> PolicyView<'a> {
    /// Accepts the canonical encoding of a policy and nothing else.
    ///
    /// # Errors
    /// [`Malformed`] for anything that [`Policy::encode`] could not have written. Never panics.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(bytes);
        if bytes.len() > MAX_POLICY_BYTES {
            return Err(MalformedKind::TooLong.at(&reader));
        }
        let view = Self::read_header(bytes, &mut reader)?;
        let root = Node::enter(&mut reader).ok_or_else(|| MalformedKind::UnexpectedEnd.at(&reader))?;
        check_nodes(root)?;
        if reader.is_empty() {
            Ok(view)
        } else {
            Err(MalformedKind::TrailingBytes.at(&reader))
        }
    }

    fn read_header(bytes: &'a [u8], reader: &mut Reader<'a>) -> Result<Self, Malformed> {
        let mut fields = *reader;
        let end = || MalformedKind::UnexpectedEnd.at(reader);
        let version = fields.u8().ok_or_else(end)?;
        if version != ENCODING_VERSION {
            return Err(MalformedKind::UnknownVersion.at(&fields));
        }
        let base = match fields.u8().ok_or_else(end)? {
            0 => None,
            1 => Some(Effect::Permit),
            2 => Some(Effect::Deny),
            _ => return Err(MalformedKind::UnknownBaseDecision.at(&fields)),
        };
        let date_time = fields.u64().ok_or_else(end)?;
        let categories = fields.u32().ok_or_else(end)?;
        known(categories.into(), Category::KNOWN.into()).map_err(|kind| kind.at(&fields))?;
        *reader = fields;
        Ok(Self {
            bytes,
            base,
            date_time,
            categories,
            root: fields,
        })
    }

    /// The bytes, as they are committed to.
    pub fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// When the consent was given, in seconds since the epoch.
    pub fn date_time(&self) -> u64 {
        self.date_time
    }

    /// The root node and, in the reader, its children.
    pub(super) fn root(&self) -> Option<(Node<'a>, Reader<'a>)> {
        let mut reader = self.root;
        let mut body = Node::enter(&mut reader)?;
        Some((Node::read(&mut body)?, body))
    }

    /// The policy as a data structure.
    pub fn to_policy(&self) -> Policy {
        // `parse` has read the same bytes to their end: there is always a root.
        let (scope, provisions) = self.root().map_or_else(Default::default, |(node, mut rest)| {
            (node.to_criteria(), provisions(node.children, &mut rest))
        });
        Policy {
            base: self.base,
            date_time: self.date_time,
            categories: self.categories,
            scope,
            provisions,
        }
    }
}

/// A node whose children are being checked.
#[derive(Clone, Copy)]
struct Level<'a> {
    body: Reader<'a>,
    left: u8,
}

/// Checks the root node and what is nested in it. The way down is kept in an array and not in recursion, because a
/// contract's stack is small.
fn check_nodes(root: Reader<'_>) -> Result<(), Malformed> {
    let mut count = 0usize;
    let mut levels = [Level { body: root, left: 0 }; MAX_DEPTH + 1];
    let mut depth = 0usize;
    check_criteria(&mut levels[0], &mut count)?;
    while let Some(level) = levels.get_mut(depth) {
        if let Some(left) = level.left.checked_sub(1) {
            level.left = left;
            let end = MalformedKind::UnexpectedEnd.at(&level.body);
            let mut child = Level {
                body: Node::enter(&mut level.body).ok_or(end)?,
                left: 0,
            };
            depth = depth.saturating_add(1);
            let too_deep = MalformedKind::TooDeep.at(&child.body);
            check_criteria(&mut child, &mut count)?;
            *levels.get_mut(depth).ok_or(too_deep)? = child;
        } else if !level.body.is_empty() {
            return Err(MalformedKind::WrongLength.at(&level.body));
        } else {
            let Some(above) = depth.checked_sub(1) else { break };
            depth = above;
        }
    }
    Ok(())
}

/// Reads a node up to its first child, and counts its children.
fn check_criteria(level: &mut Level<'_>, count: &mut usize) -> Result<(), Malformed> {
    let body = &mut level.body;
    let node = Node::read(body).ok_or_else(|| MalformedKind::UnexpectedEnd.at(body))?;
    node.check().map_err(|kind| kind.at(body))?;
    level.left = node.children;
    *count = count.saturating_add(usize::from(node.children));
    if *count > MAX_PROVISIONS {
        Err(MalformedKind::TooManyProvisions.at(body))
    } else {
        Ok(())
    }
}

fn provisions(count: u8, reader: &mut Reader<'_>) -> Vec<Provision> {
    (0..count)
        .map_while(|_| {
            let mut body = Node::enter(reader)?;
            let node = Node::read(&mut body)?;
            Some(Provision {
                criteria: node.to_criteria(),
                provisions: provisions(node.children, &mut body),
            })
        })
        .collect()
}

impl Node<'_> {
    fn to_criteria(self) -> Criteria {
        Criteria {
            actors: Actors {
                addresses: self.addresses.to_vec(),
                roles: self.roles,
                communities: self.communities.to_vec(),
            },
            purposes: self.purposes,
            classes: self.classes,
            labels: self.labels,
            confidentiality: self.confidentiality,
            actions: self.actions,
            period: self.period,
            data_period: self.data_period,
            data: self.data.to_vec(),
        }
    }
}
