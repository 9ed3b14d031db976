use super::*;
use std::collections::BTreeSet;

#[derive(Clone, Debug, PartialEq, Eq)]
struct Set {
    admin: DefaultAdmin,
    members: BTreeSet<(Role, Address)>,
}

impl Roles for Set {
    type Refusal = RoleError;

    fn default_admin(&self) -> DefaultAdmin {
        self.admin
    }
    fn set_default_admin(&mut self, admin: &DefaultAdmin) {
        self.admin = *admin;
    }
    fn is_member(&self, role: &Role, account: &Address) -> bool {
        self.members.contains(&(*role, *account))
    }
    fn set_member(&mut self, role: &Role, account: &Address, is_member: bool) {
        if is_member {
            self.members.insert((*role, *account));
        } else {
            self.members.remove(&(*role, *account));
        }
    }
}

const ZERO: Address = Address::zero();
const ADMIN: Address = Address::repeat_byte(1);
const HEIR: Address = Address::repeat_byte(2);
const MINTER: Address = Address::repeat_byte(3);
const DELAY: u64 = 1_000;
const NOW: u64 = 1_000_000;

fn roles() -> Set {
    Set {
        admin: DefaultAdmin::new(ADMIN, DELAY).unwrap(),
        members: BTreeSet::new(),
    }
}

fn lacks(account: Address, needed_role: Role) -> RoleError {
    RoleError::UnauthorizedAccount { account, needed_role }
}

#[test]
fn roles_are_those_of_openzeppelin() {
    let minter = primitive_types::H256(MINTER_ROLE);
    assert_eq!(
        std::format!("{minter:x}"),
        "9f2df0fed2c77648de5860a4cc508cd0818c85b8b8a1ab4ceeef8d981c8956a6"
    );
    let pauser = primitive_types::H256(PAUSER_ROLE);
    assert_eq!(
        std::format!("{pauser:x}"),
        "65d7a28e3265b37a6474929f336521b332c1681b933f6cb9f3376673440d862a"
    );
}

#[test]
fn a_role_is_given_and_taken_by_the_admin_alone() {
    let mut set = roles();
    assert_eq!(
        grant(&mut set, &MINTER, &MINTER_ROLE, &MINTER),
        Err(lacks(MINTER, DEFAULT_ADMIN_ROLE))
    );
    assert_eq!(check_role(&set, &MINTER_ROLE, &MINTER), Err(lacks(MINTER, MINTER_ROLE)));
    assert_eq!(grant(&mut set, &ADMIN, &MINTER_ROLE, &MINTER), Ok(true));
    assert_eq!(grant(&mut set, &ADMIN, &MINTER_ROLE, &MINTER), Ok(false), "has it");
    assert_eq!(check_role(&set, &MINTER_ROLE, &MINTER), Ok(()));
    assert_eq!(check_role(&set, &PAUSER_ROLE, &MINTER), Err(lacks(MINTER, PAUSER_ROLE)));
    assert_eq!(
        revoke(&mut set, &MINTER, &MINTER_ROLE, &MINTER),
        Err(lacks(MINTER, DEFAULT_ADMIN_ROLE))
    );
    assert_eq!(revoke(&mut set, &ADMIN, &MINTER_ROLE, &MINTER), Ok(true));
    assert_eq!(revoke(&mut set, &ADMIN, &MINTER_ROLE, &MINTER), Ok(false), "has it not");
    assert_eq!(set, roles());
}

#[test]
fn a_role_is_given_up_by_its_member_alone() {
    let mut set = roles();
    grant(&mut set, &ADMIN, &MINTER_ROLE, &MINTER).unwrap();
    let mut give_up = |caller, confirmation| renounce(&mut set, caller, NOW, &MINTER_ROLE, confirmation);
    assert_eq!(give_up(&ADMIN, &MINTER), Err(RoleError::BadConfirmation));
    assert_eq!(give_up(&MINTER, &MINTER), Ok(true));
    assert_eq!(give_up(&MINTER, &MINTER), Ok(false), "has it not");
}

#[test]
fn the_admins_role_is_neither_given_nor_taken() {
    let mut set = roles();
    let rules = Err(RoleError::EnforcedDefaultAdminRules);
    for caller in [ADMIN, HEIR] {
        assert_eq!(grant(&mut set, &caller, &DEFAULT_ADMIN_ROLE, &HEIR), rules);
        assert_eq!(revoke(&mut set, &caller, &DEFAULT_ADMIN_ROLE, &ADMIN), rules);
    }
    assert!(has_role(&set, &DEFAULT_ADMIN_ROLE, &ADMIN));
    assert!(!has_role(&set, &DEFAULT_ADMIN_ROLE, &HEIR));
}

#[test]
fn nobody_is_never_the_admin() {
    assert_eq!(DefaultAdmin::new(ZERO, 0), Err(RoleError::InvalidDefaultAdmin(ZERO)));
    let mut set = roles();
    set.admin.account = ZERO;
    assert!(!has_role(&set, &DEFAULT_ADMIN_ROLE, &ZERO));
}

#[test]
fn the_heir_accepts_after_the_delay_and_not_at_its_end() {
    let mut admin = roles().admin;
    assert_eq!(admin.begin_transfer(NOW, HEIR), Ok(false));
    let schedule = NOW + DELAY;
    assert_eq!((admin.pending.value, admin.pending.schedule), (HEIR, schedule));
    let too_early = Err(RoleError::EnforcedDefaultAdminDelay(schedule));
    assert_eq!(admin.accept_transfer(schedule - 1, &HEIR), too_early);
    assert_eq!(admin.accept_transfer(schedule, &HEIR), too_early);
    let stranger = Err(RoleError::InvalidDefaultAdmin(MINTER));
    assert_eq!(admin.accept_transfer(schedule + 1, &MINTER), stranger);
    assert_eq!(admin.account, ADMIN);
    assert_eq!(admin.accept_transfer(schedule + 1, &HEIR), Ok(ADMIN));
    assert_eq!(admin, DefaultAdmin::new(HEIR, DELAY).unwrap());
    let again = Err(RoleError::InvalidDefaultAdmin(HEIR));
    assert_eq!(admin.accept_transfer(schedule + 2, &HEIR), again);
}

