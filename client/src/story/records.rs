//! Records are provable without being published.

use alloy_core::primitives::{B256, keccak256};
use salus_core::records::merkle::MerkleTree;

use super::{Stage, StoryError, step::Teller};
use crate::{
    Error,
    fhir::{Bundle, Canonical, Resource, Salt},
};

/// How many observations an encounter needs, to be told of.
const ENOUGH: usize = 2;

impl Stage<'_> {
    /// The family doctor anchors an encounter with its observations, proves one of them, and cannot prove what was changed.
    pub(super) async fn keep_records(&self, bundle: &Bundle, teller: &mut Teller<'_>) -> Result<(), Error> {
        let visit = encounter(bundle).ok_or(StoryError::NothingToTell("encounter with observations"))?;
        let mut documents = Vec::with_capacity(visit.len());
        let mut leaves = Vec::with_capacity(visit.len());
        for resource in &visit {
            let (canonical, salt) = (resource.canonical()?, Salt::random());
            leaves.push(canonical.commit(&salt));
            documents.push((canonical, salt));
        }
        let hash = |bytes: &[u8]| keccak256(bytes).0;
        let tree = MerkleTree::new(&leaves, hash).ok_or(StoryError::NothingToTell("resources"))?;
        let root = B256::from(tree.root());
        let author = &self.cast.family_doctor;
        let receipt = self
            .records
            .anchor_batch(author, root, tree.count(), B256::ZERO, self.options)
            .await?;
        let text = format!(
            "The family doctor anchors an encounter and its {} observations under one root, {root}; nothing of them is published",
            visit.len() - 1
        );
        teller.sent("anchor_batch", text, &receipt);

        // The first observation stands behind the encounter.
        let (place, position) = (1, 1u64);
        let proof = tree.proof(position).unwrap_or_default();
        let address = author.account().address();
        let (canonical, salt) = &documents[place];
        let leaf = B256::from(canonical.commit(salt));
        let proven = self
            .records
            .verify_in_batch(address, root, leaf, position, &proof)
            .await?;
        let text =
            "Whoever is shown one observation with its salt and proof asks whether it is what the doctor anchored";
        teller.asked("prove_observation", text, outcome(true), outcome(proven))?;

        let altered = B256::from(altered(visit[place])?.commit(salt));
        let proven = self
            .records
            .verify_in_batch(address, root, altered, position, &proof)
            .await?;
        let text = "The same observation with one word changed";
        teller.asked("tampered_observation", text, outcome(false), outcome(proven))
    }
}

/// The first encounter with enough observations, and these.
fn encounter(bundle: &Bundle) -> Option<Vec<&Resource>> {
    bundle.of_type("Encounter").find_map(|encounter| {
        let mut visit = vec![encounter];
        visit.extend(bundle.referring_to(encounter, "Observation", "encounter"));
        (visit.len() > ENOUGH).then_some(visit)
    })
}

/// A resource that somebody has tampered with.
fn altered(resource: &Resource) -> Result<Canonical, Error> {
    let mut value = resource.value().clone();
    let status = if value["status"] == "amended" {
        "final"
    } else {
        "amended"
    };
    value["status"] = status.into();
    Ok(Canonical::of(&value)?)
}

fn outcome(proven: bool) -> &'static str {
    if proven { "PROVEN" } else { "NOT PROVEN" }
}
