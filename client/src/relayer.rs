//! The relayer: takes messages that patients have signed, tries them, sends them in batches, and pays.
//!
//! Whoever signs needs no coins. The relayer decides by its [`Policy`] what it sends and how much it pays for whom, and keeps in mind what
//! it took in, in a database that is written before anything is sent. docs/relayer.md says what is checked in which order, what survives a
//! crash, and what a malicious sender can cost.

mod accept;
mod error;
mod limits;
mod message;
mod policy;
mod send;
mod store;
mod ticket;

use alloy_core::primitives::B256;
use tokio::{
    sync::Semaphore,
    time::{Duration, Instant, sleep},
};

pub use error::RelayError;
pub use limits::Limit;
pub use message::{Facts, MAX_BYTES, SignedMessage};
pub use policy::Policy;
pub use ticket::{Status, Ticket};

use crate::{
    chain::{Chain, SubmitOptions, Weight},
    contracts::Suite,
    indexer::Location,
    keystore::SigningKey,
};
use store::{Store, Whose};

/// How many messages are tried at a time.
const SIMULATIONS: usize = 4;
/// How often it is looked again whether a transaction that was sent is in a block.
const POLL: Duration = Duration::from_millis(500);

/// Sends what others have signed, and pays for it. All of it can be used by many tasks at a time.
#[derive(Debug)]
pub struct Relayer {
    suite: Suite,
    key: SigningKey,
    policy: Policy,
    options: SubmitOptions,
    /// If several messages go in one transaction, what each weighs there beside what its contract needs.
    batches: Option<Weight>,
    store: Store,
    /// Held by the one task that sends.
    sending: tokio::sync::Mutex<()>,
    simulations: Semaphore,
}

impl Relayer {
    /// A relayer for the contracts of a suite, that pays with `key`. Its memory is at a place of its own: one for each account and chain,
    /// open in one process.
    ///
    /// What was under way when the last process ended is looked for by the first [`Relayer::submit`] or [`Relayer::send_pending`].
    ///
    /// # Errors
    /// [`RelayError::Policy`]; [`RelayError::Store`] if the memory is in use, or of another relayer or chain; [`RelayError::Chain`].
    pub async fn open(
        suite: Suite,
        key: SigningKey,
        policy: Policy,
        memory: &Location,
        options: SubmitOptions,
    ) -> Result<Self, RelayError> {
        policy.check()?;
        let chain = suite.chain();
        let batches = chain.batching(&key).await?;
        let whose = Whose {
            genesis_hash: chain.genesis_hash(),
            account: key.account(),
        };
        let store = Store::open(memory, whose).await?;
        store.check_history(chain).await??;
        Ok(Self {
            suite,
            key,
            policy,
            options,
            batches,
            store,
            sending: tokio::sync::Mutex::default(),
            simulations: Semaphore::new(SIMULATIONS),
        })
    }

    /// The chain.
    pub fn chain(&self) -> &Chain {
        self.suite.chain()
    }

    /// Whether several messages go in one transaction: the chain can, and the key is of the kind for it.
    pub const fn batches(&self) -> bool {
        self.batches.is_some()
    }

    /// Takes a message in, and waits until it ended, or the time of the options is over. What others have handed in meanwhile is sent with
    /// it. Handed in again, it is not sent again: the answer is the same ticket.
    ///
    /// # Errors
    /// Those of [`Relayer::accept`]; [`RelayError::NotSent`] if it was taken in, but could not be sent now. That it failed is no error, but
    /// its [`Status`].
    pub async fn submit(&self, message: &SignedMessage) -> Result<Ticket, RelayError> {
        let ticket = self.accept(message).await?;
        self.finish(ticket.ticket).await
    }

    /// Sends what waits, and waits until the message of this ticket ended.
    ///
    /// # Errors
    /// [`RelayError::UnknownTicket`], [`RelayError::NotSent`]; the chain was not reached, or the memory cannot be used.
    pub async fn finish(&self, id: B256) -> Result<Ticket, RelayError> {
        let deadline = Instant::now() + self.options.timeout;
        loop {
            let sent = {
                let _sending = self.sending.lock().await;
                // Whoever sent before may have sent this one, too.
                match self.status(id).await? {
                    ticket if ticket.status.is_final() => return Ok(ticket),
                    _ => self.send_waiting().await,
                }
            };
            let ticket = self.status(id).await?;
            match (sent, &ticket.status) {
                (_, status) if status.is_final() => return Ok(ticket),
                (Err(RelayError::Chain(source)), Status::Accepted) => {
                    return Err(RelayError::NotSent {
                        ticket: id,
                        source: Box::new(source),
                    });
                }
                (Err(error), _) => return Err(error),
                _ if Instant::now() + POLL > deadline => return Ok(ticket),
                (Ok(()), Status::Submitted { .. }) => sleep(POLL).await,
                (Ok(()), _) => {}
            }
        }
    }

    /// Sends all that waits to be sent, and finds out what became of what was sent before. [`Relayer::submit`] does it, too.
    ///
    /// # Errors
    /// The chain was not reached, or does not take a transaction; the memory cannot be used. What was not sent waits on.
    pub async fn send_pending(&self) -> Result<(), RelayError> {
        let _sending = self.sending.lock().await;
        self.send_waiting().await
    }

    /// What became of a message.
    ///
    /// # Errors
    /// [`RelayError::UnknownTicket`] if there is none, or it was forgotten; the memory cannot be read.
    pub async fn status(&self, id: B256) -> Result<Ticket, RelayError> {
        self.store.ticket(id).await?.ok_or(RelayError::UnknownTicket(id))
    }

    /// What became of a message, from the memory at a place, whether or not a relayer has it open.
    ///
    /// # Errors
    /// As [`Relayer::status`].
    pub async fn status_at(memory: &Location, id: B256) -> Result<Ticket, RelayError> {
        let found = store::status_of(memory, id).await?;
        found.ok_or(RelayError::UnknownTicket(id))
    }
}
