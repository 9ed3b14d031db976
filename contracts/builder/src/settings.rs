//! What a contract's code depends on besides its source. A change here changes every code hash.

/// The target's name. Its specification is written to a folder that `RUST_TARGET_PATH` names, so that no path is part
/// of the target's identity (a path would end up in the symbol names, and their order in the code).
pub(crate) const TARGET: &str = "riscv64emac-unknown-none-polkavm";

/// The target's specification, from the linker that has to understand what comes out.
pub(crate) const TARGET_SPECIFICATION: &str = polkavm_linker::TARGET_JSON_64_BIT_NEW;

/// The version of `polkavm-linker`, as Cargo.toml pins it.
pub(crate) const LINKER_VERSION: &str = "0.30.0";

/// Bytes of ink!'s buffer for input, output, storage values and events. **Call data beyond it is cut off**, so it bounds
/// the arguments of every message.
pub(crate) const STATIC_BUFFER_SIZE: usize = 16_384;

/// Bytes of stack.
const STACK_SIZE: usize = 4_096;

/// Makes ink! and its macros speak Solidity's ABI.
pub(crate) const ABI_FLAGS: [&str; 4] = [
    "--cfg",
    "ink_abi=\"sol\"",
    "--check-cfg",
    "cfg(ink_abi, values(\"ink\", \"sol\", \"all\"))",
];

/// Arguments of cargo that build `core` and `alloc` from source for the target.
pub(crate) const CARGO_ARGUMENTS: [&str; 7] = [
    "-Zbuild-std=core,alloc",
    // `memcpy` and its kin are in `salus-mem`.
    "-Zbuild-std-features=",
    // These two make `host.rustflags` possible: flags for procedural macros while a target is given.
    "-Ztarget-applies-to-host",
    "-Zhost-config",
    // No path of the machine that builds in what is built. `--remap-path-prefix` would do the same, but as a flag it
    // differs from checkout to checkout, and checkouts that share a target directory would rebuild each other's work.
    "-Ztrim-paths",
    "--config",
    "profile.release.trim-paths=\"all\"",
];

/// Whether a file has changed is told by its content. Its time would not do: two checkouts may share a target directory, and a
/// file of one that was built after the other's was written would pass for it.
pub(crate) const FRESHNESS: &str = "-Zchecksum-freshness";

/// Flags for everything that becomes part of the contract.
pub(crate) fn code_flags() -> Vec<String> {
    let mut flags = vec![
        "-Clinker-plugin-lto".to_owned(),
        format!("-Clink-arg=-zstack-size={STACK_SIZE}"),
        "-Zunstable-options".to_owned(),
        // No formatting of panic messages: a panic is a trap.
        "-Cpanic=immediate-abort".to_owned(),
        // PolkaVM loads and stores at any address. Without this, each copy of an address or a hash is a loop over bytes.
        "-Ctarget-feature=+unaligned-scalar-mem".to_owned(),
        // What `sp-*` crates ask for when they are not part of a node.
        "--cfg".to_owned(),
        "substrate_runtime".to_owned(),
    ];
    flags.extend(ABI_FLAGS.map(str::to_owned));
    flags
}
