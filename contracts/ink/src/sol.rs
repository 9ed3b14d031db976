//! Solidity's ABI, as far as messages, errors and events use it.

mod decode;
mod encode;
mod revert;
mod structure;
mod text;
mod word;

pub use decode::{Argument, SolDecode, SolParamsDecode};
pub use encode::{Answer, Encode, Parameters, Part};
pub use revert::{Revert, refuse, revert_with};
pub use text::Text;
pub use upstream::sol::*;
pub use word::Word;
