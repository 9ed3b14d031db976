//! The same decision by the contract.

use alloy_core::primitives::{Address, B256};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use salus_core::consent::{Answer, Decision, Entry, Path, PolicyView, Reason, combine};

use super::{AccessRequest, Answered, Codes, Outcome, Question};
use crate::{
    Error,
    consents::ConsentError,
    contracts::policies::Policies,
    fhir::consent::ContentCode,
    openings::{OpeningError, Openings, PolicyOpening},
};

/// How many questions are on their way at the same time.
const AT_ONCE: usize = 8;

/// A consent with what opens it.
struct Opened {
    id: B256,
    opening: PolicyOpening,
    date_time: u64,
    /// Who asks.
    addresses: Vec<[u8; 20]>,
}

/// Has the contract open these consents, which it holds, and answer a request by them, now, or at the block that `policies` is at; several are combined as off chain. Who asks is whom the
/// request names and `asker`, or else the consent's grantee.
///
/// The codes that policies select by are named if they are among `names`. The request's time and patient are not looked at. That no consent answers is said without a reason.
///
/// # Errors
/// [`OpeningError`] if an opening is not here; what the contract refuses.
pub async fn decide_on_chain(
    policies: &Policies,
    openings: &Openings,
    consents: &[(B256, Entry)],
    request: &AccessRequest,
    asker: Option<Address>,
    names: &[ContentCode],
) -> Result<Outcome, Error> {
    let mut opened = Vec::new();
    for (id, entry) in consents {
        let opening: PolicyOpening = openings.load(entry.commitment.into())?;
        let policy = PolicyView::parse(&opening.policy).map_err(|malformed| OpeningError::Malformed {
            path: openings.path::<PolicyOpening>(opening.commitment),
            reason: malformed.to_string(),
        })?;
        let date_time = policy.date_time();
        let mut addresses = request.addresses();
        addresses.push(asker.map_or(entry.grantee, Into::into));
        opened.push(Opened {
            id: *id,
            opening,
            date_time,
            addresses,
        });
    }
    let views = opened
        .iter()
        .filter_map(|one| PolicyView::parse(&one.opening.policy).ok());
    let codes = Codes::of(request, views, names);
    let questions = request.questions(&codes).into_iter();
    let answers = questions.map(|question| ask(policies, &opened, request, &codes, question));
    let answers: Vec<_> = stream::iter(answers).buffered(AT_ONCE).try_collect().await?;
    Ok(Outcome::of(&answers, &codes))
}

async fn ask(
    policies: &Policies,
    opened: &[Opened],
    request: &AccessRequest,
    codes: &Codes,
    question: Question,
) -> Result<Answered, Error> {
    let mut decisions = Vec::new();
    for consent in opened {
        let request = request.of(&consent.addresses, codes, question);
        let request = request.encode().map_err(ConsentError::from)?;
        let PolicyOpening { salt, policy, .. } = &consent.opening;
        let answer = policies.evaluate(consent.id, salt, policy, &request).await?;
        let mut decision = Decision::no_consent(Reason::NothingToAsk);
        if answer.answer != Answer::NoConsent {
            decision.answer = answer.answer;
            decision.reason = Reason::Decided;
            decision.obligations.redact_labels = answer.redact_labels;
            // The contract's paths are as long as a policy may be deep.
            decision.path = Path::from_steps(&answer.path).unwrap_or_default();
        }
        decisions.push((consent.date_time, decision));
    }
    Ok((question, combine(decisions)))
}
