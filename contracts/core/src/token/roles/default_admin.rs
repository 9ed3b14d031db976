//! The one account that gives and takes roles, and how it is followed by another: announced, then, after a delay, accepted. The
//! delay itself changes only after a wait, so that nobody can shorten it to hand over at once.

use super::{Address, RoleError, is_zero};

/// The latest time, in seconds since the epoch: OpenZeppelin keeps 48 bits of them.
pub const MAX_TIME: u64 = (1 << 48) - 1;

/// The longest wait for a longer delay, in seconds: five days, in which a slip can be undone.
pub const DELAY_INCREASE_WAIT: u64 = 5 * 86_400;

/// Something that is to become of use after a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scheduled<T> {
    /// What.
    pub value: T,
    /// The last second since the epoch at which it is too early; 0 if nothing is scheduled.
    pub schedule: u64,
}

impl<T> Scheduled<T> {
    const fn is_set(&self) -> bool {
        self.schedule != 0
    }

    const fn has_passed(&self, now: u64) -> bool {
        self.is_set() && self.schedule < now
    }
}

/// The default admin, who is to follow, and the delay between the two steps. All times are in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DefaultAdmin {
    /// Who gives and takes roles; the zero address when that was given up.
    pub account: Address,
    /// Who may accept to follow. With a schedule, the zero address means that the role may be given up.
    pub pending: Scheduled<Address>,
    delay: u64,
    pending_delay: Scheduled<u64>,
}

impl DefaultAdmin {
    /// The first one.
    ///
    /// # Errors
    /// [`RoleError::InvalidDefaultAdmin`]: it is the zero address.
    pub fn new(account: Address, delay: u64) -> Result<Self, RoleError> {
        if is_zero(&account) {
            return Err(RoleError::InvalidDefaultAdmin(account));
        }
        Ok(Self::from_parts(
            account,
            Scheduled::default(),
            delay,
            Scheduled::default(),
        ))
    }

    /// What [`DefaultAdmin::parts`] took apart.
    #[must_use]
    pub const fn from_parts(
        account: Address,
        pending: Scheduled<Address>,
        delay: u64,
        pending_delay: Scheduled<u64>,
    ) -> Self {
        Self {
            account,
            pending,
            delay,
            pending_delay,
        }
    }

    /// What is to be stored: the admin, who is to follow, the delay and the one to follow it, as they were last written.
    #[must_use]
    pub const fn parts(&self) -> (Address, Scheduled<Address>, u64, Scheduled<u64>) {
        (self.account, self.pending, self.delay, self.pending_delay)
    }

    /// The delay at `now`.
    #[must_use]
    pub const fn delay(&self, now: u64) -> u64 {
        if self.pending_delay.has_passed(now) {
            self.pending_delay.value
        } else {
            self.delay
        }
    }

    /// The delay that is to follow at `now`, and when.
    #[must_use]
    pub fn pending_delay(&self, now: u64) -> Scheduled<u64> {
        if self.pending_delay.has_passed(now) {
            Scheduled::default()
        } else {
            self.pending_delay
        }
    }

    /// Announces who is to follow, in place of whom was announced before; the zero address, that nobody is. If it answers `true`,
    /// an event `DefaultAdminTransferCanceled` stands for the earlier announcement; then, always, one
    /// `DefaultAdminTransferScheduled(account, schedule)`. For the admin: that is the caller's question, as with all that follows.
    ///
    /// # Errors
    /// [`RoleError::ScheduleOverflow`]
    pub fn begin_transfer(&mut self, now: u64, account: Address) -> Result<bool, RoleError> {
        let schedule = after(now, self.delay(now))?;
        Ok(self.announce(account, schedule))
    }

    /// Takes the announcement back. If it answers `true`, an event `DefaultAdminTransferCanceled` stands for it; otherwise there
    /// was none.
    pub fn cancel_transfer(&mut self) -> bool {
        self.announce(Address::zero(), 0)
    }

    fn announce(&mut self, value: Address, schedule: u64) -> bool {
        let was_set = self.pending.is_set();
        self.pending = Scheduled { value, schedule };
        was_set
    }

    /// Makes the announced `caller` the admin; answers who was it before. Events `RoleRevoked(0, before, caller)` and
    /// `RoleGranted(0, caller, caller)` stand for it.
    ///
    /// # Errors
    /// [`RoleError::InvalidDefaultAdmin`] for whoever was not announced, [`RoleError::EnforcedDefaultAdminDelay`]
    pub fn accept_transfer(&mut self, now: u64, caller: &Address) -> Result<Address, RoleError> {
        if self.pending.value != *caller {
            return Err(RoleError::InvalidDefaultAdmin(*caller));
        }
        self.check_delay(now)?;
        let before = core::mem::replace(&mut self.account, *caller);
        self.pending = Scheduled::default();
        Ok(before)
    }

    /// Gives the role up, after that was announced.
    ///
    /// # Errors
    /// [`RoleError::EnforcedDefaultAdminDelay`]
    pub(super) fn renounce(&mut self, now: u64) -> Result<(), RoleError> {
        if !is_zero(&self.pending.value) {
            return Err(RoleError::EnforcedDefaultAdminDelay(self.pending.schedule));
        }
        self.check_delay(now)?;
        self.account = Address::zero();
        self.pending = Scheduled::default();
        Ok(())
    }

    fn check_delay(&self, now: u64) -> Result<(), RoleError> {
        if self.pending.has_passed(now) {
            Ok(())
        } else {
            Err(RoleError::EnforcedDefaultAdminDelay(self.pending.schedule))
        }
    }

    /// Changes the delay, after a wait: for a shorter one, by what it is shorter; for a longer one as long as that, and
    /// [`DELAY_INCREASE_WAIT`] at most. If it answers `true`, an event `DefaultAdminDelayChangeCanceled` stands for an earlier change
    /// that had not come; then, always, one `DefaultAdminDelayChangeScheduled(delay, schedule)`.
    ///
    /// # Errors
    /// [`RoleError::ScheduleOverflow`]
    pub fn change_delay(&mut self, now: u64, delay: u64) -> Result<bool, RoleError> {
        let current = self.delay(now);
        let wait = current
            .checked_sub(delay)
            .unwrap_or_else(|| delay.min(DELAY_INCREASE_WAIT));
        let schedule = after(now, wait)?;
        Ok(self.schedule_delay(now, delay, schedule))
    }

    /// Takes a change of the delay back that has not come. If it answers `true`, an event `DefaultAdminDelayChangeCanceled` stands
    /// for it; otherwise there was none.
    pub fn rollback_delay(&mut self, now: u64) -> bool {
        self.schedule_delay(now, 0, 0)
    }

    fn schedule_delay(&mut self, now: u64, value: u64, schedule: u64) -> bool {
        let had_come = self.pending_delay.has_passed(now);
        self.delay = self.delay(now);
        let was_set = self.pending_delay.is_set();
        self.pending_delay = Scheduled { value, schedule };
        was_set && !had_come
    }

    /// When the announced delay comes; after [`DefaultAdmin::change_delay`].
    #[must_use]
    pub const fn delay_schedule(&self) -> u64 {
        self.pending_delay.schedule
    }
}

fn after(now: u64, wait: u64) -> Result<u64, RoleError> {
    let time = now.saturating_add(wait);
    if time > MAX_TIME {
        return Err(RoleError::ScheduleOverflow);
    }
    Ok(time)
}
