//! A request for access: who asks for what, why, and what is known of the data.

use alloc::vec::Vec;

use super::{
    ENCODING_VERSION, MAX_REQUEST_ITEMS,
    encode::{list, sorted},
    error::{EncodeError, Malformed, MalformedKind},
    node::{are_known, is_ascending},
    policy::DataPeriod,
};
use crate::{
    bytes::Reader,
    codes::{Action, Category, Confidentiality, DataMeaning, Purpose, ResourceClass, Role, Sensitivity},
    hash::{Domain, Hash, concat},
};

/// A reference to data: the number of a [`DataMeaning`], then 32 bytes that identify what is referred to (a resource,
/// an encounter, an author, a code). The parties agree on how they derive the identifier; it has to tell nothing by itself.
pub type DataRef = [u8; 33];

/// The reference to data that stand in the relation `meaning` to `id`.
pub fn data_ref(meaning: DataMeaning, id: &[u8; 32]) -> DataRef {
    let mut reference = [meaning.bit(); 33];
    reference[1..].copy_from_slice(id);
    reference
}

/// The reference to data that carry a code: `H("salus/code" || version || length of system || system || code)` of 16, 1, 8 and any
/// number of bytes. A code is what its system writes, in its case; system and code are compared byte by byte.
///
/// There is no salt, or a request could not be compared with a policy: who sees one can try codes. In a policy it is as hidden
/// as the policy is.
pub fn code_ref(system: &str, code: &str, keccak256: impl Fn(&[u8]) -> Hash) -> DataRef {
    let length = (system.len() as u64).to_be_bytes();
    let parts: [&[u8]; 5] = [
        &Domain::CODE.0,
        &[ENCODING_VERSION],
        &length,
        system.as_bytes(),
        code.as_bytes(),
    ];
    data_ref(DataMeaning::CODE, &keccak256(&concat(&parts)))
}

/// A request for access to data of one class, for one purpose.
///
/// It says nothing of the time: who evaluates it knows that better than who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// Why the data are asked for.
    pub purpose: Purpose,
    /// What kind of data is asked for.
    pub class: ResourceClass,
    /// What is to be done with them.
    pub action: Action,
    /// How confidential the data are that are asked for; where several levels are asked for, the highest.
    pub confidentiality: Confidentiality,
    /// The categories of consents that may answer: a mask over [`Category`]; 0 is any.
    pub categories: u32,
    /// The sensitivity labels that the data are known to carry: a mask over [`Sensitivity`]. What is not known
    /// becomes an obligation in the answer.
    pub labels: u64,
    /// When the data were authored; [`DataPeriod::ALL`] if they are asked for regardless of that.
    pub data_period: DataPeriod,
    /// The roles in which the requester asks: a mask over [`Role`].
    pub roles: u64,
    /// The requester's accounts (own, organisation's).
    pub addresses: &'a [[u8; 20]],
    /// The communities that the requester belongs to.
    pub communities: &'a [[u8; 32]],
    /// For which meanings `data` names all that there is to name: a mask over [`DataMeaning`]. Where a policy selects
    /// data by a meaning that is not in it, the request leaves open whether that selects what is asked for.
    pub data_stated: u8,
    /// References which the data that are asked for are known by.
    pub data: &'a [DataRef],
}

impl<'a> Request<'a> {
    /// A request to access data of a class for a purpose, of normal confidentiality, nothing else known.
    pub fn new(addresses: &'a [[u8; 20]], purpose: Purpose, class: ResourceClass) -> Self {
        Self {
            purpose,
            class,
            action: Action::ACCESS,
            confidentiality: Confidentiality::N,
            categories: 0,
            labels: 0,
            data_period: DataPeriod::ALL,
            roles: 0,
            addresses,
            communities: &[],
            data_stated: 0,
            data: &[],
        }
    }

    /// Whether `address` is one of the requester's accounts.
    pub fn names(&self, address: &[u8; 20]) -> bool {
        self.addresses.contains(address)
    }

