//! Who may mint and pause, and who says so: OpenZeppelin's `AccessControl` with `AccessControlDefaultAdminRules`.

use alloy_core::{
    primitives::{Address, B256, U256, aliases::U48, keccak256},
    sol_types::{Panic, SolCall},
};
use salus_devchain::session::{CallError, Log};
use salus_tests_contracts::{
    Done, World, account,
    erc20::{self, IERC20::*},
    events, refusal,
};

const DELAY: u64 = 3_600;
const ADMIN: usize = 0;
const HEIR: usize = 1;
const STRANGER: usize = 2;
const DEFAULT_ADMIN_ROLE: B256 = B256::ZERO;

fn seconds(seconds: u64) -> U48 {
    U48::from(seconds)
}

/// A token whose admin hands over after an hour.
struct Setup {
    world: World,
    token: Address,
    created: Vec<Log>,
}

impl Setup {
    fn new() -> Self {
        Self::with_delay(DELAY)
    }

    fn with_delay(delay: u64) -> Self {
        let mut world = World::new();
        let constructor = constructorCall {
            initialDelay: seconds(delay),
            ..erc20::constructor(account(ADMIN), account(4))
        };
        let deployed = world.deploy("token", account(ADMIN), &constructor);
        let deployed = deployed.expect("the token deploys");
        Self {
            world,
            token: deployed.value,
            created: deployed.logs,
        }
    }

    fn send<C: SolCall>(&mut self, from: usize, call: &C) -> Result<Done<C::Return>, CallError> {
        self.world.send(account(from), self.token, call)
    }

    fn view<C: SolCall>(&mut self, call: &C) -> C::Return {
        self.world.view(self.token, call)
    }

    fn now(&mut self) -> u64 {
        self.world.session.timestamp()
    }

    /// Announces the heir; answers the schedule.
    fn announce(&mut self) -> u64 {
        self.send(ADMIN, &begin(account(HEIR))).expect("the admin announces");
        let schedule = self.view(&pendingDefaultAdminCall {}).schedule;
        schedule.to()
    }

    fn advance_to(&mut self, time: u64) {
        let now = self.now();
        self.world.session.advance_time(time - now);
    }

    fn has(&mut self, role: B256, of: usize) -> bool {
        let account = account(of);
        self.view(&hasRoleCall { role, account })
    }
}

fn minter() -> B256 {
    keccak256("MINTER_ROLE")
}

fn grant(role: B256, to: usize) -> grantRoleCall {
    grantRoleCall {
        role,
        account: account(to),
    }
}

fn revoke(role: B256, from: usize) -> revokeRoleCall {
    revokeRoleCall {
        role,
        account: account(from),
    }
}

fn renounce(role: B256, confirmation: usize) -> renounceRoleCall {
    renounceRoleCall {
        role,
        callerConfirmation: account(confirmation),
    }
}

fn begin(new_admin: Address) -> beginDefaultAdminTransferCall {
    beginDefaultAdminTransferCall { newAdmin: new_admin }
}

fn change(delay: u64) -> changeDefaultAdminDelayCall {
    changeDefaultAdminDelayCall {
        newDelay: seconds(delay),
    }
}

#[test]
fn deployment_gives_the_roles_and_says_so() {
    let mut world = World::new();
    let deployer = account(STRANGER);
    let constructor = constructorCall {
        minter: account(3),
        pauser: account(4),
        ..erc20::constructor(account(ADMIN), account(4))
    };
    let deployed = world.deploy("token", deployer, &constructor).unwrap();
    let (token, pauser) = (deployed.value, keccak256("PAUSER_ROLE"));
    let granted = |role, to| RoleGranted {
        role,
        account: account(to),
        sender: deployer,
    };
    assert_eq!(
        events::<RoleGranted>(token, &deployed.logs),
        [
            granted(DEFAULT_ADMIN_ROLE, ADMIN),
            granted(minter(), 3),
            granted(pauser, 4)
        ]
    );
    assert_eq!(world.view(token, &DEFAULT_ADMIN_ROLECall {}), DEFAULT_ADMIN_ROLE);
    assert_eq!(world.view(token, &MINTER_ROLECall {}), minter());
    assert_eq!(world.view(token, &PAUSER_ROLECall {}), pauser);
    for role in [DEFAULT_ADMIN_ROLE, minter(), pauser, B256::repeat_byte(9)] {
        assert_eq!(world.view(token, &getRoleAdminCall { role }), DEFAULT_ADMIN_ROLE);
        let account = deployer;
        assert!(!world.view(token, &hasRoleCall { role, account }), "{role}");
    }
}

