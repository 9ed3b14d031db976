//! `salus consent evaluate`: by a policy that the contract opens, or off chain by FHIR Consents.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use alloy_core::primitives::B256;
use clap::Args;
use salus_core::{
    codes::{Purpose, ResourceClass, Sensitivity},
    consent::Request,
};
use serde::Serialize;
use serde_json::Value;

use super::{
    connect,
    view::{Answered, name_of},
};
use crate::{
    cli::{Context, Output, codes, moment},
    consents::{self, ConsentError},
    decide::{Case, Obligation, Outcome},
    error::{Error, Fault as _},
    fhir::{FhirError, Limits, json, read_file},
};

/// What is asked, and of whom.
#[derive(Debug, Args)]
#[command(after_help = "\
Off chain, a request is a JSON file: the context of CDS Hooks' patient-consent-consult. A case in a folder is a file
{\"consent\": ..., \"request\": ...}, or a folder with request.json and FHIR documents. docs/decide.md has all of it.

Examples:
  salus consent evaluate 0x1c.. --purpose TREAT --class Observation --label ETHUD
  salus consent evaluate --fhir consents.json --request request.json --at 2027-01-31
  salus consent evaluate --batch cases --json")]
pub(super) struct EvaluateOpts {
    /// The consent, whose policy the contract opens; needs the opening
    #[arg(required_unless_present_any = ["fhir", "batch"], conflicts_with_all = ["fhir", "batch"])]
    consent: Option<B256>,
    /// Why, e.g. TREAT
    #[arg(long, value_name = "CODE", value_parser = codes::purpose, requires = "consent")]
    purpose: Option<Purpose>,
    /// For what kind of data, e.g. Observation
    #[arg(long, value_name = "TYPE", value_parser = codes::class, requires = "consent")]
    class: Option<ResourceClass>,
    /// A sensitivity label that the data are known to carry, e.g. ETHUD
    #[arg(long, value_name = "CODE", value_parser = codes::label, requires = "consent")]
    label: Vec<Sensitivity>,
    /// Who asks [default: the consent's grantee]
    #[arg(long = "as", value_name = "ACCOUNT", requires = "consent")]
    requester: Option<String>,
    /// Decide off chain by this FHIR Consent, or Bundle with Consents; may be repeated
    #[arg(long, value_name = "FILE", requires = "request", conflicts_with = "batch")]
    fhir: Vec<PathBuf>,
    /// What is asked, as JSON
    #[arg(long, value_name = "FILE", requires = "fhir")]
    request: Option<PathBuf>,
    /// Decide off chain each of the cases in this folder
    #[arg(long, value_name = "DIR")]
    batch: Option<PathBuf>,
    /// Off chain, the time that is asked for where a request names none: 2027-01-31, 2027-01-31T09:30:00Z or +SECONDS
    /// [default: now]
    #[arg(long, value_name = "TIME", conflicts_with = "consent")]
    at: Option<String>,
}

pub(super) async fn run(opts: EvaluateOpts, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
    if let Some(id) = opts.consent {
        return on_chain(&opts, id, context, out).await;
    }
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    let at = match &opts.at {
        Some(text) => moment::parse(text, now, false)?,
        None => now,
    };
    match (&opts.batch, &opts.request) {
        (Some(folder), _) => {
            let cases = decide_all(folder, at)?;
            let failed = cases.iter().filter(|case| case.error.is_some()).count();
            out.result(&Cases { cases, failed })
        }
        (None, Some(request)) => {
            let case = read_case(&opts.fhir, request)?;
            for loss in case.losses() {
                out.note(format_args!("not in the policy: {loss}"));
            }
            out.result(&Decided::from(case.decide(at)))
        }
        (None, None) => Err(Error::Usage("name a consent, --fhir and --request, or --batch".into())),
    }
}

async fn on_chain(opts: &EvaluateOpts, id: B256, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
    let (Some(purpose), Some(class)) = (opts.purpose, opts.class) else {
        return Err(Error::Usage("a consent is asked by --purpose and --class".into()));
    };
    let consent = connect(context).await?;
    let entry = consent.entry(id).await?.ok_or(ConsentError::Unknown(id))?;
    let requester = match &opts.requester {
        Some(account) => context.account(account)?.address().into(),
        None => entry.grantee,
    };
    let accounts = [requester];
    let mut request = Request::new(&accounts, purpose, class);
    request.labels = opts.label.iter().fold(0, |mask, label| mask | label.mask());
    let opened = consents::ask(&consent, &context.openings(), id, &request).await?;
    out.result(&Answered {
        answer: name_of(opened.answer),
        redact_labels: codes::labels(opened.redact_labels),
        path: opened.path,
    })
}

/// What a case answers.
#[derive(Debug, Serialize)]
struct Decided {
    answer: &'static str,
    obligations: Vec<Obligation>,
    /// Which consent decided, and in it at each depth which provision.
    #[serde(skip_serializing_if = "Option::is_none")]
    consent: Option<usize>,
    path: Vec<u8>,
    reason: &'static str,
}

impl From<Outcome> for Decided {
    fn from(outcome: Outcome) -> Self {
        Self {
            answer: name_of(outcome.answer),
            reason: outcome.reason_code(),
            obligations: outcome.obligations,
            consent: outcome.consent,
            path: outcome.path,
        }
    }
}

impl fmt::Display for Decided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<12} {}", self.answer, self.reason)?;
        for obligation in &self.obligations {
            writeln!(f, "{:<12} {}", obligation.obligation, obligation.code)?;
        }
        if !self.path.is_empty() {
            writeln!(f, "{:<12} {:?}", "path", self.path)?;
        }
        Ok(())
    }
}

