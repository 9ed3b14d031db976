//! FHIR Consent documents (R4 and R5), translated into policies of [`salus_core::consent`], and policies into such documents.
//!
//! A translation is exact or refused: a field that bears on the decision and cannot be said in a policy is a [`Refusal`] and
//! makes [`read`] fail, with all of them listed. What does not bear on the decision is listed as a [`Loss`], kept as
//! [`Evidence`] where it is some. Nothing is left out without a word. [`write`] goes the way back by the same rule. `docs/fhir.md` has the mapping field by field.

pub(crate) mod coding;
pub(crate) mod criteria;
pub(crate) mod date;
mod header;
mod notes;
mod provision;
pub(crate) mod resolver;
mod write;

use salus_core::{
    consent::{Criteria, Decision, Effect, Policy, PolicyView, Reason, Request, evaluate, policy_commitment},
    hash::Hash,
};
use serde_json::Value;

pub use self::{
    coding::ContentCode,
    date::{civil, date_time},
    header::{ConsentStatus, Evidence, FhirVersion},
    notes::{Loss, LossReason, Refusal, RefusalReason},
    resolver::{Actor, Directory, Names, Reference, Resolver, urn},
    write::{Header, Written, write},
};
use self::{criteria::Reader, date::Moment, notes::Notes, provision::lower};
use super::{
    bundle::expect_type,
    canonical::{Salt, keccak},
    error::FhirError,
    field::Field,
};

/// The first and the last second of a FHIR `date` or `dateTime`, since the Unix epoch, of any precision; one without a time is
/// read in UTC. `None` if it is none.
pub fn seconds_of(text: &str) -> Option<(i64, i64)> {
    Moment::parse(text).map(|moment| (moment.first, moment.last))
}

/// A Consent as a policy, with what else there is to know of it.
#[derive(Debug, Clone)]
pub struct Translation {
    /// By which version of FHIR the document was read.
    pub version: FhirVersion,
    /// Where the consent is in its life, by the document. Only an active one is to be granted.
    pub status: ConsentStatus,
    /// The policy.
    pub policy: Policy,
    /// Its canonical encoding: what is committed to.
    pub encoded: Vec<u8>,
    /// The codes that provisions select data by, which are in the policy as hashes.
    pub codes: Vec<ContentCode>,
    /// Whose consent it is, by whom, and on what grounds.
    pub evidence: Evidence,
    /// What is in the document and not in the policy.
    pub losses: Vec<Loss>,
}

impl Translation {
    /// What the consent answers to a request at a time, in seconds since the Unix epoch: NO_CONSENT unless it is active.
    pub fn evaluate(&self, request: &Request<'_>, at: u64) -> Decision {
        match PolicyView::parse(&self.encoded) {
            Ok(policy) if self.status == ConsentStatus::Active => evaluate(&policy, request, at),
            _ => Decision::no_consent(Reason::NotActive),
        }
    }

    /// The commitment to the policy that goes on chain.
    pub fn commit(&self, salt: &Salt) -> Hash {
        policy_commitment(salt.as_bytes(), &self.encoded, keccak)
    }
}

/// Translates a Consent. Without a version, it is found out by the names that only one of them has.
///
/// # Errors
/// [`FhirError::Field`] if the document is not as FHIR has it, with the field; [`FhirError::Untranslatable`] with each field that
/// bears on the decision and cannot be said in a policy; [`FhirError::Encode`] if the policy is too long or too deep.
pub fn read(
    document: &Value,
    version: Option<FhirVersion>,
    resolver: &impl Resolver,
) -> Result<Translation, FhirError> {
    expect_type(&Field::new(document, ""), "Consent")?;
    let root = Field::new(document, "Consent");
    let version = match version {
        Some(version) => version,
        None => FhirVersion::detect(&root)?,
    };
    let mut reader = Reader {
        version,
        resolver,
        notes: Notes::default(),
        codes: Vec::new(),
    };
    let status = reader.status(&root)?;
    let evidence = reader.evidence(&root)?;
    let mut policy = Policy {
        base: None,
        date_time: reader.date_time(&root)?,
        categories: reader.categories(&root)?,
        scope: Criteria::default(),
        provisions: Vec::new(),
    };
    match version {
        FhirVersion::R4 => reader.r4(&root, &mut policy)?,
        FhirVersion::R5 => reader.r5(&root, &mut policy)?,
    }
    if !reader.notes.refusals.is_empty() {
        return Err(FhirError::Untranslatable(reader.notes.refusals));
    }
    Ok(Translation {
        version,
        status,
        encoded: policy.encode().map_err(FhirError::Encode)?,
        policy,
        codes: reader.codes,
        evidence,
        losses: reader.notes.losses,
    })
}

