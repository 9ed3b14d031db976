//! From an ELF file to PolkaVM code, and the hash that pallet-revive knows it by.

use anyhow::{Result, anyhow};
use polkavm_linker::{Config, TargetInstructionSet, program_from_elf};
use sha3::{Digest as _, Keccak256};

/// Links `elf` for pallet-revive, stripped and optimised.
pub(crate) fn link(elf: &[u8]) -> Result<Vec<u8>> {
    let mut config = Config::default();
    config.set_strip(true);
    config.set_optimize(true);
    program_from_elf(config, TargetInstructionSet::ReviveV1, elf)
        .map_err(|error| anyhow!("polkavm-linker refused the program: {error}"))
}

/// Keccak-256 of the code, which is the code hash on chain.
pub(crate) fn code_hash(code: &[u8]) -> [u8; 32] {
    Keccak256::digest(code).into()
}
