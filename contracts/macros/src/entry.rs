//! The entry points of a contract.

mod signed;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::{
    Attribute, Error, FnArg, ImplItem, ImplItemFn, Item, LitStr, Meta, Pat, Path, Result, ReturnType, Token, Type,
    punctuated::Punctuated, spanned::Spanned as _,
};

/// A constructor or a message.
struct Callable<'a> {
    function: &'a ImplItemFn,
    is_constructor: bool,
    is_payable: bool,
    /// Whether it can be signed by one and sent by another.
    is_signed: bool,
    /// In the ABI.
    name: String,
    inputs: Vec<(&'a Ident, &'a Type)>,
}

/// The entry points, as items for the contract's module.
pub(crate) fn points(items: &[Item]) -> Result<Vec<Item>> {
    let storage = storage(items)?;
    let mut callables = Vec::new();
    for item in items {
        let Item::Impl(block) = item else { continue };
        for item in &block.items {
            let ImplItem::Fn(function) = item else { continue };
            let Some(callable) = Callable::of(function)? else {
                continue;
            };
            if let Some((_, path, _)) = &block.trait_ {
                return Err(Error::new(
                    path.span(),
                    "messages are those of the storage struct itself",
                ));
            }
            callables.push(callable);
        }
    }
    let (constructors, messages): (Vec<_>, Vec<_>) =
        callables.into_iter().partition(|callable| callable.is_constructor);
    let [constructor] = &*constructors else {
        return Err(Error::new(
            storage.span(),
            "a contract with Solidity's ABI has one constructor",
        ));
    };
    let deploy = deploy(storage, constructor);
    let call = call(storage, &messages);
    let signed = signed::table(&messages)?;
    let mut points = syn::parse2::<syn::File>(quote! {
        #[cfg(all(target_arch = "riscv64", not(any(feature = "std", feature = "ink-as-dependency"))))]
        mod __entry {
            use super::*;

            #deploy
            #call
            #signed
        }
    })?;
    if messages.iter().any(|message| message.is_signed) {
        points.items.push(signed::elsewhere()?);
    }
    Ok(points.items)
}

