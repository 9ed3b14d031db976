//! Solidity's ABI, as far as messages, errors and events use it.

mod decode;
mod encode;
mod name;
mod revert;
mod structure;
mod text;
mod uint48;
mod word;

pub use decode::{Argument, SolDecode, SolParamsDecode, Static};
pub use encode::{Answer, Encode, Parameters, Part};
pub use name::{Names, SolResultEncode};
pub use revert::{OVERFLOW, Revert, panic, refuse, revert_with};
pub use text::Text;
pub use uint48::Uint48;
pub use upstream::sol::*;
pub use word::Word;
