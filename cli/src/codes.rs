//! HL7's codes as arguments, and masks of them in results.

use salus_core::codes::{Code, Purpose, ResourceClass, Role, Sensitivity};

use salus_client::fhir::consent::FhirVersion;

/// A version of FHIR: `r4` or `r5`.
pub(super) fn fhir_version(text: &str) -> Result<FhirVersion, String> {
    match text {
        "r4" | "R4" => Ok(FhirVersion::R4),
        "r5" | "R5" => Ok(FhirVersion::R5),
        _ => Err("write r4 or r5".into()),
    }
}

/// A purpose of use, e.g. `TREAT`.
pub(super) fn purpose(text: &str) -> Result<Purpose, String> {
    find(
        Purpose::TABLE,
        Purpose::from_bit,
        text,
        "purpose of use (HL7 v3 ActReason)",
    )
}

/// A class of data, e.g. `Observation`.
pub(super) fn class(text: &str) -> Result<ResourceClass, String> {
    find(
        ResourceClass::TABLE,
        ResourceClass::from_bit,
        text,
        "class of data (FHIR resource type)",
    )
}

/// A sensitivity label, e.g. `ETHUD`.
pub(super) fn label(text: &str) -> Result<Sensitivity, String> {
    find(
        Sensitivity::TABLE,
        Sensitivity::from_bit,
        text,
        "sensitivity label (HL7 v3 ActCode)",
    )
}

/// A role, e.g. `PHYS`.
pub(super) fn role(text: &str) -> Result<Role, String> {
    find(
        Role::TABLE,
        Role::from_bit,
        text,
        "role (HL7 v3 RoleClass, FHIR practitioner roles)",
    )
}

/// An ISO 3166-1 or 3166-2 code, e.g. `DE` or `DE-BY`.
pub(super) fn jurisdiction(text: &str) -> Result<String, String> {
    let (country, subdivision) = text
        .split_once('-')
        .map_or((text, None), |(country, rest)| (country, Some(rest)));
    let is_country = country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase());
    let is_subdivision = |rest: &str| {
        (1..=3).contains(&rest.len())
            && rest
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    };
    if is_country && subdivision.is_none_or(is_subdivision) {
        Ok(text.into())
    } else {
        Err("write an ISO 3166 code: DE, US-CA".into())
    }
}

/// The code of the role with this number; the number, if this version knows no such role.
pub(super) fn role_of(number: u64) -> String {
    named(number, |bit| Role::from_bit(bit).map(Role::code))
}

/// The code of the purpose of use with this number; the number, if this version knows no such purpose.
pub(super) fn purpose_of(number: u64) -> String {
    named(number, |bit| Purpose::from_bit(bit).map(Purpose::code))
}

/// The codes of the purposes in a mask.
pub(super) fn purposes(mask: u64) -> Vec<&'static str> {
    Purpose::in_mask(mask).map(Purpose::code).collect()
}

/// The codes of the classes in a mask.
pub(super) fn classes(mask: u64) -> Vec<&'static str> {
    ResourceClass::in_mask(mask).map(ResourceClass::code).collect()
}

fn named(number: u64, code: impl Fn(u8) -> Option<&'static str>) -> String {
    let code = u8::try_from(number).ok().and_then(code);
    code.map_or_else(|| number.to_string(), str::to_string)
}

fn find<T>(table: &[Code], from_bit: impl Fn(u8) -> Option<T>, text: &str, what: &str) -> Result<T, String> {
    // Two systems never have one code here; were they to, the first is taken.
    let found = table
        .iter()
        .find(|row| row.code == text)
        .and_then(|row| from_bit(row.bit));
    found.ok_or_else(|| {
        let similar = table.iter().find(|row| row.code.eq_ignore_ascii_case(text));
        let hint = similar
            .map(|row| format!("; did you mean {}?", row.code))
            .unwrap_or_default();
        format!("no {what} with a number in the consent model{hint}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jurisdictions_are_codes_of_iso_3166() {
        for good in ["DE", "DE-BY", "GB-ENG", "FR-2A"] {
            assert_eq!(jurisdiction(good).as_deref(), Ok(good));
        }
        for bad in ["", "de", "DEU", "DE-", "DE-by", "DE-BAYE", "-BY", "DÄ", "DE-BY-1"] {
            assert!(jurisdiction(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn codes_are_read_exactly_and_a_near_miss_is_named() {
        assert_eq!(purpose("TREAT"), Ok(Purpose::TREAT));
        assert_eq!(class("Observation"), Ok(ResourceClass::OBSERVATION));
        assert_eq!(label("ETHUD"), Ok(Sensitivity::ETHUD));
        assert_eq!(role("pharmacist"), Ok(Role::PHARMACIST));
        assert!(role("phys").unwrap_err().contains("did you mean PHYS?"));
        assert!(purpose("treat").unwrap_err().contains("did you mean TREAT?"));
        assert!(class("Obs").unwrap_err().contains("no class of data"));
    }

    #[test]
    fn a_number_without_a_code_stays_a_number() {
        assert_eq!(
            (role_of(1), purpose_of(Purpose::BTG.bit().into())),
            ("PHYS".into(), "BTG".into())
        );
        assert_eq!(
            (role_of(63), role_of(256), purpose_of(u64::MAX)),
            ("63".into(), "256".into(), u64::MAX.to_string())
        );
    }
}
