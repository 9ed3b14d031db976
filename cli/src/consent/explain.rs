//! `salus consent explain`: a decision off chain, in words.

use std::{fmt, path::PathBuf};

use clap::Args;
use salus_core::{
    codes::{Action, Code, Confidentiality, Purpose, ResourceClass, Role, Sensitivity},
    consent::{
        Actors, Answer, Combined, Criteria, Decision, Effect, PolicyView, Reason, Status, combine, evaluate_all,
    },
};
use serde::Serialize;

use super::evaluate::{read_case, time};
use crate::{Context, Output, document::read_json, moment::Moment};
use salus_client::{
    decide::{AccessRequest, Case, Codes, Import, Question, name_of},
    error::Error,
    fhir::consent::ContentCode,
};

/// What is asked, and of whom.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  salus consent explain --request request.json
  salus consent explain --fhir consents.json --request request.json --at 2027-01-31")]
pub(super) struct ExplainOpts {
    /// What is asked, as JSON
    #[arg(long, value_name = "FILE")]
    request: PathBuf,
    /// By this FHIR Consent, or Bundle with Consents; may be repeated [default: by what was imported]
    #[arg(long, value_name = "FILE")]
    fhir: Vec<PathBuf>,
    /// The time that is asked for where the request names none: 2027-01-31, 2027-01-31T09:30:00Z or +SECONDS
    /// [default: now]
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
}

pub(super) fn run(opts: &ExplainOpts, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
    let now = time(opts.at.as_deref())?;
    let case = if opts.fhir.is_empty() {
        let imports = Import::all(&context.openings())?;
        let request = AccessRequest::from_json(&read_json(&opts.request)?)?;
        Case::of(imports.iter().map(Import::given).collect(), request)
    } else {
        read_case(&opts.fhir, &opts.request)?
    };
    let at = case.request().at.unwrap_or(now);
    out.result(&Explained {
        answer: name_of(case.decide(now).answer),
        at: Moment(at),
        because: explain(&case, at),
    })
}

#[derive(Serialize)]
struct Explained {
    /// To the whole request.
    answer: &'static str,
    at: Moment,
    /// For each purpose and action, and the classes of data for which the same is to be said.
    because: Vec<Explanation>,
}

#[derive(Serialize)]
struct Explanation {
    purpose: &'static str,
    action: &'static str,
    classes: Vec<&'static str>,
    /// What these data carry, where consents or the request tell data apart by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<ContentCode>,
    answer: &'static str,
    words: Vec<String>,
}

impl fmt::Display for Explained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} at {}", self.answer, self.at)?;
        for explanation in &self.because {
            let Explanation {
                purpose,
                action,
                classes,
                code,
                answer,
                ..
            } = explanation;
            write!(f, "\n{answer} for {purpose}, to {action}, of {}", classes.join(", "))?;
            match code {
                Some(ContentCode { system, code }) => writeln!(f, " with the code {code} of {system}:")?,
                None => writeln!(f, ":")?,
            }
            for line in &explanation.words {
                writeln!(f, "  {line}")?;
            }
        }
        Ok(())
    }
}

fn explain(case: &Case, at: u64) -> Vec<Explanation> {
    let asked = case.asked();
    let by_code = case.codes(&asked);
    let mut explanations: Vec<Explanation> = Vec::new();
    for question in case.request().questions(&by_code) {
        let (answer, words) = one(case, &asked, &by_code, question, at);
        let (purpose, action, class) = (question.purpose.code(), question.action.code(), question.class.code());
        let code = by_code.name(question.code);
        let of_kind =
            |known: &&mut Explanation| (known.purpose, known.action) == (purpose, action) && known.words == words;
        let mut same = explanations.iter_mut().filter(of_kind);
        // What is said of data that carry no code need not be said again of those that carry one.
        match same.find(|known| known.code.as_ref() == code || (known.code.is_none() && known.classes.contains(&class)))
        {
            Some(known) if known.classes.contains(&class) => {}
            Some(known) => known.classes.push(class),
            None => explanations.push(Explanation {
                purpose,
                action,
                classes: vec![class],
                code: code.cloned(),
                answer: name_of(answer),
                words,
            }),
        }
    }
    explanations
}

