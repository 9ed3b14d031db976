//! A request for access as JSON. What is accepted asks something, and each of its questions has an encoding, unless it lists more than
//! the contract takes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use salus_client::{
    decide::{AccessRequest, Codes},
    fhir::{Limits, json},
};
use salus_core::consent::{EncodeError, MalformedKind, Request};

fuzz_target!(|input: &[u8]| {
    let Ok(document) = json::parse(input, &Limits::default()) else {
        return;
    };
    let Ok(request) = AccessRequest::from_json(&document) else {
        return;
    };
    let codes = Codes::of(&request, [], &[]);
    let questions = request.questions(&codes);
    assert!(!questions.is_empty());
    let addresses = request.addresses();
    for question in questions {
        let asked = request.of(&addresses, &codes, question);
        match asked.encode() {
            Ok(bytes) => assert!(Request::decode(&bytes).is_ok()),
            Err(EncodeError::ListTooLong { .. }) => {}
            Err(EncodeError::Invalid(malformed)) => assert_eq!(malformed.kind, MalformedKind::TooManyItems),
            Err(error) => panic!("{error}"),
        }
    }
});
