-- Visits and their escrow, as the telehealth contract tells them. Amounts as in 0004; deadlines are seconds since the
-- epoch, as in the contract. Visits are numbered from one by their contract.

create table visits (
    contract blob not null,
    visit_id integer not null,
    patient blob not null,
    provider blob not null,
    token blob not null,
    fee text not null,
    start_time integer not null,
    confirm_by integer not null,
    complete_by integer not null,
    -- A salted hash of what else was agreed.
    details_hash blob not null,
    status text not null,
    -- Which side called it off; null if none did.
    cancelled_by blob,
    requested_block integer not null,
    changed_block integer not null,
    constraint visits_pk primary key (contract, visit_id),
    constraint visits_status check (
        status in ('requested', 'funded', 'confirmed', 'completed', 'cancelled', 'declined', 'expired')
    )
) strict, without rowid;

create index visits_by_patient on visits (patient);
create index visits_by_provider on visits (provider);

-- Each status that a visit has had, since when, and what came into escrow or left it by that step.
create table visit_history (
    contract blob not null,
    visit_id integer not null,
    block_number integer not null,
    log_index integer not null,
    status text not null,
    -- Paid in (funded), refunded (cancelled, declined, expired) or released (completed); null where no money is told of.
    amount text,
    constraint visit_history_pk primary key (contract, visit_id, block_number, log_index)
) strict, without rowid;

-- What accounts got out of escrow.
create table withdrawals (
    contract blob not null,
    block_number integer not null,
    log_index integer not null,
    account blob not null,
    token blob not null,
    amount text not null,
    constraint withdrawals_pk primary key (block_number, log_index)
) strict, without rowid;

create index withdrawals_by_account on withdrawals (account);
