//! The telehealth contract with a patient, a provider and a token, for tests. The bindings come from the built ABI, as those of
//! its users do.
#![allow(clippy::too_many_arguments, reason = "the bindings have Solidity's parameter lists")]

use crate::{
    Done, World, account,
    erc20::{self, IERC20},
};
use alloy_core::{
    primitives::{Address, B256, U256, uint},
    sol,
    sol_types::SolCall,
};
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
    /// It took place.
    pub const COMPLETED: u8 = 4;
    /// Called off by one side.
    pub const CANCELLED: u8 = 5;
    /// Not agreed to.
    pub const DECLINED: u8 = 6;
    /// A deadline passed.
    pub const EXPIRED: u8 = 7;
}

/// Seconds of a day.
pub const DAY: u64 = 86_400;
/// The fee of most visits.
pub const FEE: U256 = uint!(50_000_U256);

/// A chain with the contract, a token, and two who use them.
pub struct Setup {
    /// The chain.
    pub world: World,
    /// The contract.
    pub escrow: Address,
    /// The token of the visits to come.
    pub token: Address,
    /// Who asks and pays.
    pub patient: Address,
    /// Who is asked and paid.
    pub provider: Address,
    created: u64,
}

impl Default for Setup {
    fn default() -> Self {
        Self::new()
    }
}

impl Setup {
    /// A patient with all of a token's supply; providers have a day to complete.
    ///
    /// # Panics
    /// When a contract does not deploy.
    pub fn new() -> Self {
        let mut world = World::new();
        let (patient, provider) = (account(1), account(2));
        let constructor = constructorCall { completionWindow: DAY };
        let escrow = world
            .deploy("telehealth", account(0), &constructor)
            .expect("the escrow deploys")
            .value;
        let token = erc20::deploy(&mut world, account(0), patient)
            .expect("the token deploys")
            .value;
        let created = world.session.timestamp();
        Self {
            world,
            escrow,
            token,
            patient,
            provider,
            created,
        }
    }

    /// A consultation two days after the beginning of the test, to be confirmed within one.
    pub fn terms(&self) -> requestVisitCall {
        requestVisitCall {
            provider: self.provider,
            token: self.token,
            fee: FEE,
            startTime: self.created + 2 * DAY,
            confirmBy: self.created + DAY,
            detailsHash: B256::repeat_byte(1),
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

    /// A visit that the patient requested; its number.
    ///
    /// # Panics
    /// When the contract refuses.
    pub fn requested(&mut self) -> U256 {
        let terms = self.terms();
        self.send(self.patient, &terms).expect("the patient requests").value
    }

    /// [`Setup::requested`], and funded.
    ///
    /// # Panics
    /// When the contract or the token refuses.
    pub fn funded(&mut self) -> U256 {
        let visit_id = self.requested();
        self.approve(FEE);
        self.send(self.patient, &fundCall { visitId: visit_id })
            .expect("the patient funds");
        visit_id
    }

    /// [`Setup::funded`], and confirmed.
    ///
    /// # Panics
    /// When the contract or the token refuses.
    pub fn confirmed(&mut self) -> U256 {
        let visit_id = self.funded();
        self.send(self.provider, &confirmCall { visitId: visit_id })
            .expect("the provider confirms");
        visit_id
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

    /// Goes ahead to the beginning of the consultation.
    pub fn until_start(&mut self) {
        self.until(self.terms().startTime);
    }

    /// The status of a visit, see [`status`].
    pub fn status(&mut self, visit_id: U256) -> u8 {
        self.world.view(self.escrow, &visitCall { visitId: visit_id }).status
    }

    /// What `account` can withdraw in the token.
    pub fn withdrawable(&mut self, account: Address) -> U256 {
        self.world.view(
            self.escrow,
            &withdrawableCall {
                account,
                token: self.token,
            },
        )
    }

    /// Paid in, paid out, held.
    pub fn totals(&mut self) -> (U256, U256, U256) {
        let totals = self.world.view(self.escrow, &totalsCall { token: self.token });
        (totals.paidIn, totals.paidOut, totals.held)
    }
}

/// The ERC-20 precompile of the asset that the development chain begins with.
pub fn dev_asset() -> Address {
    let mut address = [0u8; 20];
    address[..4].copy_from_slice(&DEV_ASSET.to_be_bytes());
    address[16..18].copy_from_slice(&ASSETS_PRECOMPILE_PREFIX.to_be_bytes());
    address.into()
}
