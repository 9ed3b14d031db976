//! `salus consent export`: a policy as a FHIR Consent.

use std::fmt;

use alloy_core::primitives::B256;
use clap::Args;
use salus_core::consent::{Entry, Policy, Status};
use serde::Serialize;
use serde_json::Value;

use super::{connect, policy::directory};
use crate::{Context, Output, codes};
use salus_client::{
    consents::ConsentError,
    decide::{Identifier, Import},
    error::Error,
    fhir::consent::{self, Actor, ConsentStatus, Directory, Evidence, FhirVersion, Header, Loss, LossReason, urn},
    openings::OpeningError,
};

/// What to export, and as what.
#[derive(Debug, Args)]
#[command(after_help = "\
Read again, the document is the same policy. What cannot be said in the version and bears on decisions is refused; what does not is
listed as lost. Whom --actor and --identifier do not name is given by the bytes that the policy knows: docs/fhir.md has the systems.

Examples:
  salus consent export 0x1c.. --fhir-version r4 --actor Organization/clinic=clinic
  salus consent export --import 0x7b.. --fhir-version r5 --identifier 'urn:org|good-health'")]
pub(super) struct ExportOpts {
    /// The consent on chain; needs the opening
    #[arg(required_unless_present = "import", conflicts_with = "import")]
    consent: Option<B256>,
    /// A consent that was imported, as `consent import` names it
    #[arg(long, value_name = "HEX")]
    import: Option<B256>,
    /// The version of FHIR: r4 or r5
    #[arg(long, value_name = "VERSION", value_parser = codes::fhir_version)]
    fhir_version: FhirVersion,
    /// What an account is called in FHIR, e.g. Practitioner/1=clinic; may be repeated
    #[arg(long, value_name = "REFERENCE=ACCOUNT")]
    actor: Vec<String>,
    /// An identifier of whom an imported consent names: there, the policy knows them by a hash only; may be repeated
    #[arg(long, value_name = "SYSTEM|VALUE")]
    identifier: Vec<String>,
}

pub(super) async fn run(opts: ExportOpts, context: &Context, out: &mut Output<'_>) -> Result<(), Error> {
    let names = opts.names(context)?;
    let mut losses = Vec::new();
    let (policy, header) = match (opts.consent, opts.import) {
        (Some(consent), _) => on_chain(consent, context).await?,
        (None, Some(import)) => imported(import, context, &mut losses)?,
        (None, None) => return Err(Error::Usage("name a consent or --import".into())),
    };
    let written = consent::write(&policy, &header, opts.fhir_version, &names)?;
    losses.extend(written.losses);
    for loss in &losses {
        out.note(format_args!("lost: {loss}"));
    }
    out.result(&Exported {
        fhir_version: opts.fhir_version.name(),
        losses: losses.iter().map(ToString::to_string).collect(),
        document: written.document,
    })
}

impl ExportOpts {
    fn names(&self, context: &Context) -> Result<Directory, Error> {
        let mut names = directory(&self.actor, context)?;
        for identifier in &self.identifier {
            let (system, value) = identifier
                .split_once('|')
                .ok_or_else(|| Error::Usage(format!("`{identifier}` is not of the form SYSTEM|VALUE")))?;
            let address = Identifier::new(system, value).address();
            names = names.with_actor(identifier, Actor::Address(address));
        }
        Ok(names)
    }
}

/// A consent as the contract holds it: for its grantee, while it is valid there.
async fn on_chain(id: B256, context: &Context) -> Result<(Policy, Header), Error> {
    let registry = connect(context).await?;
    let entry = registry.entry(id).await?.ok_or(ConsentError::Unknown(id))?;
    let policy = context.openings().policy(entry.commitment.into())?;
    Ok((policy, header(&entry)))
}

fn header(entry: &Entry) -> Header {
    let status = match entry.status {
        Status::Active => ConsentStatus::Active,
        Status::EnteredInError => ConsentStatus::EnteredInError,
        Status::None | Status::Superseded | Status::Revoked => ConsentStatus::Inactive,
    };
    Header {
        status,
        evidence: Evidence {
            subject: Some(format!("{}|{}", urn::SUBJECT, B256::from(entry.subject))),
            ..Evidence::default()
        },
        grantee: Some(entry.grantee),
        validity: Some(entry.terms.validity),
    }
}

/// A consent as it was imported: whatever became of it on a chain.
fn imported(id: B256, context: &Context, losses: &mut Vec<Loss>) -> Result<(Policy, Header), Error> {
    let openings = context.openings();
    let import: Import = openings.load(id)?;
    let policy = import.policy().ok_or_else(|| OpeningError::Malformed {
        path: openings.path::<Import>(id),
        reason: "its policy is none".into(),
    })?;
    let status = match import.is_active {
        true => ConsentStatus::Active,
        false => ConsentStatus::Inactive,
    };
    let mut patient = import.patient.iter().enumerate();
    let subject = patient
        .next()
        .map(|(_, known)| format!("{}|{}", known.system, known.value));
    losses.extend(patient.map(|(position, _)| Loss {
        path: format!("Import.patient[{position}]"),
        reason: LossReason::NotInVersion,
    }));
    let evidence = Evidence {
        subject,
        ..Evidence::default()
    };
    Ok((policy, Header::new(status, evidence)))
}

#[derive(Serialize)]
struct Exported {
    fhir_version: &'static str,
    /// What is in the consent and not in the document.
    losses: Vec<String>,
    document: Value,
}

impl fmt::Display for Exported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#}", self.document)
    }
}
