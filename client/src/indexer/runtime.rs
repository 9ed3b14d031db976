//! Reads a block's events by the chain's own metadata, and of them only what contracts emitted.

use std::collections::HashSet;

use alloy_core::primitives::{Address, B256};
use scale_info::{TypeDef, TypeDefComposite, form::PortableForm};
use subxt::Metadata;

use super::{
    layout::{LayoutError, Layouts, field, length, take},
    log::RawLog,
};

/// Why events cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RuntimeError {
    /// The runtime has no contracts, or its events have a shape that this version does not know.
    #[error("the runtime's metadata has no usable {0}")]
    Missing(&'static str),
    /// A block's events do not fit the metadata.
    #[error("event {index} does not fit the runtime's metadata: {source}")]
    Malformed {
        /// The position of the event in its block.
        index: u32,
        /// What is wrong with it.
        source: LayoutError,
    },
    /// Something follows a block's last event.
    #[error("{0} bytes follow the last event")]
    TrailingBytes(usize),
}

/// Reads the events of blocks that one runtime version made.
#[derive(Debug)]
pub struct EventReader {
    layouts: Layouts,
    phase: u32,
    /// The variant of `Phase` for what happens in an extrinsic.
    apply_extrinsic: u8,
    event: u32,
    topics: u32,
    /// Index of the pallet and of its event in the encoded event.
    emitted: [u8; 2],
    emitted_fields: Vec<EmittedField>,
}

/// A field of `Revive.ContractEmitted`, in the order in which they are encoded.
#[derive(Debug, Clone, Copy)]
enum EmittedField {
    Contract,
    Data,
    Topics,
    /// A field that this version has no use for.
    Other(u32),
}

impl EventReader {
    /// A reader for the runtime that this metadata describes.
    ///
    /// # Errors
    /// [`RuntimeError::Missing`]: it has no pallet Revive, or events of an unknown shape.
    pub fn new(metadata: &Metadata) -> Result<Self, RuntimeError> {
        let missing = |what| move || RuntimeError::Missing(what);
        let types = metadata.types();
        let layouts = Layouts::new(types);

        let system = metadata.pallet_by_name("System").and_then(|pallet| pallet.storage());
        let events = system
            .and_then(|storage| storage.entry_by_name("Events"))
            .ok_or_else(missing("System.Events"))?;
        let record = sequence_item(types.resolve(events.value_ty()).map(|ty| &ty.type_def))
            .and_then(|item| composite(types.resolve(item).map(|ty| &ty.type_def)))
            .ok_or_else(missing("event record"))?;
        let names: Vec<_> = record
            .fields
            .iter()
            .map(|field| field.name.as_deref().unwrap_or_default())
            .collect();
        if names != ["phase", "event", "topics"] {
            return Err(RuntimeError::Missing("event record"));
        }
        let part = |name| field(&record.fields, name).ok_or_else(missing("event record"));
        let (phase, event, topics) = (part("phase")?, part("event")?, part("topics")?);

        let apply_extrinsic = match types.resolve(phase).map(|ty| &ty.type_def) {
            Some(TypeDef::Variant(of)) => of.variants.iter().find(|variant| {
                let fields = &variant.fields[..];
                variant.name == "ApplyExtrinsic"
                    && fields.len() == 1
                    && layouts.fixed_length(fields[0].ty.id) == Some(4)
            }),
            _ => None,
        };
        let apply_extrinsic = apply_extrinsic.ok_or_else(missing("event phase"))?.index;

        let revive = metadata.pallet_by_name("Revive").ok_or_else(missing("pallet Revive"))?;
        let variant = revive
            .event_variants()
            .and_then(|all| all.iter().find(|variant| variant.name == "ContractEmitted"));
        let variant = variant.ok_or_else(missing("event Revive.ContractEmitted"))?;
        let emitted_fields = variant.fields.iter().map(|field| {
            let id = field.ty.id;
            match field.name.as_deref() {
                Some("contract") if layouts.fixed_length(id) == Some(20) => EmittedField::Contract,
                Some("data") if layouts.item_length(id) == Some(1) => EmittedField::Data,
                Some("topics") if layouts.item_length(id) == Some(32) => EmittedField::Topics,
                _ => EmittedField::Other(id),
            }
        });
        let emitted_fields: Vec<_> = emitted_fields.collect();
        if emitted_fields
            .iter()
            .filter(|field| !matches!(field, EmittedField::Other(_)))
            .count()
            != 3
        {
            return Err(RuntimeError::Missing("event Revive.ContractEmitted"));
        }
        let emitted = [revive.event_index(), variant.index];
        Ok(Self {
            layouts,
            phase,
            apply_extrinsic,
            event,
            topics,
            emitted,
            emitted_fields,
        })
    }

