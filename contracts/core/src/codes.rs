//! The vocabularies of a consent: HL7's own codes, each with a bit number that never changes.
//!
//! A policy and a contract's state hold sets of codes as masks: bit *n* of a mask stands for the code whose bit
//! number is *n*. A code that was once given a number keeps it for ever; new codes take free numbers; a code that a
//! standard retires stays. Codes are matched exactly: no code implies another one, not even where HL7 orders them in
//! a hierarchy (a permit for `TREAT` does not cover `ETREAT`, nor one for `HRESCH` `CLINTRCH`). Whoever means the
//! children too sets their bits too.

mod action;
mod category;
mod confidentiality;
mod meaning;
mod purpose;
mod resource_class;
mod role;
mod sensitivity;

pub use action::Action;
pub use category::Category;
pub use confidentiality::Confidentiality;
pub use meaning::DataMeaning;
pub use purpose::Purpose;
pub use resource_class::ResourceClass;
pub use role::Role;
pub use sensitivity::Sensitivity;

/// One code of a vocabulary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// Its bit number in masks.
    pub bit: u8,
    /// The code itself, as the system writes it.
    pub code: &'static str,
    /// The URI of the code system that defines it.
    pub system: &'static str,
    /// The system's human-readable name for it.
    pub display: &'static str,
}

/// URIs of the code systems, as FHIR writes them.
pub mod system {
    /// HL7 v3 ActReason: purposes of use.
    pub const ACT_REASON: &str = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
    /// HL7 v3 ActCode: sensitivity of information, kinds of consent.
    pub const ACT_CODE: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
    /// HL7 v3 Confidentiality.
    pub const CONFIDENTIALITY: &str = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";
    /// HL7 v3 RoleClass.
    pub const ROLE_CLASS: &str = "http://terminology.hl7.org/CodeSystem/v3-RoleClass";
    /// FHIR PractitionerRole codes.
    pub const PRACTITIONER_ROLE: &str = "http://terminology.hl7.org/CodeSystem/practitioner-role";
    /// FHIR consent actions.
    pub const CONSENT_ACTION: &str = "http://terminology.hl7.org/CodeSystem/consentaction";
    /// FHIR consent categories.
    pub const CONSENT_CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/consentcategorycodes";
    /// FHIR consent scopes (R4).
    pub const CONSENT_SCOPE: &str = "http://terminology.hl7.org/CodeSystem/consentscope";
    /// How data are related to a reference that a consent names.
    pub const CONSENT_DATA_MEANING: &str = "http://hl7.org/fhir/consent-data-meaning";
    /// The same, for what HL7's system does not have.
    pub const SALUS_DATA_MEANING: &str = "urn:salus:consent-data-meaning";
    /// FHIR resource types.
    pub const RESOURCE_TYPES: &str = "http://hl7.org/fhir/resource-types";
    /// LOINC.
    pub const LOINC: &str = "http://loinc.org";
}

/// Makes a vocabulary: a one-byte type with a constant for each code, and its table.
macro_rules! vocabulary {
    (
        $(#[$attribute:meta])*
        $name:ident($mask:ty) {
            $( $bit:literal $constant:ident $code:literal $system:ident $display:literal; )*
        }
    ) => {
        $(#[$attribute])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u8);

        impl $name {
            $(
                #[doc = concat!("`", $code, "`: ", $display, ". Bit ", stringify!($bit), ".")]
                pub const $constant: Self = Self($bit);
            )*

            /// Every code that has a bit number, in the order of the numbers.
            pub const TABLE: &'static [$crate::codes::Code] = &[
                $( $crate::codes::Code {
                    bit: $bit,
                    code: $code,
                    system: $crate::codes::system::$system,
                    display: $display,
                }, )*
            ];

            /// The mask of all bits that stand for a code. Any other bit in a mask is an error.
            pub const KNOWN: $mask = 0 $( | (1 << $bit) )*;

            /// The code with this bit number, if one has it.
            pub const fn from_bit(bit: u8) -> Option<Self> {
                // A shift by the width of the type would overflow.
                if (bit as u32) < <$mask>::BITS && Self::KNOWN & (1 << bit) != 0 { Some(Self(bit)) } else { None }
            }

            /// The code that `system` writes as `code`, if it has a bit number. Codes are case-sensitive.
            pub fn from_code(system: &str, code: &str) -> Option<Self> {
                Self::TABLE.iter().find(|row| row.code == code && row.system == system).map(|row| Self(row.bit))
            }

            /// Its bit number.
            pub const fn bit(self) -> u8 {
                self.0
            }

            /// The mask of this code alone.
            pub const fn mask(self) -> $mask {
                1 << self.0
            }

            /// Its row in the table.
            pub fn row(self) -> &'static $crate::codes::Code {
                // A value can only be made with the bit of a row; the first row is never the answer.
                Self::TABLE.iter().find(|row| row.bit == self.0).unwrap_or(&Self::TABLE[0])
            }

            /// The code as its system writes it.
            pub fn code(self) -> &'static str {
                self.row().code
            }

            /// The codes in a mask, in the order of their numbers. Unknown bits are passed over.
            pub fn in_mask(mask: $mask) -> impl Iterator<Item = Self> {
                Self::TABLE.iter().filter(move |row| mask & (1 << row.bit) != 0).map(|row| Self(row.bit))
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                formatter.write_str(self.code())
            }
        }
    };
}
use vocabulary;

#[cfg(test)]
mod tests;
