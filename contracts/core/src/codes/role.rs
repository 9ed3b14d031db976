//! As whom data are asked for.

super::vocabulary! {
    /// A role class of a requester: HL7 v3 RoleClass and FHIR's practitioner roles.
    Role(u64) {
        0 PROV "PROV" ROLE_CLASS "healthcare provider";
        1 PHYS "PHYS" ROLE_CLASS "physician";
        2 NURS "NURS" ROLE_CLASS "nurse";
        3 NURPRAC "NURPRAC" ROLE_CLASS "nurse practitioner";
        4 PA "PA" ROLE_CLASS "physician assistant";
        5 ASSIGNED "ASSIGNED" ROLE_CLASS "assigned entity";
        6 LIC "LIC" ROLE_CLASS "licensed entity";
        7 QUAL "QUAL" ROLE_CLASS "qualified entity";
        8 CRED "CRED" ROLE_CLASS "credentialed entity";
        9 AFFL "AFFL" ROLE_CLASS "affiliate";
        10 AGNT "AGNT" ROLE_CLASS "agent";
        11 CAREGIVER "CAREGIVER" ROLE_CLASS "caregiver";
        12 GUARD "GUARD" ROLE_CLASS "guardian";
        13 NOK "NOK" ROLE_CLASS "next of kin";
        14 ECON "ECON" ROLE_CLASS "emergency contact";
        15 PRS "PRS" ROLE_CLASS "personal relationship";
        16 PAYOR "PAYOR" ROLE_CLASS "invoice payor";
        17 UNDWRT "UNDWRT" ROLE_CLASS "underwriter";
        18 SPNSR "SPNSR" ROLE_CLASS "coverage sponsor";
        19 CRINV "CRINV" ROLE_CLASS "clinical research investigator";
        20 CRSPNSR "CRSPNSR" ROLE_CLASS "clinical research sponsor";
        21 SDLOC "SDLOC" ROLE_CLASS "service delivery location";
        22 PAT "PAT" ROLE_CLASS "patient";
        23 DOCTOR "doctor" PRACTITIONER_ROLE "Doctor";
        24 NURSE "nurse" PRACTITIONER_ROLE "Nurse";
        25 PHARMACIST "pharmacist" PRACTITIONER_ROLE "Pharmacist";
        26 RESEARCHER "researcher" PRACTITIONER_ROLE "Researcher";
        27 TEACHER "teacher" PRACTITIONER_ROLE "Teacher/educator";
        28 ICT "ict" PRACTITIONER_ROLE "ICT professional";
    }
}
