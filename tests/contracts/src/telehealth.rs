//! The telehealth contract with a patient, a provider, an arbiter and a token, for tests. The bindings come from the built ABI, as those
//! of its users do.
#![allow(clippy::too_many_arguments, reason = "the bindings have Solidity's parameter lists")]

use crate::{
    Done, World, account,
    consent::IConsent,
    credentials::{ICredentials, Register, board},
    erc20::{self, IERC20},
    events,
    records::IRecords,
};
use alloy_core::{
    primitives::{Address, B256, U256, uint},
    sol,
    sol_types::SolCall,
};
use salus_core::codes::Role;
use salus_devchain::{genesis::DEV_ASSET, runtime::ASSETS_PRECOMPILE_PREFIX, session::CallError};

sol!(
    #[derive(Debug, PartialEq, Eq)]
    Telehealth,
    "../../contracts/artifacts/telehealth.abi.json"
);

use Telehealth::*;

/// The numbers of a visit's status.
pub mod status {
    /// Asked for.
    pub const REQUESTED: u8 = 1;
    /// The fee is in escrow.
    pub const FUNDED: u8 = 2;
    /// Agreed to.
    pub const CONFIRMED: u8 = 3;
    /// Begun.
    pub const IN_SESSION: u8 = 4;
    /// One side says how it ended.
    pub const CLAIMED: u8 = 5;
    /// The other does not agree.
    pub const DISPUTED: u8 = 6;
    /// It took place.
    pub const COMPLETED: u8 = 7;
    /// Called off by the patient in time.
    pub const CANCELLED_EARLY: u8 = 8;
    /// Called off by the patient too late.
    pub const CANCELLED_LATE: u8 = 9;
    /// Called off by the provider.
    pub const CANCELLED_BY_PROVIDER: u8 = 10;
    /// The patient did not come.
    pub const PATIENT_NO_SHOW: u8 = 11;
    /// The provider did not come.
    pub const PROVIDER_NO_SHOW: u8 = 12;
    /// The connection failed.
    pub const TECHNICAL_FAILURE: u8 = 13;
    /// Not agreed to.
    pub const DECLINED: u8 = 14;
    /// A deadline passed.
    pub const EXPIRED: u8 = 15;
    /// Decided, or divided by default.
    pub const RESOLVED: u8 = 16;
}

/// Seconds of a day.
pub const DAY: u64 = 86_400;
/// Seconds of an hour.
pub const HOUR: u64 = 3_600;
/// The fee of most visits.
pub const FEE: U256 = uint!(50_000_U256);
/// The service of most visits.
pub const SERVICE: B256 = B256::repeat_byte(5);
/// The native coin.
pub const NATIVE: Address = Address::ZERO;
/// The role that stands for none.
pub const NO_ROLE: u8 = u8::MAX;
/// The role of arbiters here.
pub const ARBITER_ROLE: Role = Role::LIC;
/// Grace, claim window, objection window and decision window of the provider's terms.
pub const GRACE: u64 = 900;
/// See [`GRACE`].
pub const CLAIM_WINDOW: u64 = DAY;
/// See [`GRACE`].
pub const OBJECTION_WINDOW: u64 = 2 * HOUR;
/// See [`GRACE`].
pub const DECISION_WINDOW: u64 = 3 * DAY;

/// A chain with the contract and those that it asks, a token, and those who use them.
pub struct Setup {
    /// The chain.
    pub world: World,
    /// The contract.
    pub escrow: Address,
    /// Those that it asks.
    pub consent: Address,
    /// See `consent`.
    pub credentials: Address,
    /// See `consent`.
    pub records: Address,
    /// The token of the visits to come.
    pub token: Address,
    /// Who asks and pays.
    pub patient: Address,
    /// Who is asked and paid.
    pub provider: Address,
    /// Who decides.
    pub arbiter: Address,
    created: u64,
    bookings: u64,
}

impl Default for Setup {
    fn default() -> Self {
        Self::new()
    }
}

