//! A decision as an AuditEvent of FHIR R4, by IHE's profile for authorization decisions by consent.

use std::{
    net::IpAddr,
    time::{SystemTime, UNIX_EPOCH},
};

use salus_core::{
    codes::{Action, Purpose, ResourceClass, Role, Sensitivity, system},
    consent::{Answer, DataPeriod},
};
use serde_json::{Value, json};

use crate::{
    decide::{AccessRequest, Identifier, Outcome, name_of},
    fhir::{
        consent::{criteria::PARTICIPATION_TYPE, date::date_time},
        element::{absent, coding, concept, reference},
    },
    receipt::uuid,
};

const PROFILE: &str = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.AuthZconsent";
const SUBTYPES: &str = "https://profiles.ihe.net/ITI/BALP/CodeSystem/AuthZsubType";
const AGENT_TYPES: &str = "https://profiles.ihe.net/ITI/BALP/CodeSystem/UserAgentTypes";
const DICOM: &str = "http://dicom.nema.org/resources/ontology/DCM";
const SECURITY_ROLES: &str = "http://terminology.hl7.org/CodeSystem/extra-security-role-type";
const SOURCE_TYPES: &str = "http://terminology.hl7.org/CodeSystem/security-source-type";
const ENTITY_TYPES: &str = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
const OBJECT_ROLES: &str = "http://terminology.hl7.org/CodeSystem/object-role";

/// What was decided, or could not be.
#[derive(Debug, Clone)]
pub struct Audited<'a> {
    /// What was asked; none if it could not be read.
    pub request: Option<&'a AccessRequest>,
    /// Whose data it is about.
    pub patient: &'a [Identifier],
    /// Who asks, where the request does not say.
    pub asker: Option<Identifier>,
    /// The consents that were asked, each by a literal reference or the `system|value` of an identifier.
    pub consents: &'a [String],
    /// Which of them decided.
    pub decisive: Option<usize>,
    /// The answer, or the code of the error that stood in its way.
    pub result: Result<&'a Outcome, &'a str>,
}

/// Who takes part, as only the server knows that was asked. What is not known is said to be unknown.
#[derive(Debug, Clone, Default)]
pub struct Agents {
    /// The application that asks, as in its token.
    pub client: Option<Identifier>,
    /// Where it asks from: an IP address, a name or a URI, as the connection has it.
    pub client_address: Option<String>,
    /// Who uses it [default: the request's first actor].
    pub user: Option<Identifier>,
    /// For which organisation.
    pub organization: Option<Identifier>,
    /// Who decides [default: this program].
    pub authorizer: Option<Identifier>,
    /// Where that is.
    pub site: Option<String>,
    /// The identifier of the token that was issued on the decision (JWT ID).
    pub token: Option<String>,
}

/// The event of a decision that was made at `recorded`, with a new, random `id`.
pub fn event(audited: &Audited<'_>, agents: &Agents, recorded: SystemTime) -> Value {
    let since = recorded.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let purposes = audited.request.map_or(&[][..], |request| &request.purposes);
    let coded: Vec<Value> = purposes.iter().map(|purpose| concept(purpose.row())).collect();
    let mut event = json!({
        "resourceType": "AuditEvent",
        "id": uuid(rand::random()),
        "meta": {"profile": [PROFILE]},
        "type": {"system": DICOM, "code": "110113", "display": "Security Alert"},
        "subtype": [{"system": SUBTYPES, "code": "AuthZ-Consent"}],
        "action": "E",
        "recorded": i64::try_from(since).ok().and_then(date_time),
        "outcome": outcome(audited),
        "outcomeDesc": description(audited),
        "agent": agents_of(audited, agents, &coded),
        "source": source(agents),
        "entity": entities(audited, agents),
    });
    let emergency = purposes
        .iter()
        .filter(|purpose| [Purpose::BTG, Purpose::ETREAT].contains(purpose));
    let labels: Vec<Value> = emergency.map(|purpose| coding(purpose.row())).collect();
    if !labels.is_empty() {
        event["meta"]["security"] = labels.into();
    }
    if !coded.is_empty() {
        event["purposeOfEvent"] = coded.into();
    }
    event
}

