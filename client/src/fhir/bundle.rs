//! FHIR R4 Bundles: many resources in one document, which refer to each other.

mod resource;

use std::{
    collections::{HashMap, hash_map::Entry},
    path::Path,
};

use serde_json::Value;

use super::{
    error::{FhirError, Problem},
    field::Field,
    json,
    source::{Limits, read_file, unpack},
};
pub use resource::Resource;

/// What a bundle is for: the `Bundle.type`s whose entries carry resources, each in one version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BundleType {
    /// To be stored together or not at all.
    Transaction,
    /// To be stored one by one.
    Batch,
    /// For whatever use.
    Collection,
    /// A clinical document.
    Document,
    /// A message.
    Message,
    /// What a search found.
    Searchset,
}

impl BundleType {
    fn from_code(code: &str) -> Option<Self> {
        Some(match code {
            "transaction" => Self::Transaction,
            "batch" => Self::Batch,
            "collection" => Self::Collection,
            "document" => Self::Document,
            "message" => Self::Message,
            "searchset" => Self::Searchset,
            _ => return None,
        })
    }
}

/// A bundle's resources, in the document's order.
#[derive(Debug, Clone)]
pub struct Bundle {
    kind: BundleType,
    resources: Vec<Resource>,
    /// Positions in `resources` by `fullUrl`.
    by_url: HashMap<String, usize>,
    /// Positions by `Type/id`.
    by_id: HashMap<String, usize>,
}

impl Bundle {
    /// Reads a file, plain or gzipped.
    ///
    /// # Errors
    /// [`FhirError`] if it cannot be read or is not a bundle; see [`Bundle::from_json`].
    pub fn from_file(path: &Path, limits: &Limits) -> Result<Self, FhirError> {
        Self::from_json(&read_file(path, limits)?, limits)
    }

    /// Reads what a file would hold, plain or gzipped.
    ///
    /// # Errors
    /// As [`Bundle::from_file`].
    pub fn from_bytes(bytes: &[u8], limits: &Limits) -> Result<Self, FhirError> {
        Self::from_json(&unpack(bytes, limits)?, limits)
    }

    /// Reads a JSON text.
    ///
    /// # Errors
    /// [`FhirError::Json`] if it is not I-JSON, [`FhirError::Field`] with the field that is missing or wrong.
    pub fn from_json(text: &[u8], limits: &Limits) -> Result<Self, FhirError> {
        Self::from_value(json::parse(text, limits)?, limits)
    }

    /// Reads a document that was parsed by [`json::parse`].
    ///
    /// # Errors
    /// [`FhirError::Field`] with the field that is missing or wrong.
    pub fn from_value(mut document: Value, limits: &Limits) -> Result<Self, FhirError> {
        let root = Field::new(&document, "");
        expect_type(&root, "Bundle")?;
        let kind = root.require("type")?;
        let kind = BundleType::from_code(kind.string()?)
            .ok_or_else(|| kind.invalid("a type of bundle whose entries carry resources"))?;
        let mut bundle = Self {
            kind,
            resources: Vec::new(),
            by_url: HashMap::new(),
            by_id: HashMap::new(),
        };
        for (position, entry) in bundle_entries(&root, limits)?.iter().enumerate() {
            bundle.add(position, entry)?;
        }
        bundle.take_values(&mut document);
        Ok(bundle)
    }

    /// Checks an entry and takes note of it; its value stays in the document for now.
    fn add(&mut self, position: usize, entry: &Field<'_>) -> Result<(), FhirError> {
        let resource = entry.require("resource")?;
        let kind = resource.require("resourceType")?.string()?;
        let id = resource.text("id")?;
        if let Some(url) = entry.get("fullUrl")? {
            match self.by_url.entry(url.string()?.to_owned()) {
                Entry::Vacant(vacant) => vacant.insert(position),
                Entry::Occupied(taken) => {
                    let first = format!("entry[{}].fullUrl", taken.get());
                    return Err(url.error(Problem::Duplicate { first }).into());
                }
            };
        }
        if let Some(id) = id {
            match self.by_id.entry(format!("{kind}/{id}")) {
                Entry::Vacant(vacant) => vacant.insert(position),
                Entry::Occupied(taken) => {
                    let first = format!("entry[{}].resource.id", taken.get());
                    return Err(resource.require("id")?.error(Problem::Duplicate { first }).into());
                }
            };
        }
        self.resources
            .push(Resource::new(kind, id, entry.text("fullUrl")?, position));
        Ok(())
    }

