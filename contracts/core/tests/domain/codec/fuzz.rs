//! Decoders against arbitrary and almost right bytes.

use proptest::prelude::*;
use salus_core::consent::{PolicyView, Request};

use crate::support;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_policy_comes_back_as_it_went(policy in support::policy()) {
        let bytes = policy.encode().expect("generated policies are valid");
        let back = PolicyView::parse(&bytes).expect("canonical").to_policy();
        prop_assert_eq!(back.encode().expect("valid"), bytes);
        prop_assert_eq!(back.base, policy.base);
        prop_assert_eq!(back.provisions.len(), policy.provisions.len());
    }

    #[test]
    fn a_request_comes_back_as_it_went(request in support::request()) {
        let bytes = request.as_request().encode().expect("generated requests are valid");
        let back = Request::decode(&bytes).expect("canonical");
        prop_assert_eq!(back.encode().expect("valid"), bytes.clone());
        prop_assert_eq!(back.labels, request.fields.labels);
    }

    /// Whatever is accepted is the one encoding of what it says.
    #[test]
    fn what_is_accepted_is_canonical(bytes in support::policy().prop_flat_map(|policy| support::mutated(policy.encode().expect("valid")))) {
        if let Ok(view) = PolicyView::parse(&bytes) {
            prop_assert_eq!(view.to_policy().encode().expect("was accepted"), bytes);
        }
    }

    #[test]
    fn what_is_accepted_as_a_request_is_canonical(
        bytes in support::request().prop_flat_map(|request| support::mutated(request.as_request().encode().expect("valid"))),
    ) {
        if let Ok(request) = Request::decode(&bytes) {
            prop_assert_eq!(request.encode().expect("was accepted"), bytes);
        }
    }
}
