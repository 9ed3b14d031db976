use upstream::{env::ReturnFlags, prelude::vec};

use super::encode::Parameters;

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

/// Ends the call with an error's selector and parameters.
#[doc(hidden)]
#[inline(always)]
pub fn revert_with(selector: [u8; 4], parameters: &impl Parameters) -> ! {
    parameters.with_encoded_parameters(|parameters| revert_with_data(selector, parameters))
}

#[inline(never)]
fn revert_with_data(selector: [u8; 4], parameters: &[u8]) -> ! {
    let mut data = vec![0; parameters.len().saturating_add(selector.len())];
    if let Some((head, tail)) = data.split_first_chunk_mut() {
        *head = selector;
        tail.copy_from_slice(parameters);
    }
    salus_host::return_value(ReturnFlags::REVERT, &data)
}

/// Defines the errors of a contract: an enum, to which `#[ink::error]` is applied, that ends a call without the detours of
/// ink!'s own encoding.
///
/// ```ignore
/// ink::errors! {
///     /// Why a call was refused.
///     pub enum Error {
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
        pub enum $Error:ident {$(
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

        impl $crate::sol::Revert for $Error {
            #[inline(never)]
            fn revert(&self) -> ! {
                match self {$(
                    Self::$Variant $({$($field),*})? => $crate::sol::revert_with(
                        $crate::sol_error_selector!(stringify!($Variant), ($($($Type,)*)?)),
                        &($($($field,)*)?),
                    ),
                )*}
            }
        }
    };
}
