//! Turns raw logs into named events by the contracts' Solidity ABIs.

mod json;

use std::{collections::HashMap, fmt, sync::Arc};

use alloy_core::{
    dyn_abi::{DynSolType, DynSolValue, Specifier},
    json_abi::{Event, JsonAbi},
    primitives::{Address, B256, FixedBytes, I256, U256},
};

use super::log::RawLog;

/// Why a contract's ABI cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("event `{event}` of the ABI cannot be used: {reason}")]
pub struct AbiError {
    event: String,
    reason: String,
}

/// Why a log is kept undecoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Undecoded {
    /// Nothing is known of the contract's events.
    NoAbi,
    /// The contract's ABI has no event of this signature.
    UnknownEvent,
    /// The log's topics or data do not fit the event of this signature.
    Malformed,
}

impl Undecoded {
    /// As stored and printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoAbi => "no_abi",
            Self::UnknownEvent => "unknown_event",
            Self::Malformed => "malformed",
        }
    }
}

impl fmt::Display for Undecoded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The events of one contract.
#[derive(Debug, Default)]
pub struct ContractAbi {
    /// By the hash of the signature. ERC-20 and ERC-721 share the signature of `Transfer` and differ in what is indexed.
    events: HashMap<B256, Vec<Arc<EventAbi>>>,
}

/// One event of an ABI.
#[derive(Debug)]
pub struct EventAbi {
    name: String,
    fields: Vec<FieldAbi>,
    /// Topics that a log has, the signature's included.
    topics: usize,
    body: Body,
}

#[derive(Debug)]
struct FieldAbi {
    name: String,
    ty: DynSolType,
    indexed: bool,
}

/// How the fields that are not indexed are encoded.
#[derive(Debug)]
enum Body {
    /// So many words, one a field.
    Words(usize),
    /// Anything; this is the tuple of them.
    Any(DynSolType),
}

impl ContractAbi {
    /// The events of an ABI. Anonymous events are left out: nothing in a log tells them apart.
    ///
    /// # Errors
    /// [`AbiError`]: a field has a type that Solidity does not know.
    pub fn new(abi: &JsonAbi) -> Result<Self, AbiError> {
        let mut events: HashMap<B256, Vec<_>> = HashMap::new();
        for event in abi.events().filter(|event| !event.anonymous) {
            let failed = |reason: String| AbiError {
                event: event.name.clone(),
                reason,
            };
            let compiled = EventAbi::new(event).map_err(|error| failed(error.to_string()))?;
            if compiled.topics > 4 {
                return Err(failed("more than three fields are indexed".into()));
            }
            events.entry(event.selector()).or_default().push(Arc::new(compiled));
        }
        Ok(Self { events })
    }

    /// All events, in no order.
    pub fn events(&self) -> impl Iterator<Item = &EventAbi> {
        self.events.values().flatten().map(|event| &**event)
    }

    /// Decodes a log of this contract.
    ///
    /// # Errors
    /// [`Undecoded`]: why it stays raw.
    pub fn decode(&self, log: &RawLog) -> Result<Decoded, Undecoded> {
        let signature = log.topics.first().ok_or(Undecoded::UnknownEvent)?;
        let candidates = self.events.get(signature).ok_or(Undecoded::UnknownEvent)?;
        let event = candidates
            .iter()
            .find(|event| event.topics == log.topics.len())
            .ok_or(Undecoded::Malformed)?;
        let values = event.values(log).ok_or(Undecoded::Malformed)?;
        Ok(Decoded {
            event: Arc::clone(event),
            values,
        })
    }
}

impl EventAbi {
    fn new(event: &Event) -> Result<Self, alloy_core::dyn_abi::Error> {
        let field = |(position, param): (usize, &alloy_core::json_abi::EventParam)| {
            let name = if param.name.is_empty() {
                format!("arg{position}")
            } else {
                param.name.clone()
            };
            Ok(FieldAbi {
                name,
                ty: param.resolve()?,
                indexed: param.indexed,
            })
        };
        let fields = event
            .inputs
            .iter()
            .enumerate()
            .map(field)
            .collect::<Result<Vec<_>, alloy_core::dyn_abi::Error>>()?;
        let topics = 1 + fields.iter().filter(|field| field.indexed).count();
        let body: Vec<_> = fields
            .iter()
            .filter(|field| !field.indexed)
            .map(|field| field.ty.clone())
            .collect();
        let body = if body.iter().all(is_word) {
            Body::Words(body.len())
        } else {
            Body::Any(DynSolType::Tuple(body))
        };
        Ok(Self {
            name: event.name.clone(),
            fields,
            topics,
            body,
        })
    }

