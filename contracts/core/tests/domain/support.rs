//! What the tests share: hash functions, short ways to write policies, and generators of arbitrary ones.

use proptest::{collection::vec, option, prelude::*};
use salus_core::{
    codes::{Action, Category, Confidentiality, DataMeaning, Purpose, ResourceClass, Sensitivity},
    consent::{
        Actors, Answer, Criteria, DataPeriod, DataRef, Decision, Effect, Period, Policy, PolicyView, Provision,
        Request, data_ref, evaluate,
    },
    hash::Hash,
};
use sha3::Digest;

pub(crate) fn keccak256(bytes: &[u8]) -> Hash {
    sha3::Keccak256::digest(bytes).into()
}

pub(crate) fn sha256(bytes: &[u8]) -> Hash {
    sha2::Sha256::digest(bytes).into()
}

/// The requester of most tests, a doctor, and somebody else.
pub(crate) const DOCTOR: [u8; 20] = [0xd0; 20];
pub(crate) const STRANGER: [u8; 20] = [0x57; 20];
/// A moment at which most tests ask.
pub(crate) const NOW: u64 = 1_800_000_000;

pub(crate) fn permit() -> Policy {
    Policy::new(Effect::Permit, NOW)
}

pub(crate) fn deny() -> Policy {
    Policy::new(Effect::Deny, NOW)
}

pub(crate) fn except(criteria: Criteria, provisions: Vec<Provision>) -> Provision {
    Provision { criteria, provisions }
}

pub(crate) fn only(addresses: &[[u8; 20]]) -> Criteria {
    Criteria {
        actors: Actors {
            addresses: addresses.to_vec(),
            ..Actors::default()
        },
        ..Criteria::default()
    }
}

pub(crate) fn purpose(purpose: Purpose) -> Criteria {
    Criteria {
        purposes: purpose.mask(),
        ..Criteria::default()
    }
}

pub(crate) fn class(class: ResourceClass) -> Criteria {
    Criteria {
        classes: class.mask(),
        ..Criteria::default()
    }
}

pub(crate) fn label(label: Sensitivity) -> Criteria {
    Criteria {
        labels: label.mask(),
        ..Criteria::default()
    }
}

/// The doctor asks for observations for treatment.
pub(crate) fn treatment() -> Request<'static> {
    Request::new(&[DOCTOR], Purpose::TREAT, ResourceClass::OBSERVATION)
}

pub(crate) fn permit_except(provisions: Vec<Provision>) -> Policy {
    Policy { provisions, ..permit() }
}

pub(crate) fn deny_except(provisions: Vec<Provision>) -> Policy {
    Policy { provisions, ..deny() }
}

// The doctor's request with one thing changed.

pub(crate) fn by(addresses: &[[u8; 20]]) -> Request<'_> {
    Request {
        addresses,
        ..treatment()
    }
}

pub(crate) fn treatment_but_for(purpose: Purpose) -> Request<'static> {
    Request { purpose, ..treatment() }
}

pub(crate) fn treatment_with(class: ResourceClass) -> Request<'static> {
    Request { class, ..treatment() }
}

pub(crate) fn labelled(labels: u64) -> Request<'static> {
    Request { labels, ..treatment() }
}

pub(crate) fn authored_in(from: i64, until: i64) -> Request<'static> {
    Request {
        data_period: DataPeriod { from, until },
        ..treatment()
    }
}

pub(crate) fn answer(policy: &Policy, request: &Request<'_>) -> Answer {
    ask(policy, request).answer
}

pub(crate) fn ask(policy: &Policy, request: &Request<'_>) -> Decision {
    ask_at(policy, request, NOW)
}

pub(crate) fn ask_at(policy: &Policy, request: &Request<'_>, at: u64) -> Decision {
    let bytes = policy.encode().expect("the policy is valid");
    evaluate(
        &PolicyView::parse(&bytes).expect("what was encoded is canonical"),
        request,
        at,
    )
}

// Generators draw from few values, so that policies and requests meet.

fn few<const N: usize>(bits: [u8; N]) -> impl Strategy<Value = u64> {
    vec(prop::sample::select(bits.to_vec()), 0..=2).prop_map(|bits| bits.iter().fold(0, |mask, bit| mask | 1 << bit))
}

fn address() -> impl Strategy<Value = [u8; 20]> {
    (0u8..3).prop_map(|byte| [byte; 20])
}

fn community() -> impl Strategy<Value = [u8; 32]> {
    (0u8..2).prop_map(|byte| [byte; 32])
}

fn reference() -> impl Strategy<Value = DataRef> {
    (0u8..5, 0u8..2)
        .prop_map(|(meaning, id)| data_ref(DataMeaning::from_bit(meaning).expect("a number of five"), &[id; 32]))
}

fn actors() -> impl Strategy<Value = Actors> {
    (vec(address(), 0..3), few([0, 2, 25]), vec(community(), 0..2)).prop_map(|(addresses, roles, communities)| Actors {
        addresses,
        roles,
        communities,
    })
}

