//! An encoded policy, accepted and ready to be evaluated where it lies.

use alloc::vec::Vec;

use super::{
    ENCODING_VERSION, MAX_DEPTH, MAX_POLICY_BYTES, MAX_PROVISIONS,
    error::{Malformed, MalformedKind},
    node::{Node, check},
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
        check_nodes(root, 0, &mut 0)?;
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
        if categories & !Category::KNOWN != 0 {
            return Err(MalformedKind::UnknownCode.at(&fields));
        }
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

    /// The root node, to be read.
    pub(super) fn root(&self) -> Option<Reader<'a>> {
        let mut reader = self.root;
        Node::enter(&mut reader)
    }

    /// The policy as a data structure.
    pub fn to_policy(&self) -> Policy {
        // `parse` has read the same bytes to their end: there is always a root.
        let root = self.root().and_then(|mut rest| {
            let node = Node::read(&mut rest)?;
            Some((node.to_criteria(), provisions(node.children, &mut rest)))
        });
        let (scope, provisions) = root.unwrap_or_default();
        Policy {
            base: self.base,
            date_time: self.date_time,
            categories: self.categories,
            scope,
            provisions,
        }
    }
}

/// Checks a node at this depth and what is nested in it, and counts provisions. It goes no deeper than it may: one level more than
/// [`MAX_DEPTH`], where it refuses.
fn check_nodes(mut body: Reader<'_>, depth: usize, count: &mut usize) -> Result<(), Malformed> {
    let too_deep = MalformedKind::TooDeep.at(&body);
    let children = check(&mut body).map_err(|kind| kind.at(&body))?;
    *count = count.saturating_add(usize::from(children));
    if *count > MAX_PROVISIONS {
        return Err(MalformedKind::TooManyProvisions.at(&body));
    }
    if depth > MAX_DEPTH {
        return Err(too_deep);
    }
    for _ in 0..children {
        let end = MalformedKind::UnexpectedEnd.at(&body);
        let child = Node::enter(&mut body).ok_or(end)?;
        check_nodes(child, depth.saturating_add(1), count)?;
    }
    if body.is_empty() {
        Ok(())
    } else {
        Err(MalformedKind::WrongLength.at(&body))
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
