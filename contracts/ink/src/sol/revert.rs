use salus_host::ReturnFlags;

use super::{Names, encode::Parameters};

/// An error that ends the call. [`errors!`](crate::errors) implements it.
pub trait Revert {
    /// Ends the call and undoes all that it did, for this reason.
    fn revert(&self) -> !;
}

/// ink! hands the error of a constructor on by reference.
impl<T: Revert> Revert for &T {
    fn revert(&self) -> ! {
        (**self).revert()
    }
}

/// The error of what cannot fail.
impl Revert for () {
    fn revert(&self) -> ! {
        salus_host::revert()
    }
}

/// Ends the call with an error. Elsewhere than on chain, it is the error.
///
/// An error that a contract makes of another crate's goes through this, so that it needs not be carried to the end of the
/// message, where ink! would find it.
#[inline(always)]
pub fn refuse<E: Revert>(error: E) -> E {
    if cfg!(target_arch = "riscv64") {
        error.revert();
    }
    error
}

/// Ends the call with an error's selector and parameters. There is one of this for all errors with parameters of the same types.
#[doc(hidden)]
#[inline(never)]
pub fn revert_with(selector: [u8; 4], parameters: &impl Parameters) -> ! {
    let mut first = [0; 32];
    if let Some(end) = first.last_chunk_mut() {
        *end = selector;
    }
    parameters.with_words_behind(first, |words| {
        let data = words.as_flattened().get(SELECTOR_AT..).unwrap_or_default();
        salus_host::return_value(ReturnFlags::REVERT, data)
    })
}

/// Solidity's number for a result that does not fit its type.
pub const OVERFLOW: u8 = 0x11;

/// Ends the call as Solidity does where an arithmetic check fails: with `Panic(uint256)`.
#[cold]
#[inline(never)]
pub fn panic(code: u8) -> ! {
    revert_with(const { Names::list("Panic", &["uint256"]).selector() }, &(&code,))
}

/// Where a selector is in its word.
const SELECTOR_AT: usize = 28;

/// Ends the call with an error that may be any of its kind.
#[cold]
#[inline(never)]
pub(super) fn revert_unknown<E: Revert>(error: &E) -> ! {
    error.revert()
}

/// Defines the errors of a contract: an enum, to which `#[ink::error]` is applied, that ends a call without the detours of
/// ink!'s own encoding.
///
/// With it comes the same by reference, so that what an error tells need not be moved together before it is raised.
///
/// ```ignore
/// ink::errors! {
///     /// Why a call was refused.
///     pub enum Error, by reference ErrorRef {
///         /// There is none such.
///         Unknown {
///             /// What was looked for.
///             id: H256,
///         },
///         /// It is too late.
///         TooLate,
///     }
/// }
/// ```
#[macro_export]
macro_rules! errors {
    (
        $(#[$meta:meta])*
        pub enum $Error:ident, by reference $ErrorRef:ident {$(
            $(#[$variant_meta:meta])*
            $Variant:ident $({$(
                $(#[$field_meta:meta])*
                $field:ident: $Type:ty
            ),* $(,)?})?
        ),* $(,)?}
    ) => {
        $(#[$meta])*
        #[$crate::error]
        #[derive(Debug, PartialEq, Eq)]
        pub enum $Error {$(
            $(#[$variant_meta])*
            $Variant $({$(
                $(#[$field_meta])*
                $field: $Type
            ),*})?
        ),*}

        #[doc = concat!("An [`", stringify!($Error), "`], by reference.")]
        #[derive(Debug, Clone, Copy)]
        #[allow(dead_code, clippy::allow_attributes, reason = "some errors are only ever made as a whole")]
        pub(crate) enum $ErrorRef<'a> {$(
            $Variant $({$($field: &'a $Type),*})?
        ),*,
            #[doc(hidden)]
            #[allow(dead_code, reason = "for the lifetime, should no error have parameters")]
            __Never(core::convert::Infallible, core::marker::PhantomData<&'a ()>),
        }

        impl $crate::sol::Revert for $ErrorRef<'_> {
            #[inline(always)]
            fn revert(&self) -> ! {
                match *self {$(
                    Self::$Variant $({$($field),*})? => $crate::sol::revert_with(
                        const {
                            $crate::sol::Names::list(
                                stringify!($Variant),
                                &[$($(<$Type as $crate::SolEncode>::SOL_NAME),*)?],
                            )
                            .selector()
                        },
                        &($($($field,)*)?),
                    ),
                )*
                    Self::__Never(never, _) => match never {},
                }
            }
        }

        impl $crate::sol::Revert for $Error {
            #[inline(always)]
            fn revert(&self) -> ! {
                match self {$(
                    Self::$Variant $({$($field),*})? => $ErrorRef::$Variant $({$($field),*})?.revert(),
                )*}
            }
        }
    };
}