#[test]
fn deployment_without_an_admin_fails() {
    let constructor = erc20::constructor(Address::ZERO, account(4));
    let result = World::new().deploy("token", account(ADMIN), &constructor);
    let error = refusal::<AccessControlInvalidDefaultAdmin>(result);
    assert_eq!(error.defaultAdmin, Address::ZERO);
}

#[test]
fn nobody_named_is_nobody_in_a_role() {
    let mut setup = Setup::new();
    assert_eq!(events::<RoleGranted>(setup.token, &setup.created).len(), 1);
    let nobody = hasRoleCall {
        role: minter(),
        account: Address::ZERO,
    };
    assert!(!setup.view(&nobody));
    assert_eq!(setup.view(&defaultAdminCall {}), account(ADMIN));
    assert_eq!(setup.view(&ownerCall {}), account(ADMIN));
    assert_eq!(setup.view(&defaultAdminDelayCall {}), seconds(DELAY));
    assert_eq!(setup.view(&defaultAdminDelayIncreaseWaitCall {}), seconds(5 * 86_400));
}

#[test]
fn the_admin_gives_and_takes_a_role_and_says_so_once() {
    let mut setup = Setup::new();
    let done = setup.send(ADMIN, &grant(minter(), STRANGER)).unwrap();
    let (role, sender) = (minter(), account(ADMIN));
    let member = account(STRANGER);
    let granted = RoleGranted {
        role,
        account: member,
        sender,
    };
    assert_eq!(events::<RoleGranted>(setup.token, &done.logs), [granted]);
    assert!(setup.has(role, STRANGER));
    assert!(setup.send(ADMIN, &grant(role, STRANGER)).unwrap().logs.is_empty());
    let (to, value) = (member, U256::ONE);
    setup.send(STRANGER, &mintCall { to, value }).unwrap();

    let done = setup.send(ADMIN, &revoke(role, STRANGER)).unwrap();
    let revoked = RoleRevoked {
        role,
        account: member,
        sender,
    };
    assert_eq!(events::<RoleRevoked>(setup.token, &done.logs), [revoked]);
    assert!(!setup.has(role, STRANGER));
    assert!(setup.send(ADMIN, &revoke(role, STRANGER)).unwrap().logs.is_empty());
    refusal::<AccessControlUnauthorizedAccount>(setup.send(STRANGER, &mintCall { to, value }));
}

#[test]
fn nobody_else_gives_or_takes_a_role() {
    let mut setup = Setup::new();
    setup.send(ADMIN, &grant(minter(), HEIR)).unwrap();
    for other in [HEIR, STRANGER] {
        let error = refusal::<AccessControlUnauthorizedAccount>(setup.send(other, &grant(minter(), other)));
        assert_eq!((error.account, error.neededRole), (account(other), DEFAULT_ADMIN_ROLE));
        refusal::<AccessControlUnauthorizedAccount>(setup.send(other, &revoke(minter(), HEIR)));
    }
    assert!(setup.has(minter(), HEIR));
}