/// Mostly nothing, so that provisions do match now and then.
fn rarely<T: core::fmt::Debug + Clone + Default + 'static>(
    strategy: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = T> {
    prop_oneof![3 => Just(T::default()), 1 => strategy]
}

fn period() -> impl Strategy<Value = Period> {
    (0u64..4, 1u64..4).prop_map(|(from, length)| Period {
        from,
        until: from + length,
    })
}

pub(crate) fn data_period() -> impl Strategy<Value = DataPeriod> {
    (-2i64..3, 0i64..4).prop_map(|(from, length)| DataPeriod {
        from,
        until: from + length,
    })
}

pub(crate) fn criteria() -> impl Strategy<Value = Criteria> {
    let masks = (
        rarely(few([0, 1, 5])),
        rarely(few([2, 4, 5])),
        rarely(few([0, 1, 5, 44])),
        rarely(0u8..=Confidentiality::KNOWN),
        rarely(0u16..=Action::KNOWN),
    );
    let others = (
        rarely(actors()),
        option::weighted(0.2, period()),
        option::weighted(0.2, data_period()),
        rarely(vec(reference(), 0..3)),
    );
    (masks, others).prop_map(
        |((purposes, classes, labels, confidentiality, actions), (actors, period, data_period, data))| Criteria {
            actors,
            purposes,
            classes,
            labels,
            confidentiality,
            actions,
            period,
            data_period,
            data,
        },
    )
}

pub(crate) fn provision() -> impl Strategy<Value = Provision> {
    let leaf = criteria().prop_map(|criteria| Provision {
        criteria,
        provisions: Vec::new(),
    });
    leaf.prop_recursive(6, 24, 4, |nested| {
        (criteria(), vec(nested, 0..4)).prop_map(|(criteria, provisions)| Provision { criteria, provisions })
    })
}

pub(crate) fn policy() -> impl Strategy<Value = Policy> {
    let base = prop_oneof![5 => Just(Some(Effect::Permit)), 5 => Just(Some(Effect::Deny)), 1 => Just(None)];
    (
        base,
        0u64..4,
        rarely(0u32..=Category::KNOWN),
        rarely(criteria()),
        vec(provision(), 0..4),
    )
        .prop_map(|(base, date_time, categories, scope, provisions)| Policy {
            base,
            date_time,
            categories,
            scope,
            provisions,
        })
}

/// A request that owns its lists.
#[derive(Clone, Debug)]
pub(crate) struct OwnedRequest {
    pub(crate) fields: Request<'static>,
    pub(crate) addresses: Vec<[u8; 20]>,
    pub(crate) communities: Vec<[u8; 32]>,
    pub(crate) data: Vec<DataRef>,
}

impl OwnedRequest {
    pub(crate) fn as_request(&self) -> Request<'_> {
        Request {
            addresses: &self.addresses,
            communities: &self.communities,
            data: &self.data,
            ..self.fields
        }
    }
}

pub(crate) fn request() -> impl Strategy<Value = OwnedRequest> {
    let codes = (
        prop::sample::select(vec![Purpose::TREAT, Purpose::ETREAT, Purpose::HRESCH]),
        prop::sample::select(vec![
            ResourceClass::ENCOUNTER,
            ResourceClass::CONDITION,
            ResourceClass::OBSERVATION,
        ]),
        (0u8..5).prop_map(|bit| Action::from_bit(bit).expect("a number of five")),
        (0u8..6).prop_map(|bit| Confidentiality::from_bit(bit).expect("a number of six")),
    );
    let masks = (
        rarely(0u32..=Category::KNOWN),
        rarely(few([0, 1, 5, 44])),
        few([0, 2, 25]),
        0u8..=DataMeaning::KNOWN,
    );
    let lists = (vec(address(), 0..3), vec(community(), 0..2), vec(reference(), 0..3));
    let times = prop_oneof![Just(DataPeriod::ALL), data_period()];
    (codes, masks, lists, times).prop_map(
        |((purpose, class, action, confidentiality), masks, (addresses, communities, data), data_period)| {
            let (categories, labels, roles, stated) = masks;
            // What is listed is stated, too: anything else has no encoding.
            let data_stated = data.iter().fold(stated, |stated, [meaning, ..]| stated | 1 << meaning);
            OwnedRequest {
                fields: Request {
                    action,
                    confidentiality,
                    categories,
                    labels,
                    data_period,
                    roles,
                    data_stated,
                    ..Request::new(&[], purpose, class)
                },
                addresses,
                communities,
                data,
            }
        },
    )
}

/// Bytes that are often almost right.
pub(crate) fn mutated(bytes: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let length = bytes.len();
    (
        Just(bytes),
        vec((0..length, any::<u8>()), 0..4),
        0..=length,
        any::<bool>(),
    )
        .prop_map(|(mut bytes, changes, cut, is_cut)| {
            for (index, byte) in changes {
                bytes[index] = byte;
            }
            if is_cut {
                bytes.truncate(cut);
            }
            bytes
        })
}
