//! Events.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Error, Field, Meta, Result, spanned::Spanned as _};

/// Room for them, beside the one that tells the event.
const MAX_TOPICS: usize = 3;

/// Implements `::ink::env::Event`.
pub(crate) fn implementation(input: &DeriveInput) -> Result<TokenStream> {
    let Data::Struct(data) = &input.data else {
        return Err(Error::new(input.span(), "an event is a struct"));
    };
    let mut name = input.ident.to_string();
    for attribute in input.attrs.iter().filter(|attribute| attribute.path().is_ident("ink")) {
        attribute.parse_nested_meta(|meta| {
            if !meta.path.is_ident("name") {
                return Err(meta.error("not known to the events of salus-ink"));
            }
            name = meta.value()?.parse::<syn::LitStr>()?.value();
            Ok(())
        })?;
    }
    let (topics, rest): (Vec<_>, Vec<_>) = data.fields.iter().partition(|field| is_topic(field));
    if let Some(field) = topics.get(MAX_TOPICS) {
        return Err(Error::new(field.span(), "an event has three topics at most"));
    }
    let event = &input.ident;
    let types = data.fields.iter().map(|field| &field.ty);
    let format = format!("{{}}({})", vec!["{}"; data.fields.len()].join(","));
    let topics = topics.iter().map(|field| &field.ident);
    let rest = rest.iter().map(|field| &field.ident);
    Ok(quote! {
        impl ::ink::env::Event for #event {
            #[inline(always)]
            fn emit(&self) {
                const SIGNATURE: [u8; 32] = ::ink::keccak_256!(::ink::codegen::utils::const_format!(
                    #format, #name #(, <#types as ::ink::SolEncode>::SOL_NAME)*
                ));
                ::ink::env::deposit(&SIGNATURE, (#(&self.#topics,)*), (#(&self.#rest,)*));
            }
        }
    })
}

fn is_topic(field: &Field) -> bool {
    field.attrs.iter().any(|attribute| {
        attribute.path().is_ident("ink")
            && attribute
                .parse_args::<Meta>()
                .is_ok_and(|argument| argument.path().is_ident("topic"))
    })
}