impl Setup {
    /// A patient with all of a token's supply, a provider with terms and a fee in it, and an arbiter with a credential.
    ///
    /// # Panics
    /// When a contract does not deploy.
    pub fn new() -> Self {
        let mut register = Register::on(World::new());
        let credentials = register.contract;
        let (patient, provider, arbiter) = (account(1), account(2), account(4));
        let licensed = ICredentials::issueCredentialCall {
            role: ARBITER_ROLE.bit(),
            ..register.physician(arbiter)
        };
        register.send(board(), &licensed).expect("the board issues");
        let mut world = register.world;
        let consent = deployed(world.deploy("consent", account(0), &IConsent::constructorCall {}));
        let records = deployed(world.deploy("records", account(0), &IRecords::constructorCall {}));
        let constructor = constructorCall {
            initialOwner: account(0),
            consent,
            credentials,
            records,
            arbiterRole: ARBITER_ROLE.bit(),
        };
        let escrow = deployed(world.deploy("telehealth", account(0), &constructor));
        let token = deployed(erc20::deploy(&mut world, account(0), patient));
        let created = world.session.timestamp();
        let mut setup = Self {
            world,
            escrow,
            consent,
            credentials,
            records,
            token,
            patient,
            provider,
            arbiter,
            created,
            bookings: 0,
        };
        setup.send(provider, &terms()).expect("the provider has terms");
        setup.offer(token, FEE);
        setup
    }

    /// Has the provider offer [`SERVICE`] in a token, which visits to come are paid in.
    ///
    /// # Panics
    /// When the contract refuses.
    pub fn offer(&mut self, token: Address, fee: U256) {
        self.token = token;
        let call = setFeeCall {
            service: SERVICE,
            token,
            fee,
        };
        self.send(self.provider, &call).expect("the provider offers");
    }

    /// A consultation two days after the beginning of the test, of an hour, to be confirmed within one day. Each is another one.
    pub fn booking(&mut self) -> Booking {
        self.bookings += 1;
        Booking {
            provider: self.provider,
            service: SERVICE,
            token: self.token,
            fee: FEE,
            termsVersion: 1,
            startTime: self.created + 2 * DAY,
            endTime: self.created + 2 * DAY + HOUR,
            confirmBy: self.created + DAY,
            arbiter: self.arbiter,
            conditions: Conditions {
                role: NO_ROLE,
                record: false,
                subject: B256::ZERO,
            },
            detailsHash: B256::from(U256::from(self.bookings)),
        }
    }

    /// Sends a message to the contract.
    ///
    /// # Errors
    /// [`CallError`]: the contract refused.
    pub fn send<C: SolCall>(&mut self, from: Address, call: &C) -> Result<Done<C::Return>, CallError> {
        self.world.send(from, self.escrow, call)
    }

    /// Has the patient approve the contract for `value` of the token.
    ///
    /// # Panics
    /// When the token refuses.
    pub fn approve(&mut self, value: U256) {
        let call = IERC20::approveCall {
            spender: self.escrow,
            value,
        };
        self.world
            .send(self.patient, self.token, &call)
            .expect("the patient approves");
    }

    /// A visit that the patient requested.
    ///
    /// # Panics
    /// When the contract refuses.
    pub fn requested(&mut self) -> B256 {
        let booking = self.booking();
        let request = requestVisitCall { booking };
        self.send(self.patient, &request).expect("the patient requests").value
    }

    /// A visit that the patient booked and paid for.
    ///
    /// # Panics
    /// When the contract or the token refuses.
    pub fn funded(&mut self) -> B256 {
        let booking = self.booking();
        self.booked(booking)
    }

    /// This one.
    ///
    /// # Panics
    /// As [`Setup::funded`].
    pub fn booked(&mut self, booking: Booking) -> B256 {
        self.approve(booking.fee);
        self.send(self.patient, &bookCall { booking })
            .expect("the patient books")
            .value
    }

    /// [`Setup::funded`], and confirmed.
    ///
    /// # Panics
    /// When the contract or the token refuses.
    pub fn confirmed(&mut self) -> B256 {
        let id = self.funded();
        self.send(self.provider, &confirmCall { visitId: id })
            .expect("the provider confirms");
        id
    }

    /// [`Setup::confirmed`], and begun, as the provider says, at its very second.
    ///
    /// # Panics
    /// When the contract or the token refuses.
    pub fn in_session(&mut self) -> B256 {
        let id = self.confirmed();
        self.begin(id);
        id
    }

    /// Lets a confirmed visit begin, as the provider says.
    ///
    /// # Panics
    /// When the contract refuses.
    pub fn begin(&mut self, id: B256) {
        self.until_start();
        self.send(self.provider, &startCall { visitId: id })
            .expect("the provider starts");
    }

