use ink::prelude::vec::Vec;
use ink::sol::{SolEncode, SolParamsEncode};

/// Several return values, encoded as `returns (A, B, ...)` in Solidity.
///
/// ink! encodes a returned tuple as one struct. For values of fixed size the bytes are the same; as soon as one is
/// dynamic (`string`, `bytes`, an array) a struct carries an offset in front, and callers written for several return
/// values fail to decode it. A message that returns such a tuple wraps it in this.
pub struct Returns<T>(pub T);

impl<'a, T> SolEncode<'a> for Returns<T>
where
    T: SolParamsEncode<'a>,
{
    type SolType = <T as SolEncode<'a>>::SolType;

    fn encode(&'a self) -> Vec<u8> {
        SolParamsEncode::encode(&self.0)
    }

    fn encode_to(&'a self, buffer: &mut [u8]) -> usize {
        SolParamsEncode::encode_to(&self.0, buffer)
    }

    fn to_sol_type(&'a self) -> Self::SolType {
        self.0.to_sol_type()
    }
}