#[test]
fn a_role_is_given_up_by_its_member() {
    let mut setup = Setup::new();
    setup.send(ADMIN, &grant(minter(), HEIR)).unwrap();
    refusal::<AccessControlBadConfirmation>(setup.send(ADMIN, &renounce(minter(), HEIR)));
    let done = setup.send(HEIR, &renounce(minter(), HEIR)).unwrap();
    let (role, member) = (minter(), account(HEIR));
    let revoked = RoleRevoked {
        role,
        account: member,
        sender: member,
    };
    assert_eq!(events::<RoleRevoked>(setup.token, &done.logs), [revoked]);
    assert!(setup.send(HEIR, &renounce(minter(), HEIR)).unwrap().logs.is_empty());
}

#[test]
fn the_admins_role_is_neither_given_nor_taken() {
    let mut setup = Setup::new();
    for from in [ADMIN, STRANGER] {
        refusal::<AccessControlEnforcedDefaultAdminRules>(setup.send(from, &grant(DEFAULT_ADMIN_ROLE, HEIR)));
        refusal::<AccessControlEnforcedDefaultAdminRules>(setup.send(from, &revoke(DEFAULT_ADMIN_ROLE, ADMIN)));
    }
    // Whoever does not have it gives up nothing.
    let done = setup.send(STRANGER, &renounce(DEFAULT_ADMIN_ROLE, STRANGER)).unwrap();
    assert!(done.logs.is_empty());
    assert!(setup.has(DEFAULT_ADMIN_ROLE, ADMIN));
}

#[test]
fn the_heir_accepts_after_the_delay() {
    let mut setup = Setup::new();
    let schedule = setup.now() + DELAY;
    let done = setup.send(ADMIN, &begin(account(HEIR))).unwrap();
    let scheduled = DefaultAdminTransferScheduled {
        newAdmin: account(HEIR),
        acceptSchedule: seconds(schedule),
    };
    assert_eq!(
        events::<DefaultAdminTransferScheduled>(setup.token, &done.logs),
        [scheduled]
    );
    assert_eq!(done.logs.len(), 1);
    let pending = setup.view(&pendingDefaultAdminCall {});
    assert_eq!((pending.newAdmin, pending.schedule), (account(HEIR), seconds(schedule)));

    let accept = acceptDefaultAdminTransferCall {};
    for time in [schedule - 1, schedule] {
        setup.advance_to(time);
        let error = refusal::<AccessControlEnforcedDefaultAdminDelay>(setup.send(HEIR, &accept));
        assert_eq!(error.schedule, seconds(schedule));
    }
    setup.advance_to(schedule + 1);
    for other in [ADMIN, STRANGER] {
        let error = refusal::<AccessControlInvalidDefaultAdmin>(setup.send(other, &accept));
        assert_eq!(error.defaultAdmin, account(other));
    }
    let done = setup.send(HEIR, &accept).unwrap();
    let (role, sender) = (DEFAULT_ADMIN_ROLE, account(HEIR));
    let revoked = RoleRevoked {
        role,
        account: account(ADMIN),
        sender,
    };
    assert_eq!(events::<RoleRevoked>(setup.token, &done.logs[..1]), [revoked]);
    let granted = RoleGranted {
        role,
        account: sender,
        sender,
    };
    assert_eq!(events::<RoleGranted>(setup.token, &done.logs[1..]), [granted]);
    assert_eq!(setup.view(&ownerCall {}), sender);
    assert!(!setup.has(DEFAULT_ADMIN_ROLE, ADMIN));
    assert_eq!(setup.view(&pendingDefaultAdminCall {}).schedule, U48::ZERO);
    refusal::<AccessControlUnauthorizedAccount>(setup.send(ADMIN, &grant(minter(), ADMIN)));
    setup.send(HEIR, &grant(minter(), HEIR)).unwrap();
    refusal::<AccessControlInvalidDefaultAdmin>(setup.send(HEIR, &accept));
}

