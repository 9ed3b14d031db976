//! A policy from a FHIR Consent or from arguments.

use std::path::{Path, PathBuf};

use alloy_core::primitives::Address;
use clap::Args;
use salus_core::{
    codes::{Purpose, ResourceClass, Sensitivity},
    consent::{Criteria, Effect, Period, Policy, Provision},
};

use crate::{Context, Output, codes, moment};
use salus_client::{
    chain::Chain,
    consents::Draft,
    error::Error,
    fhir::{
        FhirError, Limits,
        consent::{self, Actor, ConsentStatus, Directory},
        json, read_file,
    },
};

/// What the patient consents to.
#[derive(Debug, Args)]
#[command(next_help_heading = "The policy")]
pub(super) struct PolicyOpts {
    /// Take the policy from this FHIR R4 or R5 Consent
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["purpose", "class", "deny_label", "valid_from", "valid_until"]
    )]
    fhir: Option<PathBuf>,
    /// Whom a reference in the FHIR document means, e.g. Practitioner/1=clinic; may be repeated
    #[arg(long, value_name = "REFERENCE=ACCOUNT", requires = "fhir")]
    actor: Vec<String>,
    /// Permit this purpose of use, e.g. TREAT; may be repeated
    #[arg(long, value_name = "CODE", value_parser = codes::purpose, required_unless_present = "fhir")]
    purpose: Vec<Purpose>,
    /// Permit this class of data, e.g. Observation; may be repeated; without it, all
    #[arg(long, value_name = "TYPE", value_parser = codes::class)]
    class: Vec<ResourceClass>,
    /// Except data with this sensitivity label, e.g. ETHUD; may be repeated
    #[arg(long, value_name = "CODE", value_parser = codes::label)]
    deny_label: Vec<Sensitivity>,
    /// In force from this time on: 2027-01-31, 2027-01-31T09:30:00Z or +SECONDS [default: at once]
    #[arg(long, value_name = "TIME")]
    valid_from: Option<String>,
    /// In force until this time [default: open]
    #[arg(long, value_name = "TIME")]
    valid_until: Option<String>,
    /// Disclose on chain which purposes and classes the policy permits, so that `check` answers without the policy
    #[arg(long)]
    disclose: bool,
}

impl PolicyOpts {
    /// Commits to the policy, for a grantee.
    pub(super) async fn draft(
        &self,
        context: &Context,
        out: &Output<'_>,
        chain: &Chain,
        grantee: Address,
    ) -> Result<Draft, Error> {
        let policy = match &self.fhir {
            Some(path) => self.read_fhir(context, out, path)?,
            None => self.build(chain.time().await?)?,
        };
        Ok(Draft::new(&policy, self.disclose.then_some(grantee))?)
    }

    fn read_fhir(&self, context: &Context, out: &Output<'_>, path: &Path) -> Result<Policy, Error> {
        let directory = directory(&self.actor, context)?;
        let limits = Limits::default();
        let document = json::parse(&read_file(path, &limits)?, &limits).map_err(FhirError::from)?;
        let translation = consent::read(&document, None, &directory)?;
        if translation.status != ConsentStatus::Active {
            let status = translation.status;
            return Err(Error::Usage(format!(
                "Consent.status is {status:?}: only an active consent is granted"
            )));
        }
        for loss in &translation.losses {
            out.note(format_args!("not in the policy: {loss}"));
        }
        Ok(translation.policy)
    }

    fn build(&self, now: u64) -> Result<Policy, Error> {
        let mut policy = Policy::new(Effect::Permit, now);
        policy.scope.purposes = self.purpose.iter().fold(0, |mask, purpose| mask | purpose.mask());
        policy.scope.classes = self.class.iter().fold(0, |mask, class| mask | class.mask());
        let time = |text: &Option<String>, last| text.as_deref().map(|text| moment::parse(text, now, last)).transpose();
        let period = Period {
            from: time(&self.valid_from, false)?.unwrap_or(0),
            until: time(&self.valid_until, true)?.unwrap_or(u64::MAX),
        };
        if period.until < period.from {
            return Err(Error::Usage("--valid-until is before --valid-from".into()));
        }
        if (period.from, period.until) != (0, u64::MAX) {
            policy.scope.period = Some(period);
        }
        let labels = self.deny_label.iter().fold(0, |mask, label| mask | label.mask());
        if labels != 0 {
            policy.provisions.push(Provision {
                criteria: Criteria {
                    labels,
                    ..Criteria::default()
                },
                provisions: Vec::new(),
            });
        }
        Ok(policy)
    }
}

/// Whom references mean, each told as `REFERENCE=ACCOUNT`.
pub(super) fn directory(actors: &[String], context: &Context) -> Result<Directory, Error> {
    let mut directory = Directory::new();
    for actor in actors {
        let (reference, account) = actor
            .rsplit_once('=')
            .ok_or_else(|| Error::Usage(format!("`{actor}` is not of the form REFERENCE=ACCOUNT")))?;
        let address = context.account(account)?.address();
        directory = directory.with_actor(reference, Actor::Address(address.into()));
    }
    Ok(directory)
}
