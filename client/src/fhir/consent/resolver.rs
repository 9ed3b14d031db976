//! Who and what a FHIR reference means on chain: only the caller knows.

use std::collections::HashMap;

use salus_core::codes::Role;

/// Systems of identifiers for what a policy knows by its bytes alone. The values are `0x` and the bytes in hexadecimal. A reference with such
/// an identifier needs no resolver.
pub mod urn {
    /// An account, or what stands for a person where the model has one: 20 bytes.
    pub const ACCOUNT: &str = "urn:salus:account";
    /// A community: 32 bytes.
    pub const COMMUNITY: &str = "urn:salus:community";
    /// Data, see [`salus_core::consent::DataRef`]: 32 bytes.
    pub const DATA: &str = "urn:salus:data";
    /// A subject, who is a patient in one relationship: 32 bytes.
    pub const SUBJECT: &str = "urn:salus:subject";
    /// A consent on chain: 32 bytes.
    pub const CONSENT: &str = "urn:salus:consent";
}

/// The bytes that a value of one of the systems in [`urn`] stands for.
pub(crate) fn bytes_of<const N: usize>(value: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    hex::decode_to_slice(value.strip_prefix("0x")?, &mut bytes).ok()?;
    Some(bytes)
}

/// A FHIR Reference as the document has it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reference<'d> {
    /// The literal reference: `Practitioner/1`, `urn:uuid:...`, a URL.
    pub reference: Option<&'d str>,
    /// The type that the document says the target has.
    pub kind: Option<&'d str>,
    /// The identifier's system and value.
    pub identifier: Option<(&'d str, &'d str)>,
}

impl Reference<'_> {
    /// The literal reference, or else `system|value`; empty if it has neither.
    pub fn key(&self) -> String {
        match (self.reference, self.identifier) {
            (Some(reference), _) => reference.to_owned(),
            (None, Some((system, value))) => format!("{system}|{value}"),
            (None, None) => String::new(),
        }
    }
}

/// What an actor is in a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// An account, by its 20-byte address.
    Address([u8; 20]),
    /// Everybody in a role.
    Role(Role),
    /// Everybody in a community, by its 32-byte identifier.
    Community([u8; 32]),
}

/// Knows who and what references mean.
pub trait Resolver {
    /// Whom a reference means: several for an actor with several accounts, none if it is not known.
    fn actors(&self, reference: &Reference<'_>) -> Vec<Actor>;

    /// The identifier of the data that a reference means, see [`salus_core::consent::DataRef`]; `None` if it is not known.
    fn data(&self, reference: &Reference<'_>) -> Option<[u8; 32]>;
}

/// Knows what actors and data are called in FHIR: the way back of [`Resolver`]. A name is a literal reference (`Practitioner/1`), or the
/// `system|value` of an identifier.
pub trait Names {
    /// What an actor, and nobody else, is called; `None` if that is not known.
    fn actor(&self, actor: Actor) -> Option<String>;

    /// What data are called; `None` if that is not known.
    fn data(&self, id: &[u8; 32]) -> Option<String>;
}

/// A [`Resolver`] from a list, and [`Names`]: by the literal reference or by `system|value` of the identifier. Where a reference has
/// both, the literal one decides if it is known.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    actors: HashMap<String, Vec<Actor>>,
    data: HashMap<String, [u8; 32]>,
}

impl Directory {
    /// One that knows nobody.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an actor; a second one under the same key is meant beside the first.
    #[must_use]
    pub fn with_actor(mut self, key: impl Into<String>, actor: Actor) -> Self {
        self.actors.entry(key.into()).or_default().push(actor);
        self
    }

    /// Adds data; a second identifier under the same key takes the first one's place.
    #[must_use]
    pub fn with_data(mut self, key: impl Into<String>, id: [u8; 32]) -> Self {
        self.data.insert(key.into(), id);
        self
    }
}

fn look_up<'m, T>(map: &'m HashMap<String, T>, reference: &Reference<'_>) -> Option<&'m T> {
    let by_reference = reference.reference.and_then(|key| map.get(key));
    by_reference.or_else(|| {
        let (system, value) = reference.identifier?;
        map.get(&format!("{system}|{value}"))
    })
}

impl Resolver for Directory {
    fn actors(&self, reference: &Reference<'_>) -> Vec<Actor> {
        look_up(&self.actors, reference).cloned().unwrap_or_default()
    }

    fn data(&self, reference: &Reference<'_>) -> Option<[u8; 32]> {
        look_up(&self.data, reference).copied()
    }
}

impl Names for Directory {
    /// A name that stands for several actors is none of one of them. Of several names the first in the order of the alphabet.
    fn actor(&self, actor: Actor) -> Option<String> {
        let alone = self.actors.iter().filter(|(_, actors)| **actors == [actor]);
        alone.map(|(name, _)| name).min().cloned()
    }

    fn data(&self, id: &[u8; 32]) -> Option<String> {
        let named = self.data.iter().filter(|(_, known)| *known == id);
        named.map(|(name, _)| name).min().cloned()
    }
}
