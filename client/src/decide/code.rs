//! The codes that data carry, where consents or a request tell data apart by them.

use alloy_core::primitives::hex;
use salus_core::{
    codes::DataMeaning,
    consent::{DataRef, PolicyView, Provision},
};

use super::AccessRequest;
use crate::fhir::consent::ContentCode;

/// The system of a code that is known by its hash alone.
const HASHES: &str = "urn:salus:code-hash";

/// The codes by which data are told apart in a decision: those that the request asks for, or else those that the consents select by.
#[derive(Debug, Clone)]
pub struct Codes {
    is_asked: bool,
    listed: Vec<Coded>,
}

/// Data that carry a code.
#[derive(Debug, Clone)]
struct Coded {
    /// In each of several systems.
    references: Vec<DataRef>,
    name: ContentCode,
}

impl Codes {
    /// The codes in a decision on a request by these policies; `names` are those of codes that policies may have.
    pub fn of<'a>(
        request: &AccessRequest,
        policies: impl IntoIterator<Item = PolicyView<'a>>,
        names: &[ContentCode],
    ) -> Self {
        if !request.codes.is_empty() {
            let listed = request.codes.iter().filter_map(|concept| {
                Some(Coded {
                    references: concept.iter().map(ContentCode::reference).collect(),
                    name: concept.first()?.clone(),
                })
            });
            return Self {
                is_asked: true,
                listed: listed.collect(),
            };
        }
        let mut found = Vec::new();
        for policy in policies {
            let policy = policy.to_policy();
            found.extend(policy.scope.data);
            collect(&policy.provisions, &mut found);
        }
        found.retain(|[meaning, ..]| *meaning == DataMeaning::CODE.bit());
        found.sort_unstable();
        found.dedup();
        let listed = found.into_iter().map(|reference| Coded {
            references: vec![reference],
            name: name_of(&reference, names),
        });
        Self {
            is_asked: false,
            listed: listed.collect(),
        }
    }

    /// What has to be asked: for each code those data that carry it and, unless the request is for these alone, data that carry none of them.
    pub(super) fn choices(&self) -> impl Iterator<Item = Option<usize>> {
        let none = (!self.is_asked).then_some(None);
        none.into_iter().chain((0..self.listed.len()).map(Some))
    }

    /// The references by which data of a choice are known.
    pub(super) fn references(&self, choice: Option<usize>) -> &[DataRef] {
        let coded = choice.and_then(|index| self.listed.get(index));
        coded.map_or(&[], |coded| &coded.references)
    }

    /// The name of a choice, unless it is that of none.
    pub fn name(&self, choice: Option<usize>) -> Option<&ContentCode> {
        Some(&self.listed.get(choice?)?.name)
    }
}

fn collect(provisions: &[Provision], found: &mut Vec<DataRef>) {
    for provision in provisions {
        found.extend(&provision.criteria.data);
        collect(&provision.provisions, found);
    }
}

/// Whoever has the data can hash their codes and compare.
fn name_of(reference: &DataRef, names: &[ContentCode]) -> ContentCode {
    let known = names.iter().find(|name| name.reference() == *reference);
    known.cloned().unwrap_or_else(|| ContentCode {
        system: HASHES.into(),
        code: hex::encode(reference.get(1..).unwrap_or_default()),
    })
}
