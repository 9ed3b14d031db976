//! Giving consent, and asking by it: a policy is committed to with a new salt, the opening is kept, and the commitment
//! goes on chain with what the patient discloses.

use alloy_core::primitives::{Address, B256, keccak256};
use salus_core::{
    codes::{Purpose, ResourceClass},
    consent::{
        Answer, EncodeError, Period, Policy, PolicyView, Provision, Request, Terms, evaluate, policy_commitment,
    },
};

use crate::{
    Error,
    chain::{Receipt, SubmitOptions},
    contracts::consent::{Consent, Grant},
    error::{Exit, Fault},
    fhir::Salt,
    keystore::SigningKey,
    openings::{OpeningError, Openings, PolicyOpening},
};

/// Why consent cannot be given or asked by.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConsentError {
    /// The policy has no encoding.
    #[error("the policy cannot be encoded: {0}")]
    Encode(#[from] EncodeError),
    /// A coarse scope was to be disclosed, and the policy has none: it permits nothing without exceptions that masks
    /// cannot say.
    #[error("the policy has no coarse scope to disclose: nothing in it is permitted throughout, without obligations")]
    NothingToDisclose,
    /// There is no such consent.
    #[error("there is no consent {0}")]
    Unknown(B256),
}

impl Fault for ConsentError {
    fn code(&self) -> &'static str {
        match self {
            Self::Encode(_) => "policy_too_large",
            Self::NothingToDisclose => "nothing_to_disclose",
            Self::Unknown(_) => "unknown_consent",
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Encode(_) => Exit::Document,
            Self::NothingToDisclose => Exit::Usage,
            Self::Unknown(_) => Exit::Failure,
        }
    }

    fn hint(&self) -> Option<String> {
        matches!(self, Self::NothingToDisclose)
            .then(|| "grant it without --disclose; the grantee opens the policy".into())
    }
}

/// A policy that is committed to and not granted yet.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The policy's canonical encoding.
    pub policy: Vec<u8>,
    /// The salt of the commitment.
    pub salt: Salt,
    /// What goes on chain.
    pub commitment: B256,
    /// When it is in force, and what is disclosed.
    pub terms: Terms,
}

impl Draft {
    /// Commits to a policy with a new salt. It is in force in the policy's own period. With `disclose_to`, its coarse scope
    /// for that grantee is disclosed, see [`coarse_scope`].
    ///
    /// # Errors
    /// [`ConsentError::Encode`], [`ConsentError::NothingToDisclose`].
    pub fn new(policy: &Policy, disclose_to: Option<Address>) -> Result<Self, ConsentError> {
        let encoded = policy.encode()?;
        let validity = policy.scope.period.unwrap_or(Period {
            from: 0,
            until: u64::MAX,
        });
        let (purposes, classes) = match disclose_to {
            None => (0, 0),
            Some(grantee) => coarse_scope(policy, grantee, validity)?.ok_or(ConsentError::NothingToDisclose)?,
        };
        let salt = Salt::random();
        let commitment = policy_commitment(salt.as_bytes(), &encoded, |bytes| keccak256(bytes).0);
        Ok(Self {
            policy: encoded,
            salt,
            commitment: commitment.into(),
            terms: Terms {
                validity,
                purposes,
                classes,
            },
        })
    }

    /// The consent to it, of a subject for a grantee.
    pub fn grant(&self, (subject, grantee): (B256, Address)) -> Grant {
        Grant {
            subject,
            grantee,
            commitment: self.commitment,
            terms: self.terms,
        }
    }
}

/// Keeps the opening of a draft, before what it opens goes on chain.
///
/// # Errors
/// [`crate::openings::OpeningError`]
pub fn keep(openings: &Openings, (subject, grantee): (B256, Address), draft: &Draft) -> Result<(), OpeningError> {
    openings.save(&PolicyOpening {
        commitment: draft.commitment,
        salt: draft.salt.clone(),
        policy: draft.policy.clone(),
        subject,
        grantee,
    })?;
    Ok(())
}