/// The answer to one question by those that are asked, and how it comes about.
fn one(
    case: &Case,
    asked: &[(usize, (Status, PolicyView<'_>))],
    by_code: &Codes,
    question: Question,
    at: u64,
) -> (Answer, Vec<String>) {
    let addresses = case.request().addresses();
    let request = case.request().of(&addresses, by_code, question);
    let decide = |(_, view): &(usize, (Status, PolicyView<'_>))| evaluate_all([*view], &request, at).decision;
    let decisions: Vec<Decision> = asked.iter().map(decide).collect();
    let dated = asked.iter().zip(&decisions);
    let combined = combine(dated.map(|((_, (_, policy)), decision)| (policy.date_time(), *decision)));
    let mut words = Vec::new();
    let others = case.consents().len().saturating_sub(asked.len());
    if others > 0 {
        words.push(format!("of other patients, and not asked: {others}"));
    }
    for (index, ((position, (_, policy)), decision)) in asked.iter().zip(&decisions).enumerate() {
        let role = role_of(index, decision, &combined);
        words.push(format!(
            "consent {position}, given {}: {role}",
            Moment(policy.date_time())
        ));
        if combined.winner == Some(index) {
            way(policy, decision, &addresses, &mut words);
        }
    }
    let labels = combined.decision.obligations.redact_labels;
    if labels != 0 {
        let labels = codes(Sensitivity::in_mask(labels).map(Sensitivity::row));
        words.push(format!("data labelled {labels} must not be given"));
    }
    if asked.is_empty() {
        words.push("no consent is there to be asked".into());
    }
    (combined.decision.answer, words)
}

/// What one of the consents has to say in the decision.
fn role_of(index: usize, decision: &Decision, combined: &Combined) -> String {
    let verb = match decision.answer {
        Answer::NoConsent => return format!("does not apply: {}", why(decision.reason)),
        Answer::Permit => "permits",
        Answer::Deny => "denies",
    };
    let rank = match (combined.winner == Some(index), combined.applied > 1, combined.is_tied) {
        (true, true, true) => {
            ", and decides: no other that applies is more recent, and of equally recent ones a denial wins"
        }
        (true, true, false) => ", and decides: it is the most recent that applies",
        (true, false, _) => ", and decides: no other applies",
        (false, ..) => ", but another one decides",
    };
    let part = match decision.reason {
        Reason::PartlyOutsideScope => ", because it speaks of a part only of what is asked for",
        _ => "",
    };
    format!("{verb}{part}{rank}")
}

fn why(reason: Reason) -> &'static str {
    match reason {
        Reason::NotActive => "it is not active",
        Reason::OutsidePeriod => "it is not in force at that time",
        Reason::OtherCategory => "it is of another category",
        Reason::OtherPurpose => "it does not speak of this purpose",
        Reason::OutsideScope => "it does not speak of who asks, of what is done, or of these data",
        Reason::NoBaseDecision => "it has no base decision",
        _ => "it does not answer",
    }
}

/// From the base decision along the exceptions to what decided.
fn way(policy: &PolicyView<'_>, decision: &Decision, asking: &[[u8; 20]], words: &mut Vec<String>) {
    let policy = policy.to_policy();
    let Some(mut effect) = policy.base else { return };
    words.push(format!("  it {}: {}", verb(effect), criteria(&policy.scope, asking)));
    let mut provisions = &policy.provisions;
    for (depth, step) in decision.path.steps().iter().enumerate() {
        let Some(provision) = provisions.get(usize::from(*step)) else {
            return;
        };
        effect = effect.flipped();
        let indent = "  ".repeat(depth.saturating_add(2));
        let number = usize::from(*step).saturating_add(1);
        words.push(format!(
            "{indent}except, in its provision {number}, it {}: {}",
            verb(effect),
            criteria(&provision.criteria, asking)
        ));
        provisions = &provision.provisions;
    }
}

fn verb(effect: Effect) -> &'static str {
    match effect {
        Effect::Permit => "permits",
        Effect::Deny => "denies",
    }
}

/// What is matched, in words.
fn criteria(criteria: &Criteria, asking: &[[u8; 20]]) -> String {
    let mut parts = Vec::new();
    let mut part = |name: &str, content: String| {
        if !content.is_empty() {
            parts.push(format!("{name} {content}"));
        }
    };
    part("who is", actors(&criteria.actors, asking));
    part("for", codes(Purpose::in_mask(criteria.purposes).map(Purpose::row)));
    part(
        "of",
        codes(ResourceClass::in_mask(criteria.classes).map(ResourceClass::row)),
    );
    part(
        "labelled",
        codes(Sensitivity::in_mask(criteria.labels).map(Sensitivity::row)),
    );
    let levels = Confidentiality::in_mask(criteria.confidentiality);
    part("of confidentiality", codes(levels.map(Confidentiality::row)));
    part("to", codes(Action::in_mask(criteria.actions).map(Action::row)));
    if let Some(period) = criteria.period {
        part(
            "asked",
            format!("from {} until {}", Moment(period.from), Moment(period.until)),
        );
    }
    if let Some(period) = criteria.data_period {
        let (from, until) = (authored(period.from), authored(period.until));
        part("authored", format!("from {from} until {until}"));
    }
    if !criteria.data.is_empty() {
        part("among", format!("{} named data", criteria.data.len()));
    }
    if parts.is_empty() {
        "everything".into()
    } else {
        parts.join("; ")
    }
}

fn actors(actors: &Actors, asking: &[[u8; 20]]) -> String {
    let mut named: Vec<String> = Vec::new();
    let (these, others): (Vec<&[u8; 20]>, _) = actors.addresses.iter().partition(|known| asking.contains(*known));
    if !these.is_empty() {
        named.push("the one who asks, by name".into());
    }
    if !others.is_empty() {
        named.push(format!("one of {} others, by name", others.len()));
    }
    if actors.roles != 0 {
        named.push(codes(Role::in_mask(actors.roles).map(Role::row)));
    }
    if !actors.communities.is_empty() {
        named.push(format!("in one of {} communities", actors.communities.len()));
    }
    named.join(" or ")
}

fn codes(rows: impl Iterator<Item = &'static Code>) -> String {
    let named: Vec<String> = rows
        .map(|row| match row.display {
            display if display.eq_ignore_ascii_case(row.code) => row.code.into(),
            display => format!("{} ({display})", row.code),
        })
        .collect();
    named.join(" or ")
}

/// A time at which data were authored, which may be before the epoch.
fn authored(seconds: i64) -> String {
    match u64::try_from(seconds) {
        Ok(0) => "1970-01-01T00:00:00Z".into(),
        Ok(seconds) if seconds == i64::MAX.unsigned_abs() => "the end of time".into(),
        Ok(seconds) => Moment(seconds).to_string(),
        Err(_) if seconds == i64::MIN => "the beginning".into(),
        Err(_) => format!("{} seconds before 1970", seconds.unsigned_abs()),
    }
}
