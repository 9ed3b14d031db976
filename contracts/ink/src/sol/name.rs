//! The names of types in Solidity, where ink! would take those of the types that ours stand for.

use core::str;

use super::Encode;

/// A list of types' names: `(address,uint48)`.
#[derive(Debug, Clone, Copy)]
pub struct Names {
    bytes: [u8; Self::MAX],
    length: usize,
}

impl Names {
    const MAX: usize = 256;

    /// The list, behind `name`.
    ///
    /// # Panics
    /// If it is too long. It is to be made when a contract is compiled.
    #[must_use]
    pub const fn list(name: &str, types: &[&str]) -> Self {
        let mut names = Self {
            bytes: [0; Self::MAX],
            length: 0,
        };
        names.push(name);
        names.push("(");
        let mut index = 0;
        while index < types.len() {
            if index > 0 {
                names.push(",");
            }
            names.push(types[index]);
            index = index.strict_add(1);
        }
        names.push(")");
        names
    }

    const fn push(&mut self, text: &str) {
        let (_, rest) = self.bytes.split_at_mut(self.length);
        let (place, _) = rest.split_at_mut(text.len());
        place.copy_from_slice(text.as_bytes());
        self.length = self.length.strict_add(text.len());
    }

    /// As a text.
    ///
    /// # Panics
    /// Never: all parts of it are texts.
    #[must_use]
    pub const fn as_str(&self) -> &str {
        let (text, _) = self.bytes.split_at(self.length);
        match str::from_utf8(text) {
            Ok(text) => text,
            Err(_) => panic!("texts in a row are a text"),
        }
    }

    /// The selector of an error with this signature.
    #[must_use]
    pub const fn selector(&self) -> [u8; 4] {
        upstream::codegen::sol::selector_bytes(self.as_str())
    }
}

/// What ink! asks for the name of what a message returns. Only where it describes a contract.
pub trait SolResultEncode {
    /// The name.
    const SOL_NAME: &'static str;
}

impl<T> SolResultEncode for T
where
    T: Encode + for<'a> upstream::SolEncode<'a>,
{
    const SOL_NAME: &'static str = <T as upstream::SolEncode<'static>>::SOL_NAME;
}

impl SolResultEncode for () {
    const SOL_NAME: &'static str = "()";
}

impl<T: SolResultEncode, E> SolResultEncode for Result<T, E> {
    const SOL_NAME: &'static str = T::SOL_NAME;
}

struct Tuple<T>(T);

macro_rules! tuples {
    ($(($($Type:ident)+))+) => {$(
        impl<$($Type: SolResultEncode),+> Tuple<($($Type,)+)> {
            const NAMES: Names = Names::list("", &[$($Type::SOL_NAME),+]);
        }

        impl<$($Type: SolResultEncode),+> SolResultEncode for ($($Type,)+) {
            const SOL_NAME: &'static str = Tuple::<($($Type,)+)>::NAMES.as_str();
        }
    )+};
}

tuples! {
    (A)
    (A B)
    (A B C)
    (A B C D)
    (A B C D E)
    (A B C D E F)
    (A B C D E F G)
    (A B C D E F G H)
    (A B C D E F G H I)
    (A B C D E F G H I J)
    (A B C D E F G H I J K)
    (A B C D E F G H I J K L)
}
