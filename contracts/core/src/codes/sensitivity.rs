//! Why data are sensitive.

super::vocabulary! {
    /// A sensitivity label: HL7 v3 ActCode, value set `v3-InformationSensitivityPolicy`.
    ///
    /// Bit 63 is never given to a code: the evaluator needs it.
    Sensitivity(u64) {
        0 ETH "ETH" ACT_CODE "substance abuse information sensitivity";
        1 ETHUD "ETHUD" ACT_CODE "alcohol use disorder information sensitivity";
        2 OPIOIDUD "OPIOIDUD" ACT_CODE "opioid use disorder information sensitivity";
        3 PSY "PSY" ACT_CODE "psychiatry disorder information sensitivity";
        4 SDV "SDV" ACT_CODE "sexual assault, abuse, or domestic violence information sensitivity";
        5 HIV "HIV" ACT_CODE "HIV/AIDS information sensitivity";
        6 STD "STD" ACT_CODE "sexually transmitted disease information sensitivity";
        7 SEX "SEX" ACT_CODE "sexuality and reproductive health information sensitivity";
        8 GDIS "GDIS" ACT_CODE "genetic disease information sensitivity";
        9 BH "BH" ACT_CODE "behavioral health information sensitivity";
        10 MH "MH" ACT_CODE "mental health information sensitivity";
        11 SUD "SUD" ACT_CODE "substance use disorder information sensitivity";
        12 PSYTHPN "PSYTHPN" ACT_CODE "psychotherapy note information sensitivity";
        13 COGN "COGN" ACT_CODE "cognitive disability information sensitivity";
        14 DVD "DVD" ACT_CODE "developmental disability information sensitivity";
        15 EMOTDIS "EMOTDIS" ACT_CODE "emotional disturbance information sensitivity";
        16 MST "MST" ACT_CODE "military sexual trauma information sensitivity";
        17 PREGNANT "PREGNANT" ACT_CODE "pregnancy information sensitivity";
        18 SCA "SCA" ACT_CODE "sickle cell anemia information sensitivity";
        19 SICKLE "SICKLE" ACT_CODE "sickle cell";
        20 SPI "SPI" ACT_CODE "specially protected information sensitivity";
        21 TBOO "TBOO" ACT_CODE "taboo";
        22 VIO "VIO" ACT_CODE "violence information sensitivity";
        23 DEMO "DEMO" ACT_CODE "all demographic information sensitivity";
        24 DOB "DOB" ACT_CODE "date of birth information sensitivity";
        25 GENDER "GENDER" ACT_CODE "gender and sexual orientation information sensitivity";
        26 LIVARG "LIVARG" ACT_CODE "living arrangement information sensitivity";
        27 MARST "MARST" ACT_CODE "marital status information sensitivity";
        28 PATLOC "PATLOC" ACT_CODE "patient location";
        29 RACE "RACE" ACT_CODE "race information sensitivity";
        30 REL "REL" ACT_CODE "religion information sensitivity";
        31 IDS "IDS" ACT_CODE "Identifier Sensitivity";
        32 B "B" ACT_CODE "business information sensitivity";
        33 EMPL "EMPL" ACT_CODE "employer information sensitivity";
        34 EMP "EMP" ACT_CODE "employee information sensitivity";
        35 LOCIS "LOCIS" ACT_CODE "location information sensitivity";
        36 SSP "SSP" ACT_CODE "sensitive service provider information sensitivity";
        37 ADOL "ADOL" ACT_CODE "adolescent information sensitivity";
        38 CEL "CEL" ACT_CODE "celebrity information sensitivity";
        39 VIP "VIP" ACT_CODE "celebrity information sensitivity";
        40 DIA "DIA" ACT_CODE "diagnosis information sensitivity";
        41 DRGIS "DRGIS" ACT_CODE "drug information sensitivity";
        42 PDS "PDS" ACT_CODE "patient default information sensitivity";
        43 PHY "PHY" ACT_CODE "physician requested information sensitivity";
        44 PRS "PRS" ACT_CODE "patient requested information sensitivity";
    }
}

// The evaluator keeps "the data as the request describes them" in bit 63.
const _: () = assert!(Sensitivity::KNOWN >> 63 == 0);
