//! How data are related to what a consent names.

super::vocabulary! {
    /// How a reference selects data: FHIR `Consent.provision.data.meaning`, or `Consent.provision.code`, which selects the
    /// data that carry a code.
    DataMeaning(u8) {
        0 INSTANCE "instance" CONSENT_DATA_MEANING "Instance";
        1 RELATED "related" CONSENT_DATA_MEANING "Related";
        2 DEPENDENTS "dependents" CONSENT_DATA_MEANING "Dependents";
        3 AUTHORED_BY "authoredby" CONSENT_DATA_MEANING "AuthoredBy";
        4 CODE "code" SALUS_DATA_MEANING "Code";
    }
}
