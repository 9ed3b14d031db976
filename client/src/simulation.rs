//! Every way in which a consultation can end, played with real transactions on a chain of its own, whose time is moved.
//!
//! Each play is told to the rules of [`salus_core::telehealth`] at the same time, step by step, at the times of the blocks. Chain and rules
//! have to agree on the visit after each step, and on who got what in the end; so a provider sees what terms come to before they are
//! published, and the simulation is a test of an installation too.

mod case;
mod error;
mod people;
mod play;

use alloy_core::primitives::{B256, I256, U256};
use salus_core::telehealth::{Action, BasisPoints, FEE_DELAY, MAX_PLATFORM_FEE, Status, Terms, WHOLE};

pub use case::{Case, Who};
pub use error::SimulationError;

use crate::{
    Error,
    chain::{Chain, Finality, SubmitOptions},
    contracts::{
        Suite,
        telehealth::{ITelehealth, Telehealth},
        token::{Token, TokenInfo},
    },
    devnet::{Devnet, DevnetError},
    keystore::dev,
};
use case::CASES;
use people::People;

/// Which of the provider's services is booked.
const SERVICE: B256 = B256::with_last_byte(1);

/// What is simulated.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// What the provider's consultations are under.
    pub terms: Terms,
    /// What one costs, in the token's smallest unit.
    pub fee: U256,
    /// What the platform keeps of what the provider earns.
    pub platform_fee: BasisPoints,
    /// What the provider earns where the arbiter decides.
    pub decision: BasisPoints,
}

impl Setting {
    /// Refuses what the contract would.
    fn check(&self) -> Result<(), SimulationError> {
        let reason = if self.fee.is_zero() {
            "a fee is more than nothing".into()
        } else if self.platform_fee > MAX_PLATFORM_FEE {
            format!("the platform's fee is not more than {MAX_PLATFORM_FEE} ten thousandths")
        } else if let Err(error) = self.terms.check() {
            error.to_string()
        } else {
            return Ok(());
        };
        Err(SimulationError::Setting(reason))
    }
}

impl Default for Setting {
    /// The usual terms, 25 tokens of six decimals, of which the platform keeps a fortieth; the arbiter leaves three tenths to the provider.
    fn default() -> Self {
        Self {
            terms: Terms::default(),
            fee: U256::from(25_000_000),
            platform_fee: WHOLE / 40,
            decision: 3_000,
        }
    }
}

/// A case that was played.
#[derive(Debug, Clone)]
pub struct Played {
    /// The case.
    pub case: &'static Case,
    /// The visit.
    pub visit: B256,
    /// What was done, in order.
    pub acts: Vec<Act>,
    /// How it ended.
    pub status: Status,
    /// What the patient has more in the end than before, in the token's smallest unit; negative if less.
    pub patient: I256,
    /// What the provider has more.
    pub provider: I256,
    /// What the platform has more.
    pub platform: I256,
    /// What the escrow has more; nothing, when all have withdrawn what is theirs.
    pub escrow: I256,
}

impl Played {
    /// What all have more together: nothing.
    pub fn sum(&self) -> I256 {
        // Each is at most a fee, of which there are fewer than half of what the type holds.
        [self.patient, self.provider, self.platform, self.escrow]
            .into_iter()
            .fold(I256::ZERO, I256::wrapping_add)
    }
}

/// Something that somebody did.
#[derive(Debug, Clone, Copy)]
pub struct Act {
    /// Who.
    pub who: Who,
    /// What; `None`: booked and paid.
    pub action: Option<Action>,
    /// How many seconds after the agreed beginning; negative before it.
    pub after_start: i64,
    /// The transaction.
    pub tx_hash: B256,
}

/// The chain that all is played on.
struct Stage {
    devnet: Devnet,
    chain: Chain,
    telehealth: Telehealth,
    token: Token,
    people: People,
    setting: Setting,
    options: SubmitOptions,
}

/// Plays all cases, and tells `listener` of each. Answers what the fee is paid in.
///
/// # Errors
/// [`SimulationError`] if chain and rules do not agree, or the setting cannot be; what else can go wrong between here and the chain.
pub async fn simulate(setting: Setting, listener: &mut dyn FnMut(&Played)) -> Result<(TokenInfo, Vec<Played>), Error> {
    setting.check()?;
    let scratch = tempfile::tempdir()?;
    let (devnet, suite) = Devnet::with_contracts(scratch.path()).await?;
    let stage = Stage {
        chain: suite.chain().clone(),
        telehealth: suite.telehealth().await?,
        token: suite.token().await?,
        people: People::new()?,
        setting,
        options: SubmitOptions {
            finality: Finality::InBlock,
            ..SubmitOptions::default()
        },
        devnet,
    };
    stage.open(&suite).await?;
    let info = stage.token.info().await?;
    let mut played = Vec::new();
    for case in CASES {
        let one = stage.play(case).await?;
        listener(&one);
        played.push(one);
    }
    stage.devnet.stop().await;
    Ok((info, played))
}

impl Stage {
    /// Everything that is there before a patient books.
    async fn open(&self, suite: &Suite) -> Result<(), Error> {
        self.people.pay(self).await?;
        self.people.license_the_arbiter(self, suite).await?;
        let (provider, owner) = (&self.people.provider, dev::deployer());
        self.telehealth
            .set_terms(provider, &self.setting.terms, self.options)
            .await?;
        let call = ITelehealth::setFeeCall {
            service: SERVICE,
            token: self.token.contract().address(),
            fee: self.setting.fee,
        };
        self.telehealth.act(provider, &call, self.options).await?;
        if self.setting.platform_fee == 0 {
            return Ok(());
        }
        let call = ITelehealth::announcePlatformFeeCall {
            fee: self.setting.platform_fee,
            collector: self.people.platform.account().address(),
        };
        self.telehealth.act(&owner, &call, self.options).await?;
        self.wait_until(self.now()?.saturating_add(FEE_DELAY))
    }

    /// The time of the last block.
    fn now(&self) -> Result<u64, Error> {
        Ok(self.engine_time()? / 1_000)
    }

    /// Lets time pass, unless it has.
    fn wait_until(&self, second: u64) -> Result<(), Error> {
        let wanted = second.saturating_mul(1_000);
        if wanted > self.engine_time()? {
            let engine = self.devnet.engine();
            engine.set_next_time(wanted).map_err(DevnetError::from)?;
            engine.seal().map_err(DevnetError::from)?;
        }
        Ok(())
    }

    /// In milliseconds.
    fn engine_time(&self) -> Result<u64, Error> {
        let time = self.devnet.engine().best_time();
        Ok(time.map_err(DevnetError::from)?)
    }
}
