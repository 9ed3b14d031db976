//! Documents against FHIR's definitions of their elements: names, cardinalities, types, targets of references, required bindings.

use std::{collections::BTreeMap, fs};

use salus_client::fhir::consent::{FhirVersion, seconds_of};
use serde_json::{Map, Value};

/// The elements of a version of FHIR, as far as the fixture has them.
pub(crate) struct Definitions {
    version: FhirVersion,
    /// By the path of what they are in, then by name.
    elements: BTreeMap<String, BTreeMap<String, Element>>,
}

struct Element {
    is_required: bool,
    is_list: bool,
    types: Vec<String>,
    codes: Vec<String>,
}

impl Definitions {
    pub(crate) fn of(version: FhirVersion) -> Self {
        let file = format!(
            "{}/tests/fixtures/fhir/visit/{}.txt",
            env!("CARGO_MANIFEST_DIR"),
            version.name().to_lowercase()
        );
        let mut elements: BTreeMap<String, BTreeMap<String, Element>> = BTreeMap::new();
        let text = fs::read_to_string(file).unwrap();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let (definition, codes) = line.split_once(" = ").unwrap_or((line, ""));
            let [path, cardinality, types] = definition.split(' ').collect::<Vec<_>>()[..] else {
                panic!("{line}")
            };
            let (parent, name) = path.rsplit_once('.').unwrap();
            let element = Element {
                is_required: cardinality.starts_with('1'),
                is_list: cardinality.ends_with('*'),
                types: types.split(',').map(str::to_owned).collect(),
                codes: codes.split_whitespace().map(str::to_owned).collect(),
            };
            elements.entry(parent.into()).or_default().insert(name.into(), element);
        }
        Self { version, elements }
    }

    /// All that is wrong with a resource.
    pub(crate) fn problems(&self, resource: &Value) -> Vec<String> {
        let mut problems = Vec::new();
        self.resource(resource, "", &mut problems);
        problems
    }

    fn resource(&self, resource: &Value, at: &str, problems: &mut Vec<String>) {
        let kind = resource["resourceType"].as_str().unwrap_or_default();
        if !self.elements.contains_key(kind) {
            problems.push(format!("{at}: the resource type {kind:?}"));
            return;
        }
        let mut members = resource.as_object().unwrap().clone();
        members.remove("resourceType");
        self.object(kind, &members, &format!("{at}{kind}"), problems);
        if kind == "Appointment" {
            self.appointment(resource, problems);
        }
    }

    fn object(&self, path: &str, members: &Map<String, Value>, at: &str, problems: &mut Vec<String>) {
        let defined = &self.elements[path];
        if members.is_empty() {
            problems.push(format!("{at}: empty"));
        }
        for (name, value) in members {
            let at = format!("{at}.{name}");
            if name == "extension" {
                extensions(value, &at, problems);
            } else if let Some(primitive) = name.strip_prefix('_') {
                if find(defined, primitive).is_none() {
                    problems.push(format!("{at}: no such element"));
                }
                extensions(&value["extension"], &at, problems);
            } else if let Some((element, kind)) = find(defined, name) {
                self.element(element, kind, &format!("{path}.{name}"), value, &at, problems);
            } else {
                problems.push(format!("{at}: no such element"));
            }
        }
        for (name, element) in defined.iter().filter(|(_, element)| element.is_required) {
            let is_there = |name: &str| members.contains_key(name) || members.contains_key(&format!("_{name}"));
            let is_there = match name.strip_suffix("[x]") {
                Some(stem) => element.types.iter().any(|kind| is_there(&choice(stem, kind))),
                None => is_there(name),
            };
            if !is_there {
                problems.push(format!("{at}.{name}: missing"));
            }
        }
    }

    fn element(&self, element: &Element, kind: &str, path: &str, value: &Value, at: &str, problems: &mut Vec<String>) {
        match (element.is_list, value) {
            (true, Value::Array(items)) if !items.is_empty() => {
                for (position, item) in items.iter().enumerate() {
                    self.value(element, kind, path, item, &format!("{at}[{position}]"), problems);
                }
            }
            (false, value) if !value.is_array() => self.value(element, kind, path, value, at, problems),
            _ => problems.push(format!("{at}: the cardinality")),
        }
    }

    fn value(&self, element: &Element, kind: &str, path: &str, value: &Value, at: &str, problems: &mut Vec<String>) {
        let (name, targets) = kind.split_once('(').unwrap_or((kind, ""));
        if let Value::Object(members) = value {
            match name {
                "Resource" => return self.resource(value, "", problems),
                "BackboneElement" => return self.object(path, members, at, problems),
                "Reference" => reference(members, targets.trim_end_matches(')'), at, problems),
                _ => {}
            }
            let path = name.strip_prefix('@').unwrap_or(name);
            match self.elements.contains_key(path) {
                true => self.object(path, members, at, problems),
                false => problems.push(format!("{at}: a {name}, of which nothing is known here")),
            }
            return;
        }
        if !self.is_primitive(name, value) {
            problems.push(format!("{at}: {value} is no {name}"));
        }
        let is_bound = element.codes.is_empty() || element.codes.iter().any(|code| *value == code.as_str());
        if !is_bound {
            problems.push(format!("{at}: {value} is not in the value set"));
        }
    }

    fn is_primitive(&self, kind: &str, value: &Value) -> bool {
        let text = value.as_str().unwrap_or_default();
        let is_time = |text: &str| seconds_of(text).is_some();
        match kind {
            "boolean" => value.is_boolean(),
            "positiveInt" => value.as_u64().is_some_and(|number| (1..1 << 31).contains(&number)),
            "unsignedInt" => value.as_u64().is_some_and(|number| number < 1 << 31),
            "decimal" => value
                .as_number()
                .is_some_and(|number| self.is_decimal(&number.to_string())),
            "instant" => is_time(text) && text.contains('T'),
            "dateTime" => is_time(text),
            "date" => is_time(text) && !text.contains('T'),
            "code" => !text.is_empty() && !text.starts_with(' ') && !text.ends_with(' ') && !text.contains("  "),
            "uri" | "canonical" => !text.is_empty() && !text.contains(char::is_whitespace),
            "string" | "markdown" => !text.trim().is_empty(),
            _ => false,
        }
    }

    /// The regular expressions of the two versions.
    fn is_decimal(&self, text: &str) -> bool {
        let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
        let mantissa = mantissa.strip_prefix('-').unwrap_or(mantissa);
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
        let exponent = exponent.trim_start_matches(['+', '-']);
        let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let fits = match self.version {
            FhirVersion::R4 => true,
            FhirVersion::R5 => whole.len() <= 18 && fraction.len() <= 17 && exponent.len() <= 9,
        };
        let is_whole = are_digits(whole) && (whole == "0" || !whole.starts_with('0'));
        is_whole && are_digits(fraction) && are_digits(exponent) && fits
    }

    /// The rules app-1 to app-5 and app-7, as they are in the definitions.
    fn appointment(&self, appointment: &Value, problems: &mut Vec<String>) {
        let mut rule = |holds: bool, name: &str| {
            if !holds {
                problems.push(format!("Appointment: {name}"));
            }
        };
        let has = |name: &str| appointment.get(name).is_some();
        let seconds = |name: &str| appointment[name].as_str().and_then(seconds_of).map(|(first, _)| first);
        let status = appointment["status"].as_str().unwrap_or_default();
        let participants = appointment["participant"].as_array().map_or(&[][..], |list| list);
        let is_known = |participant: &Value| participant.get("type").is_some() || participant.get("actor").is_some();
        rule(participants.iter().all(is_known), "app-1");
        rule(has("start") == has("end"), "app-2");
        let may_lack = ["proposed", "cancelled", "waitlist"].contains(&status);
        rule(has("start") && has("end") || may_lack, "app-3");
        match self.version {
            // `no-show` is no status, but it is what R4's rule says.
            FhirVersion::R4 => rule(
                !has("cancelationReason") || status == "cancelled" || status == "no-show",
                "app-4",
            ),
            FhirVersion::R5 => {
                let is_off = status == "cancelled" || status == "noshow";
                rule(!has("cancellationReason") || is_off, "app-4");
                rule(seconds("start") <= seconds("end"), "app-5");
                rule(!has("cancellationDate") || is_off, "app-7");
            }
        }
    }
}

