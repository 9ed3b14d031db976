//! A request for access as JSON: the context of CDS Hooks' `patient-consent-consult`, and what it lacks.

use salus_core::{
    codes::{Action, Category, Confidentiality, DataMeaning, Purpose, ResourceClass, Role, Sensitivity, system},
    consent::{DataPeriod, Request},
};
use serde_json::Value;

use super::{
    Codes, Identifier,
    smart::{self, Access},
};
use crate::fhir::{
    FhirError, FieldError, Problem,
    consent::{
        ContentCode,
        coding::{moment, period},
        seconds_of,
    },
    field::Field,
};

/// FHIR R5's name of the code system of resource types.
const FHIR_TYPES: &str = "http://hl7.org/fhir/fhir-types";

/// Members that are understood, and those that have no bearing on the decision.
const KNOWN: [&str; 16] = [
    "patientId",
    "scope",
    "category",
    "purposeOfUse",
    "actor",
    "role",
    "class",
    "smartScope",
    "securityLabel",
    "code",
    "dataTime",
    "action",
    "at",
    "content",
    "hook",
    "hookInstance",
];

/// A request for access to a patient's data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessRequest {
    /// Identifiers of the patient.
    pub patient: Vec<Identifier>,
    /// Categories of consents that may answer: a mask; 0 is any.
    pub categories: u32,
    /// Why the data are asked for; each has to be permitted. At least one.
    pub purposes: Vec<Purpose>,
    /// Identifiers of who asks; any of them will do.
    pub actors: Vec<Identifier>,
    /// The roles in which they ask: a mask.
    pub roles: u64,
    /// The classes of data that are asked for, and what is to be done with them, by action. At least one.
    pub access: Vec<(ResourceClass, Action)>,
    /// What the data carry, each in one or several systems; none to ask for data of whatever code.
    pub codes: Vec<Vec<ContentCode>>,
    /// How confidential they are.
    pub confidentiality: Confidentiality,
    /// The sensitivity labels that they are known to carry: a mask.
    pub labels: u64,
    /// When they were authored.
    pub data_period: DataPeriod,
    /// The second since the epoch for which is asked, if the request says.
    pub at: Option<u64>,
}

impl AccessRequest {
    /// Reads a request: the call of the hook, or its context alone.
    ///
    /// # Errors
    /// [`FhirError::Field`] with the member that is missing, wrong or not understood: none is passed over.
    pub fn from_json(document: &Value) -> Result<Self, FhirError> {
        let root = Field::new(document, "");
        let context = match root.get("context")? {
            Some(context) => context,
            None => root,
        };
        Ok(Self::read(&context)?)
    }

    fn read(context: &Field<'_>) -> Result<Self, FieldError> {
        for name in context.object()?.keys() {
            if !KNOWN.contains(&name.as_str()) {
                return Err(FieldError {
                    path: context.path_of(name),
                    problem: Problem::NotUnderstood,
                });
            }
        }
        let purposes = each(context, "purposeOfUse", &|field| {
            coded(
                field,
                &[system::ACT_REASON],
                "a purpose of use that has a number",
                Purpose::from_code,
            )
        })?;
        if purposes.is_empty() {
            return Err(context.require("purposeOfUse")?.error(Problem::Empty));
        }
        let mut request = Self {
            patient: each(context, "patientId", &identifier)?,
            categories: 0,
            purposes,
            actors: each(context, "actor", &identifier)?,
            roles: 0,
            access: access(context)?,
            codes: each(context, "code", &content_code)?,
            confidentiality: Confidentiality::N,
            labels: 0,
            data_period: DataPeriod::ALL,
            at: context.get("at")?.map(|field| time(&field)).transpose()?,
        };
        for role in each(context, "role", &|field| {
            let systems = [system::ROLE_CLASS, system::PRACTITIONER_ROLE];
            coded(field, &systems, "a role that has a number", Role::from_code)
        })? {
            request.roles |= role.mask();
        }
        for category in each(context, "category", &category)? {
            request.categories |= category.mask();
        }
        for scope in each(context, "scope", &|field| {
            let systems = [system::CONSENT_SCOPE];
            coded(
                field,
                &systems,
                "a scope of consents that has a number",
                Category::from_code,
            )
        })? {
            request.categories |= scope.mask();
        }
        request.read_labels(context)?;
        if let Some(field) = context.get("dataTime")? {
            request.data_period = data_period(&field)?;
        }
        Ok(request)
    }

