//! What one provision matches.

use salus_core::{
    codes::{Action, Confidentiality, DataMeaning, Purpose, ResourceClass, Role, Sensitivity, system},
    consent::{Actors, Criteria, DataPeriod, DataRef, Effect, data_ref},
};

use super::{
    FhirVersion,
    coding::{Coding, ContentCode, is_not_applicable},
    notes::{Notes, RefusalReason},
    resolver::{Actor, Resolver, bytes_of, urn},
};
use crate::fhir::{
    error::{FieldError, Problem},
    field::Field,
};

/// HL7 v3 ParticipationType: in which part an actor takes part.
pub(crate) const PARTICIPATION_TYPE: &str = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";
/// FHIR R5's name of the code system of resource types.
pub(super) const FHIR_TYPES: &str = "http://hl7.org/fhir/fhir-types";

/// Reads the criteria of provisions.
pub(super) struct Reader<'r, R> {
    pub(super) version: FhirVersion,
    pub(super) resolver: &'r R,
    pub(super) notes: Notes,
    /// The codes that provisions select by, in the order of the document.
    pub(super) codes: Vec<ContentCode>,
}

/// What a provision matches.
pub(super) struct Selection {
    pub(super) criteria: Criteria,
    /// References of which one has to match *as well*; none if there is no such condition.
    pub(super) also: Vec<DataRef>,
}

