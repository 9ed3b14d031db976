//! How many calls a second an in-process session runs.

use std::{
    fmt,
    time::{Duration, Instant},
};

use alloy_core::sol_types::SolCall;
use anyhow::Result;
use salus_devchain::{Session, session::Actor};
use serde::Serialize;

use crate::{
    meter::word,
    token::{self, Token},
};

/// How long to measure.
const SPAN: Duration = Duration::from_secs(2);

/// Calls a second on one core.
#[derive(Debug, Serialize)]
pub(crate) struct Speed {
    /// `transfer`, which changes state.
    transfers_per_second: f64,
    /// `balanceOf` as a dry run.
    reads_per_second: f64,
    /// A session with all its development accounts, from nothing.
    starts_per_second: f64,
}

impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:.0} transfers, {:.0} reads, {:.0} starts a second",
            self.transfers_per_second, self.reads_per_second, self.starts_per_second
        )
    }
}

/// Measures with our token's `code`.
pub(crate) fn measure(code: &[u8]) -> Result<Speed> {
    let mut session = Session::new();
    let token = session
        .deploy(code, token::constructor(Actor::ethereum(0).address()))?
        .address;
    let account = word(Actor::ethereum(1).address());
    let transfer = token::transfer(account, 1).abi_encode();
    let read = Token::balanceOfCall { account }.abi_encode();
    Ok(Speed {
        transfers_per_second: rate(|| Ok(session.call(token, transfer.clone())?))?,
        reads_per_second: rate(|| Ok(session.dry_run(token, read.clone())?))?,
        starts_per_second: rate(|| Ok(Session::new()))?,
    })
}

fn rate<T>(mut once: impl FnMut() -> Result<T>) -> Result<f64> {
    let (start, mut count) = (Instant::now(), 0u32);
    while start.elapsed() < SPAN {
        once()?;
        count += 1;
    }
    Ok(f64::from(count) / start.elapsed().as_secs_f64())
}