    /// Of several levels of confidentiality the highest counts.
    fn read_labels(&mut self, context: &Field<'_>) -> Result<(), FieldError> {
        let systems = [system::CONFIDENTIALITY, system::ACT_CODE];
        let labels = each(context, "securityLabel", &|field| {
            coded(field, &systems, "a security label that has a number", |system, code| {
                let level = Confidentiality::from_code(system, code).map(Ok);
                level.or_else(|| Sensitivity::from_code(system, code).map(Err))
            })
        })?;
        let levels = labels.iter().filter_map(|label| label.as_ref().ok());
        self.confidentiality = levels.max().copied().unwrap_or(self.confidentiality);
        for label in labels.iter().filter_map(|label| label.as_ref().err()) {
            self.labels |= label.mask();
        }
        Ok(())
    }

    /// The accounts that stand for who asks.
    pub fn addresses(&self) -> Vec<[u8; 20]> {
        self.actors.iter().map(Identifier::address).collect()
    }

    /// Every purpose with every kind of access and every code, each a question of its own, by purpose and action, and then by class.
    pub fn questions(&self, codes: &Codes) -> Vec<Question> {
        let mut purposes = self.purposes.clone();
        purposes.dedup();
        let mut questions = Vec::new();
        for purpose in purposes {
            for (class, action) in self.access.iter().copied() {
                questions.extend(codes.choices().map(|code| Question {
                    purpose,
                    action,
                    class,
                    code,
                }));
            }
        }
        questions
    }

    /// Whether a consent of this patient may answer. Where it cannot be told of whom it is, or who is asked for, it may.
    pub fn is_about(&self, patient: &[Identifier]) -> bool {
        let asked = &self.patient;
        asked.is_empty() || patient.is_empty() || patient.iter().any(|known| asked.contains(known))
    }

    /// One of its questions as the consent model asks it.
    pub fn of<'a>(&self, addresses: &'a [[u8; 20]], codes: &'a Codes, question: Question) -> Request<'a> {
        Request {
            action: question.action,
            confidentiality: self.confidentiality,
            categories: self.categories,
            labels: self.labels,
            data_period: self.data_period,
            roles: self.roles,
            data_stated: DataMeaning::CODE.mask(),
            data: codes.references(question.code),
            ..Request::new(addresses, question.purpose, question.class)
        }
    }
}

/// What the consent model answers at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    /// Why the data are asked for.
    pub purpose: Purpose,
    /// What is to be done with them.
    pub action: Action,
    /// Of what kind they are.
    pub class: ResourceClass,
    /// What they carry, by its position among the [`Codes`] of the decision; `None` for data that carry none of these.
    pub code: Option<usize>,
}

/// The kinds of access that are asked for: by SMART scopes, or by classes, which are all if none is named, and an action.
fn access(context: &Field<'_>) -> Result<Vec<Access>, FieldError> {
    if let Some(scopes) = context.get("smartScope")? {
        for name in ["class", "action"] {
            if let Some(other) = context.get(name)? {
                return Err(other.wrong_type("left out where there is a smartScope"));
            }
        }
        return by_scopes(&scopes);
    }
    let mut classes = each(context, "class", &|field| {
        coded(
            field,
            &[system::RESOURCE_TYPES, FHIR_TYPES],
            "a type of FHIR resources that has a number",
            |_, code| ResourceClass::from_code(system::RESOURCE_TYPES, code),
        )
    })?;
    if classes.is_empty() {
        classes = ResourceClass::in_mask(ResourceClass::KNOWN).collect();
    }
    let actions = each(context, "action", &|field| {
        coded(
            field,
            &[system::CONSENT_ACTION],
            "an action that has a number",
            Action::from_code,
        )
    })?;
    let action = match *actions {
        [] => Action::ACCESS,
        [action] => action,
        _ => return Err(context.require("action")?.wrong_type("one action")),
    };
    Ok(classes.into_iter().map(|class| (class, action)).collect())
}

