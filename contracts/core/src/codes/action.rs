//! What a requester wants to do with data.

super::vocabulary! {
    /// An action that a consent permits or denies: FHIR `Consent.provision.action`.
    Action(u16) {
        0 COLLECT "collect" CONSENT_ACTION "Collect";
        1 ACCESS "access" CONSENT_ACTION "Access";
        2 USE "use" CONSENT_ACTION "Use";
        3 DISCLOSE "disclose" CONSENT_ACTION "Disclose";
        4 CORRECT "correct" CONSENT_ACTION "Access and Correct";
    }
}
