//! The codes that the rules name, by the numbers that they have for ever.

use salus_core::codes::{Category, Code, Confidentiality, Purpose, Sensitivity, system};

/// The codes of a system in a table, by their numbers.
fn numbered(table: &[Code], system: &str, codes: &[(&str, u8)]) {
    for (code, number) in codes {
        let row = table.iter().find(|row| row.system == system && row.code == *code);
        assert_eq!(row.map(|row| row.bit), Some(*number), "{system}|{code}");
    }
}

#[test]
fn rule_08_purposes_of_use_have_these_numbers() {
    let codes = [
        ("TREAT", 0),
        ("ETREAT", 1),
        ("BTG", 2),
        ("HPAYMT", 3),
        ("HOPERAT", 4),
        ("HRESCH", 5),
        ("HMARKT", 6),
        ("CAREMGT", 7),
        ("PATRQT", 8),
        ("PUBHLTH", 9),
        ("COVERAGE", 10),
        ("FAMRQT", 11),
        ("PWATRNY", 12),
        ("SUPNWK", 13),
    ];
    numbered(Purpose::TABLE, system::ACT_REASON, &codes);
}

#[test]
fn rule_08_levels_of_confidentiality_and_kinds_of_sensitivity_have_these_numbers() {
    let levels = [("U", 0), ("L", 1), ("M", 2), ("N", 3), ("R", 4), ("V", 5)];
    numbered(Confidentiality::TABLE, system::CONFIDENTIALITY, &levels);
    let kinds = [
        ("ETH", 0),
        ("ETHUD", 1),
        ("OPIOIDUD", 2),
        ("PSY", 3),
        ("SDV", 4),
        ("HIV", 5),
        ("STD", 6),
        ("SEX", 7),
        ("GDIS", 8),
        ("BH", 9),
    ];
    numbered(Sensitivity::TABLE, system::ACT_CODE, &kinds);
}

#[test]
fn rule_12_categories_of_consents_have_these_numbers() {
    numbered(Category::TABLE, system::LOINC, &[("59284-0", 0), ("64292-6", 1)]);
    numbered(
        Category::TABLE,
        system::ACT_CODE,
        &[("INFA", 6), ("IDSCL", 5), ("RESEARCH", 10)],
    );
}
