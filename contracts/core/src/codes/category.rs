//! What kind of agreement a consent is.

super::vocabulary! {
    /// A category of consents: FHIR `Consent.category`, and in R4 `Consent.scope`.
    Category(u32) {
        0 PATIENT_CONSENT "59284-0" LOINC "Patient Consent";
        1 RELEASE_OF_INFORMATION "64292-6" LOINC "Release of information consent";
        2 PRIVACY_POLICY_ACKNOWLEDGEMENT "57016-8" LOINC "Privacy policy acknowledgement Document";
        3 PRIVACY_POLICY_ORGANIZATION "57017-6" LOINC "Privacy policy Organization Document";
        4 ICOL "ICOL" ACT_CODE "information collection";
        5 IDSCL "IDSCL" ACT_CODE "information disclosure";
        6 INFA "INFA" ACT_CODE "information access";
        7 INFAO "INFAO" ACT_CODE "access only";
        8 INFASO "INFASO" ACT_CODE "access and save only";
        9 IRDSCL "IRDSCL" ACT_CODE "information redisclosure";
        10 RESEARCH "RESEARCH" ACT_CODE "research information access";
        11 RSDID "RSDID" ACT_CODE "de-identified information access";
        12 RSREID "RSREID" ACT_CODE "re-identifiable information access";
        13 SCOPE_PATIENT_PRIVACY "patient-privacy" CONSENT_SCOPE "Privacy Consent";
        14 SCOPE_TREATMENT "treatment" CONSENT_SCOPE "Treatment";
        15 SCOPE_RESEARCH "research" CONSENT_SCOPE "Research";
        16 SCOPE_ADVANCE_CARE "adr" CONSENT_SCOPE "Advanced Care Directive";
        17 EMERGENCY_ONLY "emrgonly" CONSENT_CATEGORY "Emergency Only";
        18 NOTICE_OF_PRIVACY_PRACTICES "npp" CONSENT_CATEGORY "Notice of Privacy Practices";
        19 RESEARCH_ACCESS "research" CONSENT_CATEGORY "Research Information Access";
        20 DEIDENTIFIED_ACCESS "rsdid" CONSENT_CATEGORY "De-identified Information Access";
        21 REIDENTIFIABLE_ACCESS "rsreid" CONSENT_CATEGORY "Re-identifiable Information Access";
    }
}
