//! On PolkaVM the contract itself; on the host, the printer of its metadata.
#![cfg_attr(not(feature = "std"), no_std, no_main)]

#[cfg(feature = "std")]
salus_env::metadata_main!(salus_access);

// Without a mention, the linker would leave the contract's entry points out.
#[cfg(not(feature = "std"))]
extern crate salus_access;
