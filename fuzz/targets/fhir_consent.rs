//! A FHIR Consent, or a Bundle with Consents, as a file that is imported. A translation is a policy in its one encoding, and comes out
//! the same each time.
#![no_main]

use libfuzzer_sys::fuzz_target;
use salus_client::{
    decide::Given,
    fhir::{Limits, json},
};
use salus_core::consent::PolicyView;

fuzz_target!(|input: &[u8]| {
    let Ok(document) = json::parse(input, &Limits::default()) else {
        return;
    };
    match (Given::all(&document), Given::all(&document)) {
        (Ok(once), Ok(again)) => {
            assert_eq!(once.len(), again.len());
            for (once, again) in once.iter().zip(&again) {
                assert_eq!(once.policy, again.policy);
                let view = PolicyView::parse(&once.policy).expect("a translation is a policy");
                assert_eq!(view.to_policy().encode().expect("was accepted"), once.policy);
            }
        }
        (Err(once), Err(again)) => assert_eq!(once.to_string(), again.to_string()),
        _ => panic!("translated once, and not again"),
    }
});
