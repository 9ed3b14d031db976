//! A twin that is not one would make every ratio worthless: ours and those in Solidity answer, emit and refuse the same, also
//! where nothing is measured.

mod batches;
mod consent;
mod evaluation;

use alloy_core::sol_types::SolCall;
use salus_devchain::{
    Session,
    session::{Actor, CallError, Outcome},
};
use sp_core::H160;

use crate::{
    checkout::Checkout,
    ledger::Answer,
    meter::{Implementation, Maker, word},
};

/// What a caller is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Told {
    Answer(Answer),
    Refusal(Vec<u8>),
}

impl Told {
    fn of(result: Result<Outcome, CallError>) -> Self {
        match result {
            Ok(outcome) => Self::Answer(Answer::new(outcome.output, &outcome.logs)),
            Err(CallError::Reverted { data, .. }) => Self::Refusal(data),
            Err(error) => panic!("{error}"),
        }
    }

    /// What was answered.
    pub(super) fn answer<C: SolCall>(&self) -> C::Return {
        match self {
            Self::Answer(answer) => C::abi_decode_returns(answer.output()).unwrap(),
            Self::Refusal(data) => panic!("{} was refused: {}", C::SIGNATURE, hex::encode(data)),
        }
    }

    /// The data of the refusal.
    pub(super) fn refusal(&self) -> &[u8] {
        match self {
            Self::Refusal(data) => data,
            Self::Answer(answer) => panic!("answered {answer:?}"),
        }
    }
}

/// Ours and its twins, each on a chain of its own, in the same state.
pub(super) struct Company(Vec<(Maker, Session, H160)>);

fn implementations(contract: &str, twin: &str, input: &[u8]) -> [Implementation; 3] {
    let checkout = Checkout::of_tests();
    let ours = Implementation::salus(checkout.code(contract).unwrap(), input.to_vec());
    let [evm, polkavm] = checkout.twin(twin).unwrap().implementations(input);
    [ours, evm, polkavm]
}

impl Company {
    pub(super) fn new(contract: &str, twin: &str) -> Self {
        let deployed = implementations(contract, twin, &[]).into_iter().map(|implementation| {
            let mut session = Session::new();
            let address = session
                .deploy(&implementation.code, implementation.input)
                .unwrap()
                .address;
            (implementation.maker, session, address)
        });
        Self(deployed.collect())
    }

    /// Creates another contract and its twins, each for the one that was on its chain before, and speaks to these. Answers
    /// where the first ones are.
    pub(super) fn create(&mut self, contract: &str, twin: &str) -> Vec<H160> {
        let create = |(_, session, address): &mut (Maker, Session, H160), implementation: usize| {
            let input = word(*address).into_word().0;
            let implementation = implementations(contract, twin, &input)
                .into_iter()
                .nth(implementation)
                .unwrap();
            let created = session
                .deploy(&implementation.code, implementation.input)
                .unwrap()
                .address;
            std::mem::replace(address, created)
        };
        let each = self.0.iter_mut().enumerate();
        each.map(|(number, member)| create(member, number)).collect()
    }

    /// Speaks to other contracts from now on. Answers to which it spoke before.
    pub(super) fn turn_to(&mut self, contracts: &[H160]) -> Vec<H160> {
        let members = self.0.iter_mut().zip(contracts);
        members
            .map(|((_, _, address), other)| std::mem::replace(address, *other))
            .collect()
    }

    /// The chains' time, in seconds.
    pub(super) fn now(&mut self) -> u64 {
        self.0[0].1.timestamp()
    }

    pub(super) fn advance_time(&mut self, seconds: u64) {
        for (_, session, _) in &mut self.0 {
            session.advance_time(seconds);
        }
    }

    /// What all of them say to a call, which is the same.
    pub(super) fn call(&mut self, caller: usize, call: &impl SolCall) -> Told {
        self.send(caller, &call.abi_encode())
    }

    /// [`Self::call`] with input that is perhaps no call.
    pub(super) fn send(&mut self, caller: usize, input: &[u8]) -> Told {
        self.each(caller, |session, address| session.call(address, input.to_vec()))
    }

    /// What all of them would say to a call.
    pub(super) fn ask(&mut self, caller: usize, call: &impl SolCall) -> Told {
        let input = call.abi_encode();
        self.each(caller, |session, address| session.dry_run(address, input.clone()))
    }

    fn each(&mut self, caller: usize, act: impl Fn(&mut Session, H160) -> Result<Outcome, CallError>) -> Told {
        let mut told = Vec::new();
        for (maker, session, address) in &mut self.0 {
            session.set_caller(Actor::ethereum(caller));
            told.push((*maker, Told::of(act(session, *address))));
        }
        for (maker, other) in &told {
            assert_eq!(other, &told[0].1, "{} is not as ours", maker.name());
        }
        told.swap_remove(0).1
    }
}
