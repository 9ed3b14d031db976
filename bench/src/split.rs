//! Where the weight of one call goes, as pallet-revive's own tracing tells it.

use std::collections::BTreeMap;

use frame_support::weights::Weight;
use pallet_revive::{
    Config, ExecReturnValue, WeightInfo as _,
    sp_runtime::DispatchError,
    tracing::{EVMFrameTraceInfo, FrameTraceInfo, PVM_FUEL_NAME, Tracing, trace},
};
use salus_devchain::runtime::Runtime;
use serde::Serialize;
use sp_core::{H160, U256};

/// What weight is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Purpose {
    /// Loading the code, by its length.
    Code,
    /// PolkaVM's instructions, or those of the EVM that are nothing of what follows.
    Instructions,
    /// Storage, read and written.
    Storage,
    /// What a PolkaVM contract has set at deployment. On the EVM it is in the code.
    Immutable,
    /// Keccak-256.
    Hashing,
    /// Events.
    Events,
    /// Calling other contracts and loading their code; precompiles and what they do. What other contracts do is counted as if
    /// this one did it.
    Calls,
    /// Call data, caller, value, time and such.
    Host,
}

impl Purpose {
    /// All, in the order in which they are shown.
    pub(crate) const ALL: [Self; 8] = [
        Self::Code,
        Self::Instructions,
        Self::Storage,
        Self::Immutable,
        Self::Hashing,
        Self::Events,
        Self::Calls,
        Self::Host,
    ];

    /// As it is shown.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Instructions => "instructions",
            Self::Storage => "storage",
            Self::Immutable => "immutable data",
            Self::Hashing => "hashing",
            Self::Events => "events",
            Self::Calls => "calls",
            Self::Host => "host values",
        }
    }

    /// Of a host function of PolkaVM.
    fn of_host_function(name: &str) -> Self {
        match name {
            "call" | "call_evm" | "delegate_call" | "delegate_call_evm" | "instantiate" => Self::Calls,
            "deposit_event" => Self::Events,
            _ if name.contains("immutable") => Self::Immutable,
            _ if name.contains("storage") => Self::Storage,
            _ if name.starts_with("hash_") => Self::Hashing,
            _ => Self::Host,
        }
    }

    /// Of an instruction of the EVM; and its name, if it has the same price by itself as a host function has.
    fn of_opcode(opcode: u8) -> (Self, &'static str) {
        match opcode {
            0x20 => (Self::Hashing, "KECCAK256"),
            // ADDRESS to BLOBBASEFEE.
            0x30..=0x4a => (Self::Host, Self::Host.name()),
            0x54 => (Self::Storage, "SLOAD"),
            0x55 => (Self::Storage, "SSTORE"),
            0xa0..=0xa4 => (Self::Events, "LOG"),
            0xf0 | 0xf5 => (Self::Calls, "CREATE"),
            0xf1 | 0xf2 => (Self::Calls, "CALL"),
            0xf4 => (Self::Calls, "DELEGATECALL"),
            0xfa => (Self::Calls, "STATICCALL"),
            _ => (Self::Instructions, Self::Instructions.name()),
        }
    }
}

/// What one instruction of PolkaVM costs, in picoseconds.
fn instruction() -> u64 {
    type Weights = <Runtime as Config>::WeightInfo;
    let loops = |full: fn(u32) -> Weight| full(1).ref_time().saturating_sub(full(0).ref_time());
    loops(Weights::instr).saturating_sub(loops(Weights::instr_empty_loop))
}

/// What was paid for one thing, or for all of one purpose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Share {
    /// How many: instructions, or calls of a host function. Code is one.
    pub(crate) count: u64,
    /// Picoseconds of reference hardware.
    pub(crate) ref_time: u64,
    /// Bytes of proof.
    pub(crate) proof_size: u64,
}

impl Share {
    fn add(&mut self, other: Self) {
        self.count = self.count.saturating_add(other.count);
        self.ref_time = self.ref_time.saturating_add(other.ref_time);
        self.proof_size = self.proof_size.saturating_add(other.proof_size);
    }
}

/// One thing that is paid for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Part {
    pub(crate) purpose: Purpose,
    /// The host function or the EVM's instruction, as pallet-revive and the EVM call it; the purpose itself where there is
    /// none.
    pub(crate) name: &'static str,
    #[serde(flatten)]
    pub(crate) share: Share,
}

/// The weight of one call by what it is paid for. The parts are the whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct Split(Vec<Part>);

impl Split {
    /// The parts, by purpose and name.
    pub(crate) fn parts(&self) -> &[Part] {
        &self.0
    }

