//! The `scope` of SMART App Launch: scopes separated by spaces. What is accepted asks for some access, each once, by action.
#![no_main]

use libfuzzer_sys::fuzz_target;
use salus_client::decide::AccessRequest;
use serde_json::json;

fuzz_target!(|scopes: &str| {
    let request = json!({"purposeOfUse": "TREAT", "smartScope": scopes});
    let Ok(request) = AccessRequest::from_json(&request) else {
        return;
    };
    let access = &request.access;
    assert!(!access.is_empty());
    assert!(access.is_sorted_by_key(|(_, action)| *action));
    for (index, one) in access.iter().enumerate() {
        assert!(!access[..index].contains(one), "asked for twice");
    }
});
