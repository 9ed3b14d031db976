//! Provisions: from FHIR's tree to the model's, where each provision decides the opposite of its parent.

use salus_core::consent::{Criteria, Effect, MAX_PROVISIONS, Provision};

use super::{
    FhirVersion,
    criteria::{Reader, Selection},
    notes::{LossReason, Notes, RefusalReason},
    resolver::Resolver,
};
use crate::fhir::{error::FieldError, field::Field};

/// A provision with its effect, as the document has it.
pub(super) struct Node {
    effect: Effect,
    /// Any of them will do.
    alternatives: Vec<Selection>,
    children: Vec<Node>,
}

impl<R: Resolver> Reader<'_, R> {
    /// The provisions nested in `parent`, whose own effect is `effect`.
    ///
    /// In R4 each one states its effect; in R5 it is the opposite of its parent's.
    pub(super) fn nested(&mut self, parent: &Field<'_>, effect: Effect) -> Result<Vec<Node>, FieldError> {
        let mut nodes = Vec::new();
        let mut redundant = Vec::new();
        for field in parent.list("provision")? {
            let own = match self.version {
                FhirVersion::R4 => self
                    .effect(&field, "type")?
                    .ok_or_else(|| Self::missing(&field, "type"))?,
                FhirVersion::R5 => effect.flipped(),
            };
            let node = Node {
                effect: own,
                alternatives: self.criteria(&field, own)?,
                children: self.nested(&field, own)?,
            };
            if own == effect && node.children.is_empty() {
                redundant.push(field.path.clone());
            }
            nodes.push(node);
        }
        // A denial within a denial is an exception to the permits beside it, if there are any.
        if effect == Effect::Permit || nodes.iter().all(|node| node.effect == effect) {
            for path in redundant {
                self.notes.lose(path, LossReason::Redundant);
            }
        }
        Ok(nodes)
    }
}

/// Puts provisions into the model's form, in which each decides the opposite of `parent`.
///
/// R4 can nest a provision in one of the same effect. By itself it changes nothing; what is nested in it does, within what it
/// matches. In the model that is an opposite provision, overruled as a whole by one that matches everything, in which the
/// nested ones are. And where a denial within a denial meets a permit beside it, the denial wins: it becomes an exception to that permit.
pub(super) fn lower(nodes: &[Node], parent: Effect, path: &str, notes: &mut Notes) -> Vec<Provision> {
    let mut left = MAX_PROVISIONS;
    lower_within(nodes, parent, &mut left).unwrap_or_else(|| {
        notes.refuse(
            path,
            RefusalReason::NotExpressible {
                what: "a tree of more than 128 provisions",
            },
        );
        Vec::new()
    })
}

/// `None` if there are more than `left` provisions.
fn lower_within(nodes: &[Node], parent: Effect, left: &mut usize) -> Option<Vec<Provision>> {
    let mut lowered = Vec::new();
    for node in nodes {
        for selection in &node.alternatives {
            let provisions = if node.effect == parent {
                let inner = lower_within(&node.children, parent, left)?;
                if inner.is_empty() {
                    continue;
                }
                vec![everything(inner, left)?]
            } else {
                let mut inner = lower_within(&node.children, node.effect, left)?;
                if parent == Effect::Deny {
                    inner.extend(denials(nodes, left)?);
                }
                inner
            };
            lowered.push(provision(selection, provisions, left)?);
        }
    }
    Some(lowered)
}

/// The denials among `nodes`, as exceptions to a permit beside them.
fn denials(nodes: &[Node], left: &mut usize) -> Option<Vec<Provision>> {
    let mut exceptions = Vec::new();
    for node in nodes.iter().filter(|node| node.effect == Effect::Deny) {
        for selection in &node.alternatives {
            let inner = lower_within(&node.children, Effect::Deny, left)?;
            exceptions.push(provision(selection, inner, left)?);
        }
    }
    Some(exceptions)
}

/// A provision, with its exceptions. Where two lists of references have to match, the second is that of a provision like it, nested in
/// one that takes back everything.
fn provision(selection: &Selection, provisions: Vec<Provision>, left: &mut usize) -> Option<Provision> {
    let Selection { criteria, also } = selection;
    if also.is_empty() {
        return one(criteria.clone(), provisions, left);
    }
    let as_well = Criteria {
        data: also.clone(),
        ..Criteria::default()
    };
    let as_well = one(as_well, provisions, left)?;
    let nothing_else = everything(vec![as_well], left)?;
    one(criteria.clone(), vec![nothing_else], left)
}

fn everything(provisions: Vec<Provision>, left: &mut usize) -> Option<Provision> {
    one(Criteria::default(), provisions, left)
}

fn one(criteria: Criteria, provisions: Vec<Provision>, left: &mut usize) -> Option<Provision> {
    *left = left.checked_sub(1)?;
    Some(Provision { criteria, provisions })
}
