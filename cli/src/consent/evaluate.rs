//! `salus consent evaluate`: by policies that the contract opens, or off chain by FHIR Consents.

mod batch;

use std::{
    fmt,
    path::{Path, PathBuf},
};

use alloy_core::primitives::B256;
use clap::Args;
use salus_core::{
    codes::{Code, Purpose, ResourceClass, Sensitivity},
    consent::{Answer, Entry},
};
use serde::Serialize;
use serde_json::{Value, json};

use super::audit::{self, Trail};
use crate::{Context, Output, codes, document::read_json, moment};
use salus_client::{
    audit::Recorded,
    chain::Chain,
    consents::ConsentError,
    contracts::{Suite, consent::Consent, policies::Policies},
    decide::{AccessRequest, Case, Import, Obligation, Outcome, decide_on_chain, name_of},
    error::{Error, Fault as _},
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
  salus consent evaluate --batch cases --json --audit audit.ndjson")]
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
    /// Record each decision in this file, as FHIR AuditEvents, before it is given out; what cannot be recorded is not given
    #[arg(long, value_name = "FILE")]
    audit: Option<PathBuf>,
    /// Off chain, the time that is asked for where a request names none: 2027-01-31, 2027-01-31T09:30:00Z or +SECONDS
    /// [default: now]
    #[arg(long, value_name = "TIME", conflicts_with = "consent")]
    at: Option<String>,
}

pub(super) async fn run(opts: EvaluateOpts, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
    if let Some(folder) = &opts.batch {
        let mut cases = batch::decide(folder, time(opts.at.as_deref())?)?;
        if let Some(log) = &opts.audit {
            cases.record(log, context)?;
        }
        return out.result(&cases);
    }
    let decision = decide(&opts, context, out).await;
    let Some(log) = &opts.audit else {
        return out.result(&decision?.decided);
    };
    match decision {
        Ok(Decision { mut decided, event }) => {
            decided.audit = audit::record(log, &[event], context)?.pop();
            out.result(&decided)
        }
        Err(usage @ Error::Usage(_)) => Err(usage),
        Err(error) => {
            audit::record(log, &[audit::undecided(error.code())], context)?;
            Err(error)
        }
    }
}

async fn decide(opts: &EvaluateOpts, context: &Context, out: &Output<'_>) -> Result<Decision, Error> {
    match (&opts.request, opts.consent) {
        (Some(request), _) if !opts.fhir.is_empty() => {
            let case = read_case(&opts.fhir, request)?;
            for loss in case.losses() {
                out.note(format_args!("not in the policy: {loss}"));
            }
            Ok(off_chain(&case, time(opts.at.as_deref())?))
        }
        (Some(request), None) => {
            let request = AccessRequest::from_json(&read_json(request)?)?;
            let imports = Import::all(&context.openings())?;
            if opts.offline {
                let case = Case::of(imports.iter().map(Import::given).collect(), request);
                Ok(off_chain(&case, time(opts.at.as_deref())?).of(&imports))
            } else {
                by_imports(opts, &imports, &request, context, out).await
            }
        }
        (Some(request), Some(consent)) => {
            let request = AccessRequest::from_json(&read_json(request)?)?;
            by_one(opts, consent, &request, context).await
        }
        (None, Some(consent)) => {
            let mut answer = by_one(opts, consent, &by_flags(opts)?, context).await?;
            answer.decided = Decided {
                consent: None,
                reason: None,
                ..answer.decided
            };
            Ok(answer)
        }
        (None, None) => Err(Error::Usage("name a consent, --request or --batch".into())),
    }
}

/// A decision, and what is to be recorded of it.
struct Decision {
    decided: Decided,
    event: Value,
}

impl Decision {
    fn of(self, imports: &[Import]) -> Self {
        Self {
            decided: self.decided.of(imports),
            event: self.event,
        }
    }
}

fn off_chain(case: &Case, at: u64) -> Decision {
    let outcome = case.decide(at);
    Decision {
        event: Trail::of_case(case, &outcome).event(&outcome),
        decided: outcome.into(),
    }
}

/// The time that is asked for off chain.
pub(super) fn time(at: Option<&str>) -> Result<u64, Error> {
    let now = moment::now();
    match at {
        Some(text) => moment::parse(text, now, false),
        None => Ok(now),
    }
}

/// By what was imported and granted: the contract opens it.
async fn by_imports(
    opts: &EvaluateOpts,
    imports: &[Import],
    request: &AccessRequest,
    context: &Context,
    out: &Output<'_>,
) -> Result<Decision, Error> {
    let (registry, policies) = connect(context).await?;
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
    let answer = on_chain(opts, &policies, &consents, request, &asked, context).await?;
    Ok(answer.of(&asked))
}

/// The contract of consents, and the one that opens them.
async fn connect(context: &Context) -> Result<(Consent, Policies), Error> {
    let chain = Chain::connect(&context.network()?).await?;
    let suite = Suite::open(&chain, &context.deployments(chain.network()))?;
    Ok((suite.consent().await?, suite.policies().await?))
}

async fn on_chain(
    opts: &EvaluateOpts,
    policies: &Policies,
    consents: &[(B256, Entry)],
    request: &AccessRequest,
    imports: &[Import],
    context: &Context,
) -> Result<Decision, Error> {
    if opts.at.is_some() || request.at.is_some() {
        return Err(Error::Usage(
            "the contract answers for now: name no time, or ask with --offline".into(),
        ));
    }
    let asker = opts.requester.as_deref().map(|account| context.account(account));
    let asker = asker.transpose()?.map(|account| account.address());
    let names: Vec<_> = imports.iter().flat_map(|import| &import.codes).cloned().collect();
    let outcome = decide_on_chain(policies, &context.openings(), consents, request, asker, &names).await?;
    let reason = (outcome.answer != Answer::NoConsent).then(|| outcome.reason_code());
    Ok(Decision {
        event: Trail::on_chain(request, consents, asker, &outcome).event(&outcome),
        decided: Decided {
            reason,
            ..Decided::from(outcome)
        },
    })
}

async fn by_one(opts: &EvaluateOpts, id: B256, request: &AccessRequest, context: &Context) -> Result<Decision, Error> {
    let (registry, policies) = connect(context).await?;
    let entry = registry.entry(id).await?.ok_or(ConsentError::Unknown(id))?;
    let imports = Import::all(&context.openings())?;
    on_chain(opts, &policies, &[(id, entry)], request, &imports, context).await
}

/// The request that the arguments make.
fn by_flags(opts: &EvaluateOpts) -> Result<AccessRequest, Error> {
    let (Some(purpose), Some(class)) = (opts.purpose, opts.class) else {
        return Err(Error::Usage(
            "a consent is asked by --purpose and --class, or by --request".into(),
        ));
    };
    let coding = |row: &Code| json!({"system": row.system, "code": row.code});
    let labels: Vec<Value> = opts.label.iter().map(|label| coding(label.row())).collect();
    let request = json!({
        "purposeOfUse": coding(purpose.row()),
        "class": coding(class.row()),
        "securityLabel": labels,
    });
    Ok(AccessRequest::from_json(&request)?)
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
    /// Where it was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    audit: Option<Recorded>,
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
            audit: None,
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

pub(super) fn read_case(documents: &[PathBuf], request: &Path) -> Result<Case, Error> {
    let documents: Vec<Value> = documents.iter().map(|path| read_json(path)).collect::<Result<_, _>>()?;
    Ok(Case::new(&documents, &read_json(request)?)?)
}