impl<R: Resolver> Reader<'_, R> {
    /// R4: the base decision is the root provision's `type` (IHE's profile has it there), or an opt-in or opt-out as `policyRule`
    /// (FHIR's own text, which has none at the root); the rest of the root provision is the scope.
    fn r4(&mut self, root: &Field<'_>, policy: &mut Policy) -> Result<(), FhirError> {
        let rule = self.policy_rule(root)?;
        let Some(provision) = root.get("provision")? else {
            policy.base = rule;
            return Ok(());
        };
        let stated = self.effect(&provision, "type")?;
        if let (Some(stated), Some(rule)) = (stated, rule)
            && stated != rule
        {
            // Base or exception to the rule: FHIR's text and the profile read it in opposite ways.
            let reason = RefusalReason::Contradicts {
                other: "Consent.policyRule",
            };
            self.notes.refuse(provision.path_of("type"), reason);
        }
        policy.base = stated.or(rule);
        let Some(base) = policy.base else {
            return self.without_base(&provision);
        };
        let mut scopes = self.criteria(&provision, base)?;
        if let Some(scope) = scopes.pop() {
            policy.scope = scope.criteria;
            if !scope.also.is_empty() {
                let codes = provision.require("code")?;
                self.notes.refuse_as(&codes, "a scope by codes and by references");
            }
        }
        if !scopes.is_empty() {
            let labels = provision.require("securityLabel")?;
            self.notes
                .refuse_as(&labels, "a scope by confidentiality or else by sensitivity");
        }
        self.exceptions(&provision, base, policy)
    }

    /// R5: `decision`, with `provision[]` as exceptions to it, within the consent's `period`.
    fn r5(&mut self, root: &Field<'_>, policy: &mut Policy) -> Result<(), FhirError> {
        policy.base = self.effect(root, "decision")?;
        if let Some(period) = root.get("period")? {
            policy.scope.period = self.notes.period(&period, self.version)?;
        }
        match policy.base {
            Some(base) => self.exceptions(root, base, policy),
            None => self.without_base(root),
        }
    }

    fn exceptions(&mut self, parent: &Field<'_>, base: Effect, policy: &mut Policy) -> Result<(), FhirError> {
        let nodes = self.nested(parent, base)?;
        policy.provisions = lower(&nodes, base, &parent.path_of("provision"), &mut self.notes);
        Ok(())
    }

    /// Without a base decision the answer is always NO_CONSENT: what would restrict or except from it need not be
    /// translated. It has to be well-formed all the same.
    fn without_base(&mut self, parent: &Field<'_>) -> Result<(), FhirError> {
        let kept = std::mem::take(&mut self.notes);
        if self.version == FhirVersion::R4 {
            self.criteria(parent, Effect::Deny)?;
        }
        let nodes = self.nested(parent, Effect::Deny)?;
        self.notes = kept;
        if !nodes.is_empty() {
            self.notes.lose(parent.path_of("provision"), LossReason::NoBaseDecision);
        }
        if self.version == FhirVersion::R4 {
            self.notes.lose(parent.path.clone(), LossReason::NoBaseDecision);
        }
        Ok(())
    }
}
