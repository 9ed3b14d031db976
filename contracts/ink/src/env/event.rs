//! Events, by way of a builder of topics that is an array.

pub use upstream::env::event::state;

use core::marker::PhantomData;
use upstream::{abi::Sol, prelude::vec::Vec};

use crate::sol::Word;

/// What `#[ink::event]` implements.
pub trait Event<Abi = Sol>: Sized {
    /// How many topics there are, in ink!'s type of it.
    type RemainingTopics;

    /// The first topic.
    const SIGNATURE_TOPIC: Option<[u8; 32]>;

    /// Hands all topics to `builder`.
    fn topics<B: TopicsBuilderBackend<Abi>>(&self, builder: TopicsBuilder<state::Uninit, B, Abi>) -> B::Output;

    /// What is in no topic, encoded.
    fn encode_data(&self) -> Vec<u8>;
}

/// What takes topics.
pub trait TopicsBuilderBackend<Abi = Sol> {
    /// What it makes of them.
    type Output;

    /// Takes the next one.
    fn push(&mut self, topic: [u8; 32]);

    /// Makes something of them.
    fn finish(self) -> Self::Output;
}

/// The topics so far.
#[derive(Debug)]
pub struct TopicsBuilder<S, B, Abi = Sol> {
    backend: B,
    types: PhantomData<(S, Abi)>,
}

impl<S, B: TopicsBuilderBackend<Abi>, Abi> TopicsBuilder<S, B, Abi> {
    /// Begins an event.
    #[inline(always)]
    #[must_use]
    pub fn build<E: Event<Abi>>(self) -> Self {
        self
    }

    /// Adds a topic.
    #[inline(always)]
    #[must_use]
    pub fn push_topic(mut self, value: &impl Word) -> Self {
        self.backend.push(value.to_word());
        self
    }

    /// Hands the topics on.
    #[inline(always)]
    pub fn finish(self) -> B::Output {
        self.backend.finish()
    }
}

/// Four places for topics, and how many are taken. ink! has seen to it that there are no more.
struct Collected<'a>(&'a mut [[u8; 32]; 4], usize);

impl TopicsBuilderBackend for Collected<'_> {
    type Output = usize;

    #[inline(always)]
    fn push(&mut self, topic: [u8; 32]) {
        if let Some(place) = self.0.get_mut(self.1) {
            *place = topic;
            self.1 = self.1.wrapping_add(1);
        }
    }

    #[inline(always)]
    fn finish(self) -> usize {
        self.1
    }
}

/// Emits an event. There is one of this for each kind of event, however often it is emitted.
#[inline(never)]
pub(crate) fn emit(event: &impl Event) {
    let mut topics = [[0; 32]; 4];
    let count = event.topics(TopicsBuilder {
        backend: Collected(&mut topics, 0),
        types: PhantomData,
    });
    let topics = topics.get(..count).unwrap_or_default();
    salus_host::deposit_event(topics, &event.encode_data());
}
