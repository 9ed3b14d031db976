//! Writing a policy's canonical encoding.

use alloc::vec::Vec;

use super::{
    ENCODING_VERSION, PolicyView,
    error::EncodeError,
    node::stated,
    policy::{Actors, Criteria, Policy, Provision},
};

impl Policy {
    /// The canonical encoding: the bytes that are committed to. Lists are put in order, and repeated entries left out.
    ///
    /// # Errors
    /// [`EncodeError`] if the policy breaks a rule that [`PolicyView::parse`] checks (unknown bits in a mask, reversed
    /// or unbounded periods, too deep, too many provisions, too long).
    pub fn encode(&self) -> Result<Vec<u8>, EncodeError> {
        let mut bytes = Vec::with_capacity(64);
        bytes.push(ENCODING_VERSION);
        bytes.push(self.base.map_or(0, |effect| effect as u8));
        bytes.extend(self.date_time.to_be_bytes());
        bytes.extend(self.categories.to_be_bytes());
        node(&mut bytes, &self.scope, &self.provisions)?;
        PolicyView::parse(&bytes)?;
        Ok(bytes)
    }
}

fn node(bytes: &mut Vec<u8>, criteria: &Criteria, provisions: &[Provision]) -> Result<(), EncodeError> {
    let mut body = Vec::with_capacity(32);
    body.extend(criteria.stated().to_be_bytes());
    criteria.write(&mut body)?;
    body.push(count("provisions", provisions.len())?);
    for provision in provisions {
        node(&mut body, &provision.criteria, &provision.provisions)?;
    }
    let length = u16::try_from(body.len()).map_err(|_| EncodeError::ProvisionTooLong)?;
    bytes.extend(length.to_be_bytes());
    bytes.extend(body);
    Ok(())
}

impl Criteria {
    /// Which criteria are stated, as a node's first field says it.
    fn stated(&self) -> u16 {
        let bit = |is_stated: bool, bit: u16| if is_stated { bit } else { 0 };
        bit(!self.actors.is_empty(), stated::ACTORS)
            | bit(self.purposes != 0, stated::PURPOSES)
            | bit(self.classes != 0, stated::CLASSES)
            | bit(self.labels != 0, stated::LABELS)
            | bit(self.confidentiality != 0, stated::CONFIDENTIALITY)
            | bit(self.actions != 0, stated::ACTIONS)
            | bit(self.period.is_some(), stated::PERIOD)
            | bit(self.data_period.is_some(), stated::DATA_PERIOD)
            | bit(!self.data.is_empty(), stated::DATA)
    }

    fn write(&self, bytes: &mut Vec<u8>) -> Result<(), EncodeError> {
        if !self.actors.is_empty() {
            self.actors.write(bytes)?;
        }
        for mask in [self.purposes, self.classes, self.labels] {
            if mask != 0 {
                bytes.extend(mask.to_be_bytes());
            }
        }
        if self.confidentiality != 0 {
            bytes.push(self.confidentiality);
        }
        if self.actions != 0 {
            bytes.extend(self.actions.to_be_bytes());
        }
        if let Some(period) = self.period {
            bytes.extend(period.from.to_be_bytes());
            bytes.extend(period.until.to_be_bytes());
        }
        if let Some(period) = self.data_period {
            bytes.extend(period.from.to_be_bytes());
            bytes.extend(period.until.to_be_bytes());
        }
        if !self.data.is_empty() {
            list(bytes, "data", &sorted(&self.data))?;
        }
        Ok(())
    }
}

impl Actors {
    fn write(&self, bytes: &mut Vec<u8>) -> Result<(), EncodeError> {
        bytes.extend(self.roles.to_be_bytes());
        list(bytes, "addresses", &sorted(&self.addresses))?;
        list(bytes, "communities", &sorted(&self.communities))
    }
}

/// In ascending order, each entry once.
pub(super) fn sorted<T: Ord + Copy>(items: &[T]) -> Vec<T> {
    let mut items = items.to_vec();
    items.sort_unstable();
    items.dedup();
    items
}

/// A count in one byte, then the items.
pub(super) fn list<const N: usize>(
    bytes: &mut Vec<u8>,
    name: &'static str,
    items: &[[u8; N]],
) -> Result<(), EncodeError> {
    bytes.push(count(name, items.len())?);
    bytes.extend(items.as_flattened());
    Ok(())
}

fn count(list: &'static str, count: usize) -> Result<u8, EncodeError> {
    u8::try_from(count).map_err(|_| EncodeError::ListTooLong { list, count })
}
