//! A call that only returns a value that the host has: the block's time.

use alloy_core::sol;
use anyhow::{Result, ensure};
use salus_devchain::{Session, session::Actor};

use crate::{
    checkout::Checkout,
    ledger::Row,
    meter::{Implementation, Meter},
};

sol! {
    #[derive(Debug)]
    interface Host {
        function now() external view returns (uint64);
    }
}

/// Measures a contract made as ours are, and the hand-written one.
pub(crate) fn measure(checkout: &Checkout) -> Result<Vec<Row>> {
    let ours = checkout.yardstick("probe-host")?;
    let limit = checkout.yardstick("host")?;
    let implementations = [
        ours.map(|code| Implementation::salus(code, Vec::new())),
        limit.map(|code| Implementation::limit(code, Vec::new())),
    ];
    let mut rows = Vec::new();
    for implementation in implementations.iter().flatten() {
        let mut host = Meter::deploy(Session::new(), "host", implementation)?;
        let now = host.now();
        ensure!(
            host.measure("now", &Actor::ethereum(0), &Host::nowCall {})? == now,
            "the time is not the block's"
        );
        rows.extend(host.into_rows());
    }
    Ok(rows)
}