    /// The event's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The names of its fields, in the order of the ABI.
    pub fn field_names(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|field| &*field.name)
    }

    fn values(&self, log: &RawLog) -> Option<Vec<DynSolValue>> {
        let mut topics = log.topics[1..].iter();
        match &self.body {
            Body::Words(count) => {
                let (words, rest) = log.data.as_chunks::<32>();
                if words.len() != *count || !rest.is_empty() {
                    return None;
                }
                let mut words = words.iter();
                let value = |field: &FieldAbi| {
                    let word = if field.indexed {
                        *topics.next()?
                    } else {
                        B256::new(*words.next()?)
                    };
                    topic_value(&field.ty, word)
                };
                self.fields.iter().map(value).collect()
            }
            Body::Any(tuple) => {
                let DynSolValue::Tuple(body) = tuple.abi_decode_sequence(&log.data).ok()? else {
                    return None;
                };
                let mut body = body.into_iter();
                let value = |field: &FieldAbi| {
                    if field.indexed {
                        topic_value(&field.ty, *topics.next()?)
                    } else {
                        body.next()
                    }
                };
                self.fields.iter().map(value).collect()
            }
        }
    }
}

/// A decoded event: names by its ABI, values in the same order.
#[derive(Debug, Clone)]
pub struct Decoded {
    event: Arc<EventAbi>,
    values: Vec<DynSolValue>,
}

impl Decoded {
    /// The event's name.
    pub fn name(&self) -> &str {
        &self.event.name
    }

    /// The value of the field named `name`.
    pub fn get(&self, name: &str) -> Option<&DynSolValue> {
        let position = self.event.fields.iter().position(|field| field.name == name)?;
        self.values.get(position)
    }

    /// The fields as a JSON object: bytes and addresses as `0x` and lower-case hex, integers of more than 48 bits as
    /// decimal strings because JavaScript would round them.
    pub fn to_json(&self) -> String {
        json::object(self.event.field_names().zip(&self.values))
    }
}

/// Whether a value of the type is one word, indexed or not.
fn is_word(ty: &DynSolType) -> bool {
    use DynSolType::{Address, Bool, FixedBytes, Int, Uint};
    matches!(ty, Address | Bool | FixedBytes(_) | Int(_) | Uint(_))
}

/// What an indexed field, or an unindexed one of one word, says. Of longer types a topic holds the hash alone.
/// `None`: the word is no value of the type.
fn topic_value(ty: &DynSolType, word: B256) -> Option<DynSolValue> {
    Some(match *ty {
        DynSolType::Address if word[..12] == [0; 12] => DynSolValue::Address(Address::from_word(word)),
        DynSolType::Bool if word <= FixedBytes::with_last_byte(1) => DynSolValue::Bool(word[31] == 1),
        DynSolType::FixedBytes(size) if word[size..].iter().all(|byte| *byte == 0) => {
            DynSolValue::FixedBytes(word, size)
        }
        DynSolType::Uint(bits) => {
            let value = U256::from_be_bytes(word.0);
            (value.bit_len() <= bits).then_some(DynSolValue::Uint(value, bits))?
        }
        DynSolType::Int(bits) => {
            let value = I256::from_be_bytes(word.0);
            // A two's complement number needs one bit more than its magnitude.
            let magnitude = if value.is_negative() { !value } else { value }.into_raw();
            (magnitude.bit_len() < bits).then_some(DynSolValue::Int(value, bits))?
        }
        DynSolType::Address | DynSolType::Bool | DynSolType::FixedBytes(_) => return None,
        _ => DynSolValue::FixedBytes(word, 32),
    })
}

#[cfg(test)]
mod tests;
