//! What kind of data is asked for.

super::vocabulary! {
    /// A class of data: a FHIR resource type that can hold data about a patient.
    ///
    /// One number is one type: types are never grouped, because a permit for one would then reach the others. Where
    /// R5 renamed a type of R4, both names have the number (see [`ResourceClass::from_type`]). A type without a number
    /// cannot be named in a policy; whoever translates one has to refuse it.
    ResourceClass(u64) {
        0 PATIENT "Patient" RESOURCE_TYPES "Patient";
        1 RELATED_PERSON "RelatedPerson" RESOURCE_TYPES "RelatedPerson";
        2 ENCOUNTER "Encounter" RESOURCE_TYPES "Encounter";
        3 EPISODE_OF_CARE "EpisodeOfCare" RESOURCE_TYPES "EpisodeOfCare";
        4 CONDITION "Condition" RESOURCE_TYPES "Condition";
        5 OBSERVATION "Observation" RESOURCE_TYPES "Observation";
        6 DIAGNOSTIC_REPORT "DiagnosticReport" RESOURCE_TYPES "DiagnosticReport";
        7 PROCEDURE "Procedure" RESOURCE_TYPES "Procedure";
        8 ALLERGY_INTOLERANCE "AllergyIntolerance" RESOURCE_TYPES "AllergyIntolerance";
        9 IMMUNIZATION "Immunization" RESOURCE_TYPES "Immunization";
        10 IMMUNIZATION_EVALUATION "ImmunizationEvaluation" RESOURCE_TYPES "ImmunizationEvaluation";
        11 IMMUNIZATION_RECOMMENDATION "ImmunizationRecommendation" RESOURCE_TYPES "ImmunizationRecommendation";
        12 MEDICATION_REQUEST "MedicationRequest" RESOURCE_TYPES "MedicationRequest";
        13 MEDICATION_DISPENSE "MedicationDispense" RESOURCE_TYPES "MedicationDispense";
        14 MEDICATION_ADMINISTRATION "MedicationAdministration" RESOURCE_TYPES "MedicationAdministration";
        15 MEDICATION_STATEMENT "MedicationStatement" RESOURCE_TYPES "MedicationStatement";
        16 MEDICATION "Medication" RESOURCE_TYPES "Medication";
        17 CARE_PLAN "CarePlan" RESOURCE_TYPES "CarePlan";
        18 CARE_TEAM "CareTeam" RESOURCE_TYPES "CareTeam";
        19 GOAL "Goal" RESOURCE_TYPES "Goal";
        20 SERVICE_REQUEST "ServiceRequest" RESOURCE_TYPES "ServiceRequest";
        21 DEVICE_REQUEST "DeviceRequest" RESOURCE_TYPES "DeviceRequest";
        22 DEVICE_USAGE "DeviceUsage" RESOURCE_TYPES "DeviceUsage";
        23 DEVICE "Device" RESOURCE_TYPES "Device";
        24 SUPPLY_DELIVERY "SupplyDelivery" RESOURCE_TYPES "SupplyDelivery";
        25 NUTRITION_ORDER "NutritionOrder" RESOURCE_TYPES "NutritionOrder";
        26 NUTRITION_INTAKE "NutritionIntake" RESOURCE_TYPES "NutritionIntake";
        27 VISION_PRESCRIPTION "VisionPrescription" RESOURCE_TYPES "VisionPrescription";
        28 FAMILY_MEMBER_HISTORY "FamilyMemberHistory" RESOURCE_TYPES "FamilyMemberHistory";
        29 CLINICAL_IMPRESSION "ClinicalImpression" RESOURCE_TYPES "ClinicalImpression";
        30 DETECTED_ISSUE "DetectedIssue" RESOURCE_TYPES "DetectedIssue";
        31 ADVERSE_EVENT "AdverseEvent" RESOURCE_TYPES "AdverseEvent";
        32 RISK_ASSESSMENT "RiskAssessment" RESOURCE_TYPES "RiskAssessment";
        33 FLAG "Flag" RESOURCE_TYPES "Flag";
        34 IMAGING_STUDY "ImagingStudy" RESOURCE_TYPES "ImagingStudy";
        35 IMAGING_SELECTION "ImagingSelection" RESOURCE_TYPES "ImagingSelection";
        36 MEDIA "Media" RESOURCE_TYPES "Media";
        37 SPECIMEN "Specimen" RESOURCE_TYPES "Specimen";
        38 BODY_STRUCTURE "BodyStructure" RESOURCE_TYPES "BodyStructure";
        39 MOLECULAR_SEQUENCE "MolecularSequence" RESOURCE_TYPES "MolecularSequence";
        40 GENOMIC_STUDY "GenomicStudy" RESOURCE_TYPES "GenomicStudy";
        41 DOCUMENT_REFERENCE "DocumentReference" RESOURCE_TYPES "DocumentReference";
        42 COMPOSITION "Composition" RESOURCE_TYPES "Composition";
        43 QUESTIONNAIRE_RESPONSE "QuestionnaireResponse" RESOURCE_TYPES "QuestionnaireResponse";
        44 COMMUNICATION "Communication" RESOURCE_TYPES "Communication";
        45 COMMUNICATION_REQUEST "CommunicationRequest" RESOURCE_TYPES "CommunicationRequest";
        46 APPOINTMENT "Appointment" RESOURCE_TYPES "Appointment";
        47 TASK "Task" RESOURCE_TYPES "Task";
        48 LIST "List" RESOURCE_TYPES "List";
        49 REQUEST_ORCHESTRATION "RequestOrchestration" RESOURCE_TYPES "RequestOrchestration";
        50 CONSENT "Consent" RESOURCE_TYPES "Consent";
        51 PROVENANCE "Provenance" RESOURCE_TYPES "Provenance";
        52 AUDIT_EVENT "AuditEvent" RESOURCE_TYPES "AuditEvent";
        53 RESEARCH_SUBJECT "ResearchSubject" RESOURCE_TYPES "ResearchSubject";
        54 COVERAGE "Coverage" RESOURCE_TYPES "Coverage";
        55 CLAIM "Claim" RESOURCE_TYPES "Claim";
        56 CLAIM_RESPONSE "ClaimResponse" RESOURCE_TYPES "ClaimResponse";
        57 EXPLANATION_OF_BENEFIT "ExplanationOfBenefit" RESOURCE_TYPES "ExplanationOfBenefit";
        58 ACCOUNT "Account" RESOURCE_TYPES "Account";
    }
}

impl ResourceClass {
    /// The class of a FHIR resource type, by its R4 or its R5 name.
    pub fn from_type(name: &str) -> Option<Self> {
        match name {
            "DeviceUseStatement" => Some(Self::DEVICE_USAGE),
            "RequestGroup" => Some(Self::REQUEST_ORCHESTRATION),
            _ => Self::from_code(super::system::RESOURCE_TYPES, name),
        }
    }
}
