//! The index tells the same story.

use std::{collections::HashSet, path::Path, sync::Arc};

use serde::Serialize;
use tokio::sync::watch;

use super::{
    Stage, StoryError,
    consent::Granted,
    step::{Left, Teller},
};
use crate::{
    Error,
    contracts::Suite,
    indexer::{
        BalanceFilter, Catalogue, ConsentFilter, EventFilter, Extent, Followed, IndexError, Indexer, Location,
        Patience, RawLog, Reader, Source, Status, Summary, VisitFilter,
    },
};

/// What the index says of the story.
#[derive(Debug, Clone, Serialize)]
pub struct IndexCheck {
    /// Up to which block the chain was indexed.
    pub indexed_to: Option<u64>,
    /// How many blocks that were.
    pub blocks: u64,
    /// How many events of the contracts are in them.
    pub logs: u64,
    /// A checksum over them, see `salus index status`.
    pub checksum: String,
    /// The events of the story, in the chain's order; the same as in the receipts of its transactions.
    pub events: Vec<Happened>,
}

/// An event of the story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Happened {
    /// The number of its block.
    pub block: u64,
    /// The place of its transaction in the block.
    pub extrinsic_index: u32,
    /// The contract's name.
    pub contract: String,
    /// The event's name.
    pub name: String,
    /// Its fields, as JSON.
    #[serde(skip)]
    fields: String,
}

impl Stage<'_> {
    /// Indexes the chain from the contracts' first block on, and compares.
    pub(super) async fn compare_with_index(
        &self,
        suite: &Suite,
        database: &Path,
        granted: &Granted,
        teller: &mut Teller<'_>,
    ) -> Result<IndexCheck, Error> {
        let catalogue = Arc::new(Catalogue::built_in().map_err(IndexError::from)?);
        let location = Location::from(database);
        let summary = self.index(suite, &location, &catalogue).await?;
        let mut reader = Reader::open(&location).await.map_err(IndexError::from)?;

        let told = told(suite, &catalogue, teller.left())?;
        let found = found(&mut reader, &told).await?;
        let (expected, count) = (format!("{} events", told.len()), format!("{} events", found.len()));
        teller.asked(
            "index_counts",
            "An index is built from the chain alone: of this story it has",
            expected,
            count,
        )?;
        if let Some((told, found)) = told.iter().zip(&found).find(|(told, found)| told != found) {
            let (expected, found) = (format!("{told:?}"), format!("{found:?}"));
            return Err(StoryError::Unexpected {
                name: "index_events",
                expected,
                found,
            }
            .into());
        }
        teller.asked(
            "index_events",
            "Event for event, field for field, they are those of the transactions",
            "the same",
            "the same",
        )?;
        self.ask_projections(&mut reader, granted, teller).await?;
        let status: Status = reader.status().await.map_err(IndexError::from)?;
        Ok(IndexCheck {
            indexed_to: summary.indexed_to,
            blocks: summary.blocks,
            logs: summary.logs,
            checksum: status.checksum.to_string(),
            events: found,
        })
    }

    async fn index(&self, suite: &Suite, location: &Location, catalogue: &Arc<Catalogue>) -> Result<Summary, Error> {
        let source = Source::new(&self.chain.network().substrate_rpc, Patience::default());
        let contracts = suite.book().contracts.iter().map(|(name, deployment)| Followed {
            name: name.clone(),
            address: deployment.address,
            first_block: deployment.deploy_block,
        });
        let contracts: Vec<_> = contracts.collect();
        let mut indexer = Indexer::open(source, location, Arc::clone(catalogue), &contracts).await?;
        let (_sender, never) = watch::channel(false);
        let summary = indexer.run(Extent::default(), never, |_| ()).await?;
        indexer.close().await.map_err(IndexError::from)?;
        Ok(summary)
    }

    /// What the index makes of the events.
    async fn ask_projections(
        &self,
        reader: &mut Reader,
        granted: &Granted,
        teller: &mut Teller<'_>,
    ) -> Result<(), Error> {
        let of_consent = ConsentFilter {
            consent_id: Some(granted.consent_id),
            ..ConsentFilter::default()
        };
        let consents = reader.consents(&of_consent, 2).await.map_err(IndexError::from)?;
        let status = consents.first().map_or("not there", |consent| &consent.status);
        teller.asked("index_consent", "In the index, the consent is", "revoked", status)?;
        let of_patient = VisitFilter {
            patient: Some(self.cast.patient.account().address()),
            ..VisitFilter::default()
        };
        let visits = reader.visits(&of_patient, 3).await.map_err(IndexError::from)?;
        let statuses: Vec<_> = visits.iter().map(|visit| visit.status.as_str()).collect();
        let text = "In the index, the consultations are";
        teller.asked("index_visits", text, "completed, cancelled_late", &*statuses.join(", "))?;
        let doctor = self.cast.family_doctor.account().address();
        let of_doctor = BalanceFilter {
            contract: Some(self.token.contract().address()),
            holder: Some(doctor),
        };
        let balances = reader.balances(&of_doctor, 2).await.map_err(IndexError::from)?;
        let indexed = balances.first().map_or("0", |balance| &balance.balance);
        let on_chain = self.token.balance_of(doctor).await?.to_string();
        let text = "In the index, the doctor's tokens are as on chain, in the smallest unit";
        teller.asked("index_balance", text, on_chain.as_str(), indexed)
    }
}

/// What the receipts of the story's transactions say.
fn told(suite: &Suite, catalogue: &Catalogue, left: &[Left]) -> Result<Vec<Happened>, Error> {
    let mut told = Vec::with_capacity(left.len());
    for Left { block, extrinsic, log } in left {
        let known = suite
            .book()
            .contracts
            .iter()
            .find(|(_, known)| known.address == log.address);
        let Some((contract, _)) = known else { continue };
        let raw = RawLog {
            block: *block,
            index: 0,
            extrinsic: Some(*extrinsic),
            address: log.address,
            topics: log.topics.clone(),
            data: log.data.clone(),
        };
        let decoded = catalogue.decode(contract, &raw).map_err(|_| StoryError::Unexpected {
            name: "index_events",
            expected: format!("an event of the ABI of `{contract}`"),
            found: format!("a log with the topics {:?}", log.topics),
        })?;
        told.push(Happened {
            block: *block,
            extrinsic_index: *extrinsic,
            contract: contract.clone(),
            name: decoded.name().into(),
            fields: decoded.to_json(),
        });
    }
    Ok(told)
}

/// What the index has of the same transactions.
async fn found(reader: &mut Reader, told: &[Happened]) -> Result<Vec<Happened>, Error> {
    let place = |happened: &Happened| (happened.block, u64::from(happened.extrinsic_index));
    let places: HashSet<_> = told.iter().map(place).collect();
    let since = EventFilter {
        from: places.iter().map(|(block, _)| *block).min(),
        ..EventFilter::default()
    };
    let events = reader.events(&since, u32::MAX).await.map_err(IndexError::from)?;
    let of_story = events.into_iter().filter_map(|event| {
        let extrinsic = event.extrinsic?;
        places.contains(&(event.block, extrinsic)).then(|| Happened {
            block: event.block,
            extrinsic_index: u32::try_from(extrinsic).unwrap_or(u32::MAX),
            contract: event.contract,
            name: event.name,
            fields: event.fields.get().into(),
        })
    });
    Ok(of_story.collect())
}
