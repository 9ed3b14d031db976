//! Who may act for a subject: its controller, and whom the controller has delegated to, as a guardian, for some purposes and
//! until a date.

use super::{
    Address, NOBODY, Registry, RegistryError, Subject,
    control::{Control, registered, sign_of_life},
};
use crate::{
    codes::Purpose,
    consent::{
        entry::{Terms, TermsError},
        policy::Period,
    },
};

/// What a delegate may do: a bit each. The numbers are those of the contract's ABI.
pub mod power {
    /// Grant consents, within the delegate's purposes and time.
    pub const GRANT: u8 = 1;
    /// Revoke consents, mark them as entered in error, and, together with [`GRANT`], supersede them.
    pub const END: u8 = 1 << 1;
    /// Answer requests for access.
    pub const ANSWER: u8 = 1 << 2;
    /// Veto emergency access.
    pub const VETO: u8 = 1 << 3;
    /// Name delegates who may do no more than oneself.
    pub const DELEGATE: u8 = 1 << 4;
    /// All of them.
    pub const KNOWN: u8 = GRANT | END | ANSWER | VETO | DELEGATE;
}

/// What an account may do for a subject's controller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delegation {
    /// Bits of [`power`]; 0 is none at all.
    pub powers: u8,
    /// For which purposes it may grant: a mask over [`Purpose`]; all bits are any.
    pub purposes: u64,
    /// The last second since the epoch; `u64::MAX` leaves the end open.
    pub until: u64,
    /// The controllers' [generation](Control::generation) that it is of.
    pub generation: u32,
}

impl Delegation {
    fn is_live(&self, control: &Control, now: u64) -> bool {
        self.powers != 0 && self.generation == control.generation && now <= self.until
    }

    fn has(&self, powers: u8) -> bool {
        self.powers & powers == powers
    }

    fn is_within(&self, other: &Self) -> bool {
        other.has(self.powers) && self.purposes & !other.purposes == 0 && self.until <= other.until
    }
}

/// By what right somebody acts.
pub(super) enum Authority {
    Controller(Control),
    Delegate(Control, Delegation),
}

impl Authority {
    /// The purposes to which a consent with these terms is limited, when it is granted by this right.
    #[inline(always)]
    pub(super) fn limit_of<E: From<RegistryError>>(&self, terms: &Terms) -> Result<u64, E> {
        match self {
            Self::Controller(_) => Ok(u64::MAX),
            Self::Delegate(_, own) if terms.validity.until > own.until || terms.purposes & !own.purposes != 0 => {
                Err(RegistryError::BeyondDelegation(own.until, own.purposes).into())
            }
            Self::Delegate(_, own) => Ok(own.purposes),
        }
    }

    fn control(&self) -> &Control {
        match self {
            Self::Controller(control) | Self::Delegate(control, _) => control,
        }
    }
}

/// By what right `actor` does what takes these powers. Shared by all that asks, since code costs at every call.
#[inline(never)]
pub(super) fn authority<R: Registry>(
    registry: &mut R,
    actor: &Address,
    now: u64,
    subject: &Subject,
    powers: u8,
) -> Result<Authority, R::Refusal> {
    let control = registered(registry, subject)?;
    if control.controller == *actor {
        sign_of_life(registry, &control, now, subject);
        return Ok(Authority::Controller(control));
    }
    match registry.delegation(subject, actor) {
        Some(own) if own.is_live(&control, now) && own.has(powers) => Ok(Authority::Delegate(control, own)),
        _ => Err(RegistryError::NotController(*subject, *actor).into()),
    }
}

/// Whether `account` is the subject's controller, or a delegate who has all these powers now.
pub fn may_act(registry: &impl Registry, account: &Address, now: u64, subject: &Subject, powers: u8) -> bool {
    registry.control(subject).is_some_and(|control| {
        *account != NOBODY
            && (control.controller == *account
                || registry
                    .delegation(subject, account)
                    .is_some_and(|own| own.is_live(&control, now) && own.has(powers)))
    })
}

/// Sets what `delegate` may do for the controller, in place of what they might before; nothing, with no powers. For the
/// controller, or for a delegate who may [delegate](power::DELEGATE), over none who may do more than they themselves.
///
/// # Errors
/// [`RegistryError::UnknownSubject`], [`RegistryError::NotController`], [`RegistryError::InvalidDelegate`],
/// [`RegistryError::UnknownPowers`], [`RegistryError::Terms`], [`RegistryError::BeyondDelegation`].
pub fn set_delegate<R: Registry>(
    registry: &mut R,
    actor: &Address,
    now: u64,
    subject: &Subject,
    delegate: &Address,
    delegation: Delegation,
) -> Result<(), R::Refusal> {
    let right = authority(registry, actor, now, subject, power::DELEGATE)?;
    let control = right.control();
    if [NOBODY, control.controller, *actor].contains(delegate) {
        return Err(RegistryError::InvalidDelegate(*delegate).into());
    }
    check::<R::Refusal>(&delegation, now)?;
    let before = registry.delegation(subject, delegate).unwrap_or_default();
    let delegation = Delegation {
        generation: control.generation,
        ..delegation
    };
    if let Authority::Delegate(control, own) = &right {
        let is_above = before.is_live(control, now) && !before.is_within(own);
        if is_above || !delegation.is_within(own) {
            return Err(RegistryError::BeyondDelegation(own.until, own.purposes).into());
        }
    }
    registry.set_delegation(subject, delegate, &delegation);
    Ok(())
}

/// Accepts what a delegation can be.
#[inline(always)]
fn check<E: From<RegistryError>>(delegation: &Delegation, now: u64) -> Result<(), E> {
    let &Delegation {
        powers,
        purposes,
        until,
        ..
    } = delegation;
    if powers & !power::KNOWN != 0 {
        return Err(RegistryError::UnknownPowers(powers & !power::KNOWN).into());
    }
    if purposes != u64::MAX && purposes & !Purpose::KNOWN != 0 {
        return Err(RegistryError::Terms(TermsError::UnknownBits(purposes & !Purpose::KNOWN, 0)).into());
    }
    if powers != 0 && until < now {
        return Err(RegistryError::Terms(TermsError::ReversedValidity(Period { from: now, until })).into());
    }
    Ok(())
}