    /// Appends the logs of `contracts` among the encoded events of block number `block` to `logs`.
    ///
    /// `events` is the value of the storage item `System.Events`; nothing at all means no events.
    ///
    /// # Errors
    /// [`RuntimeError::Malformed`]: the events were not made by this runtime version.
    pub fn logs(
        &self,
        block: u64,
        events: &[u8],
        contracts: &HashSet<Address>,
        logs: &mut Vec<RawLog>,
    ) -> Result<(), RuntimeError> {
        if events.is_empty() {
            return Ok(());
        }
        let input = &mut &events[..];
        let malformed = |index| move |source| RuntimeError::Malformed { index, source };
        let count = length(input).map_err(malformed(0))?;
        for index in 0..u32::try_from(count).unwrap_or(u32::MAX) {
            let log = self.record(input, contracts).map_err(malformed(index))?;
            logs.extend(log.map(|log| RawLog { block, index, ..log }));
        }
        match input.len() {
            0 => Ok(()),
            left => Err(RuntimeError::TrailingBytes(left)),
        }
    }

    fn record(&self, input: &mut &[u8], contracts: &HashSet<Address>) -> Result<Option<RawLog>, LayoutError> {
        let mut phase = *input;
        self.layouts.skip(self.phase, input)?;
        let extrinsic = match take(&mut phase, 1)?[0] {
            variant if variant == self.apply_extrinsic => Some(u32::from_le_bytes(word(&mut phase)?)),
            _ => None,
        };
        let log = if input.starts_with(&self.emitted) {
            take(input, self.emitted.len())?;
            self.emitted(input, contracts)?.map(|log| RawLog { extrinsic, ..log })
        } else {
            self.layouts.skip(self.event, input)?;
            None
        };
        self.layouts.skip(self.topics, input)?;
        Ok(log)
    }

    fn emitted(&self, input: &mut &[u8], contracts: &HashSet<Address>) -> Result<Option<RawLog>, LayoutError> {
        let (mut address, mut data, mut topics) = (Address::ZERO, &[][..], &[][..]);
        for field in &self.emitted_fields {
            match *field {
                EmittedField::Contract => address = Address::from(word(input)?),
                EmittedField::Data => {
                    let length = length(input)?;
                    data = take(input, length)?;
                }
                EmittedField::Topics => {
                    let length = length(input)?;
                    topics = take(input, length.saturating_mul(32))?;
                }
                EmittedField::Other(id) => self.layouts.skip(id, input)?,
            }
        }
        Ok(contracts.contains(&address).then(|| RawLog {
            block: 0,
            index: 0,
            extrinsic: None,
            address,
            topics: topics.chunks_exact(32).map(B256::from_slice).collect(),
            data: data.to_vec(),
        }))
    }
}

fn sequence_item(def: Option<&TypeDef<PortableForm>>) -> Option<u32> {
    match def {
        Some(TypeDef::Sequence(of)) => Some(of.type_param.id),
        _ => None,
    }
}

fn composite(def: Option<&TypeDef<PortableForm>>) -> Option<&TypeDefComposite<PortableForm>> {
    match def {
        Some(TypeDef::Composite(of)) => Some(of),
        _ => None,
    }
}

/// The next `N` bytes as an array.
fn word<const N: usize>(input: &mut &[u8]) -> Result<[u8; N], LayoutError> {
    let (word, rest) = input.split_first_chunk().ok_or(LayoutError::Truncated)?;
    *input = rest;
    Ok(*word)
}