/// FHIR's outcomes: success for a permit, and failures for all else, told apart.
fn outcome(audited: &Audited<'_>) -> &'static str {
    match audited.result.map(|outcome| outcome.answer) {
        Ok(Answer::Permit) => "0",
        Ok(Answer::NoConsent) => "4",
        Ok(Answer::Deny) => "8",
        Err(_) => "12",
    }
}

fn description(audited: &Audited<'_>) -> String {
    match audited.result {
        Ok(outcome) => format!("{}: {}", name_of(outcome.answer), outcome.reason_code()),
        Err(code) => format!("not decided: {code}"),
    }
}

fn agents_of(audited: &Audited<'_>, agents: &Agents, purposes: &[Value]) -> Value {
    let named = |known: Option<&Identifier>| known.map_or_else(unknown, who);
    let first = audited.request.and_then(|request| request.actors.first());
    let user = agents.user.as_ref().or(first).or(audited.asker.as_ref());
    let mut client = json!({
        "type": typed(DICOM, "110150"),
        "who": named(agents.client.as_ref()),
        "requestor": false,
        "network": unknown(),
    });
    if let Some(address) = &agents.client_address {
        client["network"] = json!({"address": address, "type": kind_of(address)});
    }
    let mut user = json!({"type": typed(PARTICIPATION_TYPE, "IRCP"), "who": named(user), "requestor": true});
    let roles = Role::in_mask(audited.request.map_or(0, |request| request.roles));
    let roles: Vec<Value> = roles.map(|role| concept(role.row())).collect();
    if !roles.is_empty() {
        user["role"] = roles.into();
    }
    if !purposes.is_empty() {
        user["purposeOfUse"] = purposes.into();
    }
    let organization = json!({
        "type": typed(system::ROLE_CLASS, "PROV"),
        "who": named(agents.organization.as_ref()),
        "requestor": false,
    });
    let authorizer = json!({
        "type": typed(SECURITY_ROLES, "authserver"),
        "who": authorizer(agents),
        "requestor": false,
    });
    json!([client, user, organization, authorizer])
}

/// The profile wants the authorizer to be the observer.
fn source(agents: &Agents) -> Value {
    let mut source = json!({"observer": authorizer(agents), "type": [{"system": SOURCE_TYPES, "code": "6"}]});
    if let Some(site) = &agents.site {
        source["site"] = site.clone().into();
    }
    source
}

fn authorizer(agents: &Agents) -> Value {
    match &agents.authorizer {
        Some(known) => who(known),
        None => json!({"type": "Device", "display": concat!("salus ", env!("CARGO_PKG_VERSION"))}),
    }
}

fn entities(audited: &Audited<'_>, agents: &Agents) -> Vec<Value> {
    let mut entities = vec![patient(audited)];
    let consent = |what: Value| json!({"type": {"system": system::RESOURCE_TYPES, "code": "Consent"}, "what": what});
    for (position, name) in audited.consents.iter().enumerate() {
        let mut entity = consent(reference(name));
        if audited.decisive == Some(position) {
            entity["detail"] = decided(audited).into();
        }
        entities.push(entity);
    }
    if audited.consents.is_empty() {
        // The profile wants one; there was none.
        entities.push(consent(absent("not-applicable")));
    }
    if let Some(token) = &agents.token {
        entities.push(json!({
            "type": {"system": AGENT_TYPES, "code": "UserOauthAgent"},
            "what": {"identifier": {"value": format!("urn:ietf:params:oauth:jti:{token}")}},
        }));
    }
    entities
}

/// Whose data were asked for, and which.
fn patient(audited: &Audited<'_>) -> Value {
    let mut what = audited.patient.first().map_or_else(unknown, who);
    what["type"] = "Patient".into();
    let mut entity = json!({
        "type": {"system": ENTITY_TYPES, "code": "1", "display": "Person"},
        "role": {"system": OBJECT_ROLES, "code": "1", "display": "Patient"},
        "what": what,
    });
    let Some(request) = audited.request else { return entity };
    let labels = Sensitivity::in_mask(request.labels).map(|label| coding(label.row()));
    let labels: Vec<Value> = [coding(request.confidentiality.row())]
        .into_iter()
        .chain(labels)
        .collect();
    entity["securityLabel"] = labels.into();
    let mut details = Vec::new();
    for known in audited.patient.iter().skip(1) {
        details.push(detail("patient", key(known)));
    }
    for known in &request.actors {
        details.push(detail("actor", key(known)));
    }
    details.extend(accesses(request));
    if request.data_period != DataPeriod::ALL {
        let end = |seconds| date_time(seconds).unwrap_or_default();
        let (from, until) = (end(request.data_period.from), end(request.data_period.until));
        details.push(detail("dataPeriod", format!("{from}/{until}")));
    }
    if let Some(at) = request.at.and_then(|at| i64::try_from(at).ok()).and_then(date_time) {
        details.push(detail("at", at));
    }
    entity["detail"] = details.into();
    entity
}

/// What was asked for: `action classes`, one detail an action.
fn accesses(request: &AccessRequest) -> Vec<Value> {
    let by_action = Action::in_mask(Action::KNOWN).filter_map(|action| {
        let asked = request.access.iter().filter(|(_, known)| *known == action);
        let classes = asked.fold(0, |mask, (class, _)| mask | class.mask());
        let names: Vec<&str> = ResourceClass::in_mask(classes).map(ResourceClass::code).collect();
        (!names.is_empty()).then(|| detail(action.code(), names.join(" ")))
    });
    by_action.collect()
}

/// How the consent decided, and what it obliges to.
fn decided(audited: &Audited<'_>) -> Vec<Value> {
    let Ok(outcome) = audited.result else { return Vec::new() };
    let path: Vec<String> = outcome.path.iter().map(u8::to_string).collect();
    let mut details = vec![detail("decided", name_of(outcome.answer))];
    if !path.is_empty() {
        details.push(detail("path", path.join(".")));
    }
    let obligations = outcome.obligations.iter();
    details.extend(obligations.map(|duty| detail(duty.obligation, format!("{}|{}", duty.system, duty.code))));
    details
}

fn detail(kind: &str, value: impl Into<String>) -> Value {
    json!({"type": kind, "valueString": value.into()})
}

fn key(identifier: &Identifier) -> String {
    format!("{}|{}", identifier.system, identifier.value)
}

fn who(identifier: &Identifier) -> Value {
    reference(&key(identifier))
}

fn unknown() -> Value {
    absent("unknown")
}

/// FHIR's network types.
fn kind_of(address: &str) -> &'static str {
    match address {
        _ if address.parse::<IpAddr>().is_ok() => "2",
        _ if address.contains("://") => "5",
        _ => "1",
    }
}

fn typed(system: &str, code: &str) -> Value {
    json!({"coding": [{"system": system, "code": code}]})
}
