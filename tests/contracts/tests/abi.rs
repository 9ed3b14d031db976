//! The Solidity ABIs beside the built contracts list all that the contracts know, so that whoever generates bindings from
//! them can decode every answer, event and refusal by name.

use alloy_core::json_abi::{EventParam, JsonAbi, Param};
use salus_tests_contracts::{
    access::IAccess::{IAccessCalls, IAccessErrors, IAccessEvents},
    consent::{
        IConsent::{IConsentCalls, IConsentErrors, IConsentEvents},
        IPolicies::{IPoliciesCalls, IPoliciesErrors},
    },
    credentials::ICredentials::{ICredentialsCalls, ICredentialsErrors, ICredentialsEvents},
    erc20::IERC20::{IERC20Calls, IERC20Errors, IERC20Events},
    records::IRecords::{IRecordsCalls, IRecordsErrors, IRecordsEvents},
};
use std::{collections::BTreeSet, fs, path::Path};

fn abi(contract: &str) -> JsonAbi {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contracts/artifacts");
    let json = fs::read_to_string(folder.join(format!("{contract}.abi.json"))).expect("the ABI is there");
    serde_json::from_str(&json).expect("it is an ABI")
}

fn all() -> impl Iterator<Item = (&'static str, JsonAbi)> {
    [
        "access",
        "consent",
        "credentials",
        "policies",
        "records",
        "telehealth",
        "token",
    ]
    .into_iter()
    .map(|contract| (contract, abi(contract)))
}

fn set<T: Into<String>>(signatures: impl IntoIterator<Item = T>) -> BTreeSet<String> {
    signatures.into_iter().map(Into::into).collect()
}

/// What the tests' hand-written interfaces say, and what was built: neither knows anything that the other does not.
#[test]
fn the_built_interfaces_are_those_that_are_documented() {
    let cases: [(_, &[&str], &[&str], &[&str]); 6] = [
        (
            "access",
            IAccessCalls::SIGNATURES,
            IAccessEvents::SIGNATURES,
            IAccessErrors::SIGNATURES,
        ),
        (
            "consent",
            IConsentCalls::SIGNATURES,
            IConsentEvents::SIGNATURES,
            IConsentErrors::SIGNATURES,
        ),
        ("policies", IPoliciesCalls::SIGNATURES, &[], IPoliciesErrors::SIGNATURES),
        (
            "credentials",
            ICredentialsCalls::SIGNATURES,
            ICredentialsEvents::SIGNATURES,
            ICredentialsErrors::SIGNATURES,
        ),
        (
            "records",
            IRecordsCalls::SIGNATURES,
            IRecordsEvents::SIGNATURES,
            IRecordsErrors::SIGNATURES,
        ),
        (
            "token",
            IERC20Calls::SIGNATURES,
            IERC20Events::SIGNATURES,
            IERC20Errors::SIGNATURES,
        ),
    ];
    for (contract, calls, events, errors) in cases {
        let abi = abi(contract);
        let functions = abi.functions().map(|function| function.signature());
        assert_eq!(set(functions), set(calls.iter().copied()), "{contract}");
        let built = abi.events().map(|event| event.signature());
        assert_eq!(set(built), set(events.iter().copied()), "{contract}");
        let built = abi.errors().map(|error| error.signature());
        assert_eq!(set(built), set(errors.iter().copied()), "{contract}");
    }
}

#[test]
fn every_error_is_told_by_its_selector_and_says_what_it_carries() {
    for (contract, abi) in all() {
        let mut selectors = BTreeSet::new();
        for error in abi.errors() {
            assert!(selectors.insert(error.selector()), "{contract}: {}", error.name);
            assert!(error.inputs.iter().all(is_named), "{contract}: {}", error.name);
        }
        assert!(!selectors.is_empty(), "{contract}");
    }
}

#[test]
fn every_event_is_told_by_its_topic_and_names_its_fields() {
    for (contract, abi) in all() {
        let mut topics = BTreeSet::new();
        for event in abi.events() {
            assert!(!event.anonymous, "{contract}: {}", event.name);
            assert!(topics.insert(event.selector()), "{contract}: {}", event.name);
            assert!(
                event.inputs.iter().all(|field| !field.name.is_empty()),
                "{contract}: {}",
                event.name
            );
            // What is dynamic would be hashed as a topic, and lost.
            let lost = |field: &EventParam| field.indexed && ["string", "bytes"].contains(&field.ty.as_str());
            assert!(!event.inputs.iter().any(lost), "{contract}: {}", event.name);
        }
        // `policies` changes nothing, and so tells of nothing.
        assert!(!topics.is_empty() || contract == "policies", "{contract}");
    }
}

#[test]
fn every_message_names_its_parameters_and_several_answers() {
    for (contract, abi) in all() {
        for function in abi.functions() {
            assert!(function.inputs.iter().all(is_named), "{contract}: {}", function.name);
            let answers = &function.outputs;
            assert!(
                answers.len() < 2 || answers.iter().all(is_named),
                "{contract}: {}",
                function.name
            );
        }
        let constructor = abi.constructor.expect("a contract is constructed");
        assert!(constructor.inputs.iter().all(is_named), "{contract}");
    }
}

fn is_named(parameter: &Param) -> bool {
    !parameter.name.is_empty()
}
