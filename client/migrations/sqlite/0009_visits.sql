-- Visits under terms, with claims and disputes. Both tables are made again: what was in them was of a contract that is no more, and
-- the rebuild that comes next fills them. A visit is known by a hash of its booking. Amounts as in 0004; times are seconds since the
-- epoch.

drop table visits;
drop table visit_history;

create table visits (
    contract blob not null,
    visit_id blob not null,
    patient blob not null,
    provider blob not null,
    -- Which of the provider's services it is.
    service blob not null,
    arbiter blob not null,
    -- The zero address is the native coin.
    token blob not null,
    fee text not null,
    -- The number of the provider's terms.
    terms_version integer not null,
    start_time integer not null,
    end_time integer not null,
    -- The second from which it can no longer be confirmed.
    confirm_by integer not null,
    -- A salted hash of what else was agreed.
    details_hash blob not null,
    -- That of the last event, by name; a number that came later stays one.
    status text not null,
    -- Who said that it began.
    started_by blob,
    -- The status that it would end in by the last claim, and whose that is.
    outcome text,
    claimed_by blob,
    -- The second from which a claim can no longer be contested, or a dispute no longer be decided.
    deadline integer,
    -- Whose call ended it, and what became of the fee; of one that was not paid for, nothing.
    closed_by blob,
    to_patient text,
    to_provider text,
    to_platform text,
    requested_block integer not null,
    changed_block integer not null,
    constraint visits_pk primary key (contract, visit_id)
) strict, without rowid;

create index visits_by_patient on visits (patient);
create index visits_by_provider on visits (provider);
create index visits_by_arbiter on visits (arbiter);

-- Each step of a visit.
create table visit_history (
    contract blob not null,
    visit_id blob not null,
    block_number integer not null,
    log_index integer not null,
    -- The status that it came to; or 'evidence' that was added to a dispute, or 'decided' by the arbiter, which a status follows.
    step text not null,
    -- Who took it; null where the visit's own row says who can.
    actor blob,
    -- The status that it would end in, of a claim.
    outcome text,
    -- What the provider earns by a decision, in ten thousandths.
    provider_share integer,
    -- A salted hash of evidence or reasons, or the record of a completed visit; null if none was given.
    evidence blob,
    -- What came into escrow.
    paid text,
    -- What left it, and for whom.
    to_patient text,
    to_provider text,
    to_platform text,
    constraint visit_history_pk primary key (contract, visit_id, block_number, log_index)
) strict, without rowid;

create index visit_history_by_visit on visit_history (visit_id);
