//! Codings, periods and references: the data types of a Consent's fields.

use salus_core::consent::{DataPeriod, DataRef, Period, code_ref};
use serde::{Deserialize, Serialize};

use super::{
    FhirVersion,
    date::Moment,
    notes::{Notes, RefusalReason},
    resolver::Reference,
};
use crate::fhir::{
    canonical::keccak,
    element::not_applicable,
    error::{FieldError, Problem},
    field::Field,
};

/// Whether an element says of itself that there is nothing that it could say, and no more than that.
pub(super) fn is_not_applicable(field: &Field<'_>) -> bool {
    *field.value == not_applicable()
}

/// `system` and `code`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Coding<'v> {
    pub(super) system: &'v str,
    pub(super) code: &'v str,
}

/// A code that data may carry, of any system: what `provision.code` selects by. A policy has its hash alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContentCode {
    /// The system's URI.
    pub system: String,
    /// The code, as its system writes it.
    pub code: String,
}

impl ContentCode {
    /// What stands for it in a policy, see [`code_ref`].
    pub fn reference(&self) -> DataRef {
        code_ref(&self.system, &self.code, keccak)
    }
}

impl Notes {
    /// A Coding. One without a code says nothing that could be matched.
    pub(super) fn coding<'v>(
        &mut self,
        field: &Field<'v>,
        version: FhirVersion,
    ) -> Result<Option<Coding<'v>>, FieldError> {
        let members = ["system", "version", "code", "display", "userSelected"];
        self.account(field, &members, &[], version)?;
        let system = field.text("system")?.unwrap_or_default();
        Ok(field.text("code")?.map(|code| Coding { system, code }))
    }

    /// What a Coding stands for by `find`; refused if that knows it not.
    pub(super) fn code<T>(
        &mut self,
        field: &Field<'_>,
        version: FhirVersion,
        find: impl Fn(Coding<'_>) -> Option<T>,
    ) -> Result<Option<T>, FieldError> {
        let coding = self.coding(field, version)?;
        Ok(self.first_known(field, coding.as_slice(), find))
    }

    /// What a CodeableConcept stands for by `find`: its codings are one concept in several systems, and the first that is known will do.
    pub(super) fn concept<T>(
        &mut self,
        field: &Field<'_>,
        version: FhirVersion,
        find: impl Fn(Coding<'_>) -> Option<T>,
    ) -> Result<Option<T>, FieldError> {
        let codings = self.codings(field, version)?;
        Ok(self.first_known(field, &codings, find))
    }

    /// The codings of a CodeableConcept.
    pub(super) fn codings<'v>(
        &mut self,
        concept: &Field<'v>,
        version: FhirVersion,
    ) -> Result<Vec<Coding<'v>>, FieldError> {
        self.account(concept, &["coding", "text"], &[], version)?;
        let mut codings = Vec::new();
        for coding in concept.list("coding")? {
            codings.extend(self.coding(&coding, version)?);
        }
        Ok(codings)
    }

    fn first_known<T>(
        &mut self,
        field: &Field<'_>,
        codings: &[Coding<'_>],
        find: impl Fn(Coding<'_>) -> Option<T>,
    ) -> Option<T> {
        let known = codings.iter().find_map(|coding| find(*coding));
        match codings.first() {
            _ if known.is_some() => {}
            None => self.refuse_as(field, "what has no code"),
            Some(coding) => self.refuse(
                field.path.clone(),
                RefusalReason::UnknownCode {
                    system: coding.system.to_owned(),
                    code: coding.code.to_owned(),
                },
            ),
        }
        known
    }

    /// A Reference.
    pub(super) fn reference<'v>(
        &mut self,
        field: &Field<'v>,
        version: FhirVersion,
    ) -> Result<Reference<'v>, FieldError> {
        let members = ["reference", "type", "identifier", "display"];
        self.account(field, &members, &[], version)?;
        let identifier = match field.get("identifier")? {
            Some(identifier) => {
                let system = identifier.text("system")?.unwrap_or_default();
                identifier.text("value")?.map(|value| (system, value))
            }
            None => None,
        };
        Ok(Reference {
            reference: field.text("reference")?,
            kind: field.text("type")?,
            identifier,
        })
    }

    /// A Period of access. One that is open at both ends, as far as requests can be made in it, is as good as none.
    pub(super) fn period(&mut self, field: &Field<'_>, version: FhirVersion) -> Result<Option<Period>, FieldError> {
        let DataPeriod { from, until } = self.data_period(field, version)?;
        let Ok(last) = u64::try_from(until) else {
            self.refuse_as(field, "a period that ends before 1970");
            return Ok(None);
        };
        let period = Period {
            from: u64::try_from(from).unwrap_or(0),
            until: if until == i64::MAX { u64::MAX } else { last },
        };
        let is_open = period.from == 0 && period.until == u64::MAX;
        Ok((!is_open).then_some(period))
    }

    /// A Period, with both ends inclusive.
    pub(super) fn data_period(&mut self, field: &Field<'_>, version: FhirVersion) -> Result<DataPeriod, FieldError> {
        self.account(field, &["start", "end"], &[], version)?;
        period(field)
    }
}

/// The first and the last second of a Period.
pub(crate) fn period(field: &Field<'_>) -> Result<DataPeriod, FieldError> {
    let from = field.get("start")?.map(|start| moment(&start)).transpose()?;
    let until = field.get("end")?.map(|end| moment(&end)).transpose()?;
    let period = DataPeriod {
        from: from.map_or(i64::MIN, |start| start.first),
        until: until.map_or(i64::MAX, |end| end.last),
    };
    if period.until < period.from {
        return Err(field.error(Problem::ReversedPeriod));
    }
    Ok(period)
}

/// A date or time.
pub(crate) fn moment(field: &Field<'_>) -> Result<Moment, FieldError> {
    Moment::parse(field.string()?).ok_or_else(|| field.invalid("a FHIR date or dateTime"))
}
