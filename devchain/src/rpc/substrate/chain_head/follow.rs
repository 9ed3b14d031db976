//! `chainHead_v1_follow`.

use jsonrpsee::{PendingSubscriptionSink, SubscriptionSink, types::SubscriptionId};
use tokio::sync::{broadcast::Receiver, mpsc};

use super::{
    event::FollowEvent,
    session::{Session, Sessions},
    tree::{Decided, Tree},
};
use crate::{
    Chain,
    chain::{ChainError, ChainEvent},
    rpc::substrate::{
        error, query,
        runtime_spec::Runtime,
        subscription::{Next, blocking, next, send},
    },
    runtime::{BlockNumber, Hash},
};

/// Finalized blocks that are reported at the start, for clients that come back.
const RECENT: BlockNumber = 16;
/// Results of operations that may wait for the client to read.
const RESULTS: usize = 16;

/// Reports until the client leaves or the subscription has to stop.
pub(super) async fn serve(pending: PendingSubscriptionSink, chain: Chain, sessions: &Sessions, with_runtime: bool) {
    let id = match pending.subscription_id() {
        SubscriptionId::Str(id) => id.into_owned(),
        SubscriptionId::Num(id) => id.to_string(),
    };
    let (results, incoming) = mpsc::channel(RESULTS);
    // Known before the client learns the id: its first request may follow at once.
    let opened = sessions.open(pending.connection_id(), id, Session::new(with_runtime, results));
    let opened = match opened {
        Ok(opened) => opened,
        Err(error) => return pending.reject(error).await,
    };
    let start = {
        let chain = chain.clone();
        blocking(move || Start::now(&chain)).await
    };
    let start = match start.and_then(|start| start.map_err(error::internal)) {
        Ok(start) => start,
        Err(error) => return pending.reject(error).await,
    };
    let Ok(sink) = pending.accept().await else {
        return;
    };
    let mut follower = Follower {
        chain,
        session: &opened.session,
        sink: &sink,
        tree: Tree::new(start.finalized.last().copied().unwrap_or_default()),
    };
    let stopped = follower.run(start, incoming).await;
    // No method may find the subscription alive after its last event.
    drop(opened);
    if stopped == Stopped::Unable {
        send(&sink, &FollowEvent::Stop).await;
    }
}

/// The head of the chain when the subscription begins.
struct Start {
    /// Recent finalized blocks, the lowest first.
    finalized: Vec<Hash>,
    /// Blocks above, the lowest first: hash, parent, number.
    blocks: Vec<(Hash, Hash, BlockNumber)>,
    best: Hash,
    events: Receiver<ChainEvent>,
}

impl Start {
    fn now(chain: &Chain) -> Result<Self, ChainError> {
        let follow = chain.follow();
        let number = follow.finalized.number;
        let recent = number.saturating_sub(RECENT - 1)..number;
        let mut finalized = recent
            .map(|number| chain.hash_at(number))
            .filter_map(Result::transpose)
            .collect::<Result<Vec<_>, _>>()?;
        finalized.push(follow.finalized.hash);
        let mut blocks = Vec::new();
        for height in number.saturating_add(1)..=follow.best.number {
            let live = query::live_blocks_at(chain, height, number)?;
            blocks.extend(
                live.into_iter()
                    .map(|(hash, block)| (hash, block.header.parent_hash, height)),
            );
        }
        Ok(Self {
            finalized,
            blocks,
            best: follow.best.hash,
            events: follow.events,
        })
    }
}

/// Why reporting ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stopped {
    /// The client left.
    Gone,
    /// The chain was set back, events were lost, or too many blocks are pinned.
    Unable,
}

type Told = Result<(), Stopped>;

struct Follower<'a> {
    chain: Chain,
    session: &'a Session,
    sink: &'a SubscriptionSink,
    tree: Tree,
}

impl Follower<'_> {
    async fn run(&mut self, start: Start, mut results: mpsc::Receiver<FollowEvent>) -> Stopped {
        let Start {
            finalized,
            blocks,
            best,
            mut events,
        } = start;
        if let Err(stopped) = self.begin(finalized, blocks, best).await {
            return stopped;
        }
        loop {
            let told = tokio::select! {
                // The session, which holds a sender, outlives this.
                Some(result) = results.recv() => self.tell(&result).await,
                event = next(self.sink, &mut events) => match event {
                    Next::Event(event) => self.take(event).await,
                    Next::Missed => Err(Stopped::Unable),
                    Next::Closed => Err(Stopped::Gone),
                },
            };
            if let Err(stopped) = told {
                return stopped;
            }
        }
    }

    async fn begin(&mut self, finalized: Vec<Hash>, blocks: Vec<(Hash, Hash, BlockNumber)>, best: Hash) -> Told {
        for hash in &finalized {
            self.session.pin(*hash);
        }
        // Far fewer than the limit.
        let _ = self.session.decide(&finalized);
        self.tell(&FollowEvent::Initialized {
            finalized_block_hashes: finalized,
            finalized_block_runtime: self.session.with_runtime().then(Runtime::native),
        })
        .await?;
        for (hash, parent, number) in blocks {
            self.new_block(hash, parent, number).await?;
        }
        // Told even if it is the finalized block: clients wait for it.
        self.tree.set_best(best);
        self.tell(&FollowEvent::BestBlockChanged { best_block_hash: best })
            .await
    }

    async fn take(&mut self, event: ChainEvent) -> Told {
        match event {
            ChainEvent::Block(head) => {
                let block = self.chain.block(head.hash).ok().flatten().ok_or(Stopped::Unable)?;
                self.new_block(head.hash, block.header.parent_hash, head.number).await
            }
            ChainEvent::Best { best, .. } if self.tree.set_best(best.hash) => {
                let best_block_hash = best.hash;
                self.tell(&FollowEvent::BestBlockChanged { best_block_hash }).await
            }
            ChainEvent::Finalized { finalized, .. } => {
                match self.tree.finalize(finalized.into_iter().map(|head| head.hash)) {
                    Some(decided) => self.decided(decided).await,
                    None => Ok(()),
                }
            }
            ChainEvent::Reset { .. } => Err(Stopped::Unable),
            ChainEvent::Best { .. } | ChainEvent::Transaction { .. } => Ok(()),
        }
    }

    async fn new_block(&mut self, hash: Hash, parent: Hash, number: BlockNumber) -> Told {
        if !self.tree.add(hash, parent, number) {
            return Ok(());
        }
        self.session.pin(hash);
        self.tell(&FollowEvent::NewBlock {
            block_hash: hash,
            parent_block_hash: parent,
            new_runtime: self.session.with_runtime().then_some(()),
        })
        .await
    }

    async fn decided(&mut self, decided: Decided) -> Told {
        let room = self.session.decide(decided.finalized.iter().chain(&decided.pruned));
        self.tell(&FollowEvent::Finalized {
            finalized_block_hashes: decided.finalized,
            pruned_block_hashes: decided.pruned,
        })
        .await?;
        if room { Ok(()) } else { Err(Stopped::Unable) }
    }

    async fn tell(&self, event: &FollowEvent) -> Told {
        if send(self.sink, event).await {
            Ok(())
        } else {
            Err(Stopped::Gone)
        }
    }
}
