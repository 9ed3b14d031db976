//! What stands before data: decisions by the state of the chain at a named block, and word of every revocation.
//!
//! A resource server asks [`ConsentGuard::allow`] before it gives anything, and ends what it has going when
//! [`ConsentGuard::revocations`] says so. Whatever goes wrong is an error, and no error is a permit. `docs/guard.md` describes both.

mod decision;
mod error;
mod overarching;
mod revocations;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use alloy_core::primitives::{Address, B256, keccak256};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use salus_core::{
    codes::{Action, Confidentiality, Purpose},
    consent::{Answer, DataPeriod, Entry, Reason, Request, grantees},
};
use tokio::sync::Mutex;

pub use decision::{Decision, Ground, GuardRequest};
pub use error::GuardError;
pub use overarching::Overarching;
pub use revocations::{End, Revocation, Revocations, Watch};

use crate::{
    Error,
    chain::{AtBlock, Block, Chain, Finality},
    contracts::{Suite, access::Access, consent::Consent, policies::Policies},
    decide::{Outcome, decide_on_chain},
    fhir::consent::ContentCode,
    openings::Openings,
};

/// How many questions are on their way at the same time.
const AT_ONCE: usize = 8;
/// How many decisions at one block are kept.
const KEPT: usize = 256;

/// How a guard decides.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Whether the best block answers, by which a revocation bites at once though the block may still be replaced, or the newest
    /// final one, by which it bites when it can no more be undone.
    pub finality: Finality,
    /// The block that answers is no older than this. It covers the interval of blocks and, with [`Finality::Finalized`], the time until
    /// they are final. It counts by this machine's clock.
    pub max_age: Duration,
    /// A decision takes no longer than this.
    pub timeout: Duration,
    /// What it means that no consent answers.
    pub overarching: Overarching,
    /// The names of codes that policies have as hashes, for obligations.
    pub names: Vec<ContentCode>,
}

impl Default for Settings {
    /// The best block, no older than a minute; ten seconds for a decision; without consent nothing, but for emergencies.
    fn default() -> Self {
        Self {
            finality: Finality::InBlock,
            max_age: Duration::from_secs(60),
            timeout: Duration::from_secs(10),
            overarching: Overarching::default(),
            names: Vec::new(),
        }
    }
}

/// Decides for a resource server.
///
/// Nothing is kept longer than a block: what was decided is answered again for the same request at the same block alone.
#[derive(Debug)]
pub struct ConsentGuard {
    connection: Mutex<Connection>,
    contracts: Contracts,
    openings: Openings,
    settings: Settings,
    kept: Mutex<Kept>,
}

/// The chain, and how often it was connected to anew because the connection had broken for good.
#[derive(Debug, Clone)]
struct Connection {
    chain: Chain,
    generation: u64,
}

/// Where the contracts are.
#[derive(Debug, Clone, Copy)]
struct Contracts {
    consent: Address,
    policies: Address,
    access: Address,
}

/// What was decided at one block.
#[derive(Debug, Default)]
struct Kept {
    block: Option<(Block, u64)>,
    decisions: Vec<(GuardRequest, Decision)>,
}

impl Kept {
    /// Forgets what was decided at any other block.
    fn turn_to(&mut self, block: Block, time: u64) {
        if self.block != Some((block, time)) {
            self.block = Some((block, time));
            self.decisions.clear();
        }
    }

    fn find(&self, request: &GuardRequest) -> Option<&Decision> {
        let found = self.decisions.iter().find(|(known, _)| known == request);
        found.map(|(_, decision)| decision)
    }

    fn keep(&mut self, request: &GuardRequest, decision: &Decision) {
        // Another decision may have turned to another block meanwhile.
        let is_current = self.block.is_some_and(|(block, _)| block == decision.block);
        if is_current && self.decisions.len() < KEPT {
            self.decisions.push((request.clone(), decision.clone()));
        }
    }
}

impl ConsentGuard {
    /// Guards by the contracts of a network, once it is sure that their code is there. `openings` are those of the policies that this
    /// server was given.
    ///
    /// # Errors
    /// What [`Suite::address_of`] can fail with.
    pub async fn new(suite: &Suite, openings: Openings, settings: Settings) -> Result<Self, Error> {
        let contracts = Contracts {
            consent: suite.address_of(Consent::NAME).await?,
            policies: suite.address_of(Policies::NAME).await?,
            access: suite.address_of(Access::NAME).await?,
        };
        Ok(Self {
            connection: Mutex::new(Connection {
                chain: suite.chain().clone(),
                generation: 0,
            }),
            contracts,
            openings,
            settings,
            kept: Mutex::default(),
        })
    }

