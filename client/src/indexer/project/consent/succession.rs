//! Who is to follow subjects' controllers.

use std::collections::BTreeMap;

use alloy_core::primitives::{Address, B256};
use sqlx::{Row, SqliteConnection};

use super::super::{ProjectionError, fields::Fields};
use crate::indexer::store::bulk::Bulk;

/// By contract and subject, in their order: what a step does depends on those before, stored ones included.
#[derive(Debug, Default)]
pub(super) struct Changes(BTreeMap<(Address, B256), Vec<(i64, Step)>>);

#[derive(Debug)]
enum Step {
    Declared {
        controller: Address,
        successor: Address,
        silence: i64,
        grace: i64,
    },
    TakenBack,
    Claimed {
        acceptable_from: i64,
    },
    /// Somebody acted for the subject; if that was its controller, a claim ends.
    Acted {
        actor: Address,
    },
    PassedOn {
        to: Address,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Succession {
    controller: Address,
    successor: Address,
    silence: i64,
    grace: i64,
    status: Status,
    acceptable_from: Option<i64>,
    block: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Declared,
    Claimed,
    Accepted,
    Ended,
}

impl Status {
    fn as_str(self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::Claimed => "claimed",
            Self::Accepted => "accepted",
            Self::Ended => "ended",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let all = [Self::Declared, Self::Claimed, Self::Accepted, Self::Ended];
        all.into_iter().find(|status| status.as_str() == text)
    }
}

impl Changes {
    pub(super) fn add(&mut self, event: &Fields<'_>) -> Result<(), ProjectionError> {
        let acted = |field| {
            Ok(Step::Acted {
                actor: event.address(field)?,
            })
        };
        let step = match event.name() {
            "SuccessorSet" => match event.somebody("successor")? {
                Some(successor) => Step::Declared {
                    controller: event.address("controller")?,
                    successor,
                    silence: event.number("silence")?,
                    grace: event.number("grace")?,
                },
                None => Step::TakenBack,
            },
            "ControlClaimed" => Step::Claimed {
                acceptable_from: event.number("acceptableFrom")?,
            },
            "ControllerTransferred" => Step::PassedOn {
                to: event.address("newController")?,
            },
            "ControllerConfirmed" | "ControllerTransferStarted" => acted("controller")?,
            "ConsentGranted" => acted("grantor")?,
            "ConsentSuperseded" | "ConsentRevoked" | "ConsentEnteredInError" | "DelegateSet" => acted("actor")?,
            _ => return Ok(()),
        };
        let key = (event.contract(), event.word("subject")?);
        self.0.entry(key).or_default().push((event.block(), step));
        Ok(())
    }

    pub(super) async fn write(self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        let keys: Vec<_> = self.0.keys().copied().collect();
        let stored = STORED
            .fetch(connection, &keys, |query, (contract, subject)| {
                query.bind(contract.to_vec()).bind(subject.to_vec())
            })
            .await?;
        let stored: BTreeMap<_, _> = stored.iter().map(read).collect::<Result<_, _>>()?;
        let changed = self.0.into_iter().filter_map(|(key, steps)| {
            let before = stored.get(&key).copied();
            let after = steps
                .into_iter()
                .fold(before, |at, (block, step)| next(at, block, step));
            after.filter(|_| after != before).map(|after| (key, after))
        });
        let changed: Vec<_> = changed.collect();
        SET.run(connection, &changed, |query, ((contract, subject), row)| {
            query
                .bind(contract.to_vec())
                .bind(subject.to_vec())
                .bind(row.controller.to_vec())
                .bind(row.successor.to_vec())
                .bind(row.silence)
                .bind(row.grace)
                .bind(row.status.as_str())
                .bind(row.acceptable_from)
                .bind(row.block)
        })
        .await?;
        Ok(())
    }
}

/// What a step makes of a succession. Of one that was never seen to be declared nothing is told.
fn next(before: Option<Succession>, block: i64, step: Step) -> Option<Succession> {
    use Status::{Accepted, Claimed, Declared, Ended};
    let came_to = |before: Succession, status, acceptable_from| Succession {
        status,
        acceptable_from,
        block,
        ..before
    };
    if let Step::Declared {
        controller,
        successor,
        silence,
        grace,
    } = step
    {
        return Some(Succession {
            controller,
            successor,
            silence,
            grace,
            status: Declared,
            acceptable_from: None,
            block,
        });
    }
    let before = before?;
    Some(match (before.status, step) {
        (Declared | Claimed, Step::TakenBack) => came_to(before, Ended, None),
        (Declared, Step::Claimed { acceptable_from }) => came_to(before, Claimed, Some(acceptable_from)),
        (Claimed, Step::Acted { actor }) if actor == before.controller => came_to(before, Declared, None),
        (Claimed, Step::PassedOn { to }) if to == before.successor => came_to(before, Accepted, before.acceptable_from),
        (Declared | Claimed, Step::PassedOn { .. }) => came_to(before, Ended, None),
        _ => before,
    })
}

fn read(row: &sqlx::sqlite::SqliteRow) -> Result<((Address, B256), Succession), sqlx::Error> {
    let address = |column| Ok::<_, sqlx::Error>(Address::from_slice(row.try_get::<&[u8], _>(column)?));
    let status = row.try_get::<&str, _>("status")?;
    let status = Status::parse(status).ok_or_else(|| sqlx::Error::Decode(format!("the status {status}").into()))?;
    let succession = Succession {
        controller: address("controller")?,
        successor: address("successor")?,
        silence: row.try_get("silence")?,
        grace: row.try_get("grace")?,
        status,
        acceptable_from: row.try_get("acceptable_from")?,
        block: row.try_get("changed_block")?,
    };
    let subject = B256::from_slice(row.try_get::<&[u8], _>("subject")?);
    Ok(((address("contract")?, subject), succession))
}

const STORED: Bulk = Bulk {
    before: "select s.* from (values",
    columns: 2,
    after: ") as v join successions as s on s.contract = v.column1 and s.subject = v.column2",
};

const SET: Bulk = Bulk {
    before: "insert or replace into successions (contract, subject, controller, successor, silence, grace, status, \
             acceptable_from, changed_block) values",
    columns: 9,
    after: "",
};
