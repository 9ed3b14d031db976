//! The way back: a policy as a FHIR Consent of R4 or R5.
//!
//! It is exact or refused, as [`super::read`] is: read again, the document is the same policy.

mod criteria;

use salus_core::{
    codes::{Category, Code, system},
    consent::{Actors, Criteria, Effect, Period, Policy, Provision},
};
use serde_json::{Map, Value, json};

use super::{
    ConsentStatus, Evidence, FhirVersion, Loss,
    date::{date, date_time},
    header::EXACT_TIME,
    notes::{LossReason, Notes, RefusalReason},
    resolver::{Actor, Names, urn},
};
use crate::fhir::{
    element::{concept, identifier, not_applicable, reference},
    error::FhirError,
};

/// What a Consent says outside of its policy.
#[derive(Debug, Clone)]
pub struct Header {
    /// Where the consent is in its life.
    pub status: ConsentStatus,
    /// Whose consent it is, by whom, and on what grounds.
    pub evidence: Evidence,
    /// To whom it is given on chain; nobody else can use it there. R5 has an element for that, which is evidence; in R4 it is who the
    /// consent speaks of.
    pub grantee: Option<[u8; 20]>,
    /// When it is in force on chain. The document's period is what lies in this and in the policy's.
    pub validity: Option<Period>,
}

impl Header {
    /// Of a consent that is in no chain.
    pub const fn new(status: ConsentStatus, evidence: Evidence) -> Self {
        Self {
            status,
            evidence,
            grantee: None,
            validity: None,
        }
    }
}

/// A Consent that was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// The Consent.
    pub document: Value,
    /// What is in the policy or its header and not in the document. None of it bears on the decision.
    pub losses: Vec<Loss>,
}

/// Writes a policy as a Consent. Whom `names` does not know is given by an identifier of its bytes, see [`urn`].
///
/// # Errors
/// [`FhirError::Encode`] if the policy has no encoding; [`FhirError::Untranslatable`] with each part of it that bears on the decision
/// and cannot be said in this version.
pub fn write(policy: &Policy, header: &Header, version: FhirVersion, names: &impl Names) -> Result<Written, FhirError> {
    policy.encode().map_err(FhirError::Encode)?;
    let mut writer = Writer {
        version,
        names,
        notes: Notes::default(),
    };
    let mut consent = Map::new();
    consent.insert("resourceType".into(), "Consent".into());
    writer.header(policy, header, &mut consent);
    writer.policy(policy, header, &mut consent);
    if !writer.notes.refusals.is_empty() {
        return Err(FhirError::Untranslatable(writer.notes.refusals));
    }
    Ok(Written {
        document: consent.into(),
        losses: writer.notes.losses,
    })
}

/// Collects what cannot be said.
struct Writer<'n, N> {
    version: FhirVersion,
    names: &'n N,
    notes: Notes,
}