    /// Whether data may be given, by the state after one block.
    ///
    /// # Errors
    /// [`GuardError`], and then nothing may be given: the block is too old, the chain does not answer, an opening is missing, the request
    /// names a time or asks for nothing.
    pub async fn allow(&self, request: &GuardRequest) -> Result<Decision, GuardError> {
        if request.request.at.is_some() {
            return Err(GuardError::Timed);
        }
        for (field, is_empty) in [
            ("purposeOfUse", request.request.purposes.is_empty()),
            ("class", request.request.access.is_empty()),
        ] {
            if is_empty {
                return Err(GuardError::NothingAsked { field });
            }
        }
        let after = self.settings.timeout;
        let decided = tokio::time::timeout(after, self.decide_anew(request)).await;
        decided.unwrap_or(Err(GuardError::TimedOut { after }))
    }

    /// Tells when consents end, from now or another block on.
    ///
    /// # Errors
    /// [`GuardError`] if the chain does not answer.
    pub async fn revocations(&self, watch: Watch) -> Result<Revocations, GuardError> {
        let Connection { chain, .. } = self.connection.lock().await.clone();
        Revocations::start(chain, self.contracts.consent, &self.settings, watch).await
    }

    /// Decides; if the connection is gone for good, by another one.
    async fn decide_anew(&self, request: &GuardRequest) -> Result<Decision, GuardError> {
        let Connection { chain, generation } = self.connection.lock().await.clone();
        match self.decide(&chain, request).await {
            Err(error) if error.is_disconnected() => {
                tracing::warn!(%error, "connecting again");
                let chain = self.reconnect(generation).await?;
                self.decide(&chain, request).await
            }
            decided => decided,
        }
    }

    /// Of many decisions that fail together one alone connects, and the others wait for it.
    async fn reconnect(&self, broken: u64) -> Result<Chain, GuardError> {
        let mut connection = self.connection.lock().await;
        if connection.generation == broken {
            connection.chain = connection.chain.connect_again().await?;
            connection.generation += 1;
        }
        Ok(connection.chain.clone())
    }

    async fn decide(&self, chain: &Chain, request: &GuardRequest) -> Result<Decision, GuardError> {
        let at = chain.newest(self.settings.finality).await?;
        let block = Block::of(&at);
        let known = self.kept.lock().await.block.filter(|(known, _)| *known == block);
        let time = match known {
            Some((_, time)) => time,
            None => chain.time_of(&at).await?,
        };
        check_age(block, time, self.settings.max_age)?;
        {
            let mut kept = self.kept.lock().await;
            kept.turn_to(block, time);
            if let Some(decision) = kept.find(request) {
                return Ok(decision.clone());
            }
        }
        let decision = self.decide_at(chain, &at, time, request).await?;
        self.kept.lock().await.keep(request, &decision);
        Ok(decision)
    }

    /// Decides at one block, whose time is known: every question is asked there.
    async fn decide_at(
        &self,
        chain: &Chain,
        at: &AtBlock,
        time: u64,
        request: &GuardRequest,
    ) -> Result<Decision, GuardError> {
        let consent = Consent::new(chain.clone(), self.contracts.consent).at(at);
        let consents = in_force(&consent, request, time).await?;
        let (outcome, by_consents) = match disclosed(&consent, &consents, request).await? {
            Some(outcome) => (outcome, Ground::Disclosed),
            None => {
                let policies = Policies::new(chain.clone(), self.contracts.policies).at(at);
                let (asker, names) = (Some(request.actor), &self.settings.names);
                let asked = &request.request;
                let outcome = decide_on_chain(&policies, &self.openings, &consents, asked, asker, names).await?;
                (outcome, Ground::Policy)
            }
        };
        let overarching = self.settings.overarching;
        let mut decision = Decision {
            block: Block::of(at),
            time,
            consent: outcome.consent.and_then(|index| consents.get(index)).map(|(id, _)| *id),
            ground: by_consents,
            is_permitted: outcome.answer == Answer::Permit,
            obligations: outcome.obligations.clone(),
            outcome,
        };
        if decision.answer() == Answer::NoConsent {
            decision.ground = Ground::Overarching;
            decision.is_permitted = overarching.permits(&request.request);
            decision.obligations = overarching.obligations(decision.is_permitted);
        }
        if !decision.is_permitted && overarching != Overarching::Deny && is_emergency(request) {
            let access = Access::new(chain.clone(), self.contracts.access).at(at);
            if access.is_open(request.subject, request.actor).await? {
                decision.ground = Ground::Emergency;
                decision.is_permitted = true;
            }
        }
        Ok(decision)
    }
}

