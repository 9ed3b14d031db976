//! JSON documents as arguments.

use std::path::Path;

use serde_json::Value;

use salus_client::{
    error::Error,
    fhir::{FhirError, Limits, json, read_file},
};

/// Reads a JSON document, plain or gzipped.
pub(super) fn read_json(path: &Path) -> Result<Value, Error> {
    let limits = Limits::default();
    let document = json::parse(&read_file(path, &limits)?, &limits);
    Ok(document.map_err(FhirError::from)?)
}
