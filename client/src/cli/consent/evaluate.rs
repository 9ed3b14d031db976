//! `salus consent evaluate`: by policies that the contract opens, or off chain by FHIR Consents.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use alloy_core::primitives::B256;
use clap::Args;
use salus_core::{
    codes::{Purpose, ResourceClass, Sensitivity},
    consent::{Answer, Entry, Request},
};
use serde::Serialize;
use serde_json::Value;

use super::{connect, view::name_of};
use crate::{
    cli::{Context, Output, codes, moment},
    consents::{self, ConsentError},
    contracts::consent::Consent,
    decide::{AccessRequest, Case, Import, Obligation, Outcome, decide_on_chain},
    error::{Error, Fault as _},
    fhir::{FhirError, Limits, json, read_file},
};

/// What is asked, and of whom.
#[derive(Debug, Args)]
#[command(after_help = "\
A request is a JSON file: the context of CDS Hooks' patient-consent-consult. A case in a folder is a file
{\"consent\": ..., \"request\": ...}, or a folder with request.json and FHIR documents. docs/decide.md has all of it.

Examples:
  salus consent evaluate 0x1c.. --purpose TREAT --class Observation --label ETHUD
  salus consent evaluate 0x1c.. --request request.json
  salus consent evaluate --request request.json
  salus consent evaluate --request request.json --offline --at 2027-01-31
  salus consent evaluate --fhir consents.json --request request.json --at 2027-01-31
  salus consent evaluate --batch cases --json")]
pub(super) struct EvaluateOpts {
    /// The consent, whose policy the contract opens; needs the opening [default: what was imported and granted]
    #[arg(required_unless_present_any = ["request", "batch"], conflicts_with_all = ["fhir", "batch", "offline"])]
    consent: Option<B256>,
    /// Why, e.g. TREAT
    #[arg(long, value_name = "CODE", value_parser = codes::purpose, requires = "consent", conflicts_with = "request")]
    purpose: Option<Purpose>,
    /// For what kind of data, e.g. Observation
    #[arg(long, value_name = "TYPE", value_parser = codes::class, requires = "consent", conflicts_with = "request")]
    class: Option<ResourceClass>,
    /// A sensitivity label that the data are known to carry, e.g. ETHUD
    #[arg(long, value_name = "CODE", value_parser = codes::label, requires = "consent", conflicts_with = "request")]
    label: Vec<Sensitivity>,
    /// Which account asks the contract [default: the consent's grantee]
    #[arg(long = "as", value_name = "ACCOUNT", conflicts_with_all = ["fhir", "batch", "offline"])]
    requester: Option<String>,
    /// What is asked, as JSON
    #[arg(long, value_name = "FILE", conflicts_with = "batch")]
    request: Option<PathBuf>,
    /// Decide off chain, by what was imported
    #[arg(long, requires = "request")]
    offline: bool,
    /// Decide off chain by this FHIR Consent, or Bundle with Consents; may be repeated
    #[arg(long, value_name = "FILE", requires = "request", conflicts_with = "batch")]
    fhir: Vec<PathBuf>,
    /// Decide off chain each of the cases in this folder
    #[arg(long, value_name = "DIR")]
    batch: Option<PathBuf>,
    /// Off chain, the time that is asked for where a request names none: 2027-01-31, 2027-01-31T09:30:00Z or +SECONDS
    /// [default: now]
    #[arg(long, value_name = "TIME", conflicts_with = "consent")]
    at: Option<String>,
}

pub(super) async fn run(opts: EvaluateOpts, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
    if let Some(folder) = &opts.batch {
        let cases = decide_all(folder, time(opts.at.as_deref())?)?;
        let failed = cases.iter().filter(|case| case.error.is_some()).count();
        return out.result(&Cases { cases, failed });
    }
    let decided = match (&opts.request, opts.consent) {
        (Some(request), _) if !opts.fhir.is_empty() => {
            let case = read_case(&opts.fhir, request)?;
            for loss in case.losses() {
                out.note(format_args!("not in the policy: {loss}"));
            }
            Decided::from(case.decide(time(opts.at.as_deref())?))
        }
        (Some(request), None) => {
            let request = AccessRequest::from_json(&read_json(request)?)?;
            let imports = Import::all(&context.openings())?;
            if opts.offline {
                offline(&imports, request, time(opts.at.as_deref())?)
            } else {
                by_imports(&opts, &imports, &request, context, out).await?
            }
        }
        (Some(request), Some(consent)) => {
            let request = AccessRequest::from_json(&read_json(request)?)?;
            let registry = connect(context).await?;
            let entry = registry.entry(consent).await?.ok_or(ConsentError::Unknown(consent))?;
            let imports = Import::all(&context.openings())?;
            on_chain(&opts, &registry, &[(consent, entry)], &request, &imports, context).await?
        }
        (None, Some(consent)) => by_flags(&opts, consent, context).await?,
        (None, None) => return Err(Error::Usage("name a consent, --request or --batch".into())),
    };
    out.result(&decided)
}

/// The time that is asked for off chain.
pub(super) fn time(at: Option<&str>) -> Result<u64, Error> {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    match at {
        Some(text) => moment::parse(text, now, false),
        None => Ok(now),
    }
}

/// By what was imported, without a chain.
fn offline(imports: &[Import], request: AccessRequest, at: u64) -> Decided {
    let case = Case::of(imports.iter().map(Import::given).collect(), request);
    Decided::from(case.decide(at)).of(imports)
}

/// By what was imported and granted: the contract opens it.
async fn by_imports(
    opts: &EvaluateOpts,
    imports: &[Import],
    request: &AccessRequest,
    context: &Context,
    out: &Output<'_>,
) -> Result<Decided, Error> {
    let registry = connect(context).await?;
    let (mut asked, mut consents) = (Vec::new(), Vec::new());
    for import in imports.iter().filter(|import| request.is_about(&import.patient)) {
        let granted = match import.granted_in(&registry) {
            // A development chain may have been started anew.
            Some(consent) => registry.entry(consent).await?.map(|entry| (consent, entry)),
            None => None,
        };
        let Some(consent) = granted else {
            out.note(format_args!(
                "the import {} is not granted on this network",
                import.id()
            ));
            continue;
        };
        asked.push(import.clone());
        consents.push(consent);
    }
    let decided = on_chain(opts, &registry, &consents, request, &asked, context).await?;
    Ok(decided.of(&asked))
}

async fn on_chain(
    opts: &EvaluateOpts,
    registry: &Consent,
    consents: &[(B256, Entry)],
    request: &AccessRequest,
    imports: &[Import],
    context: &Context,
) -> Result<Decided, Error> {
    if opts.at.is_some() || request.at.is_some() {
        return Err(Error::Usage(
            "the contract answers for now: name no time, or ask with --offline".into(),
        ));
    }
    let asker = opts.requester.as_deref().map(|account| context.account(account));
    let asker = asker.transpose()?.map(|account| account.address());
    let names: Vec<_> = imports.iter().flat_map(|import| &import.codes).cloned().collect();
    let outcome = decide_on_chain(registry, &context.openings(), consents, request, asker, &names).await?;
    let reason = (outcome.answer != Answer::NoConsent).then(|| outcome.reason_code());
    Ok(Decided {
        reason,
        ..Decided::from(outcome)
    })
}

async fn by_flags(opts: &EvaluateOpts, id: B256, context: &Context) -> Result<Decided, Error> {
    let (Some(purpose), Some(class)) = (opts.purpose, opts.class) else {
        return Err(Error::Usage(
            "a consent is asked by --purpose and --class, or by --request".into(),
        ));
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
    Ok(Decided {
        answer: name_of(opened.answer),
        obligations: Obligation::of_labels(opened.redact_labels).collect(),
        consent: None,
        import: None,
        path: opened.path,
        reason: None,
    })
}

/// What is answered.
#[derive(Debug, Serialize)]
struct Decided {
    answer: &'static str,
    obligations: Vec<Obligation>,
    /// Which consent decided: its position among those in the files.
    #[serde(skip_serializing_if = "Option::is_none")]
    consent: Option<usize>,
    /// Which import decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    import: Option<B256>,
    /// In the consent that decided, at each depth which provision.
    path: Vec<u8>,
    /// The contract does not say one.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

impl From<Outcome> for Decided {
    fn from(outcome: Outcome) -> Self {
        Self {
            answer: name_of(outcome.answer),
            reason: Some(outcome.reason_code()),
            obligations: outcome.obligations,
            consent: outcome.consent,
            import: None,
            path: outcome.path,
        }
    }
}

impl Decided {
    /// The same, with the import that decided named by its identifier.
    fn of(self, imports: &[Import]) -> Self {
        let winner = self.consent.and_then(|winner| imports.get(winner));
        Self {
            import: winner.map(Import::id),
            consent: None,
            ..self
        }
    }
}

impl fmt::Display for Decided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.answer)?;
        if let Some(reason) = self.reason {
            write!(f, " ({reason})")?;
        }
        writeln!(f)?;
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
                (Some(decided), _) => (decided.answer, decided.reason.unwrap_or_default()),
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

pub(super) fn read_case(documents: &[PathBuf], request: &Path) -> Result<Case, Error> {
    let documents: Vec<Value> = documents.iter().map(|path| read_json(path)).collect::<Result<_, _>>()?;
    Ok(Case::new(&documents, &read_json(request)?)?)
}

pub(super) fn read_json(path: &Path) -> Result<Value, Error> {
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
