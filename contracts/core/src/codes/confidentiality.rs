//! How confidential data are: an ordered scale.

super::vocabulary! {
    /// A level of confidentiality, from `U` to `V`: HL7 v3 Confidentiality. `N` is what is meant where nothing is said.
    Confidentiality(u8) {
        0 U "U" CONFIDENTIALITY "unrestricted";
        1 L "L" CONFIDENTIALITY "low";
        2 M "M" CONFIDENTIALITY "moderate";
        3 N "N" CONFIDENTIALITY "normal";
        4 R "R" CONFIDENTIALITY "restricted";
        5 V "V" CONFIDENTIALITY "very restricted";
    }
}

impl Confidentiality {
    /// The mask of this level and all below it: a ceiling, as a permit states it.
    pub const fn ceiling(self) -> u8 {
        // The bit is at most 5, so neither operation overflows.
        (self.mask() << 1).wrapping_sub(1)
    }

    /// The mask of this level and all above it: a floor, as a denial states it.
    pub const fn floor(self) -> u8 {
        Self::KNOWN & !self.mask().wrapping_sub(1)
    }
}
