//! Subjects, consents, and who acts for subjects.

mod delegation;
mod succession;

use std::collections::BTreeMap;

use alloy_core::primitives::{Address, B256};
use sqlx::SqliteConnection;

use super::{
    ProjectionError,
    fields::Fields,
    status::{Statuses, Table},
};
use crate::indexer::store::bulk::Bulk;

#[derive(Debug, Default)]
pub(super) struct Changes {
    registered: Vec<Registered>,
    controllers: BTreeMap<(Address, B256), ControllerChange>,
    granted: Vec<Granted>,
    statuses: Statuses,
    delegations: delegation::Changes,
    successions: succession::Changes,
}

#[derive(Debug)]
struct Registered {
    contract: Address,
    subject: B256,
    controller: Address,
    block: i64,
}

#[derive(Debug)]
struct ControllerChange {
    /// `None`: still the same.
    controller: Option<Address>,
    pending: Option<Address>,
    block: i64,
}

#[derive(Debug)]
struct Granted {
    contract: Address,
    id: B256,
    subject: B256,
    grantee: Address,
    grantor: Address,
    commitment: B256,
    valid_from: i64,
    valid_until: Option<i64>,
    purposes: i64,
    classes: i64,
    limit: Option<i64>,
    block: i64,
}

impl Changes {
    pub(super) fn add(&mut self, event: &Fields<'_>) -> Result<(), ProjectionError> {
        self.delegations.add(event)?;
        self.successions.add(event)?;
        match event.name() {
            "SubjectRegistered" => self.registered.push(Registered {
                contract: event.contract(),
                subject: event.word("subject")?,
                controller: event.address("controller")?,
                block: event.block(),
            }),
            // The zero address takes an offer back.
            "ControllerTransferStarted" => self.controller(event, None, event.somebody("newController")?)?,
            "ControllerTransferred" => self.controller(event, Some(event.address("newController")?), None)?,
            "ConsentGranted" => {
                self.grant(event)?;
                self.statuses
                    .begin(&CONSENTS, event, "active", Some(event.address("grantor")?))?;
            }
            "ConsentSuperseded" => self.status(event, "superseded", Some(event.word("newConsentId")?))?,
            "ConsentRevoked" => self.status(event, "revoked", None)?,
            "ConsentEnteredInError" => self.status(event, "entered_in_error", None)?,
            _ => {}
        }
        Ok(())
    }

    fn controller(
        &mut self,
        event: &Fields<'_>,
        controller: Option<Address>,
        pending: Option<Address>,
    ) -> Result<(), ProjectionError> {
        let key = (event.contract(), event.word("subject")?);
        let before = self.controllers.remove(&key).and_then(|change| change.controller);
        let change = ControllerChange {
            controller: controller.or(before),
            pending,
            block: event.block(),
        };
        self.controllers.insert(key, change);
        Ok(())
    }

    fn grant(&mut self, event: &Fields<'_>) -> Result<(), ProjectionError> {
        self.granted.push(Granted {
            contract: event.contract(),
            id: event.word("consentId")?,
            subject: event.word("subject")?,
            grantee: event.address("grantee")?,
            grantor: event.address("grantor")?,
            commitment: event.word("commitment")?,
            valid_from: event.number("validFrom")?,
            valid_until: event.end("validUntil")?,
            purposes: event.bits("purposes")?,
            classes: event.bits("classes")?,
            limit: event.limit("limit")?,
            block: event.block(),
        });
        Ok(())
    }

    fn status(
        &mut self,
        event: &Fields<'_>,
        status: &'static str,
        successor: Option<B256>,
    ) -> Result<(), ProjectionError> {
        let actor = Some(event.address("actor")?);
        self.statuses.change(&CONSENTS, event, status, successor, actor)
    }

    pub(super) async fn write(self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        REGISTER
            .run(connection, &self.registered, |query, row| {
                query
                    .bind(row.contract.to_vec())
                    .bind(row.subject.to_vec())
                    .bind(row.controller.to_vec())
                    .bind(row.block)
                    .bind(row.block)
            })
            .await?;
        let controllers: Vec<_> = self.controllers.into_iter().collect();
        CHANGE_CONTROLLER
            .run(connection, &controllers, |query, ((contract, subject), change)| {
                query
                    .bind(contract.to_vec())
                    .bind(subject.to_vec())
                    .bind(change.controller.map(|address| address.to_vec()))
                    .bind(change.pending.map(|address| address.to_vec()))
                    .bind(change.block)
            })
            .await?;
        GRANT
            .run(connection, &self.granted, |query, row| {
                query
                    .bind(row.contract.to_vec())
                    .bind(row.id.to_vec())
                    .bind(row.subject.to_vec())
                    .bind(row.grantee.to_vec())
                    .bind(row.grantor.to_vec())
                    .bind(row.commitment.to_vec())
                    .bind(row.valid_from)
                    .bind(row.valid_until)
                    .bind(row.purposes)
                    .bind(row.classes)
                    .bind(row.limit)
                    .bind("active")
                    .bind(row.block)
                    .bind(row.block)
            })
            .await?;
        self.statuses.write(&CONSENTS, connection).await?;
        self.delegations.write(connection).await?;
        self.successions.write(connection).await
    }
}

const REGISTER: Bulk = Bulk {
    before: "insert or replace into subjects (contract, subject, controller, registered_block, changed_block) values",
    columns: 5,
    after: "",
};

const CHANGE_CONTROLLER: Bulk = Bulk {
    before: "update subjects set controller = coalesce(v.column3, controller), pending_controller = v.column4, \
             changed_block = v.column5 from (values",
    columns: 5,
    after: ") as v where subjects.contract = v.column1 and subjects.subject = v.column2",
};

const GRANT: Bulk = Bulk {
    before: "insert or replace into consents (contract, consent_id, subject, grantee, grantor, commitment, \
             valid_from, valid_until, purposes, classes, purposes_limit, status, granted_block, changed_block) values",
    columns: 14,
    after: "",
};

const CONSENTS: Table = Table {
    id: "consentId",
    change: Bulk {
        before: "update consents set status = v.column3, successor = v.column4, changed_block = v.column5 from (values",
        columns: 5,
        after: ") as v where consents.contract = v.column1 and consents.consent_id = v.column2",
    },
    add_history: Bulk {
        before: "insert into consent_history (contract, consent_id, block_number, log_index, status, actor) values",
        columns: 6,
        after: "",
    },
};
