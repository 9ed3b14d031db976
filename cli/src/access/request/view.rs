//! What the commands show of requests.

use std::{fmt, path::PathBuf};

use alloy_core::primitives::{Address, B256, hex};
use salus_core::{
    access::request::Status,
    codes::{ResourceClass, Role, Sensitivity},
    consent::{DataPeriod, Request},
};
use serde::Serialize;

use crate::{codes, moment::Moment, transaction::Transaction};
use salus_client::{
    access::asked,
    chain::Receipt,
    contracts::access::AccessRequest,
    fhir::consent::date_time,
    openings::{Opening as _, RequestOpening},
};

#[derive(Serialize)]
pub(super) struct Requested {
    request: B256,
    subject: B256,
    requester: Address,
    commitment: B256,
    until: Moment,
    asked: Vec<Asked>,
    /// Where the opening is kept; not what is in it.
    opening: PathBuf,
    transaction: Transaction,
}

impl Requested {
    pub(super) fn new(request: B256, opening: &RequestOpening, until: u64, file: PathBuf, receipt: Receipt) -> Self {
        Self {
            request,
            subject: opening.subject,
            requester: opening.requester,
            commitment: opening.opens(),
            until: Moment(until),
            asked: Asked::of(opening).unwrap_or_default(),
            opening: file,
            transaction: receipt.into(),
        }
    }
}

impl fmt::Display for Requested {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "request      {}", self.request)?;
        writeln!(f, "subject      {}", self.subject)?;
        writeln!(f, "until        {}", self.until)?;
        for asked in &self.asked {
            writeln!(f, "{asked}")?;
        }
        writeln!(f, "opening      {} (keep it private)", self.opening.display())?;
        self.transaction.fmt(f)
    }
}

#[derive(Serialize)]
pub(super) struct Shown {
    request: B256,
    subject: B256,
    requester: Address,
    /// Now.
    status: &'static str,
    until: Moment,
    commitment: B256,
    /// Null if it was not answered with one.
    consent: Option<B256>,
    /// What is asked; null without an opening.
    asked: Option<Vec<Asked>>,
}

impl Shown {
    pub(super) fn new(request: B256, found: &AccessRequest, opening: Option<&RequestOpening>) -> Self {
        Self {
            request,
            subject: found.subject,
            requester: found.requester,
            status: match found.status {
                Status::None => "none",
                Status::Open => "open",
                Status::Approved => "approved",
                Status::Refused => "refused",
                Status::Withdrawn => "withdrawn",
                Status::Lapsed => "lapsed",
            },
            until: Moment(found.until),
            commitment: found.commitment,
            consent: Some(found.consent_id).filter(|id| !id.is_zero()),
            asked: opening.and_then(Asked::of),
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "request      {} ({})", self.request, self.status)?;
        writeln!(f, "subject      {}", self.subject)?;
        writeln!(f, "requester    {}", self.requester)?;
        writeln!(f, "until        {}", self.until)?;
        if let Some(consent) = self.consent {
            writeln!(f, "consent      {consent}")?;
        }
        for asked in self.asked.iter().flatten() {
            writeln!(f, "{asked}")?;
        }
        write!(f, "commitment   {}", self.commitment)
    }
}

/// What is asked for several classes of data alike.
#[derive(Serialize)]
struct Asked {
    #[serde(flatten)]
    terms: Terms,
    classes: Vec<&'static str>,
}

/// What is asked of one class.
#[derive(Serialize, PartialEq)]
struct Terms {
    purpose: &'static str,
    action: &'static str,
    confidentiality: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    labels: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    roles: Vec<&'static str>,
    /// As whom the requester asks beside themselves.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    actors: Vec<Address>,
    /// References that the data are known by.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    data: Vec<String>,
    /// When the data were authored: first and last second.
    #[serde(skip_serializing_if = "Option::is_none")]
    data_period: Option<[String; 2]>,
}

impl Asked {
    /// What an opening says; `None` if it is no request.
    fn of(opening: &RequestOpening) -> Option<Vec<Self>> {
        let mut asked: Vec<Self> = Vec::new();
        for question in asked::questions(opening)? {
            let (terms, class) = (Terms::of(&question, opening.requester), question.class.code());
            match asked.last_mut() {
                Some(last) if last.terms == terms => last.classes.push(class),
                _ => asked.push(Self {
                    terms,
                    classes: vec![class],
                }),
            }
        }
        Some(asked)
    }
}

impl Terms {
    fn of(question: &Request<'_>, requester: Address) -> Self {
        let end = |seconds| date_time(seconds).unwrap_or_default();
        let period = question.data_period;
        let actors = question.addresses.iter().map(Address::from);
        Self {
            purpose: question.purpose.code(),
            action: question.action.code(),
            confidentiality: question.confidentiality.code(),
            labels: Sensitivity::in_mask(question.labels).map(Sensitivity::code).collect(),
            roles: Role::in_mask(question.roles).map(Role::code).collect(),
            actors: actors.filter(|actor| *actor != requester).collect(),
            data: question.data.iter().map(hex::encode_prefixed).collect(),
            data_period: (period != DataPeriod::ALL).then(|| [end(period.from), end(period.until)]),
        }
    }
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { terms, classes } = self;
        write!(f, "asked        {} to {}: ", terms.purpose, terms.action)?;
        if classes.len() == codes::classes(ResourceClass::KNOWN).len() {
            f.write_str("data of all classes")?;
        } else {
            f.write_str(&classes.join(", "))?;
        }
        write!(f, ", confidentiality {}", terms.confidentiality)?;
        for (name, listed) in [("labels", &terms.labels), ("roles", &terms.roles)] {
            if !listed.is_empty() {
                write!(f, ", {name} {}", listed.join(" "))?;
            }
        }
        for actor in &terms.actors {
            write!(f, ", also as {actor}")?;
        }
        for reference in &terms.data {
            write!(f, ", known by {reference}")?;
        }
        match &terms.data_period {
            Some([from, until]) => write!(f, ", authored {from} to {until}"),
            None => Ok(()),
        }
    }
}
