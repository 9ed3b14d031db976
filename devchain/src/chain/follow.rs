//! Listening to the chain.

use tokio::sync::broadcast;

use super::{Chain, ChainEvent, Head};

/// Where the chain is, and what happens to it from there.
#[derive(Debug)]
pub struct Follow {
    /// The best block.
    pub best: Head,
    /// The highest finalized block.
    pub finalized: Head,
    /// What happens after these became the heads.
    pub events: broadcast::Receiver<ChainEvent>,
}

impl Chain {
    /// The heads of the chain, and all that happens after they became so: nothing is missed between the two.
    pub fn follow(&self) -> Follow {
        // Events are sent under this lock.
        let tip = self.tip();
        Follow {
            best: tip.heads.best,
            finalized: tip.heads.finalized,
            events: self.subscribe(),
        }
    }

    /// All that happens from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<ChainEvent> {
        self.inner.events.subscribe()
    }
}