    /// What was paid for `purpose`.
    pub(crate) fn of(&self, purpose: Purpose) -> Share {
        let mut sum = Share::default();
        let parts = self.0.iter().filter(|part| part.purpose == purpose);
        parts.for_each(|part| sum.add(part.share));
        sum
    }

    /// Runs `call`, and answers what it answers and where the weight went that it used, which `weight` finds in the answer.
    pub(crate) fn trace<R>(call: impl FnOnce() -> R, weight: impl FnOnce(&R) -> Weight) -> (R, Self) {
        let mut tracer = Tracer::default();
        let answer = trace(&mut tracer, call);
        let code = weight(&answer).saturating_sub(tracer.sum);
        tracer.add(Purpose::Code, Purpose::Code.name(), 1, code);
        let part = |((purpose, name), share)| Part { purpose, name, share };
        (answer, Self(tracer.parts.into_iter().map(part).collect()))
    }
}

/// Adds up steps by their purpose and name.
#[derive(Default)]
struct Tracer {
    parts: BTreeMap<(Purpose, &'static str), Share>,
    sum: Weight,
    /// The contracts that execute: the one that was called, what it calls, and so on.
    frames: Vec<Frame>,
}

/// A contract that executes.
#[derive(Default)]
struct Frame {
    /// What it had used after its last step.
    mark: Weight,
    /// What it does.
    step: Option<Step>,
    /// What those have used that it called in this step.
    by_callees: Weight,
}

/// What a contract does.
#[derive(Clone, Copy)]
enum Step {
    /// Instructions of PolkaVM, accounted for together.
    Fuel,
    /// A host function of PolkaVM.
    Function(&'static str),
    /// An instruction of the EVM.
    Opcode(u8),
}

impl Tracer {
    fn add(&mut self, purpose: Purpose, name: &'static str, count: u64, weight: Weight) {
        let share = Share {
            count,
            ref_time: weight.ref_time(),
            proof_size: weight.proof_size(),
        };
        self.parts.entry((purpose, name)).or_default().add(share);
        self.sum = self.sum.saturating_add(weight);
    }

    fn begin(&mut self, step: Step) {
        if let Some(frame) = self.frames.last_mut() {
            frame.step = Some(step);
        }
    }

    fn leave(&mut self, used: Weight) {
        let Some(frame) = self.frames.pop() else { return };
        if let Some(caller) = self.frames.last_mut() {
            caller.by_callees = caller.by_callees.saturating_add(used);
            // Precompiles have no steps.
            let rest = used.saturating_sub(frame.mark);
            if rest != Weight::zero() {
                self.add(Purpose::Calls, "precompile", 1, rest);
            }
        }
    }
}

impl Tracing for Tracer {
    // Else the EVM does not tell its steps.
    fn is_execution_tracer(&self) -> bool {
        true
    }

    fn enter_opcode(&mut self, _: u64, opcode: u8, _: &dyn EVMFrameTraceInfo) {
        self.begin(Step::Opcode(opcode));
    }

    fn enter_ecall(&mut self, name: &'static str, _: &[u64], _: &dyn FrameTraceInfo) {
        self.begin(if name == PVM_FUEL_NAME {
            Step::Fuel
        } else {
            Step::Function(name)
        });
    }

    fn exit_step(&mut self, info: &dyn FrameTraceInfo, _: Option<u64>) {
        let Some(frame) = self.frames.last_mut() else { return };
        let Some(step) = frame.step.take() else { return };
        // Leaving the machine for a host function is charged before the step begins, and belongs to it.
        let used = info.weight_consumed();
        let own = used.saturating_sub(frame.mark).saturating_sub(frame.by_callees);
        (frame.mark, frame.by_callees) = (used, Weight::zero());
        match step {
            Step::Fuel => {
                let count = own.ref_time() / instruction();
                self.add(Purpose::Instructions, Purpose::Instructions.name(), count, own);
            }
            Step::Function(name) => self.add(Purpose::of_host_function(name), name, 1, own),
            Step::Opcode(opcode) => {
                let (purpose, name) = Purpose::of_opcode(opcode);
                self.add(purpose, name, 1, own);
            }
        }
    }

    fn enter_child_span(&mut self, _: H160, _: H160, _: Option<H160>, _: bool, _: U256, _: &[u8], _: u64) {
        self.frames.push(Frame::default());
    }

    fn exit_child_span(&mut self, _: &ExecReturnValue, _: u64, used: Weight) {
        self.leave(used);
    }

    fn exit_child_span_with_error(&mut self, _: DispatchError, _: u64, used: Weight) {
        self.leave(used);
    }
}
