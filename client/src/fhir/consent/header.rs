//! What a Consent says about itself, outside of its provisions.

use salus_core::{
    codes::{Category, system},
    consent::Effect,
};

use super::{
    coding::{is_not_applicable, moment},
    criteria::Reader,
    notes::{LossReason, RefusalReason},
    resolver::{Reference, Resolver},
};
use crate::fhir::{
    error::{FieldError, Problem},
    field::Field,
};

/// R4's `Consent.dateTime` as FHIR writes it in documents of other versions.
pub(super) const EXACT_TIME: &str = "http://hl7.org/fhir/4.0/StructureDefinition/extension-Consent.dateTime";

/// A version of FHIR whose Consent is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FhirVersion {
    /// 4.0.1.
    R4,
    /// 5.0.0.
    R5,
}

/// Elements of a Consent that only R4 has, and what becomes of them.
const R4_ONLY: &[(&str, Option<LossReason>)] = &[
    ("scope", None),
    ("dateTime", None),
    ("policyRule", None),
    ("patient", Some(LossReason::Evidence)),
    ("performer", Some(LossReason::Evidence)),
    ("organization", Some(LossReason::Evidence)),
    ("policy", Some(LossReason::Evidence)),
];
/// Elements that only R5 has.
const R5_ONLY: &[(&str, Option<LossReason>)] = &[
    ("decision", None),
    ("date", None),
    ("period", None),
    ("subject", Some(LossReason::Evidence)),
    ("grantor", Some(LossReason::Evidence)),
    ("grantee", Some(LossReason::Evidence)),
    ("controller", Some(LossReason::Evidence)),
    ("policyBasis", Some(LossReason::Evidence)),
    ("manager", Some(LossReason::NotInPolicy)),
    ("regulatoryBasis", Some(LossReason::NotInPolicy)),
    ("policyText", Some(LossReason::NotInPolicy)),
];
/// Elements that both have.
const COMMON: &[(&str, Option<LossReason>)] = &[
    ("resourceType", None),
    ("status", None),
    ("category", None),
    ("provision", None),
    ("sourceReference", Some(LossReason::Evidence)),
    ("sourceAttachment", Some(LossReason::NotInPolicy)),
    ("verification", Some(LossReason::NotInPolicy)),
    ("identifier", Some(LossReason::NotInPolicy)),
    ("meta", Some(LossReason::NotInPolicy)),
    ("text", Some(LossReason::NotInPolicy)),
    ("language", Some(LossReason::NotInPolicy)),
    ("contained", Some(LossReason::NotInPolicy)),
];

impl FhirVersion {
    /// `R4` or `R5`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::R4 => "R4",
            Self::R5 => "R5",
        }
    }

    /// The version whose own elements a Consent has.
    pub(super) fn detect(consent: &Field<'_>) -> Result<Self, FieldError> {
        let object = consent.object()?;
        let has_any =
            |elements: &[(&str, Option<LossReason>)]| elements.iter().any(|(name, _)| object.contains_key(*name));
        match (has_any(R4_ONLY), has_any(R5_ONLY)) {
            (true, false) => Ok(Self::R4),
            (false, true) => Ok(Self::R5),
            _ => Err(consent.error(Problem::UnknownVersion)),
        }
    }

    /// The element of a provision that lists classes of data.
    pub(super) const fn class_element(self) -> &'static str {
        match self {
            Self::R4 => "class",
            Self::R5 => "resourceType",
        }
    }

    const fn own_elements(self) -> &'static [(&'static str, Option<LossReason>)] {
        match self {
            Self::R4 => R4_ONLY,
            Self::R5 => R5_ONLY,
        }
    }

    /// The element's name in this version.
    pub(super) const fn choose(self, r4: &'static str, r5: &'static str) -> &'static str {
        match self {
            Self::R4 => r4,
            Self::R5 => r5,
        }
    }
}

