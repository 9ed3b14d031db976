//! Many cases: a folder in, a table of answers out.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

use serde::Serialize;
use serde_json::Value;

use super::{super::audit, Decided, Decision, off_chain, read_case};
use crate::Context;
use salus_client::{
    audit::Recorded,
    decide::Case,
    error::{Error, Fault as _},
    fhir::{FhirError, Limits, read_file},
};

/// One case of many: its answer, or why it has none.
#[derive(Debug, Serialize)]
struct Row {
    case: String,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    decided: Option<Decided>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Failure>,
    #[serde(skip_serializing_if = "Option::is_none")]
    audit: Option<Recorded>,
    /// What is to be recorded.
    #[serde(skip)]
    event: Value,
}

#[derive(Debug, Serialize)]
struct Failure {
    code: &'static str,
    message: String,
}

/// The answers to many cases.
#[derive(Debug, Serialize)]
pub(super) struct Cases {
    cases: Vec<Row>,
    /// How many have no answer.
    failed: usize,
}

impl Cases {
    /// Records all of them, before any is told.
    pub(super) fn record(&mut self, log: &Path, context: &Context) -> Result<(), Error> {
        let events: Vec<Value> = self.cases.iter_mut().map(|case| case.event.take()).collect();
        for (case, recorded) in self.cases.iter_mut().zip(audit::record(log, &events, context)?) {
            case.audit = Some(recorded);
        }
        Ok(())
    }
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
pub(super) fn decide(folder: &Path, at: u64) -> Result<Cases, Error> {
    let rows = sorted(folder)?.into_iter().filter_map(|path| {
        let is_case = path.is_dir() || path.extension().is_some_and(|extension| extension == "json");
        is_case.then(|| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let (decided, error, event) = match open_case(&path) {
                Ok(case) => {
                    let Decision { decided, event } = off_chain(&case, at);
                    (Some(decided), None, event)
                }
                Err(error) => {
                    let (code, message) = (error.code(), error.to_string());
                    (None, Some(Failure { code, message }), audit::undecided(code))
                }
            };
            Row {
                case: name,
                decided,
                error,
                audit: None,
                event,
            }
        })
    });
    let cases: Vec<Row> = rows.collect();
    let failed = cases.iter().filter(|case| case.error.is_some()).count();
    Ok(Cases { cases, failed })
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
