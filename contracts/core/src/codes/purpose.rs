//! Why data are asked for.

super::vocabulary! {
    /// A purpose of use: HL7 v3 ActReason, value set `v3-PurposeOfUse`.
    ///
    /// Research is not implied by treatment, and emergency treatment needs its own permit.
    Purpose(u64) {
        0 TREAT "TREAT" ACT_REASON "treatment";
        1 ETREAT "ETREAT" ACT_REASON "Emergency Treatment";
        2 BTG "BTG" ACT_REASON "break the glass";
        3 HPAYMT "HPAYMT" ACT_REASON "healthcare payment";
        4 HOPERAT "HOPERAT" ACT_REASON "healthcare operations";
        5 HRESCH "HRESCH" ACT_REASON "healthcare research";
        6 HMARKT "HMARKT" ACT_REASON "healthcare marketing";
        7 CAREMGT "CAREMGT" ACT_REASON "care management";
        8 PATRQT "PATRQT" ACT_REASON "patient requested";
        9 PUBHLTH "PUBHLTH" ACT_REASON "public health";
        10 COVERAGE "COVERAGE" ACT_REASON "coverage under policy or program";
        11 FAMRQT "FAMRQT" ACT_REASON "family requested";
        12 PWATRNY "PWATRNY" ACT_REASON "power of attorney";
        13 SUPNWK "SUPNWK" ACT_REASON "support network";
        14 COC "COC" ACT_REASON "coordination of care";
        15 ERTREAT "ERTREAT" ACT_REASON "emergency room treatment";
        16 POPHLTH "POPHLTH" ACT_REASON "population health";
        17 CLINTRL "CLINTRL" ACT_REASON "clinical trial";
        18 BIORCH "BIORCH" ACT_REASON "biomedical research";
        19 CLINTRCH "CLINTRCH" ACT_REASON "clinical trial research";
        20 CLINTRCHNPC "CLINTRCHNPC" ACT_REASON "clinical trial research without patient care";
        21 CLINTRCHPC "CLINTRCHPC" ACT_REASON "clinical trial research with patient care";
        22 PRECLINTRCH "PRECLINTRCH" ACT_REASON "preclinical trial research";
        23 DSRCH "DSRCH" ACT_REASON "disease specific healthcare research";
        24 POARCH "POARCH" ACT_REASON "population origins or ancestry healthcare research";
        25 TRANSRCH "TRANSRCH" ACT_REASON "translational healthcare research";
        26 DISASTER "DISASTER" ACT_REASON "disaster";
        27 THREAT "THREAT" ACT_REASON "threat";
        28 CLMATTCH "CLMATTCH" ACT_REASON "claim attachment";
        29 COVAUTH "COVAUTH" ACT_REASON "coverage authorization";
        30 ELIGDTRM "ELIGDTRM" ACT_REASON "eligibility determination";
        31 ELIGVER "ELIGVER" ACT_REASON "eligibility verification";
        32 ENROLLM "ENROLLM" ACT_REASON "enrollment";
        33 MILDCRG "MILDCRG" ACT_REASON "military discharge";
        34 REMITADV "REMITADV" ACT_REASON "remittance advice";
        35 DONAT "DONAT" ACT_REASON "donation";
        36 FRAUD "FRAUD" ACT_REASON "fraud";
        37 GOV "GOV" ACT_REASON "government";
        38 HACCRED "HACCRED" ACT_REASON "health accreditation";
        39 HCOMPL "HCOMPL" ACT_REASON "health compliance";
        40 HDECD "HDECD" ACT_REASON "decedent";
        41 HDIRECT "HDIRECT" ACT_REASON "directory";
        42 HDM "HDM" ACT_REASON "healthcare delivery management";
        43 HLEGAL "HLEGAL" ACT_REASON "legal";
        44 HOUTCOMS "HOUTCOMS" ACT_REASON "health outcome measure";
        45 HPRGRP "HPRGRP" ACT_REASON "health program reporting";
        46 HQUALIMP "HQUALIMP" ACT_REASON "health quality improvement";
        47 HSYSADMIN "HSYSADMIN" ACT_REASON "health system administration";
        48 HTEST "HTEST" ACT_REASON "test health data";
        49 LABELING "LABELING" ACT_REASON "labeling";
        50 METAMGT "METAMGT" ACT_REASON "metadata management";
        51 MEMADMIN "MEMADMIN" ACT_REASON "member administration";
        52 MILCDM "MILCDM" ACT_REASON "military command";
        53 PATADMIN "PATADMIN" ACT_REASON "patient administration";
        54 PATSFTY "PATSFTY" ACT_REASON "patient safety";
        55 PERFMSR "PERFMSR" ACT_REASON "performance measure";
        56 RECORDMGT "RECORDMGT" ACT_REASON "records management";
        57 SYSDEV "SYSDEV" ACT_REASON "system development";
        58 TRAIN "TRAIN" ACT_REASON "training";
    }
}