impl<R: Resolver> Reader<'_, R> {
    /// What a provision of this effect matches: alternatives, of which any will do. There are two where its security
    /// labels are both levels of confidentiality and kinds of sensitivity, since either kind of label selects the data.
    pub(super) fn criteria(&mut self, provision: &Field<'_>, effect: Effect) -> Result<Vec<Selection>, FieldError> {
        self.account(provision)?;
        let mut criteria = Criteria::default();
        for actor in provision.list("actor")? {
            self.actor(&actor, &mut criteria.actors)?;
        }
        for action in provision.list("action")? {
            let found = self.notes.concept(&action, self.version, |coding| {
                Action::from_code(coding.system, coding.code)
            })?;
            criteria.actions |= found.map_or(0, Action::mask);
        }
        for purpose in provision.list("purpose")? {
            let found = self.notes.code(&purpose, self.version, |coding| {
                Purpose::from_code(coding.system, coding.code)
            })?;
            criteria.purposes |= found.map_or(0, Purpose::mask);
        }
        for class in provision.list(self.version.class_element())? {
            let found = self.notes.code(&class, self.version, class_of)?;
            criteria.classes |= found.map_or(0, ResourceClass::mask);
        }
        if let Some(period) = provision.get("period")? {
            criteria.period = self.notes.period(&period, self.version)?;
        }
        if let Some(period) = provision.get("dataPeriod")? {
            let period = self.notes.data_period(&period, self.version)?;
            criteria.data_period = (period != DataPeriod::ALL).then_some(period);
        }
        for data in provision.list("data")? {
            self.data(&data, &mut criteria)?;
        }
        let mut also = Vec::new();
        for code in provision.list("code")? {
            self.code(&code, &mut also)?;
        }
        if criteria.data.is_empty() {
            criteria.data = std::mem::take(&mut also);
        }
        self.labels(provision, effect, &mut criteria)?;
        let alternatives = split_labels(criteria).into_iter();
        Ok(alternatives
            .map(|criteria| Selection {
                criteria,
                also: also.clone(),
            })
            .collect())
    }

    fn account(&mut self, provision: &Field<'_>) -> Result<(), FieldError> {
        let common = [
            "period",
            "actor",
            "action",
            "securityLabel",
            "purpose",
            "dataPeriod",
            "data",
            "code",
            "provision",
        ];
        let (own, unsayable): (&[&str], &[&str]) = match self.version {
            FhirVersion::R4 => (&["type", "class"], &[]),
            FhirVersion::R5 => (&["resourceType"], &["documentType", "expression"]),
        };
        for name in unsayable {
            if let Some(field) = provision.get(name)? {
                self.notes.refuse_as(&field, "a selection of data by their content");
            }
        }
        self.notes
            .account(provision, &[&common, own, unsayable].concat(), &[], self.version)
    }

    fn actor(&mut self, actor: &Field<'_>, actors: &mut Actors) -> Result<(), FieldError> {
        self.notes.account(actor, &["role", "reference"], &[], self.version)?;
        let role = actor.get("role")?;
        let reference = actor.get("reference")?;
        if self.version == FhirVersion::R4 {
            // Both are mandatory in R4.
            actor.require("role")?;
            actor.require("reference")?;
        }
        // How R4 says what R5 says by a role alone.
        let reference = reference.filter(|reference| !is_not_applicable(reference));
        match (role, reference) {
            (role, Some(reference)) => {
                if let Some(role) = role {
                    self.notes
                        .concept(&role, self.version, |coding| is_recipient(coding).then_some(()))?;
                }
                self.resolve_actor(&reference, actors)
            }
            (Some(role), None) => {
                let found = self.notes.concept(&role, self.version, |coding| {
                    Role::from_code(coding.system, coding.code)
                })?;
                actors.roles |= found.map_or(0, Role::mask);
                Ok(())
            }
            (None, None) => {
                self.notes
                    .refuse_as(actor, "an actor with neither a role nor a reference");
                Ok(())
            }
        }
    }

    fn resolve_actor(&mut self, field: &Field<'_>, actors: &mut Actors) -> Result<(), FieldError> {
        let reference = self.notes.reference(field, self.version)?;
        let found = match reference.identifier {
            Some((urn::ACCOUNT, value)) => bytes_of(value).map(Actor::Address).into_iter().collect(),
            Some((urn::COMMUNITY, value)) => bytes_of(value).map(Actor::Community).into_iter().collect(),
            _ => self.resolver.actors(&reference),
        };
        if found.is_empty() {
            let reference = reference.key();
            self.notes
                .refuse(field.path.clone(), RefusalReason::Unresolved { reference });
        }
        for actor in found {
            match actor {
                Actor::Address(address) => actors.addresses.push(address),
                Actor::Role(role) => actors.roles |= role.mask(),
                Actor::Community(community) => actors.communities.push(community),
            }
        }
        Ok(())
    }

    fn data(&mut self, data: &Field<'_>, criteria: &mut Criteria) -> Result<(), FieldError> {
        self.notes.account(data, &["meaning", "reference"], &[], self.version)?;
        let meaning = data.require("meaning")?;
        let meaning = DataMeaning::from_code(system::CONSENT_DATA_MEANING, meaning.string()?)
            .ok_or_else(|| meaning.invalid("instance, related, dependents or authoredby"))?;
        let field = data.require("reference")?;
        let reference = self.notes.reference(&field, self.version)?;
        let found = match reference.identifier {
            Some((urn::DATA, value)) => bytes_of(value),
            _ => self.resolver.data(&reference),
        };
        match found {
            Some(id) => criteria.data.push(data_ref(meaning, &id)),
            None => {
                let reference = reference.key();
                self.notes.refuse(field.path, RefusalReason::Unresolved { reference });
            }
        }
        Ok(())
    }

    /// Data carry a concept if they carry any of its codings, one in each of several systems.
    fn code(&mut self, concept: &Field<'_>, references: &mut Vec<DataRef>) -> Result<(), FieldError> {
        let codings = self.notes.codings(concept, self.version)?;
        if codings.is_empty() {
            self.notes.refuse_as(concept, "what has no code");
        }
        for Coding { system, code } in codings {
            if system.is_empty() {
                self.notes.refuse_as(concept, "a code without a system");
                continue;
            }
            let (system, code) = (system.to_owned(), code.to_owned());
            let code = ContentCode { system, code };
            references.push(code.reference());
            self.codes.push(code);
        }
        Ok(())
    }

    /// A level of confidentiality is a watermark: a permit reaches up to it, a denial from it on.
    fn labels(&mut self, provision: &Field<'_>, effect: Effect, criteria: &mut Criteria) -> Result<(), FieldError> {
        for label in provision.list("securityLabel")? {
            let found = self.notes.code(&label, self.version, label_of)?;
            match (found, effect) {
                (Some(Label::Sensitivity(label)), _) => criteria.labels |= label.mask(),
                (Some(Label::Confidentiality(level)), Effect::Permit) => criteria.confidentiality |= level.ceiling(),
                (Some(Label::Confidentiality(level)), Effect::Deny) => criteria.confidentiality |= level.floor(),
                (None, _) => {}
            }
        }
        Ok(())
    }

    /// The effect that a code element names (`permit` or `deny`), if it is there.
    pub(super) fn effect(&self, object: &Field<'_>, name: &str) -> Result<Option<Effect>, FieldError> {
        let Some(field) = object.get(name)? else {
            return Ok(None);
        };
        match field.string()? {
            "permit" => Ok(Some(Effect::Permit)),
            "deny" => Ok(Some(Effect::Deny)),
            _ => Err(field.invalid("permit or deny")),
        }
    }

    /// The error that an element which has to be there is not.
    pub(super) fn missing(object: &Field<'_>, name: &str) -> FieldError {
        FieldError {
            path: object.path_of(name),
            problem: Problem::Missing,
        }
    }
}

enum Label {
    Confidentiality(Confidentiality),
    Sensitivity(Sensitivity),
}

fn label_of(coding: Coding<'_>) -> Option<Label> {
    Confidentiality::from_code(coding.system, coding.code)
        .map(Label::Confidentiality)
        .or_else(|| Sensitivity::from_code(coding.system, coding.code).map(Label::Sensitivity))
}

fn class_of(coding: Coding<'_>) -> Option<ResourceClass> {
    matches!(coding.system, system::RESOURCE_TYPES | FHIR_TYPES)
        .then(|| ResourceClass::from_type(coding.code))
        .flatten()
}

/// A recipient or primary recipient of information is the one who asks; in another part (custodian, author, ...) an
/// actor says something else about the data, which the model cannot say.
fn is_recipient(coding: Coding<'_>) -> bool {
    coding.system == PARTICIPATION_TYPE && matches!(coding.code, "IRCP" | "PRCP")
}

fn split_labels(criteria: Criteria) -> Vec<Criteria> {
    if criteria.labels == 0 || criteria.confidentiality == 0 {
        return vec![criteria];
    }
    let by_level = Criteria {
        labels: 0,
        ..criteria.clone()
    };
    let by_label = Criteria {
        confidentiality: 0,
        ..criteria
    };
    vec![by_level, by_label]
}