/// Keeps the opening and grants the consent; answers its identifier.
///
/// # Errors
/// [`crate::openings::OpeningError`] before anything is sent; what [`Consent::grant`] can fail with. The opening is kept unless
/// nothing went on chain.
pub async fn grant(
    consent: &Consent,
    openings: &Openings,
    key: &SigningKey,
    parties: (B256, Address),
    draft: &Draft,
    options: SubmitOptions,
) -> Result<(B256, Receipt), Error> {
    keep(openings, parties, draft)?;
    let granted = consent.grant(key, &draft.grant(parties), options).await;
    openings.settle::<PolicyOpening, _>(draft.commitment, granted.map_err(Error::from))
}

/// The widest masks of purposes and classes such that the contract's `check` permits nothing that the policy, while the
/// consent is valid, would not permit the grantee: access to data of normal confidentiality, at any time, without
/// obligations. `None` if nothing is.
///
/// # Errors
/// [`EncodeError`] if the policy has no encoding.
pub fn coarse_scope(policy: &Policy, grantee: Address, validity: Period) -> Result<Option<(u64, u64)>, EncodeError> {
    let encoded = policy.encode()?;
    let view = PolicyView::parse(&encoded)?;
    let moments = turning_points(policy, validity);
    let accounts = [grantee.into()];
    let permitted = |purpose, class| {
        let request = Request::new(&accounts, purpose, class);
        moments.iter().all(|at| {
            let decision = evaluate(&view, &request, *at);
            decision.answer == Answer::Permit && decision.obligations.redact_labels == 0
        })
    };
    let by_purpose = Purpose::in_mask(Purpose::KNOWN).map(|purpose| {
        let classes = ResourceClass::in_mask(ResourceClass::KNOWN).filter(|class| permitted(purpose, *class));
        (purpose.mask(), classes.fold(0, |mask, class| mask | class.mask()))
    });
    let by_purpose: Vec<(u64, u64)> = by_purpose.filter(|(_, classes)| *classes != 0).collect();
    let purposes = by_purpose.iter().fold(0, |mask, (purpose, _)| mask | purpose);
    // One mask of classes serves all purposes.
    let classes = by_purpose.iter().fold(u64::MAX, |mask, (_, classes)| mask & classes);
    Ok((purposes != 0 && classes != 0).then_some((purposes, classes)))
}

/// The times within the validity at which what the policy decides may change, and its beginning.
fn turning_points(policy: &Policy, validity: Period) -> Vec<u64> {
    fn collect(provisions: &[Provision], moments: &mut Vec<u64>) {
        for provision in provisions {
            if let Some(period) = provision.criteria.period {
                moments.extend([period.from, period.until.saturating_add(1)]);
            }
            collect(&provision.provisions, moments);
        }
    }
    let mut moments = vec![validity.from];
    collect(&policy.provisions, &mut moments);
    moments.retain(|at| validity.contains(*at));
    moments.sort_unstable();
    moments.dedup();
    moments
}

#[cfg(test)]
mod tests {
    use super::*;
    use salus_core::{
        codes::Sensitivity,
        consent::{Criteria, Effect},
    };
    use salus_tests_contracts::{
        cases::{self, Size},
        consent::doctor,
        dice::Dice,
    };

    const GRANTEE: Address = Address::repeat_byte(7);
    const ALWAYS: Period = Period {
        from: 0,
        until: u64::MAX,
    };

    fn policy(purposes: u64, classes: u64) -> Policy {
        let mut policy = Policy::new(Effect::Permit, 1);
        policy.scope.purposes = purposes;
        policy.scope.classes = classes;
        policy
    }

    fn except(policy: &mut Policy, criteria: Criteria) {
        policy.provisions.push(Provision {
            criteria,
            provisions: Vec::new(),
        });
    }

    fn scope(policy: &Policy) -> Option<(u64, u64)> {
        coarse_scope(policy, GRANTEE, policy.scope.period.unwrap_or(ALWAYS)).unwrap()
    }

