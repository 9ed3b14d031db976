//! An administrator, who hands over in two steps, so that nothing is handed to an address that nobody has.

use core::fmt;

/// A 20-byte address; all zero stands for nobody.
pub type Address = [u8; 20];

/// Who administers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ownership {
    /// Who does. Never nobody: the office cannot be given up.
    pub owner: Address,
    /// To whom it is offered; the zero address if to nobody.
    pub pending: Address,
}

/// Why the office stays where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnershipError {
    /// The office is not this account's to give, or was not offered to it.
    Unauthorized(Address),
    /// The zero address can hold no office.
    InvalidOwner,
}

impl fmt::Display for OwnershipError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Unauthorized(_) => "that is for somebody else",
            Self::InvalidOwner => "the zero address cannot be the owner",
        })
    }
}

impl core::error::Error for OwnershipError {}

impl Ownership {
    /// The first owner.
    ///
    /// # Errors
    /// [`OwnershipError::InvalidOwner`].
    pub fn new(owner: Address) -> Result<Self, OwnershipError> {
        if owner == [0; 20] {
            return Err(OwnershipError::InvalidOwner);
        }
        Ok(Self {
            owner,
            pending: [0; 20],
        })
    }

    /// Whether `caller` is the owner, who may administer.
    ///
    /// # Errors
    /// [`OwnershipError::Unauthorized`].
    pub fn only_owner(&self, caller: &Address) -> Result<(), OwnershipError> {
        if self.owner == *caller {
            Ok(())
        } else {
            Err(OwnershipError::Unauthorized(*caller))
        }
    }

    /// Offers the office to `heir`, in place of whom it was offered to; to nobody if that is the zero address.
    ///
    /// # Errors
    /// [`OwnershipError::Unauthorized`].
    pub fn offer(self, caller: &Address, heir: &Address) -> Result<Self, OwnershipError> {
        self.only_owner(caller)?;
        Ok(Self { pending: *heir, ..self })
    }

    /// Takes the office over.
    ///
    /// # Errors
    /// [`OwnershipError::Unauthorized`] if it was not offered to `caller`.
    pub fn accept(self, caller: &Address) -> Result<Self, OwnershipError> {
        if self.pending == *caller {
            // Nobody calls as the zero address; but if it were, it would be refused as an owner.
            Self::new(*caller)
        } else {
            Err(OwnershipError::Unauthorized(*caller))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWNER: Address = [1; 20];
    const HEIR: Address = [2; 20];

    #[test]
    fn the_office_changes_hands_in_two_steps() {
        let first = Ownership::new(OWNER).unwrap();
        assert_eq!(first.accept(&HEIR), Err(OwnershipError::Unauthorized(HEIR)));
        assert_eq!(first.offer(&HEIR, &HEIR), Err(OwnershipError::Unauthorized(HEIR)));
        let offered = first.offer(&OWNER, &HEIR).unwrap();
        assert_eq!(offered.only_owner(&OWNER), Ok(()), "until it is accepted");
        assert_eq!(offered.accept(&OWNER), Err(OwnershipError::Unauthorized(OWNER)));
        let accepted = offered.accept(&HEIR).unwrap();
        assert_eq!(accepted, Ownership::new(HEIR).unwrap());
        assert_eq!(accepted.only_owner(&OWNER), Err(OwnershipError::Unauthorized(OWNER)));
    }

    #[test]
    fn an_offer_can_be_taken_back() {
        let offered = Ownership::new(OWNER).unwrap().offer(&OWNER, &HEIR).unwrap();
        let withdrawn = offered.offer(&OWNER, &[0; 20]).unwrap();
        assert_eq!(withdrawn.accept(&HEIR), Err(OwnershipError::Unauthorized(HEIR)));
    }

    #[test]
    fn nobody_is_never_the_owner() {
        assert_eq!(Ownership::new([0; 20]), Err(OwnershipError::InvalidOwner));
        let offered_to_nobody = Ownership::new(OWNER).unwrap();
        assert_eq!(offered_to_nobody.accept(&[0; 20]), Err(OwnershipError::InvalidOwner));
    }
}