/// Puts constructor and messages to where they are called, once each, and takes away the attributes that only this crate knows.
pub(crate) fn inline(items: &mut [Item]) {
    for item in items {
        let Item::Impl(block) = item else { continue };
        for item in &mut block.items {
            let ImplItem::Fn(function) = item else { continue };
            let is_callable = function.attrs.iter().any(is_ink);
            function
                .attrs
                .retain(|attribute| !attribute.path().is_ident(signed::ATTRIBUTE));
            if is_callable
                && !function
                    .attrs
                    .iter()
                    .any(|attribute| attribute.path().is_ident("inline"))
            {
                function.attrs.push(syn::parse_quote!(#[inline(always)]));
            }
        }
    }
}

fn deploy(storage: &Ident, constructor: &Callable<'_>) -> TokenStream {
    let function = &constructor.function.sig.ident;
    let (names, types) = constructor.arguments();
    let deny_coin = deny_coin(constructor.is_payable);
    let settled = if constructor.returns_result() {
        quote!(::ink::dispatch::or_revert(created))
    } else {
        quote!(created)
    };
    quote! {
        #[::ink::dispatch::export(abi = ::ink::polkavm_derive::default_abi)]
        extern "C" fn deploy() {
            #deny_coin
            let #names = ::ink::dispatch::constructor_arguments::<#types>();
            let created = #storage::#function #names;
            let _: #storage = #settled;
        }
    }
}

fn call(storage: &Ident, messages: &[Callable<'_>]) -> TokenStream {
    let selectors = (0..messages.len()).map(|index| format_ident!("SELECTOR_{index}"));
    let values = messages.iter().map(Callable::selector);
    let (selectors, patterns): (Vec<_>, Vec<_>) = selectors.map(|selector| (selector.clone(), selector)).unzip();
    // If none takes coin, all are one check.
    let any_payable = messages.iter().any(|message| message.is_payable);
    let deny_coin_to_all = deny_coin(any_payable);
    let functions = messages.iter().zip(&patterns).map(|(message, selector)| {
        let function = &message.function.sig.ident;
        let (names, types) = message.arguments();
        let deny_coin = deny_coin(message.is_payable || !any_payable);
        let names_after_receiver = message.inputs.iter().map(|(name, _)| name);
        // A function of its own, because in one for all messages everything would be far away on the stack, and addresses
        // that are far take more bytes of code.
        quote! {
            #[inline(never)]
            fn #function(call: ::ink::dispatch::Call<'_, WORDS>) {
                #deny_coin
                let #names = call.arguments::<#types, #selector>();
                ::ink::sol::Answer::finish(&#storage::#function(&mut #storage {} #(, #names_after_receiver)*))
            }
        }
    });
    let arms = messages.iter().map(|message| &message.function.sig.ident);
    let arguments = messages.iter().map(|message| message.arguments().1);
    quote! {
        const WORDS: usize = ::ink::dispatch::longest(&[#(<#arguments as ::ink::sol::SolParamsDecode>::WORDS),*]) + 1;
        #(const #selectors: u32 = #values;)*
        #(#functions)*

        #[::ink::dispatch::export(abi = ::ink::polkavm_derive::default_abi)]
        extern "C" fn call() {
            #deny_coin_to_all
            let mut place = ::ink::dispatch::Place::<WORDS>::uninit();
            let call = ::ink::dispatch::Call::read(&mut place);
            match call.selector() {
                #(#patterns => #arms(call),)*
                _ => ::ink::dispatch::no_such_message(),
            }
        }
    }
}

fn deny_coin(is_payable: bool) -> TokenStream {
    if is_payable {
        TokenStream::new()
    } else {
        quote!(::ink::dispatch::deny_coin();)
    }
}

impl<'a> Callable<'a> {
    fn of(function: &'a ImplItemFn) -> Result<Option<Self>> {
        let mut name = function.sig.ident.to_string();
        let (mut is_constructor, mut is_message, mut is_payable) = (false, false, false);
        for attribute in function.attrs.iter().filter(|attribute| is_ink(attribute)) {
            for argument in ink_arguments(attribute)? {
                match &argument {
                    Meta::Path(path) if path.is_ident("constructor") => is_constructor = true,
                    Meta::Path(path) if path.is_ident("message") => is_message = true,
                    Meta::Path(path) if path.is_ident("payable") => is_payable = true,
                    Meta::Path(path) if path.is_ident("default") => {}
                    Meta::NameValue(value) if value.path.is_ident("name") => {
                        let value = &value.value;
                        name = syn::parse2::<LitStr>(quote!(#value))?.value();
                    }
                    other => return Err(Error::new(other.span(), "not known to the dispatch of salus-ink")),
                }
            }
        }
        if !is_constructor && !is_message {
            return Ok(None);
        }
        if let Some(attribute) = function.attrs.iter().find(|attribute| attribute.path().is_ident("cfg")) {
            return Err(Error::new(attribute.span(), "a message is always there, or never"));
        }
        let inputs = function.sig.inputs.iter().filter_map(|input| match input {
            FnArg::Receiver(_) => None,
            FnArg::Typed(input) => Some(match &*input.pat {
                Pat::Ident(name) => Ok((&name.ident, &*input.ty)),
                other => Err(Error::new(other.span(), "an argument has a name")),
            }),
        });
        Ok(Some(Self {
            function,
            is_constructor,
            is_payable,
            is_signed: function
                .attrs
                .iter()
                .any(|attribute| attribute.path().is_ident(signed::ATTRIBUTE)),
            name,
            inputs: inputs.collect::<Result<_>>()?,
        }))
    }

    /// The arguments as a tuple, and its type.
    fn arguments(&self) -> (TokenStream, TokenStream) {
        let names = self.inputs.iter().map(|(name, _)| name);
        let types = self.inputs.iter().map(|(_, type_)| type_);
        (quote!((#(#names,)*)), quote!((#(#types,)*)))
    }

    /// As it is loaded from call data.
    fn selector(&self) -> TokenStream {
        let name = &self.name;
        let types = self.inputs.iter().map(|(_, type_)| type_);
        let format = format!("{{}}({})", vec!["{}"; self.inputs.len()].join(","));
        quote! {
            ::core::primitive::u32::from_ne_bytes(::ink::codegen::sol::selector_bytes(
                ::ink::codegen::utils::const_format!(#format, #name #(, <#types as ::ink::SolDecode>::SOL_NAME)*)
            ))
        }
    }

    fn returns_result(&self) -> bool {
        let ReturnType::Type(_, output) = &self.function.sig.output else {
            return false;
        };
        let Type::Path(output) = &**output else { return false };
        last(&output.path).is_some_and(|name| name == "Result")
    }
}

fn last(path: &Path) -> Option<&Ident> {
    path.segments.last().map(|segment| &segment.ident)
}

fn storage(items: &[Item]) -> Result<&Ident> {
    for item in items {
        let Item::Struct(item) = item else { continue };
        for attribute in item.attrs.iter().filter(|attribute| is_ink(attribute)) {
            let mut arguments = ink_arguments(attribute)?.into_iter();
            if !arguments.any(|argument| argument.path().is_ident("storage")) {
                continue;
            }
            return match item.fields.iter().next() {
                None => Ok(&item.ident),
                Some(field) => Err(Error::new(
                    field.span(),
                    "state belongs into slots: the storage struct has no fields",
                )),
            };
        }
    }
    Err(Error::new(
        proc_macro2::Span::call_site(),
        "a contract has a struct that is #[ink(storage)]",
    ))
}

fn is_ink(attribute: &Attribute) -> bool {
    attribute.path().is_ident("ink")
}

fn ink_arguments(attribute: &Attribute) -> Result<Punctuated<Meta, Token![,]>> {
    attribute.parse_args_with(Punctuated::parse_terminated)
}