/// By this machine's clock. A block of the future is of a chain whose clock is ahead, and is not old.
fn check_age(block: Block, time: u64, max_age: Duration) -> Result<(), GuardError> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    // A clock before 1970 is wrong by more than any block may be old.
    let age = now.map_or(u64::MAX, |now| now.as_secs().saturating_sub(time));
    let limit = max_age.as_secs();
    if age > limit {
        let number = block.number;
        return Err(GuardError::Stale { number, age, limit });
    }
    Ok(())
}

/// The consents of the subject that speak to who asks and are in force: those for their accounts, for everybody, for their roles; as the
/// contract's `evaluateAll` finds them.
async fn in_force(consent: &Consent, request: &GuardRequest, time: u64) -> Result<Vec<(B256, Entry)>, GuardError> {
    let (Some(purpose), Some((class, _))) = (request.request.purposes.first(), request.request.access.first()) else {
        return Ok(Vec::new());
    };
    let mut accounts = vec![request.actor.into()];
    accounts.extend(request.request.addresses());
    let asker = Request {
        roles: request.request.roles,
        ..Request::new(&accounts, *purpose, *class)
    };
    let mut addresses: Vec<Address> = Vec::new();
    for grantee in grantees(&asker) {
        let address = grantee.address(|bytes| keccak256(bytes).0).into();
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    let found = addresses.into_iter().map(|grantee| async move {
        let Some(id) = consent.current(request.subject, grantee).await? else {
            return Ok(None);
        };
        let entry = consent.entry(id).await?.filter(|entry| entry.is_in_force(time));
        Ok::<_, GuardError>(entry.map(|entry| (id, entry)))
    });
    let found: Vec<_> = stream::iter(found).buffered(AT_ONCE).try_collect().await?;
    Ok(found.into_iter().flatten().collect())
}

/// The permit that the coarse question gives, if it suffices: it speaks of plain access to normal data by an account of which nothing more is
/// known, and where one consent alone is in force no other one can know better. A denial may be one by what is disclosed alone.
async fn disclosed(
    consent: &Consent,
    consents: &[(B256, Entry)],
    request: &GuardRequest,
) -> Result<Option<Outcome>, GuardError> {
    let asked = &request.request;
    let is_plain = asked.actors.is_empty()
        && (asked.roles, asked.categories, asked.labels) == (0, 0, 0)
        && asked.codes.is_empty()
        && asked.confidentiality == Confidentiality::N
        && asked.data_period == DataPeriod::ALL
        && asked.access.iter().all(|(_, action)| *action == Action::ACCESS);
    let [(_, entry)] = consents else { return Ok(None) };
    if !is_plain || entry.terms.purposes == 0 {
        return Ok(None);
    }
    for purpose in &asked.purposes {
        for (class, _) in &asked.access {
            let grantee = entry.grantee.into();
            if consent.check(request.subject, grantee, *purpose, *class).await? != Answer::Permit {
                return Ok(None);
            }
        }
    }
    Ok(Some(Outcome {
        answer: Answer::Permit,
        reason: Reason::Decided,
        obligations: Vec::new(),
        consent: Some(0),
        path: Vec::new(),
    }))
}

/// Whether nothing is asked for but what an emergency access opens.
fn is_emergency(request: &GuardRequest) -> bool {
    let purposes = &request.request.purposes;
    purposes
        .iter()
        .all(|purpose| [Purpose::ETREAT, Purpose::BTG].contains(purpose))
}

/// The page's example is compiled.
#[cfg(doctest)]
#[doc = include_str!("../../docs/guard.md")]
struct Page;
