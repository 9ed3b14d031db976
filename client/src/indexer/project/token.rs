//! Transfers of tokens and what they add up to.

use std::collections::BTreeMap;

use alloy_core::primitives::{Address, U256, aliases::I512};
use sqlx::{Row, SqliteConnection};

use super::{ProjectionError, fields::Fields};
use crate::indexer::store::bulk::Bulk;

#[derive(Debug, Default)]
pub(super) struct Changes {
    transfers: Vec<Transfer>,
    balances: BTreeMap<(Address, Address), BalanceChange>,
}

#[derive(Debug)]
struct Transfer {
    contract: Address,
    block: i64,
    index: i64,
    sender: Address,
    recipient: Address,
    amount: U256,
}

#[derive(Debug, Default)]
struct BalanceChange {
    change: I512,
    block: i64,
}

impl Changes {
    pub(super) fn add(&mut self, event: &Fields<'_>) -> Result<(), ProjectionError> {
        if event.name() != "Transfer" {
            return Ok(());
        }
        let (sender, recipient, amount) = (event.address("from")?, event.address("to")?, event.uint("value")?);
        let (contract, block, index) = (event.contract(), event.block(), event.index());
        self.transfers.push(Transfer {
            contract,
            block,
            index,
            sender,
            recipient,
            amount,
        });
        // Signed and with room to spare: what is seen of a token may be a part of its history.
        let amount = I512::from_raw(amount.to());
        self.balance(contract, sender, block, -amount);
        self.balance(contract, recipient, block, amount);
        Ok(())
    }

    fn balance(&mut self, contract: Address, holder: Address, block: i64, change: I512) {
        // What is minted comes from nowhere.
        if !holder.is_zero() {
            let entry = self.balances.entry((contract, holder)).or_default();
            *entry = BalanceChange {
                change: entry.change.wrapping_add(change),
                block,
            };
        }
    }

    pub(super) async fn write(mut self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        ADD_TRANSFER
            .run(connection, &self.transfers, |query, row| {
                query
                    .bind(row.contract.to_vec())
                    .bind(row.block)
                    .bind(row.index)
                    .bind(row.sender.to_vec())
                    .bind(row.recipient.to_vec())
                    .bind(row.amount.to_string())
            })
            .await?;
        // SQLite counts to 2^63: balances are added up here.
        let keys: Vec<_> = self.balances.keys().copied().collect();
        let stored = STORED_BALANCES
            .fetch(connection, &keys, |query, (contract, holder)| {
                query.bind(contract.to_vec()).bind(holder.to_vec())
            })
            .await?;
        for row in stored {
            let address = |column| Ok::<_, sqlx::Error>(Address::from_slice(row.try_get::<&[u8], _>(column)?));
            let balance = row.try_get::<&str, _>(2)?.parse::<I512>();
            let balance = balance.map_err(|error| sqlx::Error::Decode(error.into()))?;
            let entry = self.balances.entry((address(0)?, address(1)?)).or_default();
            entry.change = entry.change.wrapping_add(balance);
        }
        let balances: Vec<_> = self.balances.into_iter().collect();
        SET_BALANCE
            .run(connection, &balances, |query, ((contract, holder), balance)| {
                query
                    .bind(contract.to_vec())
                    .bind(holder.to_vec())
                    .bind(balance.change.to_string())
                    .bind(balance.block)
            })
            .await?;
        Ok(())
    }
}

const ADD_TRANSFER: Bulk = Bulk {
    before: "insert into transfers (contract, block_number, log_index, sender, recipient, amount) values",
    columns: 6,
    after: "",
};

const STORED_BALANCES: Bulk = Bulk {
    before: "select b.contract, b.holder, b.balance from (values",
    columns: 2,
    after: ") as v join balances as b on b.contract = v.column1 and b.holder = v.column2",
};

const SET_BALANCE: Bulk = Bulk {
    before: "insert or replace into balances (contract, holder, balance, changed_block) values",
    columns: 4,
    after: "",
};
