//! Following the best chain from wherever one stood, over forks and resets.

use super::{
    Eth,
    block_id::BlockTag,
    error::Result,
    logs::{Blocks, Filter},
    receipts::Log,
};
use crate::{Chain, chain::Head, runtime::BlockNumber};

/// A place on the chain up to which somebody has seen everything.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor {
    at: Head,
}

/// The way from one place to another.
#[derive(Debug, Default)]
pub(super) struct Path {
    /// Blocks that left the best chain, the highest first.
    pub(super) retracted: Vec<Head>,
    /// Blocks that joined it, the lowest first.
    pub(super) enacted: Vec<Head>,
}

impl Cursor {
    /// At the best block.
    pub(super) fn new(chain: &Chain) -> Self {
        Self { at: chain.best() }
    }

    /// Goes to the best block. Answers how it got there.
    pub(super) fn advance(&mut self, eth: &Eth) -> Result<Path> {
        loop {
            let (path, end) = self.path(eth)?;
            // A fork may have become best in the midst of this; then what was found are pieces of two chains.
            if eth.chain.is_canonical(end)? {
                self.at = end;
                return Ok(path);
            }
        }
    }

    fn path(&self, eth: &Eth) -> Result<(Path, Head)> {
        let mut path = Path::default();
        let mut ancestor = self.at;
        while !eth.chain.is_canonical(ancestor)? {
            path.retracted.push(ancestor);
            let header = eth.stored(ancestor.hash)?.block.header;
            ancestor = Head {
                hash: header.parent_hash,
                number: header.number.saturating_sub(1),
            };
        }
        let mut end = ancestor;
        for number in ancestor.number.saturating_add(1)..=eth.chain.best().number {
            let Some(hash) = eth.chain.hash_at(number)? else { break };
            end = Head { hash, number };
            path.enacted.push(end);
        }
        Ok((path, end))
    }
}

impl Path {
    /// The logs on the way that a filter asks for: those of retracted blocks, last first, as removed; then the new ones.
    pub(super) fn logs(&self, eth: &Eth, filter: &Filter) -> Result<Vec<Log>> {
        let covered = |head: &&Head| covers(&filter.blocks, head.number);
        let mut logs = Vec::new();
        for head in self.retracted.iter().filter(covered) {
            let removed = eth.logs_of(head.hash, &filter.criteria)?;
            logs.extend(removed.into_iter().rev().map(|log| Log { removed: true, ..log }));
        }
        for head in self.enacted.iter().filter(covered) {
            logs.append(&mut eth.logs_of(head.hash, &filter.criteria)?);
        }
        Ok(logs)
    }
}

/// Whether a filter for what is to come covers a block. Tags say nothing about blocks to come, numbers do.
fn covers(blocks: &Blocks, number: BlockNumber) -> bool {
    let number = u64::from(number);
    match blocks {
        Blocks::At(_) => false,
        Blocks::Range { from, to } => {
            let before = matches!(from, Some(BlockTag::Number(from)) if number < *from);
            let after = matches!(to, Some(BlockTag::Number(to)) if number > *to);
            !before && !after
        }
    }
}
