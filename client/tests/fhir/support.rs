//! The Consent fixtures, and who their references mean on chain.

use std::path::PathBuf;

use salus_client::fhir::{
    FhirError, Limits,
    consent::{self, Actor, Directory, FhirVersion, Translation},
    json, read_file,
};
use serde_json::Value;

pub(crate) const ANNA: [[u8; 20]; 1] = [[0xa1; 20]];
pub(crate) const BERT: [[u8; 20]; 1] = [[0xb2; 20]];
pub(crate) const CLINIC: [[u8; 20]; 1] = [[0xc3; 20]];
pub(crate) const HOSPITAL: [[u8; 20]; 1] = [[0xd4; 20]];
pub(crate) const INSTITUTE: [[u8; 20]; 1] = [[0xe5; 20]];
pub(crate) const STRANGER: [[u8; 20]; 1] = [[0xf6; 20]];

pub(crate) fn directory() -> Directory {
    Directory::new()
        .with_actor("Practitioner/anna", Actor::Address(ANNA[0]))
        .with_actor("http://hl7.org/fhir/sid/us-npi|1234567893", Actor::Address(ANNA[0]))
        .with_actor("Practitioner/bert", Actor::Address(BERT[0]))
        .with_actor("Organization/clinic", Actor::Address(CLINIC[0]))
        .with_actor("Organization/hospital", Actor::Address(HOSPITAL[0]))
        .with_actor("Organization/institute", Actor::Address(INSTITUTE[0]))
        .with_data("Encounter/e1", [0xe1; 32])
}

pub(crate) fn document(fixture: &str) -> Value {
    let file = format!("{fixture}.json");
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests/fixtures/fhir/consent", &file]
        .iter()
        .collect();
    let limits = Limits::default();
    json::parse(&read_file(&path, &limits).unwrap(), &limits).unwrap()
}

pub(crate) fn translate(document: &Value) -> Result<Translation, FhirError> {
    consent::read(document, None, &directory())
}

pub(crate) fn translate_as(document: &Value, version: FhirVersion) -> Result<Translation, FhirError> {
    consent::read(document, Some(version), &directory())
}

pub(crate) fn translate_file(fixture: &str) -> Translation {
    translate(&document(fixture)).unwrap()
}

/// Seconds since the Unix epoch of `YYYY-MM-DDThh:mm:ssZ`, by counting the days one by one.
pub(crate) fn at(time: &str) -> u64 {
    let number = |range: std::ops::Range<usize>| time[range].parse::<u64>().unwrap();
    let is_leap = |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let years: u64 = (1970..number(0..4))
        .map(|year| if is_leap(year) { 366 } else { 365 })
        .sum();
    let february = if is_leap(number(0..4)) { 29 } else { 28 };
    let months = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let month = usize::try_from(number(5..7)).unwrap();
    let days = years + months[..month - 1].iter().sum::<u64>() + number(8..10) - 1;
    days * 86_400 + number(11..13) * 3_600 + number(14..16) * 60 + number(17..19)
}
