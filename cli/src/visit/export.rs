//! `salus visit export`: a visit as FHIR.

use std::fmt;

use alloy_core::primitives::B256;
use clap::{Args, ValueEnum};
use serde::Serialize;
use serde_json::Value;

use super::desk::Desk;
use crate::{Context, Output, codes, index};
use salus_client::{
    contracts::telehealth::convert::address,
    error::Error,
    fhir::{
        consent::FhirVersion,
        visit::{self, Facts, Form, History, Names, ORGANIZATION, PATIENT, PROVIDER, ResourceName, Token},
    },
    indexer::{IndexError, Reader, StoreError, VisitFilter},
};

/// What to export, and as what.
#[derive(Debug, Args)]
#[command(after_help = "\
The chain knows accounts: they stand for whom --patient and --provider do not name. What only an index knows (when it was booked and paid
for, how a fee was divided) is left out without one, and named. docs/fhir.md has the mapping.

Examples:
  salus visit export 0x8a.. --as appointment --patient Patient/17 --provider Practitioner/anna
  salus visit export 0x8a.. --as bundle --fhir-version r5 > visit.json")]
pub(super) struct ExportOpts {
    /// The visit (32 bytes in hexadecimal)
    visit: B256,
    /// As what
    #[arg(long = "as", value_name = "RESOURCE", value_enum)]
    form: FormName,
    /// The version of FHIR: r4 or r5
    #[arg(long, value_name = "VERSION", default_value = "r4", value_parser = codes::fhir_version)]
    fhir_version: FhirVersion,
    /// What the patient is called in FHIR: Patient/17, a URL, or SYSTEM|VALUE of an identifier
    #[arg(long, value_name = "REFERENCE", value_parser = patient)]
    patient: Option<ResourceName>,
    /// What the provider is called: a Practitioner or a PractitionerRole
    #[arg(long, value_name = "REFERENCE", value_parser = provider)]
    provider: Option<ResourceName>,
    /// On behalf of which Organization it is invoiced
    #[arg(long, value_name = "REFERENCE", value_parser = organization)]
    issuer: Option<ResourceName>,
    /// The index: a path or a sqlite: URL [default: index/<network>.sqlite in the user's data directory]
    #[arg(long, env = "SALUS_DATABASE", value_name = "PATH|URL")]
    database: Option<String>,
}

/// What a visit is exported as.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum FormName {
    /// When it is, and what became of it
    Appointment,
    /// What it costs its patient
    Invoice,
    /// What escrow released, and to whom
    PaymentReconciliation,
    /// All of these that there are
    Bundle,
}

impl From<FormName> for Form {
    fn from(name: FormName) -> Self {
        match name {
            FormName::Appointment => Self::Appointment,
            FormName::Invoice => Self::Invoice,
            FormName::PaymentReconciliation => Self::PaymentReconciliation,
            FormName::Bundle => Self::Bundle,
        }
    }
}

fn patient(text: &str) -> Result<ResourceName, String> {
    ResourceName::parse(text, PATIENT).map_err(|error| error.to_string())
}

fn provider(text: &str) -> Result<ResourceName, String> {
    ResourceName::parse(text, PROVIDER).map_err(|error| error.to_string())
}

fn organization(text: &str) -> Result<ResourceName, String> {
    ResourceName::parse(text, ORGANIZATION).map_err(|error| error.to_string())
}

impl ExportOpts {
    pub(super) async fn run(self, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
        let desk = Desk::connect(context).await?;
        let facts = self.facts(&desk, out).await?;
        let names = Names {
            patient: self.patient,
            provider: self.provider,
            issuer: self.issuer,
        };
        let at = desk.chain.time().await?;
        let written = visit::write(&facts, &names, self.fhir_version, self.form.into(), at)?;
        for element in &written.unknown {
            out.note(format_args!("not known: {element}"));
        }
        out.result(&Exported {
            fhir_version: self.fhir_version.name(),
            unknown: written.unknown,
            document: written.document,
        })
    }

    async fn facts(&self, desk: &Desk, out: &Output<'_>) -> Result<Facts, Error> {
        let visit = desk.telehealth.visit(self.visit).await?;
        let terms = desk
            .telehealth
            .terms(address(visit.provider), visit.terms_version)
            .await?;
        let currency = desk.currency(address(visit.token)).await?;
        Ok(Facts {
            chain_id: desk.chain.chain_id(),
            id: self.visit,
            visit,
            terms,
            token: Token {
                decimals: currency.decimals,
                symbol: currency.symbol,
            },
            history: self.history(desk, out).await?,
        })
    }

    /// What an index knows of the visit; nothing if there is none, or if it is not that far.
    async fn history(&self, desk: &Desk, out: &Output<'_>) -> Result<Option<History>, Error> {
        let location = index::location(self.database.as_deref(), desk.chain.network())?;
        let mut reader = match Reader::open(&location).await {
            Err(StoreError::Missing { .. }) if self.database.is_none() => {
                out.note("there is no index: what only it knows is left out");
                return Ok(None);
            }
            reader => reader.map_err(IndexError::from)?,
        };
        let filter = VisitFilter {
            visit_id: Some(self.visit),
            ..VisitFilter::default()
        };
        let escrow = desk.telehealth.contract().address();
        let found = reader.visits(&filter, u32::MAX).await.map_err(IndexError::from)?;
        let Some(visit) = found.iter().find(|visit| visit.contract == escrow) else {
            out.note("the index does not know the visit: what only it knows is left out");
            return Ok(None);
        };
        let steps = reader.visit_history(self.visit, u32::MAX).await;
        Ok(Some(History::of(visit, &steps.map_err(IndexError::from)?)))
    }
}

#[derive(Serialize)]
struct Exported {
    fhir_version: &'static str,
    /// What would be in the document if it were known.
    unknown: Vec<String>,
    document: Value,
}

impl fmt::Display for Exported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#}", self.document)
    }
}