#[test]
fn an_announcement_is_replaced_or_taken_back_and_says_so() {
    let mut setup = Setup::new();
    let cancel = cancelDefaultAdminTransferCall {};
    assert!(setup.send(ADMIN, &cancel).unwrap().logs.is_empty(), "there was none");
    setup.announce();
    let done = setup.send(ADMIN, &begin(account(STRANGER))).unwrap();
    assert_eq!(
        events::<DefaultAdminTransferCanceled>(setup.token, &done.logs[..1]).len(),
        1
    );
    assert_eq!(
        events::<DefaultAdminTransferScheduled>(setup.token, &done.logs[1..]).len(),
        1
    );
    let now = setup.now();
    setup.advance_to(now + DELAY + 1);
    refusal::<AccessControlInvalidDefaultAdmin>(setup.send(HEIR, &acceptDefaultAdminTransferCall {}));
    let done = setup.send(ADMIN, &cancel).unwrap();
    assert_eq!(events::<DefaultAdminTransferCanceled>(setup.token, &done.logs).len(), 1);
    refusal::<AccessControlInvalidDefaultAdmin>(setup.send(STRANGER, &acceptDefaultAdminTransferCall {}));
    assert_eq!(setup.view(&defaultAdminCall {}), account(ADMIN));
}

#[test]
fn nobody_else_announces_changes_or_takes_back() {
    let mut setup = Setup::new();
    setup.announce();
    for other in [HEIR, STRANGER] {
        let refusals: [AccessControlUnauthorizedAccount; 4] = [
            refusal(setup.send(other, &begin(account(other)))),
            refusal(setup.send(other, &cancelDefaultAdminTransferCall {})),
            refusal(setup.send(other, &change(0))),
            refusal(setup.send(other, &rollbackDefaultAdminDelayCall {})),
        ];
        let expected = AccessControlUnauthorizedAccount {
            account: account(other),
            neededRole: DEFAULT_ADMIN_ROLE,
        };
        assert!(refusals.iter().all(|error| *error == expected), "{refusals:?}");
    }
    assert_eq!(setup.view(&pendingDefaultAdminCall {}).newAdmin, account(HEIR));
}

#[test]
fn the_admin_gives_the_role_up_in_two_steps() {
    let mut setup = Setup::new();
    let give_up = renounce(DEFAULT_ADMIN_ROLE, ADMIN);
    let too_early = |result| refusal::<AccessControlEnforcedDefaultAdminDelay>(result).schedule;
    assert_eq!(too_early(setup.send(ADMIN, &give_up)), U48::ZERO);
    let schedule = setup.announce();
    setup.advance_to(schedule + 1);
    let to_the_heir = too_early(setup.send(ADMIN, &give_up));
    assert_eq!(to_the_heir, seconds(schedule));

    setup.send(ADMIN, &begin(Address::ZERO)).unwrap();
    let schedule = setup.now() + DELAY;
    setup.advance_to(schedule);
    assert_eq!(too_early(setup.send(ADMIN, &give_up)), seconds(schedule));
    setup.advance_to(schedule + 1);
    refusal::<AccessControlBadConfirmation>(setup.send(STRANGER, &give_up));
    let done = setup.send(ADMIN, &give_up).unwrap();
    let admin = account(ADMIN);
    let revoked = RoleRevoked {
        role: DEFAULT_ADMIN_ROLE,
        account: admin,
        sender: admin,
    };
    assert_eq!(events::<RoleRevoked>(setup.token, &done.logs), [revoked]);
    assert_eq!(setup.view(&ownerCall {}), Address::ZERO);
    let nobody = hasRoleCall {
        role: DEFAULT_ADMIN_ROLE,
        account: Address::ZERO,
    };
    assert!(!setup.view(&nobody));
    refusal::<AccessControlUnauthorizedAccount>(setup.send(ADMIN, &grant(minter(), ADMIN)));
    refusal::<AccessControlUnauthorizedAccount>(setup.send(ADMIN, &begin(admin)));
}

