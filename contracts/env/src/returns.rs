use ink::prelude::vec::Vec;
use ink::sol::{SolParamsDecode, SolParamsEncode};
use ink::{SolDecode, SolEncode};

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

impl<T> SolDecode for Returns<T>
where
    T: SolParamsDecode,
{
    type SolType = <T as SolDecode>::SolType;

    fn decode(data: &[u8]) -> Result<Self, ink::sol::Error> {
        SolParamsDecode::decode(data).map(Self)
    }

    fn from_sol_type(value: Self::SolType) -> Result<Self, ink::sol::Error> {
        T::from_sol_type(value).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ink::prelude::string::String;

    #[test]
    fn dynamic_values_are_encoded_as_several_and_not_as_one_struct() {
        let values = Returns((1u8, String::from("ab")));
        let encoded = values.encode();
        // The number, where the text is, how long it is, the text. A struct would begin with where it is itself.
        let word = |last: u8| [&[0; 31][..], &[last]].concat();
        let text = [&b"ab"[..], &[0; 30]].concat();
        assert_eq!(encoded, [word(1), word(64), word(2), text].concat());
        assert_eq!(Returns::<(u8, String)>::decode(&encoded).unwrap().0, values.0);
    }
}
