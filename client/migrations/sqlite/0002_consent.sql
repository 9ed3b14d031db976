-- Subjects and consents, as the consent contract tells them. Times are seconds since the epoch, as in the contract.

create table subjects (
    contract blob not null,
    subject blob not null,
    controller blob not null,
    -- To whom control is offered; null if to nobody.
    pending_controller blob,
    registered_block integer not null,
    changed_block integer not null,
    constraint subjects_pk primary key (contract, subject)
) strict, without rowid;

create index subjects_by_controller on subjects (controller);

create table consents (
    contract blob not null,
    consent_id blob not null,
    subject blob not null,
    grantee blob not null,
    commitment blob not null,
    -- First and last second in force; a null end is open.
    valid_from integer not null,
    valid_until integer,
    -- Disclosed bits, 64 of them in a signed integer; 0 if nothing is disclosed.
    purposes integer not null,
    classes integer not null,
    status text not null,
    -- The consent that took this one's place.
    successor blob,
    granted_block integer not null,
    changed_block integer not null,
    constraint consents_pk primary key (contract, consent_id),
    constraint consents_status check (status in ('active', 'superseded', 'revoked', 'entered_in_error'))
) strict, without rowid;

create index consents_by_subject on consents (subject);
create index consents_by_grantee on consents (grantee);

-- Each status that a consent has had, and since when.
create table consent_history (
    contract blob not null,
    consent_id blob not null,
    block_number integer not null,
    log_index integer not null,
    status text not null,
    constraint consent_history_pk primary key (contract, consent_id, block_number, log_index)
) strict, without rowid;