    #[test]
    fn a_plain_permit_is_disclosed_as_it_is() {
        let (purposes, classes) = (Purpose::TREAT.mask(), ResourceClass::OBSERVATION.mask());
        assert_eq!(scope(&policy(purposes, classes)), Some((purposes, classes)));
    }

    #[test]
    fn what_is_excepted_at_some_time_is_not_disclosed() {
        let classes = ResourceClass::OBSERVATION.mask() | ResourceClass::CONDITION.mask();
        let mut policy = policy(Purpose::TREAT.mask(), classes);
        let criteria = Criteria {
            classes: ResourceClass::CONDITION.mask(),
            period: Some(Period { from: 500, until: 600 }),
            ..Criteria::default()
        };
        except(&mut policy, criteria);
        let observations = Some((Purpose::TREAT.mask(), ResourceClass::OBSERVATION.mask()));
        assert_eq!(scope(&policy), observations);
        // The exception is over before the consent begins.
        policy.scope.period = Some(Period { from: 700, until: 800 });
        assert_eq!(scope(&policy), Some((Purpose::TREAT.mask(), classes)));
    }

    #[test]
    fn a_permit_with_obligations_or_for_somebody_else_is_not_disclosed() {
        let mut labelled = policy(Purpose::TREAT.mask(), 0);
        let criteria = Criteria {
            labels: Sensitivity::ETHUD.mask(),
            ..Criteria::default()
        };
        except(&mut labelled, criteria);
        assert_eq!(scope(&labelled), None);
        let mut other = policy(0, 0);
        other.scope.actors.addresses = vec![[8; 20]];
        assert_eq!(scope(&other), None);
        assert!(matches!(
            Draft::new(&other, Some(GRANTEE)),
            Err(ConsentError::NothingToDisclose)
        ));
        assert_eq!(scope(&Policy::new(Effect::Deny, 1)), None);
    }

    /// So that whoever asks the contract's `check` is never told more than who opens the policy.
    #[test]
    fn what_is_disclosed_is_permitted_whenever_it_is_asked_for() {
        let (mut dice, now) = (Dice(2027), 1_000);
        let small = Size {
            depth: 2,
            width: 2,
            ..Size::USUAL
        };
        let (mut disclosed, mut excepted) = (0, 0);
        for _ in 0..200 {
            let bytes = cases::policy(&mut dice, now, small);
            let view = PolicyView::parse(&bytes).unwrap();
            let policy = view.to_policy();
            let validity = policy.scope.period.unwrap_or(ALWAYS);
            let Some((purposes, classes)) = coarse_scope(&policy, doctor(), validity).unwrap() else {
                continue;
            };
            disclosed += 1;
            excepted += usize::from(!policy.provisions.is_empty());
            let purposes: Vec<_> = Purpose::in_mask(purposes).collect();
            let classes: Vec<_> = ResourceClass::in_mask(classes).collect();
            let accounts = [doctor().into()];
            for at in (now - 8..now + 20).filter(|at| validity.contains(*at)) {
                for _ in 0..4 {
                    let request = Request::new(&accounts, dice.one_of(&purposes), dice.one_of(&classes));
                    let decision = evaluate(&view, &request, at);
                    assert_eq!(decision.answer, Answer::Permit, "{request:?} at {at} by {policy:?}");
                    assert_eq!(
                        decision.obligations.redact_labels, 0,
                        "{request:?} at {at} by {policy:?}"
                    );
                }
            }
        }
        assert!(
            disclosed > 30 && excepted > 15,
            "the dice reach it: {disclosed} {excepted}"
        );
    }

    #[test]
    fn two_drafts_of_one_policy_have_nothing_in_common_on_chain() {
        let policy = policy(Purpose::TREAT.mask(), 0);
        let (one, other) = (Draft::new(&policy, None).unwrap(), Draft::new(&policy, None).unwrap());
        assert_ne!(one.commitment, other.commitment);
        assert_eq!(
            (one.terms.purposes, one.terms.classes, one.terms.validity),
            (0, 0, ALWAYS)
        );
    }
}
