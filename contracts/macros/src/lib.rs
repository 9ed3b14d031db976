//! Macros that stand in for ink!'s.
//!
//! `#[ink::contract]` is ink!'s own with other entry points. ink! decodes a call into an enum of all messages and their arguments, and then matches on it. The enum is as large as the
//! longest message, is moved more than once, and hides from the compiler that a message has been found already: a third of
//! what a cheap message costs. Here the selector is matched, and each message is called with its arguments where they are.
//! Everything else is ink!'s: checks of the source, ABI, metadata, references.
//!
//! The same with `#[ink::event]`: what it derives is emitted from the stack, and not by way of a builder and a buffer.

mod entry;
mod event;

use proc_macro::TokenStream;
use quote::quote;
use syn::{DeriveInput, ItemMod, parse_macro_input};

/// Defines a contract, as ink!'s macro of the same name does.
///
/// Messages are those of the storage struct's own implementations; ink!'s traits cannot be implemented.
///
/// A message that is `#[signed]` can also be signed by one and sent by another. All its arguments take one word each, and it asks
/// `self.env().actor()` who acts. For these messages the contract's module gets two functions: `__entry::signable(selector)` tells
/// the type that is signed, and `__entry::perform(call)` carries out a call of one of them.
#[proc_macro_attribute]
pub fn contract(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut module = parse_macro_input!(item as ItemMod);
    if let Some((_, items)) = &mut module.content {
        match entry::points(items) {
            Ok(entry) => {
                entry::inline(items);
                items.extend(entry);
            }
            Err(error) => return error.into_compile_error().into(),
        }
    }
    let arguments = proc_macro2::TokenStream::from(arguments);
    quote! {
        #[::ink::dispatch::ink_contract(#arguments)]
        #module
    }
    .into()
}

/// Leaves out the function it is applied to: the entry points that ink! would export.
#[proc_macro_attribute]
pub fn replaced(_: TokenStream, _: TokenStream) -> TokenStream {
    TokenStream::new()
}

/// What `#[ink::event]` derives.
#[proc_macro_derive(Event, attributes(ink))]
pub fn event(item: TokenStream) -> TokenStream {
    event::implementation(&parse_macro_input!(item as DeriveInput))
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}
