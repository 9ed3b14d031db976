-- Issuers and credentials, as the credentials contract tells them. Times are seconds since the epoch, as in the contract.

create table issuers (
    contract blob not null,
    issuer blob not null,
    status text not null,
    -- Who decided.
    actor blob not null,
    changed_block integer not null,
    constraint issuers_pk primary key (contract, issuer),
    constraint issuers_status check (status in ('admitted', 'removed'))
) strict, without rowid;

-- Each status that an issuer has had, since when, and who decided.
create table issuer_history (
    contract blob not null,
    issuer blob not null,
    block_number integer not null,
    log_index integer not null,
    status text not null,
    actor blob not null,
    constraint issuer_history_pk primary key (contract, issuer, block_number, log_index)
) strict, without rowid;

create table credentials (
    contract blob not null,
    credential_id blob not null,
    holder blob not null,
    issuer blob not null,
    -- Its number in the consent model, known or not.
    role integer not null,
    -- An ISO 3166 code; in hexadecimal what is none.
    jurisdiction text not null,
    -- A salted hash of the licence's number.
    licence_hash blob not null,
    -- First and last second in force, but never before it was issued; a null end is open.
    valid_from integer not null,
    valid_until integer,
    status text not null,
    -- The credential that took this one's place.
    successor blob,
    issued_block integer not null,
    changed_block integer not null,
    constraint credentials_pk primary key (contract, credential_id),
    constraint credentials_status check (status in ('active', 'suspended', 'revoked', 'superseded'))
) strict, without rowid;

create index credentials_by_holder on credentials (holder);
create index credentials_by_issuer on credentials (issuer);

-- Each status that a credential has had, since when, and who brought it about.
create table credential_history (
    contract blob not null,
    credential_id blob not null,
    block_number integer not null,
    log_index integer not null,
    status text not null,
    -- Null of one that was renewed, if the index does not go back to its issue.
    actor blob,
    constraint credential_history_pk primary key (contract, credential_id, block_number, log_index)
) strict, without rowid;

create index credential_history_by_credential on credential_history (credential_id);