/// SMART scopes, separated by spaces as in OAuth's `scope`.
fn by_scopes(scopes: &Field<'_>) -> Result<Vec<Access>, FieldError> {
    let mut asked: Vec<Access> = Vec::new();
    for scope in scopes.string()?.split(' ').filter(|scope| !scope.is_empty()) {
        let quoted = Value::String(scope.into());
        let expected = "a SMART scope of resources with a number and without search parameters";
        let of_scope = smart::access(scope).ok_or_else(|| Field::new(&quoted, &*scopes.path).invalid(expected))?;
        for access in of_scope {
            if !asked.contains(&access) {
                asked.push(access);
            }
        }
    }
    if asked.is_empty() {
        return Err(scopes.invalid("a list of SMART scopes that ask for data"));
    }
    // Stable: within an action in the order of the scopes.
    asked.sort_by_key(|(_, action)| *action);
    Ok(asked)
}

/// The items of a member that is an array or a single one; none if it is not there, or an array without items.
fn each<T>(
    context: &Field<'_>,
    name: &str,
    read: &impl Fn(&Field<'_>) -> Result<T, FieldError>,
) -> Result<Vec<T>, FieldError> {
    let Some(member) = context.get(name)? else {
        return Ok(Vec::new());
    };
    match member.value {
        Value::Array(items) if items.is_empty() => Ok(Vec::new()),
        Value::Array(_) => member.items()?.iter().map(read).collect(),
        _ => Ok(vec![read(&member)?]),
    }
}

fn identifier(field: &Field<'_>) -> Result<Identifier, FieldError> {
    let system = field.text("system")?.unwrap_or_default();
    Ok(Identifier::new(system, field.require("value")?.string()?))
}

/// A Coding, a CodeableConcept, or a code alone, which is taken of the first system that has it.
fn coded<T>(
    field: &Field<'_>,
    systems: &[&str],
    expected: &'static str,
    find: impl Fn(&str, &str) -> Option<T>,
) -> Result<T, FieldError> {
    let found = match field.value {
        Value::String(code) => systems.iter().find_map(|system| find(system, code)),
        _ => match field.get("coding")? {
            Some(codings) => {
                let mut found = None;
                for coding in codings.items()? {
                    found = found.or(of_coding(&coding, systems, &find)?);
                }
                found
            }
            None => of_coding(field, systems, &find)?,
        },
    };
    found.ok_or_else(|| field.invalid(expected))
}

fn of_coding<T>(
    coding: &Field<'_>,
    systems: &[&str],
    find: impl Fn(&str, &str) -> Option<T>,
) -> Result<Option<T>, FieldError> {
    let code = coding.require("code")?.string()?;
    let system = coding.text("system")?.unwrap_or_default();
    Ok(systems.contains(&system).then(|| find(system, code)).flatten())
}

/// A Coding, or a CodeableConcept with all its codings. A code says nothing without its system.
fn content_code(field: &Field<'_>) -> Result<Vec<ContentCode>, FieldError> {
    let coding = |coding: &Field<'_>| {
        Ok(ContentCode {
            system: coding.require("system")?.string()?.into(),
            code: coding.require("code")?.string()?.into(),
        })
    };
    match field.get("coding")? {
        Some(codings) => codings.items()?.iter().map(coding).collect(),
        None => Ok(vec![coding(field)?]),
    }
}

/// Categories come from several systems, and the model tells them by both.
fn category(field: &Field<'_>) -> Result<Category, FieldError> {
    let systems = [
        system::CONSENT_SCOPE,
        system::LOINC,
        system::ACT_CODE,
        system::CONSENT_CATEGORY,
    ];
    coded(
        field,
        &systems,
        "a category of consents that has a number",
        Category::from_code,
    )
}

/// A FHIR date or dateTime, of which the first second counts, or seconds since the epoch.
fn time(field: &Field<'_>) -> Result<u64, FieldError> {
    let seconds = match field.value {
        Value::String(text) => seconds_of(text).and_then(|(first, _)| u64::try_from(first).ok()),
        other => other.as_u64(),
    };
    seconds.ok_or_else(|| field.invalid("a time since 1970"))
}

/// A date or dateTime, or a Period.
fn data_period(field: &Field<'_>) -> Result<DataPeriod, FieldError> {
    if !field.value.is_string() {
        return period(field);
    }
    let moment = moment(field)?;
    Ok(DataPeriod {
        from: moment.first,
        until: moment.last,
    })
}