/// The element of this name, and its type.
fn find<'d>(defined: &'d BTreeMap<String, Element>, name: &str) -> Option<(&'d Element, &'d str)> {
    if let Some(element) = defined.get(name) {
        return Some((element, element.types.first()?));
    }
    let choices = defined
        .iter()
        .filter_map(|(known, element)| Some((known.strip_suffix("[x]")?, element)));
    let of = |(stem, element): (&str, &'d Element)| {
        let kind = element.types.iter().find(|kind| choice(stem, kind) == name)?;
        Some((element, kind.as_str()))
    };
    choices.map(of).find_map(|found| found)
}

/// The name of a choice of types: `serviced` and `Period` make `servicedPeriod`.
fn choice(stem: &str, kind: &str) -> String {
    let kind = kind.split('(').next().unwrap_or_default();
    let (first, rest) = kind.split_at(1);
    format!("{stem}{}{rest}", first.to_uppercase())
}

/// ref-2, and that the target may be one.
fn reference(members: &Map<String, Value>, targets: &str, at: &str, problems: &mut Vec<String>) {
    if !["reference", "identifier", "display"]
        .iter()
        .any(|name| members.contains_key(*name))
    {
        problems.push(format!("{at}: refers to nothing"));
    }
    let stated = members.get("type").and_then(Value::as_str);
    let literal = members.get("reference").and_then(Value::as_str).unwrap_or_default();
    let literal = literal.split_once('/').map(|(kind, _)| kind);
    for kind in [stated, literal].into_iter().flatten() {
        if targets != "Resource" && !targets.split('|').any(|target| target == kind) {
            problems.push(format!("{at}: refers to a {kind}"));
        }
    }
}

/// ext-1: each has an address, and either a value or extensions of its own.
fn extensions(list: &Value, at: &str, problems: &mut Vec<String>) {
    let extensions = list.as_array().map_or(&[][..], |list| list);
    let is_whole = |extension: &Value| {
        let values = extension.as_object().map_or(0, |members| {
            members
                .keys()
                .filter(|name| name.starts_with("value") || *name == "extension")
                .count()
        });
        let url = extension["url"].as_str().unwrap_or_default();
        values == 1 && url.starts_with("http")
    };
    if extensions.is_empty() || !extensions.iter().all(is_whole) {
        problems.push(format!("{at}: extensions without address or value"));
    }
}
