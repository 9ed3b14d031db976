//! How long encoded SCALE values are, worked out once from the chain's metadata.
//!
//! A block's events are one long value without an index: whoever wants one event has to walk over all before it. Going
//! through the type registry for every byte of them costs more than everything else the indexer does, so the registry
//! is compiled into [`Layouts`] when a runtime version is first met.

use codec::{Compact, Decode};
use scale_info::{Field, PortableRegistry, TypeDef, TypeDefPrimitive, form::PortableForm};

/// Values and fixed-length types nested deeper than this are refused; no runtime comes near it.
const MAX_DEPTH: usize = 128;

/// Why a value could not be walked over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LayoutError {
    /// The metadata names a type that it does not hold, or one that cannot be encoded.
    #[error("the metadata has no usable type {0}")]
    UnknownType(u32),
    /// The value ends early.
    #[error("the encoded value ends early")]
    Truncated,
    /// An enum has no variant of this index.
    #[error("there is no variant with index {0}")]
    UnknownVariant(u8),
    /// The value is nested without end.
    #[error("the encoded value is nested too deeply")]
    TooDeep,
}

/// The extent of every type of a registry. The position is the type's id, so that types may contain themselves.
#[derive(Debug)]
pub(super) struct Layouts(Vec<Layout>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Layout {
    /// A type that cannot be walked over.
    Unusable,
    /// So many bytes.
    Fixed(usize),
    /// A compact integer.
    Compact,
    /// A length, then so many values of this type.
    Sequence(u32),
    /// So many values of this type.
    Array(u32, u32),
    /// One after the other.
    Fields(Vec<Step>),
    /// An index byte, then what that variant holds. `None`: no such variant.
    Variant(Vec<Option<Vec<Step>>>),
    /// A bit sequence whose store type has so many bytes.
    Bits(usize),
}

/// A part of a value. Neighbours of fixed length melt into one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Fixed(usize),
    Type(u32),
}

impl Layouts {
    /// Compiles all types of a registry.
    pub(super) fn new(types: &PortableRegistry) -> Self {
        Self(
            types
                .types
                .iter()
                .map(|ty| layout(types, ty.id).unwrap_or(Layout::Unusable))
                .collect(),
        )
    }

    /// Moves `input` past one value of type `id`.
    pub(super) fn skip(&self, id: u32, input: &mut &[u8]) -> Result<(), LayoutError> {
        self.skip_value(id, input, 0)
    }

    /// The length of type `id`, if all its values have the same.
    pub(super) fn fixed_length(&self, id: u32) -> Option<usize> {
        match self.0.get(id as usize) {
            Some(Layout::Fixed(length)) => Some(*length),
            _ => None,
        }
    }

    /// The length of what type `id` is a sequence of, if that is fixed.
    pub(super) fn item_length(&self, id: u32) -> Option<usize> {
        match self.0.get(id as usize) {
            Some(Layout::Sequence(item)) => self.fixed_length(*item),
            // A newtype around a sequence, such as a bounded vector.
            Some(Layout::Fields(steps)) => match steps[..] {
                [Step::Type(inner)] => self.item_length(inner),
                _ => None,
            },
            _ => None,
        }
    }

    fn skip_value(&self, id: u32, input: &mut &[u8], depth: usize) -> Result<(), LayoutError> {
        if depth > MAX_DEPTH {
            return Err(LayoutError::TooDeep);
        }
        match self.0.get(id as usize).unwrap_or(&Layout::Unusable) {
            Layout::Unusable => Err(LayoutError::UnknownType(id)),
            Layout::Fixed(length) => take(input, *length).map(drop),
            Layout::Compact => {
                // The first byte says how many follow; what they mean does not matter here.
                let first = *input.first().ok_or(LayoutError::Truncated)?;
                let length = match first & 0b11 {
                    0 => 1,
                    1 => 2,
                    2 => 4,
                    _ => usize::from(first >> 2) + 5,
                };
                take(input, length).map(drop)
            }
            Layout::Sequence(item) => {
                let count = length(input)?;
                self.skip_many(*item, count, input, depth)
            }
            Layout::Array(item, count) => self.skip_many(*item, *count as usize, input, depth),
            Layout::Fields(steps) => self.skip_steps(steps, input, depth),
            Layout::Variant(variants) => {
                let index = take(input, 1)?[0];
                let steps = variants.get(usize::from(index)).and_then(Option::as_ref);
                self.skip_steps(steps.ok_or(LayoutError::UnknownVariant(index))?, input, depth)
            }
            Layout::Bits(bytes) => {
                let bits = length(input)?;
                take(input, bits.div_ceil(bytes * 8).saturating_mul(*bytes)).map(drop)
            }
        }
    }

