//! Host functions and precompiles, wrapped. One backend for PolkaVM, one for the host that only says where it is.

use ink::{Address, U256};

/// The chain id of EIP-155, which EIP-712 domains bind signatures to.
#[must_use]
pub fn chain_id() -> U256 {
    U256::from_little_endian(&backend::chain_id())
}

/// Keccak-256 of `input`, by the host function.
#[must_use]
pub fn keccak256(input: &[u8]) -> [u8; 32] {
    backend::keccak256(input)
}

/// The address whose key signed `digest`, by the precompile at address 1; `None` if the signature is not a valid one.
///
/// `v` is 27 or 28. The precompile accepts both values of `s`; refusing the high one (EIP-2) is the caller's part.
#[must_use]
pub fn ecrecover(digest: &[u8; 32], v: u8, r: &[u8; 32], s: &[u8; 32]) -> Option<Address> {
    let mut input = [0u8; 128];
    input[..32].copy_from_slice(digest);
    input[63] = v;
    input[64..96].copy_from_slice(r);
    input[96..].copy_from_slice(s);

    let mut output = [0u8; 32];
    let answer = call(&ECRECOVER, &input, &mut output, Mutability::View).ok()?;
    // An invalid signature is answered by nothing at all.
    let word: &[u8; 32] = answer.try_into().ok()?;
    let signer = Address::from_slice(&word[12..]);
    (!signer.is_zero()).then_some(signer)
}

/// The length of the call data.
pub(crate) fn call_data_size() -> usize {
    // The machine has 64 bits.
    backend::call_data_size() as usize
}

/// Fills `output` with the call data from `offset` on, and with zeros where there are none.
pub(crate) fn call_data_copy(output: &mut [u8], offset: usize) {
    // Behind the last offset there are zeros too.
    backend::call_data_copy(output, u32::try_from(offset).unwrap_or(u32::MAX));
}

/// Ends the call and undoes all that it did, without a reason.
pub(crate) fn revert() -> ! {
    backend::revert()
}

/// The precompile that recovers a signer, at the same address as on Ethereum.
const ECRECOVER: Address = {
    let mut address = [0u8; 20];
    address[19] = 1;
    ink::primitives::H160(address)
};

/// Whether the callee may change state.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mutability {
    /// It may not: any attempt makes the call fail.
    View,
    /// It may, but it may not call back into this contract.
    Mutating,
}

/// A call that did not succeed, with what the callee said why: the beginning of its revert data, as much as there was
/// room for, or nothing when it did not get so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CallFailed<'out>(pub(crate) &'out [u8]);

/// Calls `callee` with `input` and all remaining weight; answers the part of `output` that was returned.
pub(crate) fn call<'out>(
    callee: &Address,
    input: &[u8],
    output: &'out mut [u8],
    mutability: Mutability,
) -> Result<&'out [u8], CallFailed<'out>> {
    backend::call(&callee.0, input, output, mutability)
}

/// Whether there is code at `address`. A call to an account without code succeeds and does nothing.
pub(crate) fn is_contract(address: &Address) -> bool {
    backend::code_size(&address.0) != 0
}

#[cfg(target_arch = "riscv64")]
mod backend {
    use super::{CallFailed, Mutability};
    use pallet_revive_uapi::{CallFlags, HostFn, HostFnImpl, ReturnErrorCode, ReturnFlags};

    pub(super) fn call_data_size() -> u64 {
        HostFnImpl::call_data_size()
    }

    pub(super) fn call_data_copy(output: &mut [u8], offset: u32) {
        HostFnImpl::call_data_copy(output, offset);
    }

    pub(super) fn revert() -> ! {
        HostFnImpl::return_value(ReturnFlags::REVERT, &[])
    }

    pub(super) fn chain_id() -> [u8; 32] {
        let mut id = [0u8; 32];
        HostFnImpl::chain_id(&mut id);
        id
    }

    pub(super) fn keccak256(input: &[u8]) -> [u8; 32] {
        let mut hash = [0u8; 32];
        HostFnImpl::hash_keccak_256(input, &mut hash);
        hash
    }

    pub(super) fn code_size(address: &[u8; 20]) -> u64 {
        HostFnImpl::code_size(address)
    }

    pub(super) fn call<'out>(
        callee: &[u8; 20],
        input: &[u8],
        output: &'out mut [u8],
        mutability: Mutability,
    ) -> Result<&'out [u8], CallFailed<'out>> {
        let flags = match mutability {
            Mutability::View => CallFlags::READ_ONLY,
            Mutability::Mutating => CallFlags::empty(),
        };
        let mut returned = output;
        let result = HostFnImpl::call(
            flags,
            callee,
            u64::MAX,
            u64::MAX,
            &[u8::MAX; 32],
            &[0u8; 32],
            input,
            Some(&mut returned),
        );
        match result {
            Ok(()) => Ok(returned),
            Err(ReturnErrorCode::CalleeReverted) => Err(CallFailed(returned)),
            // Nothing was written.
            Err(_) => Err(CallFailed(&[])),
        }
    }
}

#[cfg(not(target_arch = "riscv64"))]
mod backend {
    //! The host compiles contracts to read their metadata and never runs a message.

    use super::{CallFailed, Mutability};

    const OFF_CHAIN: &str = "host functions exist on chain only: run the built contract";

    pub(super) fn call_data_size() -> u64 {
        panic!("{OFF_CHAIN}")
    }

    pub(super) fn call_data_copy(_: &mut [u8], _: u32) {
        panic!("{OFF_CHAIN}")
    }

    pub(super) fn revert() -> ! {
        panic!("{OFF_CHAIN}")
    }

    pub(super) fn chain_id() -> [u8; 32] {
        panic!("{OFF_CHAIN}")
    }

    pub(super) fn keccak256(_: &[u8]) -> [u8; 32] {
        panic!("{OFF_CHAIN}")
    }

    pub(super) fn code_size(_: &[u8; 20]) -> u64 {
        panic!("{OFF_CHAIN}")
    }

    pub(super) fn call<'out>(
        _: &[u8; 20],
        _: &[u8],
        _: &'out mut [u8],
        _: Mutability,
    ) -> Result<&'out [u8], CallFailed<'out>> {
        panic!("{OFF_CHAIN}")
    }
}
