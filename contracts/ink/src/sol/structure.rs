/// Solidity's structs as arguments of messages, and arrays of them. Fields take one word each, or are such structs themselves.
///
/// The builder puts the names of the fields into the ABI from a line `@struct Name field field ...` in the contract's documentation,
/// for arguments that are called as the struct is, or, for an array, with an `s` behind.
#[macro_export]
macro_rules! structs {
    ($(
        $(#[$meta:meta])*
        pub struct $Name:ident {$(
            $(#[$field_meta:meta])*
            pub $field:ident: $Type:ty
        ),* $(,)?}
    )+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $Name {$(
            $(#[$field_meta])*
            pub $field: $Type,
        )*}

        impl $crate::sol::Argument for $Name {
            const WORDS: usize = 0usize$(.strict_add(<$Type as $crate::sol::Argument>::WORDS))*;
            const IS_DYNAMIC: bool = {
                $(assert!(!<$Type as $crate::sol::Argument>::IS_DYNAMIC, "a field has its place in the struct");)*
                false
            };

            // A struct is long, and in several messages.
            #[inline(never)]
            fn decode_argument(words: &[[u8; 32]], arguments: &[u8]) -> Option<Self> {
                $(let ($field, words) = words.split_at_checked(<$Type as $crate::sol::Argument>::WORDS)?;)*
                let _ = words;
                Some(Self {$(
                    $field: <$Type as $crate::sol::Argument>::decode_argument($field, arguments)?,
                )*})
            }
        }

        impl $crate::sol::Static for $Name {}

        impl $crate::sol::SolDecode for $Name {
            type SolType = Self;

            fn decode(data: &[u8]) -> Result<Self, $crate::sol::Error> {
                <(Self,) as $crate::sol::SolParamsDecode>::decode(data).map(|(value,)| value)
            }

            fn from_sol_type(value: Self) -> Result<Self, $crate::sol::Error> {
                Ok(value)
            }
        }

        /// What ink! asks for to describe the argument.
        impl $crate::UpstreamSolDecode for $Name {
            type SolType = ($(<$Type as $crate::UpstreamSolDecode>::SolType,)*);

            fn from_sol_type(($($field,)*): Self::SolType) -> Result<Self, $crate::sol::Error> {
                Ok(Self {$(
                    $field: <$Type as $crate::UpstreamSolDecode>::from_sol_type($field)?,
                )*})
            }
        }

        /// As above, for calls of the contract.
        impl<'a> $crate::UpstreamSolEncode<'a> for $Name {
            type SolType = ($(<$Type as $crate::UpstreamSolEncode<'a>>::SolType,)*);

            fn to_sol_type(&'a self) -> Self::SolType {
                ($(<$Type as $crate::UpstreamSolEncode<'a>>::to_sol_type(&self.$field),)*)
            }
        }
    )+};
}
