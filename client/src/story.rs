//! The whole of Salus in one run: a patient, their child, two providers, real transactions, and an index that tells the same.
//!
//! Every step says what happened in words that a clinician can follow, and carries what the chain gave for it. What does
//! not come out as it must ends the story with an error: the story is also the test of an installation.

mod cast;
mod consent;
mod emergency;
mod error;
mod exceptions;
mod guardian;
mod index;
mod records;
mod relayed;
mod step;
mod visit;

use std::{path::PathBuf, time::Duration};

use alloy_core::primitives::{Address, B256};
use serde::Serialize;

use crate::{
    Error,
    account::Account,
    chain::{Chain, Finality, SubmitOptions},
    contracts::{
        Suite, access::Access, consent::Consent, credentials::Credentials, policies::Policies, records::Records,
        telehealth::Telehealth, token::Token,
    },
    fhir::{Bundle, FhirError, Limits},
};

use cast::Cast;
pub use error::StoryError;
pub use index::IndexCheck;
use step::Teller;
pub use step::{Step, Told};

/// How to tell it.
#[derive(Debug, Clone)]
pub struct StoryOptions {
    /// Between booking a consultation and its beginning: long enough for two transactions, since it has to be confirmed
    /// before.
    pub lead: Duration,
    /// How long a transaction may take to be final.
    pub timeout: Duration,
    /// Where the index goes; made if it is not there.
    pub database: PathBuf,
}

/// What was told.
#[derive(Debug, Clone, Serialize)]
pub struct Story {
    /// The network's name.
    pub network: String,
    /// The EIP-155 chain id.
    pub chain_id: u64,
    /// The hash of the chain's first block.
    pub genesis_hash: B256,
    /// Where the contracts are.
    pub contracts: Contracts,
    /// The account of the patient.
    pub patient: Account,
    /// The account of the provider who is trusted.
    pub family_doctor: Account,
    /// The account of the provider who is not.
    pub other_doctor: Account,
    /// What happened, in order.
    pub steps: Vec<Step>,
    /// What the index says of it.
    pub index: IndexCheck,
}

/// Where the contracts are.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Contracts {
    /// The consent registry.
    pub consent: Address,
    /// What answers by the consents' policies.
    pub policies: Address,
    /// The registry of records.
    pub records: Address,
    /// The token.
    pub token: Address,
    /// The escrow of consultations.
    pub telehealth: Address,
    /// The registry of credentials.
    pub credentials: Address,
    /// Access beside consent.
    pub access: Address,
}

/// What all scenes share.
struct Stage<'s> {
    chain: &'s Chain,
    consent: Consent,
    policies: Policies,
    records: Records,
    token: Token,
    telehealth: Telehealth,
    credentials: Credentials,
    access: Access,
    cast: Cast,
    options: SubmitOptions,
}

/// The health record of a synthetic patient, see `tests/fixtures/fhir/ORIGIN.md`.
const SYNTHETIC_PATIENT: &[u8] = include_bytes!("../tests/fixtures/fhir/ashli_kshlerin.json.gz");

/// The health record of a synthetic patient, for want of another.
///
/// # Errors
/// [`FhirError`] if the program was built with a record that cannot be read.
pub fn synthetic_patient() -> Result<Bundle, FhirError> {
    Bundle::from_bytes(SYNTHETIC_PATIENT, &Limits::default())
}

/// Tells the story on the chain of a contract suite, with the health record of one patient in `bundle`. `listener` is told
/// of each step as it happens.
///
/// Development accounts pay for everything, so the chain has to be a development chain.
///
/// # Errors
/// [`StoryError`] if something comes out otherwise than it must, or the bundle has nothing to tell of; what else can go
/// wrong between here and the chain.
pub async fn tell(
    suite: &Suite,
    bundle: &Bundle,
    options: &StoryOptions,
    listener: &mut dyn FnMut(&Step),
) -> Result<Story, Error> {
    let chain = suite.chain();
    if !chain.network().development {
        let network = chain.network().name.clone();
        return Err(StoryError::NotDevelopment { network }.into());
    }
    let (token, telehealth) = (suite.token().await?, suite.telehealth().await?);
    let stage = Stage {
        chain,
        consent: suite.consent().await?,
        policies: suite.policies().await?,
        records: suite.records().await?,
        token,
        telehealth,
        credentials: suite.credentials().await?,
        access: suite.access().await?,
        cast: Cast::new()?,
        options: SubmitOptions {
            finality: Finality::Finalized,
            timeout: options.timeout,
        },
    };
    let mut teller = Teller::new(listener);
    stage.pay_the_cast(&mut teller).await?;
    let granted = stage.give_consent(&mut teller).await?;
    stage.act_without_coins(&mut teller).await?;
    let child = stage.act_for_a_minor(&mut teller).await?;
    stage.except_from_exceptions(&granted, &mut teller).await?;
    stage.break_the_glass(child, &mut teller).await?;
    stage.keep_records(bundle, &mut teller).await?;
    stage.offer_consultations(&mut teller).await?;
    stage.hold_a_consultation(options.lead, &mut teller).await?;
    stage.call_off_a_consultation(&mut teller).await?;
    stage.withdraw_consent(&granted, &mut teller).await?;
    let index = stage
        .compare_with_index(suite, &options.database, &granted, &mut teller)
        .await?;
    Ok(Story {
        network: chain.network().name.clone(),
        chain_id: chain.chain_id(),
        genesis_hash: chain.genesis_hash(),
        contracts: Contracts {
            consent: stage.consent.contract().address(),
            policies: stage.policies.contract().address(),
            records: stage.records.contract().address(),
            token: stage.token.contract().address(),
            telehealth: stage.telehealth.contract().address(),
            credentials: stage.credentials.contract().address(),
            access: stage.access.contract().address(),
        },
        patient: stage.cast.patient.account(),
        family_doctor: stage.cast.family_doctor.account(),
        other_doctor: stage.cast.other_doctor.account(),
        steps: teller.into_steps(),
        index,
    })
}