/// `Consent.status`, of R4 and R5.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsentStatus {
    /// Not in force yet.
    Draft,
    /// R4: up for acceptance.
    Proposed,
    /// In force, within its period.
    Active,
    /// R4: one of the parties refused.
    Rejected,
    /// No longer in force.
    Inactive,
    /// R5: it was not asked for or not given.
    NotDone,
    /// It should never have been recorded.
    EnteredInError,
    /// R5: not known.
    Unknown,
}

/// Whose consent it is, by whom, and on what grounds: references as the document has them (`Patient/1`), or `system|value` where it has
/// identifiers only.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    /// R4 `patient`, R5 `subject`.
    pub subject: Option<String>,
    /// Who consented: R4 `performer`, R5 `grantor`; possibly not the subject.
    pub grantors: Vec<String>,
    /// Who has to comply: R5 `grantee`.
    pub grantees: Vec<String>,
    /// Who controls the data: R4 `organization`, R5 `controller`.
    pub controllers: Vec<String>,
    /// The policies that it refers to: R4 `policy.uri`, R5 `policyBasis.uri`.
    pub policies: Vec<String>,
    /// The document that was signed: `sourceReference`.
    pub sources: Vec<String>,
}

impl<R: Resolver> Reader<'_, R> {
    pub(super) fn status(&self, root: &Field<'_>) -> Result<ConsentStatus, FieldError> {
        let field = root.require("status")?;
        match (field.string()?, self.version) {
            ("draft", _) => Ok(ConsentStatus::Draft),
            ("active", _) => Ok(ConsentStatus::Active),
            ("inactive", _) => Ok(ConsentStatus::Inactive),
            ("entered-in-error", _) => Ok(ConsentStatus::EnteredInError),
            ("proposed", FhirVersion::R4) => Ok(ConsentStatus::Proposed),
            ("rejected", FhirVersion::R4) => Ok(ConsentStatus::Rejected),
            ("not-done", FhirVersion::R5) => Ok(ConsentStatus::NotDone),
            ("unknown", FhirVersion::R5) => Ok(ConsentStatus::Unknown),
            _ => Err(field.invalid("a status of a Consent")),
        }
    }

    /// When the consent was given: the second in which R4 `dateTime` or R5 `date` begins. Which of several consents decides
    /// depends on it, so it has to be there. R5 has a day only; the time in it may be there as an extension.
    pub(super) fn date_time(&mut self, root: &Field<'_>) -> Result<u64, FieldError> {
        let mut given = moment(&root.require(self.version.choose("dateTime", "date"))?)?;
        if let Some(field) = self.exact_time(root)? {
            let exact = moment(&field)?;
            if exact.begins_in < given.first || given.last < exact.begins_in {
                let other = "Consent.date";
                self.notes.refuse(field.path, RefusalReason::Contradicts { other });
            }
            given = exact;
        }
        Ok(u64::try_from(given.begins_in).unwrap_or(0))
    }

    /// R4's `dateTime` in a document of R5, if that is the only extension there is.
    fn exact_time<'v>(&self, root: &Field<'v>) -> Result<Option<Field<'v>>, FieldError> {
        match (self.version, &*root.list("extension")?) {
            (FhirVersion::R5, [extension]) if extension.text("url")? == Some(EXACT_TIME) => {
                extension.require("valueDateTime").map(Some)
            }
            _ => Ok(None),
        }
    }

    /// `category`, and in R4 `scope`. A code without a number is passed over, with a word, if another one has a
    /// number; alone it is refused, since a policy without categories is one of every category. R4 requires both elements: a
    /// consent without categories says in them that they do not apply.
    pub(super) fn categories(&mut self, root: &Field<'_>) -> Result<u32, FieldError> {
        let mut concepts = root.list("category")?;
        if self.version == FhirVersion::R4 {
            concepts.push(root.require("scope")?);
            concepts.retain(|concept| !is_not_applicable(concept));
        }
        let mut mask = 0;
        let mut unknown = Vec::new();
        for concept in concepts {
            let codings = self.notes.codings(&concept, self.version)?;
            let found = codings
                .iter()
                .filter_map(|coding| Category::from_code(coding.system, coding.code))
                .fold(0, |mask, category| mask | category.mask());
            mask |= found;
            if found == 0 {
                let coding = codings.first();
                let system = coding.map(|coding| coding.system.to_owned()).unwrap_or_default();
                let code = coding.map(|coding| coding.code.to_owned()).unwrap_or_default();
                unknown.push((concept.path, RefusalReason::UnknownCode { system, code }));
            }
        }
        for (path, reason) in unknown {
            if mask == 0 {
                self.notes.refuse(path, reason);
            } else {
                self.notes.lose(path, LossReason::UnknownCategory);
            }
        }
        Ok(mask)
    }

    /// R4 `policyRule`: a base decision if it is HL7's opt-in or opt-out, otherwise evidence.
    pub(super) fn policy_rule(&mut self, root: &Field<'_>) -> Result<Option<Effect>, FieldError> {
        let Some(rule) = root.get("policyRule")? else {
            return Ok(None);
        };
        let codings = self.notes.codings(&rule, self.version)?;
        let effect = codings
            .iter()
            .filter(|coding| coding.system == system::ACT_CODE)
            .find_map(|coding| match coding.code {
                "OPTIN" => Some(Effect::Permit),
                "OPTOUT" => Some(Effect::Deny),
                _ => None,
            });
        if effect.is_none() {
            self.notes.lose(rule.path, LossReason::NotInPolicy);
        }
        Ok(effect)
    }

    /// Goes through all elements of the Consent and keeps what is evidence.
    pub(super) fn evidence(&mut self, root: &Field<'_>) -> Result<Evidence, FieldError> {
        let elements = || COMMON.iter().chain(self.version.own_elements());
        let exact_time = self.exact_time(root)?.map(|_| "extension");
        let read: Vec<_> = elements()
            .filter(|(_, loss)| loss.is_none())
            .map(|(name, _)| *name)
            .chain(exact_time)
            .collect();
        let lost: Vec<_> = elements()
            .filter_map(|(name, loss)| loss.map(|loss| (*name, loss)))
            .collect();
        self.notes.account(root, &read, &lost, self.version)?;

        let version = self.version;
        Ok(Evidence {
            subject: references(root, version.choose("patient", "subject"))?.pop(),
            grantors: references(root, version.choose("performer", "grantor"))?,
            grantees: references(root, version.choose("", "grantee"))?,
            controllers: references(root, version.choose("organization", "controller"))?,
            policies: uris(root, version.choose("policy", "policyBasis"))?,
            sources: references(root, "sourceReference")?,
        })
    }
}