/// One case of many: its answer, or why it has none.
#[derive(Debug, Serialize)]
struct Row {
    case: String,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    decided: Option<Decided>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Failure>,
}

#[derive(Debug, Serialize)]
struct Failure {
    code: &'static str,
    message: String,
}

#[derive(Debug, Serialize)]
struct Cases {
    cases: Vec<Row>,
    /// How many have no answer.
    failed: usize,
}

impl fmt::Display for Cases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for row in &self.cases {
            let (answer, why) = match (&row.decided, &row.error) {
                (Some(decided), _) => (decided.answer, decided.reason),
                (None, Some(error)) => ("error", error.message.as_str()),
                (None, None) => continue,
            };
            writeln!(f, "{:<32} {answer:<12} {why}", row.case)?;
        }
        writeln!(f, "{} cases, {} without an answer", self.cases.len(), self.failed)
    }
}

/// All cases of a folder, by their names.
fn decide_all(folder: &Path, at: u64) -> Result<Vec<Row>, Error> {
    let rows = sorted(folder)?.into_iter().filter_map(|path| {
        let is_case = path.is_dir() || path.extension().is_some_and(|extension| extension == "json");
        is_case.then(|| {
            let decided = open_case(&path).map(|case| case.decide(at));
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let (decided, error) = match decided {
                Ok(outcome) => (Some(Decided::from(outcome)), None),
                Err(error) => {
                    let (code, message) = (error.code(), error.to_string());
                    (None, Some(Failure { code, message }))
                }
            };
            Row {
                case: name,
                decided,
                error,
            }
        })
    });
    Ok(rows.collect())
}

fn open_case(path: &Path) -> Result<Case, Error> {
    if !path.is_dir() {
        let text = read_file(path, &Limits::default())?;
        return Ok(Case::from_json(&text)?);
    }
    let request = path.join("request.json");
    let documents: Vec<PathBuf> = sorted(path)?
        .into_iter()
        .filter(|file| *file != request && file.is_file())
        .collect();
    read_case(&documents, &request)
}

fn read_case(documents: &[PathBuf], request: &Path) -> Result<Case, Error> {
    let documents: Vec<Value> = documents.iter().map(|path| read_json(path)).collect::<Result<_, _>>()?;
    Ok(Case::new(&documents, &read_json(request)?)?)
}

fn read_json(path: &Path) -> Result<Value, Error> {
    let limits = Limits::default();
    let document = json::parse(&read_file(path, &limits)?, &limits);
    Ok(document.map_err(FhirError::from)?)
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let unreadable = |source| FhirError::Read {
        path: folder.to_owned(),
        source,
    };
    let entries = fs::read_dir(folder).map_err(unreadable)?;
    let mut paths = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(unreadable)?;
    paths.sort();
    Ok(paths)
}
