//! Who controls a subject, and how control passes on: by an offer that is accepted, or to a successor when the controller has
//! fallen silent.

use super::{Address, NOBODY, Registry, RegistryError, Subject};

/// Who controls a subject.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Control {
    /// Who grants and withdraws consent for it.
    pub controller: Address,
    /// To whom the control is offered; [`NOBODY`] if to nobody.
    pub pending: Address,
    /// How often control has passed on. What an earlier controller has delegated ends with that.
    pub generation: u32,
    /// Whether the controller has declared a [`Succession`].
    pub has_successor: bool,
}

/// Who is to follow a controller who has fallen silent. All times are seconds, and seconds since the epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Succession {
    /// Who.
    pub successor: Address,
    /// After how long without any action of the controller they may claim the control.
    pub silence: u64,
    /// How long after the claim they have it. Any action of the controller ends the claim.
    pub grace: u64,
    /// When the controller last acted.
    pub last_sign: u64,
    /// When the control was claimed; 0 if it is not.
    pub claimed_at: u64,
}

/// Registers a subject, which `actor` controls from now on.
///
/// # Errors
/// [`RegistryError::InvalidSubject`], [`RegistryError::SubjectAlreadyRegistered`].
pub fn register<R: Registry>(registry: &mut R, actor: &Address, subject: &Subject) -> Result<(), R::Refusal> {
    if subject == &[0; 32] {
        return Err(RegistryError::InvalidSubject.into());
    }
    if registry.control(subject).is_some() {
        return Err(RegistryError::SubjectAlreadyRegistered(*subject).into());
    }
    let control = Control {
        controller: *actor,
        ..Control::default()
    };
    registry.set_control(subject, &control);
    Ok(())
}

/// Offers the control of a subject to `heir`, who has to accept it; offers it to nobody if that is the zero address,
/// which takes an earlier offer back. For the controller.
///
/// # Errors
/// [`RegistryError::UnknownSubject`], [`RegistryError::NotController`].
pub fn offer_control<R: Registry>(
    registry: &mut R,
    actor: &Address,
    now: u64,
    subject: &Subject,
    heir: &Address,
) -> Result<(), R::Refusal> {
    let control = only_controller(registry, actor, now, subject)?;
    registry.set_control(
        subject,
        &Control {
            pending: *heir,
            ..control
        },
    );
    Ok(())
}

/// Takes the control of a subject over, as it was offered, or as the successor whose claim has gone unanswered. Answers who
/// had it before. All delegations end.
///
/// # Errors
/// [`RegistryError::UnknownSubject`], [`RegistryError::NotPendingController`], [`RegistryError::TooEarly`] while the claim's
/// grace lasts.
pub fn accept_control<R: Registry>(
    registry: &mut R,
    actor: &Address,
    now: u64,
    subject: &Subject,
) -> Result<Address, R::Refusal> {
    let previous = registered(registry, subject)?;
    if *actor == NOBODY || previous.pending != *actor {
        match succession(registry, &previous, subject) {
            Some(claim) if claim.successor == *actor && claim.claimed_at != 0 => {
                not_before::<R::Refusal>(claim.claimed_at.saturating_add(claim.grace), now)?;
            }
            _ => return Err(RegistryError::NotPendingController(*subject, *actor).into()),
        }
    }
    let control = Control {
        controller: *actor,
        generation: previous.generation.saturating_add(1),
        ..Control::default()
    };
    registry.set_control(subject, &control);
    Ok(previous.controller)
}

/// Says that the controller is there, and nothing else. For the controller.
///
/// # Errors
/// [`RegistryError::UnknownSubject`], [`RegistryError::NotController`].
pub fn confirm_control<R: Registry>(
    registry: &mut R,
    actor: &Address,
    now: u64,
    subject: &Subject,
) -> Result<(), R::Refusal> {
    only_controller(registry, actor, now, subject).map(|_| ())
}

/// Declares who follows the controller after `silence` seconds without an action, and `grace` seconds after the claim;
/// nobody, if `successor` is the zero address. For the controller.
///
/// # Errors
/// [`RegistryError::UnknownSubject`], [`RegistryError::NotController`], [`RegistryError::InvalidSuccession`].
pub fn set_successor<R: Registry>(
    registry: &mut R,
    actor: &Address,
    now: u64,
    subject: &Subject,
    successor: &Address,
    silence: u64,
    grace: u64,
) -> Result<(), R::Refusal> {
    let control = only_controller(registry, actor, now, subject)?;
    let has_successor = *successor != NOBODY;
    if has_successor && (successor == actor || silence == 0 || grace == 0) {
        return Err(RegistryError::InvalidSuccession.into());
    }
    let succession = Succession {
        successor: *successor,
        silence,
        grace,
        last_sign: now,
        claimed_at: 0,
    };
    registry.set_succession(subject, &succession);
    registry.set_control(
        subject,
        &Control {
            has_successor,
            ..control
        },
    );
    Ok(())
}

/// Claims the control of a subject whose controller has fallen silent; answers the second from which it can be accepted.
/// For the successor.
///
/// # Errors
/// [`RegistryError::UnknownSubject`], [`RegistryError::NotSuccessor`], [`RegistryError::ControlClaimed`],
/// [`RegistryError::TooEarly`] while the controller has not been silent for long enough.
pub fn claim_control<R: Registry>(
    registry: &mut R,
    actor: &Address,
    now: u64,
    subject: &Subject,
) -> Result<u64, R::Refusal> {
    let control = registered(registry, subject)?;
    let declared = match succession(registry, &control, subject) {
        Some(declared) if declared.successor == *actor => declared,
        _ => return Err(RegistryError::NotSuccessor(*subject, *actor).into()),
    };
    if declared.claimed_at != 0 {
        return Err(RegistryError::ControlClaimed(*subject).into());
    }
    not_before::<R::Refusal>(declared.last_sign.saturating_add(declared.silence), now)?;
    let claimed = Succession {
        claimed_at: now,
        ..declared
    };
    registry.set_succession(subject, &claimed);
    Ok(now.saturating_add(declared.grace))
}

/// The control of a subject, if `actor` has it; that they act is a sign of life.
#[inline(never)]
pub(super) fn only_controller<R: Registry>(
    registry: &mut R,
    actor: &Address,
    now: u64,
    subject: &Subject,
) -> Result<Control, R::Refusal> {
    let control = registered(registry, subject)?;
    if control.controller != *actor {
        return Err(RegistryError::NotController(*subject, *actor).into());
    }
    sign_of_life(registry, &control, now, subject);
    Ok(control)
}

/// The controller acts: the silence begins anew, and a claim ends.
#[inline(never)]
pub(super) fn sign_of_life<R: Registry>(registry: &mut R, control: &Control, now: u64, subject: &Subject) {
    if let Some(declared) = succession(registry, control, subject) {
        let sign = Succession {
            last_sign: now,
            claimed_at: 0,
            ..declared
        };
        registry.set_succession(subject, &sign);
    }
}

#[inline(never)]
pub(super) fn registered<R: Registry>(registry: &R, subject: &Subject) -> Result<Control, R::Refusal> {
    let control = registry.control(subject);
    Ok(control.ok_or_else(|| RegistryError::UnknownSubject(*subject))?)
}

fn succession<R: Registry>(registry: &R, control: &Control, subject: &Subject) -> Option<Succession> {
    if control.has_successor {
        registry.succession(subject)
    } else {
        None
    }
}

#[inline(always)]
fn not_before<E: From<RegistryError>>(at: u64, now: u64) -> Result<(), E> {
    if now < at {
        return Err(RegistryError::TooEarly(at).into());
    }
    Ok(())
}