    fn skip_steps(&self, steps: &[Step], input: &mut &[u8], depth: usize) -> Result<(), LayoutError> {
        steps.iter().try_for_each(|step| match *step {
            Step::Fixed(length) => take(input, length).map(drop),
            Step::Type(id) => self.skip_value(id, input, depth + 1),
        })
    }

    fn skip_many(&self, item: u32, count: usize, input: &mut &[u8], depth: usize) -> Result<(), LayoutError> {
        match self.fixed_length(item) {
            Some(length) => take(input, length.saturating_mul(count)).map(drop),
            // Every value of variable length takes at least a byte, so a false count ends with the input.
            None => (0..count).try_for_each(|_| self.skip_value(item, input, depth + 1)),
        }
    }
}

/// The layout of one type; `None` if it cannot be encoded.
fn layout(types: &PortableRegistry, id: u32) -> Option<Layout> {
    if let Some(length) = fixed_length(types, id, 0) {
        return Some(Layout::Fixed(length));
    }
    let steps = |ids: &mut dyn Iterator<Item = u32>| {
        let mut steps: Vec<Step> = Vec::new();
        for id in ids {
            match (steps.last_mut(), fixed_length(types, id, 0)) {
                (_, Some(0)) => {}
                (Some(Step::Fixed(length)), Some(more)) => *length = length.saturating_add(more),
                (_, Some(length)) => steps.push(Step::Fixed(length)),
                (_, None) => steps.push(Step::Type(id)),
            }
        }
        steps
    };
    Some(match &types.resolve(id)?.type_def {
        TypeDef::Primitive(TypeDefPrimitive::Str) => Layout::Sequence(byte_type(types)?),
        TypeDef::Primitive(_) => return None,
        TypeDef::Compact(_) => Layout::Compact,
        TypeDef::Sequence(of) => Layout::Sequence(of.type_param.id),
        TypeDef::Array(of) => Layout::Array(of.type_param.id, of.len),
        TypeDef::Composite(of) => Layout::Fields(steps(&mut of.fields.iter().map(|field| field.ty.id))),
        TypeDef::Tuple(of) => Layout::Fields(steps(&mut of.fields.iter().map(|field| field.id))),
        TypeDef::Variant(of) => {
            let mut variants = Vec::new();
            for variant in &of.variants {
                let index = usize::from(variant.index);
                if variants.len() <= index {
                    variants.resize(index + 1, None);
                }
                variants[index] = Some(steps(&mut variant.fields.iter().map(|field| field.ty.id)));
            }
            Layout::Variant(variants)
        }
        TypeDef::BitSequence(of) => match fixed_length(types, of.bit_store_type.id, 0)? {
            0 => return None,
            bytes => Layout::Bits(bytes),
        },
    })
}

/// How many bytes every value of the type takes; `None` if that depends on the value.
fn fixed_length(types: &PortableRegistry, id: u32, depth: usize) -> Option<usize> {
    // A type of fixed length cannot contain itself, but a false registry may say so.
    let ty = types.resolve(id).filter(|_| depth < MAX_DEPTH)?;
    let sum = |mut ids: &mut dyn Iterator<Item = u32>| {
        Iterator::try_fold(&mut ids, 0_usize, |sum, id| {
            sum.checked_add(fixed_length(types, id, depth + 1)?)
        })
    };
    match &ty.type_def {
        TypeDef::Primitive(primitive) => match primitive {
            TypeDefPrimitive::Bool | TypeDefPrimitive::U8 | TypeDefPrimitive::I8 => Some(1),
            TypeDefPrimitive::U16 | TypeDefPrimitive::I16 => Some(2),
            TypeDefPrimitive::Char | TypeDefPrimitive::U32 | TypeDefPrimitive::I32 => Some(4),
            TypeDefPrimitive::U64 | TypeDefPrimitive::I64 => Some(8),
            TypeDefPrimitive::U128 | TypeDefPrimitive::I128 => Some(16),
            TypeDefPrimitive::U256 | TypeDefPrimitive::I256 => Some(32),
            TypeDefPrimitive::Str => None,
        },
        TypeDef::Array(of) if of.len == 0 => Some(0),
        TypeDef::Array(of) => fixed_length(types, of.type_param.id, depth + 1)?.checked_mul(of.len as usize),
        TypeDef::Composite(of) => sum(&mut of.fields.iter().map(|field| field.ty.id)),
        TypeDef::Tuple(of) => sum(&mut of.fields.iter().map(|field| field.id)),
        // A compact unit takes no room.
        TypeDef::Compact(of) => fixed_length(types, of.type_param.id, depth + 1).filter(|length| *length == 0),
        TypeDef::Sequence(_) | TypeDef::Variant(_) | TypeDef::BitSequence(_) => None,
    }
}