#[test]
fn a_shorter_delay_waits_for_the_difference() {
    let mut setup = Setup::new();
    let schedule = setup.now() + DELAY - 600;
    let done = setup.send(ADMIN, &change(600)).unwrap();
    let scheduled = DefaultAdminDelayChangeScheduled {
        newDelay: seconds(600),
        effectSchedule: seconds(schedule),
    };
    assert_eq!(
        events::<DefaultAdminDelayChangeScheduled>(setup.token, &done.logs),
        [scheduled]
    );
    setup.advance_to(schedule);
    assert_eq!(setup.view(&defaultAdminDelayCall {}), seconds(DELAY));
    let pending = setup.view(&pendingDefaultAdminDelayCall {});
    assert_eq!((pending.newDelay, pending.schedule), (seconds(600), seconds(schedule)));
    setup.advance_to(schedule + 1);
    assert_eq!(setup.view(&defaultAdminDelayCall {}), seconds(600));
    assert_eq!(setup.view(&pendingDefaultAdminDelayCall {}).schedule, U48::ZERO);
    let now = setup.now();
    assert_eq!(setup.announce(), now + 600);
}

#[test]
fn a_longer_delay_waits_five_days_at_most() {
    for (delay, wait) in [(2 * DELAY, 2 * DELAY), (30 * 86_400, 5 * 86_400)] {
        let mut setup = Setup::new();
        let now = setup.now();
        setup.send(ADMIN, &change(delay)).unwrap();
        let pending = setup.view(&pendingDefaultAdminDelayCall {});
        assert_eq!(pending.schedule, seconds(now + wait), "{delay}");
    }
}

#[test]
fn a_change_of_the_delay_is_replaced_or_rolled_back_until_it_has_come() {
    let mut setup = Setup::new();
    let roll_back = rollbackDefaultAdminDelayCall {};
    assert!(setup.send(ADMIN, &roll_back).unwrap().logs.is_empty(), "there was none");
    setup.send(ADMIN, &change(600)).unwrap();
    let done = setup.send(ADMIN, &change(1_200)).unwrap();
    assert_eq!(
        events::<DefaultAdminDelayChangeCanceled>(setup.token, &done.logs[..1]).len(),
        1
    );
    assert_eq!(
        events::<DefaultAdminDelayChangeScheduled>(setup.token, &done.logs[1..]).len(),
        1
    );
    let done = setup.send(ADMIN, &roll_back).unwrap();
    assert_eq!(
        events::<DefaultAdminDelayChangeCanceled>(setup.token, &done.logs).len(),
        1
    );
    let now = setup.now();
    setup.advance_to(now + 10 * DELAY);
    assert_eq!(setup.view(&defaultAdminDelayCall {}), seconds(DELAY));

    setup.send(ADMIN, &change(600)).unwrap();
    setup.advance_to(now + 20 * DELAY);
    assert!(setup.send(ADMIN, &roll_back).unwrap().logs.is_empty(), "it has come");
    assert_eq!(setup.view(&defaultAdminDelayCall {}), seconds(600));
}

#[test]
fn a_schedule_beyond_48_bits_panics_as_in_solidity() {
    let mut setup = Setup::with_delay((1 << 48) - 1);
    let error = refusal::<Panic>(setup.send(ADMIN, &begin(account(HEIR))));
    assert_eq!(error.code, U256::from(0x11));
    assert_eq!(setup.view(&pendingDefaultAdminCall {}).newAdmin, Address::ZERO);
}

#[test]
fn a_delay_of_more_than_48_bits_is_no_delay() {
    let mut setup = Setup::new();
    let mut input = change(1).abi_encode();
    input[4 + 25] = 1;
    let (session, token) = (&mut setup.world.session, setup.token);
    session.set_caller(salus_tests_contracts::h160(account(ADMIN)));
    let error = session.call(salus_tests_contracts::h160(token), input).unwrap_err();
    assert_eq!(error.revert_data(), Some(&[][..]));
}

#[test]
fn a_delay_of_nothing_still_takes_another_second() {
    let mut setup = Setup::with_delay(0);
    let now = setup.announce();
    let accept = acceptDefaultAdminTransferCall {};
    refusal::<AccessControlEnforcedDefaultAdminDelay>(setup.send(HEIR, &accept));
    setup.advance_to(now + 1);
    setup.send(HEIR, &accept).unwrap();
}