    /// Accepts the canonical encoding of a request and nothing else.
    ///
    /// # Errors
    /// [`Malformed`] for anything that [`Request::encode`] could not have written. Never panics.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(bytes);
        if reader.u8().is_some_and(|version| version != ENCODING_VERSION) {
            return Err(MalformedKind::UnknownVersion.at(&reader));
        }
        let codes = reader.take(4).ok_or_else(|| MalformedKind::UnexpectedEnd.at(&reader))?;
        let (purpose, class, action, confidentiality) =
            read_codes(codes).ok_or_else(|| MalformedKind::UnknownCode.at(&reader))?;
        let mut fields = || {
            Some(Self {
                purpose,
                class,
                action,
                confidentiality,
                categories: reader.u32()?,
                labels: reader.u64()?,
                data_period: DataPeriod {
                    from: reader.i64()?,
                    until: reader.i64()?,
                },
                roles: reader.u64()?,
                addresses: reader.list()?,
                communities: reader.list()?,
                data_stated: reader.u8()?,
                data: reader.list()?,
            })
        };
        let request = fields().ok_or_else(|| MalformedKind::UnexpectedEnd.at(&reader))?;
        request.check().map_err(|kind| kind.at(&reader))?;
        if reader.is_empty() {
            Ok(request)
        } else {
            Err(MalformedKind::TrailingBytes.at(&reader))
        }
    }

    fn check(&self) -> Result<(), MalformedKind> {
        let unknown = u64::from(self.categories & !Category::KNOWN)
            | self.labels & !Sensitivity::KNOWN
            | self.roles & !Role::KNOWN
            | u64::from(self.data_stated & !DataMeaning::KNOWN);
        let longest = self.addresses.len().max(self.communities.len()).max(self.data.len());
        if unknown != 0 {
            Err(MalformedKind::UnknownCode)
        } else if self.data_period.until < self.data_period.from {
            Err(MalformedKind::ReversedPeriod)
        } else if longest > MAX_REQUEST_ITEMS {
            Err(MalformedKind::TooManyItems)
        } else if !is_ascending(self.addresses) || !is_ascending(self.communities) {
            Err(MalformedKind::UnorderedList)
        } else if !are_known(self.data) {
            Err(MalformedKind::UnknownCode)
        } else if !is_ascending(self.data) {
            Err(MalformedKind::UnorderedList)
        } else if self.data.iter().any(|[meaning, ..]| !self.states_meaning(*meaning)) {
            Err(MalformedKind::UnstatedMeaning)
        } else {
            Ok(())
        }
    }

    /// Whether the request names all that there is to name for a meaning, given by its number.
    pub(super) fn states_meaning(&self, meaning: u8) -> bool {
        DataMeaning::from_bit(meaning).is_some_and(|meaning| self.data_stated & meaning.mask() != 0)
    }

    /// The canonical encoding. Lists are put in order, and repeated entries left out.
    ///
    /// # Errors
    /// [`EncodeError`] if the request breaks a rule that [`Request::decode`] checks.
    pub fn encode(&self) -> Result<Vec<u8>, EncodeError> {
        let mut bytes = Vec::with_capacity(64);
        bytes.push(ENCODING_VERSION);
        bytes.extend([
            self.purpose.bit(),
            self.class.bit(),
            self.action.bit(),
            self.confidentiality.bit(),
        ]);
        bytes.extend(self.categories.to_be_bytes());
        bytes.extend(self.labels.to_be_bytes());
        bytes.extend(self.data_period.from.to_be_bytes());
        bytes.extend(self.data_period.until.to_be_bytes());
        bytes.extend(self.roles.to_be_bytes());
        list(&mut bytes, "addresses", &sorted(self.addresses))?;
        list(&mut bytes, "communities", &sorted(self.communities))?;
        bytes.push(self.data_stated);
        list(&mut bytes, "data", &sorted(self.data))?;
        Request::decode(&bytes)?;
        Ok(bytes)
    }
}

fn read_codes(codes: &[u8]) -> Option<(Purpose, ResourceClass, Action, Confidentiality)> {
    let &[purpose, class, action, confidentiality] = codes else {
        return None;
    };
    Some((
        Purpose::from_bit(purpose)?,
        ResourceClass::from_bit(class)?,
        Action::from_bit(action)?,
        Confidentiality::from_bit(confidentiality)?,
    ))
}
