//! Tokens that do not behave, as EVM byte code: what escrows and whoever else calls tokens have to withstand.

use crate::World;
use alloy_core::primitives::Address;
use salus_devchain::session::CallError;

/// How a token misbehaves. Apart from that it knows one balance, everybody's, which `transferFrom` raises.
#[derive(Clone, Copy, Debug, Default)]
pub struct Misbehaviour {
    /// How much less than it was told `transferFrom` moves.
    pub keeps: u8,
    /// Whether it says nothing where a `bool` belongs, as old tokens do.
    pub silent: bool,
    /// Whether `transfer` answers `false`: what has come in does not go out again.
    pub keeps_all: bool,
    /// Which parameterless view it calls back while it moves tokens. What became of that the last time is answered to
    /// [`CALLBACK_RESULT`]: 0 if it was refused, 1 if it was not.
    pub calls_back: Option<(Address, [u8; 4])>,
}

/// The selector under which a token answers whether its callback succeeded.
pub const CALLBACK_RESULT: [u8; 4] = [0xca, 0x11, 0xba, 0xc4];

/// EVM byte code that answers `answer` (at most 32 bytes, right-aligned) to everything.
pub fn always_answers(answer: u8) -> Vec<u8> {
    Assembler::default().push(&[answer]).return_word().code
}

/// EVM byte code that reverts with these four bytes, whatever is asked.
pub fn always_reverts(data: [u8; 4]) -> Vec<u8> {
    let mut code = Assembler::default().push(&data).op(&[PUSH0, MSTORE]);
    code = code.push(&[4]).push(&[28]).op(&[REVERT]);
    code.code
}

/// EVM byte code of a token with this `misbehaviour`.
pub fn token(misbehaviour: Misbehaviour) -> Vec<u8> {
    const BALANCE_OF: [u8; 4] = [0x70, 0xa0, 0x82, 0x31];
    const TRANSFER: [u8; 4] = [0xa9, 0x05, 0x9c, 0xbb];
    let read = |slot: u8| Assembler::default().push(&[slot]).op(&[SLOAD]).return_word();
    let success = if misbehaviour.silent {
        Assembler::default().op(&[STOP])
    } else {
        Assembler::default().push(&[1]).return_word()
    };
    let call_back = || match misbehaviour.calls_back {
        None => Assembler::default(),
        Some((target, selector)) => call_back(target, selector),
    };
    let transfer = if misbehaviour.keeps_all {
        call_back().push(&[0]).return_word()
    } else {
        call_back().then(success.clone())
    };
    // balance += value - keeps
    let transfer_from = Assembler::default()
        .push(&[misbehaviour.keeps])
        .push(&[0x44])
        .op(&[CALLDATALOAD, SUB, PUSH0, SLOAD, ADD, PUSH0, SSTORE])
        .then(call_back());

    Assembler::default()
        .on_selector(BALANCE_OF, read(0))
        .on_selector(CALLBACK_RESULT, read(1))
        .on_selector(TRANSFER, transfer)
        // Whatever else is asked is taken for `transferFrom`.
        .then(transfer_from)
        .then(success)
        .code
}

/// slot 1 = call(gas, target, 0, 28, 4, 0, 0)
fn call_back(target: Address, selector: [u8; 4]) -> Assembler {
    Assembler::default()
        .push(&selector)
        .op(&[PUSH0, MSTORE, PUSH0, PUSH0])
        .push(&[4])
        .push(&[28])
        .op(&[PUSH0])
        .push(target.as_slice())
        .op(&[GAS, CALL])
        .push(&[1])
        .op(&[SSTORE])
}

impl World {
    /// Deploys EVM byte code.
    ///
    /// # Errors
    /// [`CallError`]: the chain refused.
    pub fn deploy_evm(&mut self, from: Address, runtime_code: &[u8]) -> Result<Address, CallError> {
        let length = u8::try_from(runtime_code.len()).expect("test contracts are short");
        // Copies what follows these nine bytes to memory and returns it.
        let init = [PUSH1, length, DUP1, PUSH1, 9, PUSH0, CODECOPY, PUSH0, RETURN];
        self.session.set_caller(crate::h160(from));
        let deployed = self.session.deploy(&[&init[..], runtime_code].concat(), vec![])?;
        Ok(crate::address(deployed.address))
    }
}

const STOP: u8 = 0x00;
const ADD: u8 = 0x01;
const SUB: u8 = 0x03;
const EQ: u8 = 0x14;
const ISZERO: u8 = 0x15;
const SHR: u8 = 0x1c;
const CALLDATALOAD: u8 = 0x35;
const CODECOPY: u8 = 0x39;
const MSTORE: u8 = 0x52;
const SLOAD: u8 = 0x54;
const SSTORE: u8 = 0x55;
const JUMPI: u8 = 0x57;
const GAS: u8 = 0x5a;
const JUMPDEST: u8 = 0x5b;
const PUSH0: u8 = 0x5f;
const PUSH1: u8 = 0x60;
const DUP1: u8 = 0x80;
const CALL: u8 = 0xf1;
const RETURN: u8 = 0xf3;
const REVERT: u8 = 0xfd;

/// Instructions, one after the other.
#[derive(Clone, Debug, Default)]
struct Assembler {
    code: Vec<u8>,
}

impl Assembler {
    fn op(mut self, codes: &[u8]) -> Self {
        self.code.extend_from_slice(codes);
        self
    }

    fn push(mut self, bytes: &[u8]) -> Self {
        let length = u8::try_from(bytes.len()).expect("at most 32 bytes are pushed");
        self.code.push(PUSH0 + length);
        self.op(bytes)
    }

    fn then(self, next: Self) -> Self {
        self.op(&next.code)
    }

    /// Returns the word on the stack.
    fn return_word(self) -> Self {
        self.op(&[PUSH0, MSTORE]).push(&[32]).op(&[PUSH0, RETURN])
    }

    /// Runs `body`, which has to end the call, if this is the message that was asked for.
    fn on_selector(self, selector: [u8; 4], body: Self) -> Self {
        let load = self
            .op(&[PUSH0, CALLDATALOAD])
            .push(&[0xe0])
            .op(&[SHR])
            .push(&selector)
            .op(&[EQ, ISZERO]);
        // The jump itself is two bytes of target, one of instruction; then comes the body.
        let target = u8::try_from(load.code.len() + 3 + body.code.len()).expect("test contracts are short");
        load.push(&[target]).op(&[JUMPI]).then(body).op(&[JUMPDEST])
    }
}
