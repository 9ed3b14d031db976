//! What it takes to book, in whole transactions: how much of it patients are spared by a signature.

use std::fmt;

use alloy_core::{primitives::U256, sol_types::SolCall};
use anyhow::{Result, ensure};
use frame_support::{dispatch::DispatchClass, weights::Weight};
use pallet_revive::{Config, WeightInfo as _};
use salus_devchain::runtime::{Runtime, RuntimeBlockWeights};
use salus_tests_contracts::{authorizations::Authorization, permits::domain_of};
use serde::Serialize;
use sp_core::H160;

use super::{Bookings, FEE, ITelehealth::*, People, approval, ours};
use crate::{
    checkout::Checkout,
    meter::{Meter, word},
    token::NAME,
};

/// One way to book.
#[derive(Debug, Serialize)]
pub(crate) struct Way {
    /// The transactions' messages.
    pub(crate) way: String,
    /// How many transactions it takes.
    pub(crate) transactions: usize,
    /// How many visits it books.
    pub(crate) visits: u64,
    /// Picoseconds of reference hardware for each visit, with the transactions' own base weights.
    pub(crate) ref_time: u64,
    /// Bytes of proof for each visit.
    pub(crate) proof_size: u64,
    /// `ref_time` as a multiple of what the three transactions take that a patient without coins needs: the first way.
    pub(crate) to_three: f64,
}

/// All of them. The first one is that of who has tokens, and no coin to pay transactions with.
pub(crate) fn measure(checkout: &Checkout) -> Result<Vec<Way>> {
    let (mut visits, people) = ours(checkout)?;
    let mut bookings = Bookings::from(&mut visits, &people);
    // Whoever comes first pays for the entries that all share.
    let first = bookings.next();
    let approved = approval(&visits, U256::from(FEE));
    visits.elsewhere(&people.patient, people.token, approved)?;
    visits.prepare(&people.patient, &bookCall { booking: first })?;
    let mut desk = Desk {
        escrow: H160(visits.address().0.0),
        visits: &mut visits,
        people: &people,
    };

    let one = bookings.next();
    let book = bookCall { booking: one.clone() }.abi_encode();
    let coins = desk.coins()?;
    let approved = desk.approved(book, 1)?;
    let mut ways = vec![
        way("coins, approve, book".into(), 1, &[coins, approved[0], approved[1]]),
        way("approve, book".into(), 1, &approved),
        way("bookWithAuthorization".into(), 1, &[desk.authorized(one)?]),
    ];
    let three = ways[0].ref_time as f64;
    for way in &mut ways {
        way.to_three = way.ref_time as f64 / three;
    }
    Ok(ways)
}

fn way(way: String, visits: u64, transactions: &[Weight]) -> Way {
    let all = transactions.iter().fold(Weight::zero(), |all, weight| all + *weight);
    Way {
        way,
        transactions: transactions.len(),
        visits,
        ref_time: all.ref_time() / visits,
        proof_size: all.proof_size() / visits,
        to_three: 1.0,
    }
}

/// A transaction that calls something: what it weighs beside the call.
fn overhead() -> Weight {
    let base = RuntimeBlockWeights::get().get(DispatchClass::Normal).base_extrinsic;
    base + <Runtime as Config>::WeightInfo::call()
}

/// The escrow, and who books.
struct Desk<'a> {
    escrow: H160,
    visits: &'a mut Meter,
    people: &'a People,
}

impl Desk<'_> {
    /// Coins from somebody who has some, for transactions to come.
    fn coins(&mut self) -> Result<Weight> {
        let people = self.people;
        let coin = 1_000_000_000_000_000_000;
        let patient = people.patient.address();
        Ok(overhead() + self.visits.weigh(&people.owner, patient, Vec::new(), coin)?)
    }

    /// An approval of just what so many visits cost, and what books them; taken back.
    fn approved(&mut self, book: Vec<u8>, visits: u64) -> Result<[Weight; 2]> {
        let (people, escrow) = (self.people, self.escrow);
        let approval = approval(self.visits, U256::from(FEE * visits));
        self.visits.aside(|meter| {
            let approve = meter.weigh(&people.patient, people.token, approval, 0)?;
            let book = meter.weigh(&people.patient, escrow, book, 0)?;
            Ok([approve, book].map(|weight| overhead() + weight))
        })
    }

    /// One signature, handed in by somebody else; taken back.
    fn authorized(&mut self, booking: Booking) -> Result<Weight> {
        let people = self.people;
        let patient = word(people.patient.address());
        let asked = visitIdOfCall {
            patient,
            booking: booking.clone(),
        };
        let authorization = Authorization {
            from: patient,
            to: self.visits.address(),
            value: booking.fee,
            valid_after: U256::ZERO,
            valid_before: U256::MAX,
            nonce: self.visits.prepare(&people.patient, &asked)?,
        };
        let signed = authorization.receive(&people.wallet, &domain_of(NAME, booking.token));
        let call = bookWithAuthorizationCall {
            patient,
            booking,
            validAfter: signed.validAfter,
            validBefore: signed.validBefore,
            v: signed.v,
            r: signed.r,
            s: signed.s,
        };
        self.handed_in(&call)
    }

    fn handed_in(&mut self, call: &impl SolCall) -> Result<Weight> {
        let (people, escrow) = (self.people, self.escrow);
        let input = call.abi_encode();
        let weight = self
            .visits
            .aside(|meter| meter.weigh(&people.passer_by, escrow, input, 0))?;
        ensure!(weight.ref_time() > 0, "it weighs nothing");
        Ok(overhead() + weight)
    }
}

/// The titles of [`Way::cells`].
pub(crate) const TITLES: [&str; 5] = [
    "transactions",
    "how many",
    "ref_time a visit",
    "proof_size a visit",
    "to three",
];

impl Way {
    /// Its row of a table.
    pub(crate) fn cells(&self) -> [String; 5] {
        [
            self.way.clone(),
            self.transactions.to_string(),
            format!("{:.1} M", self.ref_time as f64 / 1e6),
            self.proof_size.to_string(),
            format!("{:.2}", self.to_three),
        ]
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [way, transactions, ref_time, proof_size, to_three] = self.cells();
        write!(
            f,
            "{way} ({transactions}): {ref_time}, {proof_size} bytes a visit; {to_three} x three transactions"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a signature is for.
    #[test]
    fn one_transaction_takes_less_than_those_that_it_replaces() {
        let ways = measure(&Checkout::of_tests()).unwrap();
        let [three, two, gasless] = &ways[..] else {
            panic!("{ways:?}")
        };
        assert_eq!([three, two, gasless].map(|way| way.transactions), [3, 2, 1]);
        assert!(gasless.ref_time < three.ref_time && gasless.proof_size < three.proof_size);
        assert!((three.to_three - 1.0).abs() < f64::EPSILON && gasless.to_three < 1.0);
    }
}
