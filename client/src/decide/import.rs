//! Consents that were read from FHIR documents and are kept here, to decide by them.

use alloy_core::primitives::{Address, B256, keccak256};
use salus_core::consent::{Policy, PolicyView};
use serde::{Deserialize, Serialize};

use super::{Given, Identifier};
use crate::{
    contracts::consent::Consent,
    fhir::consent::ContentCode,
    fhir::consent::urn,
    openings::{Opening, OpeningError, Openings},
};

/// A consent that is kept here. It is as private as what it was read from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Import {
    /// Identifiers of the patient; none if it cannot be told who that is.
    pub patient: Vec<Identifier>,
    /// Whether it is in force, by its status.
    pub is_active: bool,
    /// The policy's canonical encoding.
    #[serde(with = "hex::serde")]
    pub policy: Vec<u8>,
    /// The codes that it selects data by, which the policy has as hashes.
    #[serde(default)]
    pub codes: Vec<ContentCode>,
    /// Where it was granted on chain.
    pub granted: Vec<GrantedOn>,
}

/// A consent on a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrantedOn {
    /// The chain, by its genesis block.
    pub genesis: B256,
    /// The registry on it.
    pub contract: Address,
    /// The consent in that registry.
    pub consent: B256,
}

impl Import {
    /// What is to be kept of a consent.
    pub fn new(given: &Given) -> Self {
        Self {
            patient: given.patient.clone(),
            is_active: given.is_active,
            policy: given.policy.clone(),
            codes: given.codes.clone(),
            granted: Vec::new(),
        }
    }

    /// What it is kept under: the same for the same policy and status of the same patient.
    pub fn id(&self) -> B256 {
        let content = (&self.patient, self.is_active, hex::encode(&self.policy));
        keccak256(serde_json::to_vec(&content).expect("strings always serialise"))
    }

    /// As what decides.
    pub fn given(&self) -> Given {
        Given {
            name: Some(match self.granted.last() {
                Some(granted) => format!("{}|{}", urn::CONSENT, granted.consent),
                None => format!("urn:salus:import|{}", self.id()),
            }),
            patient: self.patient.clone(),
            is_active: self.is_active,
            policy: self.policy.clone(),
            codes: self.codes.clone(),
            losses: Vec::new(),
        }
    }

    /// The policy as a data structure.
    pub fn policy(&self) -> Option<Policy> {
        Some(PolicyView::parse(&self.policy).ok()?.to_policy())
    }

    /// The consent in a registry, if it was granted there.
    pub fn granted_in(&self, registry: &Consent) -> Option<B256> {
        let known = self.granted.iter().find(|granted| granted.is_in(registry));
        known.map(|granted| granted.consent)
    }

    /// Notes that it was granted in a registry, in place of what was noted for it before.
    pub fn set_granted(&mut self, registry: &Consent, consent: B256) {
        self.granted.retain(|granted| !granted.is_in(registry));
        self.granted.push(GrantedOn {
            genesis: registry.contract().chain().genesis_hash(),
            contract: registry.contract().address(),
            consent,
        });
    }

    /// All that are kept, by their identifiers.
    ///
    /// # Errors
    /// [`OpeningError`] if one of them cannot be read, or is not what it was when it was kept.
    pub fn all(kept: &Openings) -> Result<Vec<Self>, OpeningError> {
        let imports: Vec<Self> = kept.all()?;
        match imports.iter().find(|import| PolicyView::parse(&import.policy).is_err()) {
            None => Ok(imports),
            Some(import) => Err(OpeningError::Malformed {
                path: kept.path::<Self>(import.id()),
                reason: "its policy is none".into(),
            }),
        }
    }
}

impl GrantedOn {
    fn is_in(&self, registry: &Consent) -> bool {
        let contract = registry.contract();
        self.genesis == contract.chain().genesis_hash() && self.contract == contract.address()
    }
}

impl Opening for Import {
    const KIND: &'static str = "import";

    fn opens(&self) -> B256 {
        self.id()
    }
}