/// The id of `u8`; text is a sequence of it.
fn byte_type(types: &PortableRegistry) -> Option<u32> {
    let is_byte = |def: &TypeDef<PortableForm>| matches!(def, TypeDef::Primitive(TypeDefPrimitive::U8));
    Some(types.types.iter().find(|ty| is_byte(&ty.ty.type_def))?.id)
}

/// The next `length` bytes.
pub(super) fn take<'a>(input: &mut &'a [u8], length: usize) -> Result<&'a [u8], LayoutError> {
    let (taken, rest) = input.split_at_checked(length).ok_or(LayoutError::Truncated)?;
    *input = rest;
    Ok(taken)
}

/// The compact length before a sequence.
pub(super) fn length(input: &mut &[u8]) -> Result<usize, LayoutError> {
    let Compact(length) = Compact::<u32>::decode(input).map_err(|_| LayoutError::Truncated)?;
    Ok(length as usize)
}

/// The type of the field named `name`.
pub(super) fn field(fields: &[Field<PortableForm>], name: &str) -> Option<u32> {
    Some(fields.iter().find(|field| field.name.as_deref() == Some(name))?.ty.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use codec::Encode;
    use scale_info::{MetaType, Registry, TypeInfo};

    #[derive(Encode, TypeInfo)]
    struct Record {
        id: [u8; 20],
        count: u32,
        #[codec(compact)]
        weight: u64,
        list: Vec<Vec<u16>>,
        text: String,
        nothing: (),
    }

    /// Contains itself, as `Xcm` does in the events of public chains.
    #[derive(Encode, TypeInfo)]
    enum Event {
        #[codec(index = 0)]
        Empty,
        #[codec(index = 7)]
        Full {
            record: Record,
            flag: Option<bool>,
            pair: [Option<u8>; 3],
            nested: Vec<Event>,
        },
    }

    fn layouts_of<T: TypeInfo + 'static>() -> (Layouts, u32) {
        let mut registry = Registry::new();
        registry.register_type(&MetaType::new::<u8>());
        let id = registry.register_type(&MetaType::new::<T>()).id;
        (Layouts::new(&registry.into()), id)
    }

    fn skip<T: TypeInfo + 'static>(input: &mut &[u8]) -> Result<(), LayoutError> {
        let (layouts, id) = layouts_of::<T>();
        layouts.skip(id, input)
    }

    fn events() -> Vec<Event> {
        let record = |weight| Record {
            id: [1; 20],
            count: 2,
            weight,
            list: vec![vec![], vec![1, 2, 3]],
            text: "α".repeat(70),
            nothing: (),
        };
        let full = |weight| Event::Full {
            record: record(weight),
            flag: Some(true),
            pair: [None, Some(1), None],
            nested: vec![Event::Empty],
        };
        let mut events = vec![Event::Empty];
        events.extend([0, 63, 64, 16_383, 16_384, (1 << 30) - 1, 1 << 30, u64::MAX].map(full));
        vec![Event::Full {
            record: record(1),
            flag: None,
            pair: [None; 3],
            nested: events,
        }]
    }

    #[test]
    fn skipping_ends_exactly_behind_the_value() {
        let mut bytes = events().encode();
        let length = bytes.len();
        bytes.extend([0xAB; 3]);
        let mut input = &bytes[..];
        skip::<Vec<Event>>(&mut input).unwrap();
        assert_eq!(bytes.len() - input.len(), length);
    }

    #[test]
    fn every_truncation_is_noticed() {
        let (layouts, id) = layouts_of::<Vec<Event>>();
        let bytes = events().encode();
        for end in 0..bytes.len() {
            assert_eq!(
                layouts.skip(id, &mut &bytes[..end]),
                Err(LayoutError::Truncated),
                "{end}"
            );
        }
    }

    #[test]
    fn an_unknown_variant_is_refused() {
        assert_eq!(skip::<Event>(&mut &[3u8][..]), Err(LayoutError::UnknownVariant(3)));
    }

    #[test]
    fn neighbours_of_fixed_length_are_one_step() {
        let (layouts, id) = layouts_of::<(u8, [u32; 4], (), bool)>();
        assert_eq!(layouts.fixed_length(id), Some(18));
    }

    #[test]
    fn a_huge_false_length_ends_at_once() {
        assert_eq!(
            skip::<Vec<[u8; 32]>>(&mut &Compact(u32::MAX).encode()[..]),
            Err(LayoutError::Truncated)
        );
    }

    #[test]
    fn a_value_nested_without_end_is_refused() {
        #[derive(TypeInfo)]
        #[allow(dead_code)]
        struct Nested(Vec<Nested>);
        assert_eq!(skip::<Nested>(&mut &[4u8; 100_000][..]), Err(LayoutError::TooDeep));
    }
}