    /// Moves the resources' values out of the document, which is not needed any more.
    fn take_values(&mut self, document: &mut Value) {
        for (position, resource) in self.resources.iter_mut().enumerate() {
            if let Some(value) = document.pointer_mut(&format!("/entry/{position}/resource")) {
                resource.value = value.take();
            }
        }
    }

    /// What the bundle is for.
    pub fn kind(&self) -> BundleType {
        self.kind
    }

    /// All resources.
    pub fn resources(&self) -> &[Resource] {
        &self.resources
    }

    /// The resources of a type, e.g. `Encounter`.
    pub fn of_type<'b>(&'b self, kind: &'b str) -> impl Iterator<Item = &'b Resource> {
        self.resources.iter().filter(move |resource| resource.kind() == kind)
    }

    /// The resource in this bundle that a reference means: the `fullUrl` of its entry (`urn:uuid:...`, `https://...`), its `Type/id`,
    /// also with `/_history/version`, or a search by one identifier (`Practitioner?identifier=system|value`).
    ///
    /// `None` if it is not in this bundle, or if a search finds more than one.
    pub fn resolve(&self, reference: &str) -> Option<&Resource> {
        if let Some((kind, query)) = reference.split_once('?') {
            return self.search(kind, query.strip_prefix("identifier=")?);
        }
        let (reference, version) = match reference.split_once("/_history/") {
            Some((reference, version)) => (reference, Some(version)),
            None => (reference, None),
        };
        let position = self.by_url.get(reference).or_else(|| self.by_id.get(reference))?;
        let resource = self.resources.get(*position)?;
        let is_version = version.is_none_or(|version| resource.version() == Some(version));
        is_version.then_some(resource)
    }

    fn search(&self, kind: &str, identifier: &str) -> Option<&Resource> {
        let (system, value) = identifier.split_once('|')?;
        let mut found = self
            .resources
            .iter()
            .filter(|resource| resource.kind() == kind && resource.has_identifier(system, value));
        let first = found.next()?;
        found.next().is_none().then_some(first)
    }

    /// The resources of a type that refer to `target` in their element `element`, e.g. the `Observation`s whose
    /// `encounter` is a certain Encounter.
    pub fn referring_to<'b>(
        &'b self,
        target: &'b Resource,
        kind: &'b str,
        element: &'b str,
    ) -> impl Iterator<Item = &'b Resource> {
        self.of_type(kind).filter(move |resource| {
            resource
                .references(element)
                .filter_map(|reference| self.resolve(reference))
                .any(|resolved| std::ptr::eq(resolved, target))
        })
    }
}

fn bundle_entries<'v>(root: &Field<'v>, limits: &Limits) -> Result<Vec<Field<'v>>, FhirError> {
    let entries = root.list("entry")?;
    if entries.len() > limits.entries {
        let problem = Problem::TooMany { limit: limits.entries };
        return Err(root.require("entry")?.error(problem).into());
    }
    Ok(entries)
}

/// Accepts a resource of one type.
pub(super) fn expect_type(resource: &Field<'_>, expected: &'static str) -> Result<(), FhirError> {
    let kind = resource.require("resourceType")?;
    match kind.string()? {
        found if found == expected => Ok(()),
        found => {
            let found = found.to_owned();
            Err(kind.error(Problem::OtherResource { found, expected }).into())
        }
    }
}
