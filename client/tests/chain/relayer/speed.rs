//! How fast messages are carried out; run by hand: `cargo test --test chain -- --ignored --nocapture speed`.

use std::time::Instant;

use salus_client::relayer::{Policy, SignedMessage};

use super::World;
use crate::node::{in_block, key};

const MESSAGES: u32 = 60;

impl World {
    async fn many(&self) -> Vec<SignedMessage> {
        let mut messages = Vec::new();
        for _ in 0..MESSAGES {
            messages.push(self.fresh().await);
        }
        messages
    }

    /// Messages a second that an accepted heap of them is sent at.
    async fn rate(&self, who: &str) -> f64 {
        let relayer = self.open(who, Policy::default()).await.unwrap();
        for message in self.many().await {
            relayer.accept(&message).await.unwrap();
        }
        let start = Instant::now();
        relayer.send_pending().await.unwrap();
        f64::from(MESSAGES) / start.elapsed().as_secs_f64()
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement"]
async fn batches_against_one_by_one() {
    let world = World::new().await;
    let messages = world.many().await;
    let registry = world.consent.contract().address();
    let start = Instant::now();
    for message in &messages {
        let SignedMessage::Action(action) = message else {
            continue;
        };
        action
            .relay(&world.chain, registry, &key("dave"), in_block())
            .await
            .unwrap();
    }
    let single = f64::from(MESSAGES) / start.elapsed().as_secs_f64();
    let pipelined = world.rate("baltathar").await;
    let batched = world.rate("bob").await;
    println!(
        "messages/s: one by one {single:.1}, pipelined {pipelined:.1} ({:.1}x), batched {batched:.1} ({:.1}x)",
        pipelined / single,
        batched / single
    );
}
