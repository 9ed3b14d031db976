-- Who acts for a subject. Consents say who granted them, and each status who brought it about; both tables are made again:
-- what was in them follows from the raw logs, and the rebuild that comes next fills them. Times are seconds since the epoch.

drop table consents;
drop table consent_history;

create table consents (
    contract blob not null,
    consent_id blob not null,
    subject blob not null,
    grantee blob not null,
    -- The subject's controller then, or a delegate.
    grantor blob not null,
    commitment blob not null,
    -- First and last second in force; a null end is open.
    valid_from integer not null,
    valid_until integer,
    -- Disclosed bits, 64 of them in a signed integer; 0 if nothing is disclosed.
    purposes integer not null,
    classes integer not null,
    -- Bits of the purposes beyond which it answers no consent; null if there is no such limit.
    purposes_limit integer,
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
create index consents_by_grantor on consents (grantor);

-- Each status that a consent has had, since when, and who brought it about.
create table consent_history (
    contract blob not null,
    consent_id blob not null,
    block_number integer not null,
    log_index integer not null,
    status text not null,
    actor blob not null,
    constraint consent_history_pk primary key (contract, consent_id, block_number, log_index)
) strict, without rowid;

-- What an account may do for a subject's controller.
create table delegations (
    contract blob not null,
    subject blob not null,
    delegate blob not null,
    -- A bit each, as in the contract.
    powers integer not null,
    -- Bits of the purposes for which it may grant; null if for any.
    purposes integer,
    -- The last second; a null end is open.
    valid_until integer,
    status text not null,
    -- Who set it last: the controller or another delegate; or who took the control over, with which all delegations end.
    actor blob not null,
    changed_block integer not null,
    constraint delegations_pk primary key (contract, subject, delegate),
    constraint delegations_status check (status in ('active', 'ended'))
) strict, without rowid;

create index delegations_by_delegate on delegations (delegate);
create index delegations_by_subject on delegations (subject);

-- What delegations have been, and since when.
create table delegation_history (
    contract blob not null,
    subject blob not null,
    delegate blob not null,
    block_number integer not null,
    log_index integer not null,
    powers integer not null,
    purposes integer,
    valid_until integer,
    status text not null,
    actor blob not null,
    constraint delegation_history_pk primary key (contract, subject, delegate, block_number, log_index)
) strict, without rowid;

create index delegation_history_by_subject on delegation_history (subject);

-- Who is to follow a subject's controller, as last declared.
create table successions (
    contract blob not null,
    subject blob not null,
    -- Who declared it.
    controller blob not null,
    successor blob not null,
    -- Seconds without any action of the controller, after which the control can be claimed, and from then on accepted.
    silence integer not null,
    grace integer not null,
    -- Ended: taken back, or the control passed on otherwise. A claim that the controller answers is none any more.
    status text not null,
    -- The first second in which the control can be accepted; null if it is not claimed.
    acceptable_from integer,
    changed_block integer not null,
    constraint successions_pk primary key (contract, subject),
    constraint successions_status check (status in ('declared', 'claimed', 'accepted', 'ended'))
) strict, without rowid;

create index successions_by_subject on successions (subject);
create index successions_by_successor on successions (successor);