#[test]
fn an_announcement_is_replaced_or_taken_back() {
    let mut admin = roles().admin;
    assert!(!admin.cancel_transfer(), "there is none");
    admin.begin_transfer(NOW, HEIR).unwrap();
    assert_eq!(admin.begin_transfer(NOW + 1, MINTER), Ok(true));
    let replaced = Err(RoleError::InvalidDefaultAdmin(HEIR));
    assert_eq!(admin.accept_transfer(NOW + 2 * DELAY, &HEIR), replaced);
    assert!(admin.cancel_transfer(), "even when it could be accepted");
    assert_eq!(
        admin.accept_transfer(NOW + 2 * DELAY, &ZERO),
        Err(RoleError::EnforcedDefaultAdminDelay(0)),
        "nobody would be the zero address"
    );
    assert_eq!(admin, roles().admin);
}

#[test]
fn the_admin_gives_up_in_two_steps_too() {
    let mut set = roles();
    let give_up = |set: &mut Set, caller: &Address, now| renounce(set, caller, now, &DEFAULT_ADMIN_ROLE, &ADMIN);
    let too_early = |schedule| Err(RoleError::EnforcedDefaultAdminDelay(schedule));
    assert_eq!(give_up(&mut set, &ADMIN, NOW), too_early(0));
    set.admin.begin_transfer(NOW, HEIR).unwrap();
    let schedule = NOW + DELAY;
    assert_eq!(
        give_up(&mut set, &ADMIN, schedule + 1),
        too_early(schedule),
        "to somebody"
    );
    set.admin.begin_transfer(NOW, ZERO).unwrap();
    assert_eq!(give_up(&mut set, &ADMIN, schedule), too_early(schedule));
    assert_eq!(give_up(&mut set, &HEIR, schedule + 1), Err(RoleError::BadConfirmation));
    assert!(has_role(&set, &DEFAULT_ADMIN_ROLE, &ADMIN));
    assert_eq!(give_up(&mut set, &ADMIN, schedule + 1), Ok(true));
    assert!(!has_role(&set, &DEFAULT_ADMIN_ROLE, &ADMIN));
    assert_eq!(
        grant(&mut set, &ADMIN, &MINTER_ROLE, &MINTER),
        Err(lacks(ADMIN, DEFAULT_ADMIN_ROLE))
    );
    assert_eq!(give_up(&mut set, &ADMIN, schedule + 2), Ok(false), "has it not");
}

#[test]
fn a_shorter_delay_waits_for_the_difference() {
    let mut admin = roles().admin;
    assert_eq!(admin.change_delay(NOW, 400), Ok(false));
    let schedule = NOW + 600;
    assert_eq!(admin.delay_schedule(), schedule);
    assert_eq!(admin.delay(schedule), DELAY);
    assert_eq!(admin.pending_delay(schedule), Scheduled { value: 400, schedule });
    assert_eq!(admin.delay(schedule + 1), 400);
    assert_eq!(admin.pending_delay(schedule + 1), Scheduled::default());
    admin.begin_transfer(schedule + 1, HEIR).unwrap();
    assert_eq!(admin.pending.schedule, schedule + 401);
}

#[test]
fn a_longer_delay_waits_as_long_as_it_is_and_five_days_at_most() {
    for (delay, wait) in [
        (2_000, 2_000),
        (DELAY_INCREASE_WAIT + 1, DELAY_INCREASE_WAIT),
        (DELAY, 0),
    ] {
        let mut admin = roles().admin;
        admin.change_delay(NOW, delay).unwrap();
        assert_eq!(admin.delay_schedule(), NOW + wait, "{delay}");
    }
}

#[test]
fn a_change_of_the_delay_is_replaced_or_taken_back_until_it_has_come() {
    let mut admin = roles().admin;
    assert!(!admin.rollback_delay(NOW), "there is none");
    admin.change_delay(NOW, 400).unwrap();
    assert_eq!(admin.change_delay(NOW + 1, 300), Ok(true));
    assert_eq!(admin.delay_schedule(), NOW + 1 + 700, "from the delay that still is");
    assert!(admin.rollback_delay(NOW + 701), "at the schedule it has not come");
    assert_eq!(admin.delay(NOW + 10_000), DELAY);

    admin.change_delay(NOW, 400).unwrap();
    assert!(!admin.rollback_delay(NOW + 601), "it has come, and stays");
    assert_eq!(admin.delay(NOW + 601), 400);
    admin.change_delay(NOW + 700, 100).unwrap();
    assert_eq!(admin.delay_schedule(), NOW + 1_000);
}

#[test]
fn no_schedule_is_beyond_the_end_of_time() {
    let mut admin = DefaultAdmin::new(ADMIN, MAX_TIME).unwrap();
    let before = admin;
    assert_eq!(admin.begin_transfer(NOW, HEIR), Err(RoleError::ScheduleOverflow));
    assert_eq!(admin, before);
    assert_eq!(admin.begin_transfer(0, HEIR), Ok(false));
    assert_eq!(admin.change_delay(NOW, 0), Err(RoleError::ScheduleOverflow));
}
