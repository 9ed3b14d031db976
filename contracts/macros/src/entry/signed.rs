//! Messages that can be signed by one and sent by another.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Error, Item, Result};

use super::Callable;

/// What such a message is marked by.
pub(super) const ATTRIBUTE: &str = "signed";

/// The functions `signable` and `perform` of the module of entry points, if a message can be signed.
pub(super) fn table(messages: &[Callable<'_>]) -> Result<TokenStream> {
    let signed = || messages.iter().enumerate().filter(|(_, message)| message.is_signed);
    if signed().next().is_none() {
        return Ok(TokenStream::new());
    }
    if let Some((_, message)) = signed().find(|(_, message)| message.is_payable) {
        let span = message.function.sig.ident.span();
        return Err(Error::new(span, "who signs an action sends no coin with it"));
    }
    let selectors = signed().map(|(index, _)| format_ident!("SELECTOR_{index}"));
    let selectors: Vec<_> = selectors.collect();
    let types = signed().map(|(_, message)| message.signed_type());
    let sizes = signed().map(|(_, message)| message.inputs.len());
    let functions = signed().map(|(_, message)| &message.function.sig.ident);
    Ok(quote! {
        pub(super) fn signable(selector: u32) -> Option<::ink::dispatch::Signable> {
            let (type_hash, words) = match selector {
                #(#selectors => (#types, #sizes),)*
                _ => return None,
            };
            let size = words * 32 + 4;
            Some(::ink::dispatch::Signable { type_hash, size })
        }

        pub(super) fn perform(call: &[u8]) {
            let mut place = [[0; 32]; WORDS];
            let call = ::ink::dispatch::Call::of(call, &mut place);
            match call.selector() {
                #(#selectors => #functions(call),)*
                _ => ::ink::dispatch::no_such_message(),
            }
        }
    })
}

/// What stands for them where the contract does not run.
pub(super) fn elsewhere() -> Result<Item> {
    syn::parse2(quote! {
        #[cfg(not(all(target_arch = "riscv64", not(any(feature = "std", feature = "ink-as-dependency")))))]
        mod __entry {
            pub(super) fn signable(_: u32) -> Option<::ink::dispatch::Signable> {
                unreachable!("contracts run on chain only")
            }

            pub(super) fn perform(_: &[u8]) {
                unreachable!("contracts run on chain only")
            }
        }
    })
}

impl Callable<'_> {
    /// The hash of the type that is signed.
    fn signed_type(&self) -> TokenStream {
        let parameters = self
            .inputs
            .iter()
            .map(|(name, _)| format!("{{}} {},", camel_case(&name.to_string())));
        let format = format!(
            "{}({}uint256 nonce,uint256 deadline)",
            capital(&self.name),
            parameters.collect::<String>()
        );
        let types = self.inputs.iter().map(|(_, type_)| type_);
        quote! {
            ::ink::keccak_256!(::ink::codegen::utils::const_format!(#format #(, <#types as ::ink::SolDecode>::SOL_NAME)*))
        }
    }
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// As the ABI names parameters.
fn camel_case(name: &str) -> String {
    let mut words = name.split('_').filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| name + &capital(word))
}