/// One or several: what is an array in one version is a single object in the other.
fn each<'v>(root: &Field<'v>, name: &str) -> Result<Vec<Field<'v>>, FieldError> {
    match root.get(name)? {
        None => Ok(Vec::new()),
        Some(field) if field.value.is_array() => field.items(),
        Some(field) => Ok(vec![field]),
    }
}

fn references(root: &Field<'_>, name: &str) -> Result<Vec<String>, FieldError> {
    let mut keys = Vec::new();
    for field in each(root, name)? {
        let identifier = field.get("identifier")?;
        let part = |name| -> Result<_, FieldError> {
            identifier
                .as_ref()
                .map(|identifier| identifier.text(name))
                .transpose()
                .map(Option::flatten)
        };
        let reference = Reference {
            reference: field.text("reference")?,
            kind: None,
            identifier: part("value")?
                .map(|value| Ok((part("system")?.unwrap_or_default(), value)))
                .transpose()?,
        };
        keys.push(reference.key());
    }
    Ok(keys)
}

fn uris(root: &Field<'_>, name: &str) -> Result<Vec<String>, FieldError> {
    let mut uris = Vec::new();
    for policy in each(root, name)? {
        uris.extend(policy.text("uri")?.map(str::to_owned));
    }
    Ok(uris)
}
