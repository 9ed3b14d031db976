//! The host half of a contract's binary: it prints what ink! knows about the contract's interface.

/// ink!'s description of a contract's constructors, messages, events and errors in Solidity's terms.
pub use ink::metadata::sol::ContractMetadata;

/// Writes `metadata` as one line of JSON to standard output.
///
/// # Panics
/// If standard output cannot be written to: the builder, which reads it, then sees the exit code.
#[allow(
    clippy::expect_used,
    reason = "a command line tool without anything else to report to"
)]
pub fn print(metadata: &ContractMetadata) {
    use std::io::Write as _;
    let mut line = serde_json::to_vec(metadata).expect("strings and lists always serialize");
    line.push(b'\n');
    std::io::stdout().write_all(&line).expect("standard output is open");
}

/// Defines the `main` that prints the metadata of the contract in the library crate `$contract`.
#[macro_export]
macro_rules! metadata_main {
    ($contract:ident) => {
        // Links the contract, which defines the symbol below.
        use $contract as _;

        #[allow(
            unsafe_code,
            reason = "ink! exports its metadata under a linker symbol and nowhere else"
        )]
        fn main() {
            unsafe extern "Rust" {
                fn __ink_generate_solidity_metadata() -> $crate::metadata::ContractMetadata;
            }
            // SAFETY: `#[ink::contract]` in `$contract` defines the function with this very signature.
            let metadata = unsafe { __ink_generate_solidity_metadata() };
            $crate::metadata::print(&metadata);
        }
    };
}
