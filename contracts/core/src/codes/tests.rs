use super::*;

/// The tables as one text; a released number must never change, so neither may this.
fn lines(name: &str, table: &[Code]) -> std::string::String {
    table
        .iter()
        .map(|row| std::format!("{name} {} {} {}\n", row.bit, row.system, row.code))
        .collect()
}

fn is_consistent(table: &[Code], known: u64) {
    let mut mask = 0u64;
    for (position, row) in table.iter().enumerate() {
        assert_eq!(
            usize::from(row.bit),
            position,
            "rows are in the order of their numbers, without a gap"
        );
        assert!(!row.display.is_empty());
        let twins = table
            .iter()
            .filter(|other| other.code == row.code && other.system == row.system)
            .count();
        assert_eq!(twins, 1, "{} is listed once", row.code);
        mask |= 1 << row.bit;
    }
    assert_eq!(mask, known);
}

#[test]
fn each_code_has_one_number_and_each_number_one_code() {
    is_consistent(Purpose::TABLE, Purpose::KNOWN);
    is_consistent(ResourceClass::TABLE, ResourceClass::KNOWN);
    is_consistent(Sensitivity::TABLE, Sensitivity::KNOWN);
    is_consistent(Role::TABLE, Role::KNOWN);
    is_consistent(Category::TABLE, Category::KNOWN.into());
    is_consistent(Action::TABLE, Action::KNOWN.into());
    is_consistent(Confidentiality::TABLE, Confidentiality::KNOWN.into());
    is_consistent(DataMeaning::TABLE, DataMeaning::KNOWN.into());
}

#[test]
fn rule_08_released_numbers_are_frozen() {
    let frozen = include_str!("../../vectors/codes-v1.txt");
    let current = [
        lines("purpose", Purpose::TABLE),
        lines("class", ResourceClass::TABLE),
        lines("sensitivity", Sensitivity::TABLE),
        lines("role", Role::TABLE),
        lines("category", Category::TABLE),
        lines("action", Action::TABLE),
        lines("confidentiality", Confidentiality::TABLE),
        lines("meaning", DataMeaning::TABLE),
    ]
    .concat();
    for line in frozen.lines() {
        assert!(current.contains(line), "released and gone: {line}");
    }
    assert_eq!(frozen, current, "a new code has to be added to vectors/codes-v1.txt");
}

#[test]
fn codes_are_found_by_system_and_code_and_by_number() {
    assert_eq!(Purpose::from_code(system::ACT_REASON, "HRESCH"), Some(Purpose::HRESCH));
    assert_eq!(Purpose::from_code(system::ACT_REASON, "hresch"), None);
    assert_eq!(Purpose::from_code(system::ACT_CODE, "HRESCH"), None);
    assert_eq!(Purpose::from_bit(5), Some(Purpose::HRESCH));
    assert_eq!(Purpose::from_bit(59), None);
    assert_eq!(Purpose::from_bit(64), None);
    assert_eq!(Purpose::from_bit(255), None);
    assert_eq!(Confidentiality::from_bit(8), None);
    assert_eq!(Purpose::HRESCH.code(), "HRESCH");
    assert_eq!(
        Category::from_code(system::CONSENT_SCOPE, "research"),
        Some(Category::SCOPE_RESEARCH)
    );
    assert_eq!(
        Category::from_code(system::CONSENT_CATEGORY, "research"),
        Some(Category::RESEARCH_ACCESS)
    );
    assert_eq!(std::format!("{}", Sensitivity::ETHUD), "ETHUD");
}

#[test]
fn renamed_resource_types_keep_their_number() {
    assert_eq!(
        ResourceClass::from_type("DeviceUseStatement"),
        Some(ResourceClass::DEVICE_USAGE)
    );
    assert_eq!(
        ResourceClass::from_type("DeviceUsage"),
        Some(ResourceClass::DEVICE_USAGE)
    );
    assert_eq!(
        ResourceClass::from_type("RequestGroup"),
        ResourceClass::from_type("RequestOrchestration")
    );
    assert_eq!(ResourceClass::from_type("Practitioner"), None);
}

#[test]
fn a_mask_lists_its_codes() {
    let mask = Purpose::TREAT.mask() | Purpose::PUBHLTH.mask();
    assert!(Purpose::in_mask(mask).eq([Purpose::TREAT, Purpose::PUBHLTH]));
    assert_eq!(Purpose::in_mask(!Purpose::KNOWN).count(), 0);
}

#[test]
fn confidentiality_is_a_scale() {
    assert_eq!(Confidentiality::N.ceiling(), 0b00_1111);
    assert_eq!(Confidentiality::V.ceiling(), Confidentiality::KNOWN);
    assert_eq!(Confidentiality::R.floor(), 0b11_0000);
    assert_eq!(Confidentiality::U.floor(), Confidentiality::KNOWN);
}