impl<N: Names> Writer<'_, N> {
    fn header(&mut self, policy: &Policy, header: &Header, consent: &mut Map<String, Value>) {
        consent.insert("status".into(), self.status(header.status).into());
        self.categories(policy.categories, consent);
        self.given(policy.date_time, consent);
        let Evidence {
            subject,
            grantors,
            grantees,
            controllers,
            policies,
            sources,
        } = &header.evidence;
        // A reference that had neither a name nor an identifier has an empty one here.
        if let Some(subject) = subject.as_ref().filter(|subject| !subject.is_empty()) {
            consent.insert(self.version.choose("patient", "subject").into(), reference(subject));
        }
        let mut list = |name: &str, items: Vec<Value>| {
            if !items.is_empty() {
                consent.insert(name.into(), items.into());
            }
        };
        let references = |names: &[String]| -> Vec<Value> {
            let named = names.iter().filter(|name| !name.is_empty());
            named.map(|name| reference(name)).collect()
        };
        let uris = |uris: &[String]| -> Vec<Value> { uris.iter().map(|uri| json!({"uri": uri})).collect() };
        list(self.version.choose("performer", "grantor"), references(grantors));
        list(
            self.version.choose("organization", "controller"),
            references(controllers),
        );
        match self.version {
            FhirVersion::R4 => {
                list("policy", uris(policies));
                self.only_first("sourceReference", "sources", references(sources), consent);
                if !grantees.is_empty() {
                    self.lose("Header.evidence.grantees");
                }
            }
            FhirVersion::R5 => {
                let granted = header.grantee.map(|grantee| self.account(grantee));
                if granted.is_some() {
                    self.notes.lose("Header.grantee", LossReason::Evidence);
                }
                list("grantee", references(grantees).into_iter().chain(granted).collect());
                list("sourceReference", references(sources));
                self.only_first("policyBasis", "policies", uris(policies), consent);
            }
        }
    }

    /// An element of which this version has one at most, from a list of the evidence.
    fn only_first(&mut self, element: &str, field: &str, items: Vec<Value>, consent: &mut Map<String, Value>) {
        for (position, item) in items.into_iter().enumerate() {
            if position == 0 {
                consent.insert(element.into(), item);
            } else {
                self.lose(format!("Header.evidence.{field}[{position}]"));
            }
        }
    }

    /// Those that only the other version has are not active either, so that the answer is the same.
    fn status(&mut self, status: ConsentStatus) -> &'static str {
        let (code, is_exact) = match (status, self.version) {
            (ConsentStatus::Draft, _) => ("draft", true),
            (ConsentStatus::Active, _) => ("active", true),
            (ConsentStatus::Inactive, _) => ("inactive", true),
            (ConsentStatus::EnteredInError, _) => ("entered-in-error", true),
            (ConsentStatus::Proposed, FhirVersion::R4) => ("proposed", true),
            (ConsentStatus::Rejected, FhirVersion::R4) => ("rejected", true),
            (ConsentStatus::NotDone, FhirVersion::R5) => ("not-done", true),
            (ConsentStatus::Unknown, FhirVersion::R5) => ("unknown", true),
            (ConsentStatus::Proposed, FhirVersion::R5) => ("draft", false),
            _ => ("inactive", false),
        };
        if !is_exact {
            self.lose("Header.status");
        }
        code
    }

    /// R4 has one scope, and requires it and a category: what is not there is said not to apply.
    fn categories(&self, mask: u32, consent: &mut Map<String, Value>) {
        let rows: Vec<&Code> = Category::in_mask(mask).map(Category::row).collect();
        let scope = match self.version {
            FhirVersion::R4 => rows.iter().position(|row| row.system == system::CONSENT_SCOPE),
            FhirVersion::R5 => None,
        };
        let others = rows.iter().enumerate().filter(|(index, _)| Some(*index) != scope);
        let mut categories: Vec<Value> = others.map(|(_, row)| concept(row)).collect();
        if self.version == FhirVersion::R4 {
            let scope = scope.map_or_else(not_applicable, |index| concept(rows[index]));
            consent.insert("scope".into(), scope);
            if categories.is_empty() {
                categories.push(not_applicable());
            }
        }
        if !categories.is_empty() {
            consent.insert("category".into(), categories.into());
        }
    }

    /// R5 has a day; the time in it is R4's element, written as FHIR has it for other versions.
    fn given(&mut self, seconds: u64, consent: &mut Map<String, Value>) {
        let written = i64::try_from(seconds)
            .ok()
            .and_then(|at| Some((date(at)?, date_time(at)?)));
        let Some((day, time)) = written else {
            self.refuse("Policy.date_time", "a time after the year 9999");
            return;
        };
        if self.version == FhirVersion::R4 {
            consent.insert("dateTime".into(), time.into());
            return;
        }
        if time != format!("{day}T00:00:00Z") {
            consent.insert("extension".into(), json!([{"url": EXACT_TIME, "valueDateTime": time}]));
        }
        consent.insert("date".into(), day.into());
    }

    fn policy(&mut self, policy: &Policy, header: &Header, consent: &mut Map<String, Value>) {
        let scope = self.scope(policy, header);
        let Some(base) = policy.base else {
            return self.without_base(policy, &scope, consent);
        };
        let provisions = self.provisions(&policy.provisions, base.flipped(), "Policy");
        match self.version {
            FhirVersion::R4 => {
                // R4 wants a policy or a rule; IHE's profile has the decision in the provision. They say the same.
                consent.insert("policyRule".into(), concept_of_rule(base));
                let mut root = Map::new();
                root.insert("type".into(), code_of(base).into());
                self.criteria(&scope, base, "Policy.scope", &mut root);
                insert_list(&mut root, "provision", provisions);
                consent.insert("provision".into(), root.into());
            }
            FhirVersion::R5 => {
                consent.insert("decision".into(), code_of(base).into());
                self.r5_scope(&scope, consent);
                insert_list(consent, "provision", provisions);
            }
        }
    }

    /// What the consent speaks of: by its policy, and on chain by the grantee and the validity, too.
    fn scope(&mut self, policy: &Policy, header: &Header) -> Criteria {
        let mut scope = policy.scope.clone();
        if let Some(validity) = header.validity {
            let own = scope.period.unwrap_or(validity);
            let common = Period {
                from: own.from.max(validity.from),
                until: own.until.min(validity.until),
            };
            if common.until < common.from {
                self.refuse("Header.validity", "a consent that is never in force");
            }
            scope.period = ((common.from, common.until) != (0, u64::MAX)).then_some(common);
        }
        if let (FhirVersion::R4, Some(grantee)) = (self.version, header.grantee) {
            if !scope.actors.is_empty() && !scope.actors.addresses.contains(&grantee) {
                self.refuse("Header.grantee", "who is the grantee and somebody else, too,");
            }
            scope.actors = Actors {
                addresses: vec![grantee],
                ..Actors::default()
            };
        }
        scope
    }

    /// The answer is always NO_CONSENT, whatever else there is.
    fn without_base(&mut self, policy: &Policy, scope: &Criteria, consent: &mut Map<String, Value>) {
        let mut said = Criteria::default();
        match self.version {
            FhirVersion::R4 => {
                let rule = json!({"text": "No base decision: this consent neither permits nor denies."});
                consent.insert("policyRule".into(), rule);
            }
            FhirVersion::R5 => {
                said.period = scope.period;
                self.r5_scope(&said, consent);
            }
        }
        if *scope != said {
            self.notes.lose("Policy.scope", LossReason::NoBaseDecision);
        }
        if !policy.provisions.is_empty() {
            self.notes.lose("Policy.provisions", LossReason::NoBaseDecision);
        }
    }

    /// Of what a consent speaks of, R5 can say the period.
    fn r5_scope(&mut self, scope: &Criteria, consent: &mut Map<String, Value>) {
        let said = Criteria {
            period: scope.period,
            ..Criteria::default()
        };
        self.criteria(&said, Effect::Permit, "Policy.scope", consent);
        if *scope != said {
            self.refuse("Policy.scope", "what a consent speaks of at all, but for its period,");
        }
    }

    fn provisions(&mut self, provisions: &[Provision], effect: Effect, path: &str) -> Vec<Value> {
        let mut written = Vec::new();
        for (position, provision) in provisions.iter().enumerate() {
            let path = format!("{path}.provisions[{position}]");
            let mut object = Map::new();
            if self.version == FhirVersion::R4 {
                object.insert("type".into(), code_of(effect).into());
            }
            self.criteria(&provision.criteria, effect, &path, &mut object);
            let nested = self.provisions(&provision.provisions, effect.flipped(), &path);
            insert_list(&mut object, "provision", nested);
            // FHIR has no element without content.
            written.push(if object.is_empty() {
                not_applicable()
            } else {
                object.into()
            });
        }
        written
    }

    fn lose(&mut self, path: impl Into<String>) {
        self.notes.lose(path, LossReason::NotInVersion);
    }

    fn refuse(&mut self, path: impl Into<String>, what: &'static str) {
        let version = self.version.name();
        self.notes.refuse(path, RefusalReason::NotInFhir { what, version });
    }

    fn account(&self, address: [u8; 20]) -> Value {
        let name = self.names.actor(Actor::Address(address));
        name.map_or_else(|| identifier(urn::ACCOUNT, &address), |name| reference(&name))
    }

    fn community(&self, community: [u8; 32]) -> Value {
        let name = self.names.actor(Actor::Community(community));
        name.map_or_else(|| identifier(urn::COMMUNITY, &community), |name| reference(&name))
    }
}

const fn code_of(effect: Effect) -> &'static str {
    match effect {
        Effect::Permit => "permit",
        Effect::Deny => "deny",
    }
}

fn concept_of_rule(base: Effect) -> Value {
    let code = match base {
        Effect::Permit => "OPTIN",
        Effect::Deny => "OPTOUT",
    };
    json!({"coding": [{"system": system::ACT_CODE, "code": code}]})
}

fn insert_list(object: &mut Map<String, Value>, name: &str, items: Vec<Value>) {
    if !items.is_empty() {
        object.insert(name.into(), items.into());
    }
}