    /// [`Setup::in_session`], and completed, as the provider says when it ends.
    ///
    /// # Panics
    /// When the contract or the token refuses.
    pub fn claimed(&mut self) -> B256 {
        let id = self.in_session();
        self.until_end();
        self.send(self.provider, &complete(id)).expect("the provider completes");
        id
    }

    /// [`Setup::claimed`], and contested by the patient.
    ///
    /// # Panics
    /// When the contract or the token refuses.
    pub fn disputed(&mut self) -> B256 {
        let id = self.claimed();
        self.send(self.patient, &contest(id)).expect("the patient contests");
        id
    }

    /// Goes ahead to this second.
    ///
    /// # Panics
    /// When it has passed.
    pub fn until(&mut self, time: u64) {
        let seconds = time
            .checked_sub(self.world.session.timestamp())
            .expect("time goes ahead");
        self.world.session.advance_time(seconds);
    }

    /// When consultations begin.
    #[must_use]
    pub fn start(&self) -> u64 {
        self.created + 2 * DAY
    }

    /// When consultations end.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.start() + HOUR
    }

    /// Until when they are to be confirmed.
    #[must_use]
    pub fn confirm_by(&self) -> u64 {
        self.created + DAY
    }

    /// Goes ahead to the beginning of the consultation.
    pub fn until_start(&mut self) {
        self.until(self.start());
    }

    /// Goes ahead to its end.
    pub fn until_end(&mut self) {
        self.until(self.end());
    }

    /// The status of a visit, see [`status`].
    pub fn status(&mut self, id: B256) -> u8 {
        self.world.view(self.escrow, &visitCall { visitId: id }).status
    }

    /// What `account` can withdraw in the token.
    pub fn withdrawable(&mut self, account: Address) -> U256 {
        let token = self.token;
        self.world.view(self.escrow, &withdrawableCall { account, token })
    }

    /// What patient and provider can withdraw in the token.
    pub fn owed(&mut self) -> (u64, u64) {
        let (patient, provider) = (self.patient, self.provider);
        (self.withdrawable(patient).to(), self.withdrawable(provider).to())
    }

    /// Paid in, paid out, held.
    pub fn totals(&mut self) -> (U256, U256, U256) {
        let totals = self.world.view(self.escrow, &totalsCall { token: self.token });
        (totals.paidIn, totals.paidOut, totals.held)
    }

    /// The last event of this kind in what was done.
    ///
    /// # Panics
    /// When there is none.
    pub fn event<E: alloy_core::sol_types::SolEvent>(&self, done: &Done<impl Sized>) -> E {
        events::<E>(self.escrow, &done.logs)
            .pop()
            .expect("the event is emitted")
    }
}

fn deployed(contract: Result<Done<Address>, CallError>) -> Address {
    contract.expect("the contract deploys").value
}

/// The provider's terms: everything back until a day before, half until an hour before; four fifths for a patient who does not come; two
/// fifths by default.
#[must_use]
pub fn terms() -> setTermsCall {
    setTermsCall {
        notices: vec![86_400, 3_600],
        refunds: vec![10_000, 5_000],
        grace: GRACE as u32,
        noShowShare: 8_000,
        claimWindow: CLAIM_WINDOW as u32,
        objectionWindow: OBJECTION_WINDOW as u32,
        decisionWindow: DECISION_WINDOW as u32,
        defaultShare: 4_000,
    }
}

/// Completes a visit that needs no record.
#[must_use]
pub fn complete(id: B256) -> completeCall {
    completeCall {
        visitId: id,
        recordId: B256::ZERO,
    }
}

/// Contests what was claimed.
#[must_use]
pub fn contest(id: B256) -> contestCall {
    contestCall {
        visitId: id,
        evidence: B256::repeat_byte(0xe1),
    }
}

/// Says that the other did not come.
#[must_use]
pub fn no_show(id: B256) -> claimNoShowCall {
    claimNoShowCall {
        visitId: id,
        evidence: B256::repeat_byte(0xe2),
    }
}

/// The ERC-20 precompile of the asset that the development chain begins with.
pub fn dev_asset() -> Address {
    let mut address = [0u8; 20];
    address[..4].copy_from_slice(&DEV_ASSET.to_be_bytes());
    address[16..18].copy_from_slice(&ASSETS_PRECOMPILE_PREFIX.to_be_bytes());
    address.into()
}
