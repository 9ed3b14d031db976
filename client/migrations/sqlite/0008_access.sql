-- Requests, emergencies and logs, as the access contract tells them. Times are seconds since the epoch, as in the contract. What
-- time alone brings about is no event, and changes no row: the times stand beside the status.

create table access_requests (
    contract blob not null,
    request_id blob not null,
    subject blob not null,
    requester blob not null,
    -- To what is asked for.
    commitment blob not null,
    -- The last second in which it can be answered; a null end is open.
    open_until integer,
    -- An open one has lapsed after its time.
    status text not null,
    -- The consent that it was answered with.
    consent_id blob,
    -- Who answered, or took it back; null while nobody did.
    actor blob,
    requested_block integer not null,
    changed_block integer not null,
    constraint access_requests_pk primary key (contract, request_id),
    constraint access_requests_status check (status in ('open', 'approved', 'refused', 'withdrawn'))
) strict, without rowid;

create index access_requests_by_subject on access_requests (subject);
create index access_requests_by_requester on access_requests (requester);

create table emergencies (
    contract blob not null,
    access_id blob not null,
    subject blob not null,
    actor blob not null,
    -- Their numbers in the consent model, known or not.
    role integer not null,
    purpose integer not null,
    -- Who has to review it.
    reviewer blob not null,
    -- A salted hash of what shows the emergency.
    evidence blob not null,
    -- Seconds in which it can be vetoed.
    veto_window integer not null,
    -- The first second in which it is open, is so no more, and in which its review is overdue. One that its actor ends is open no
    -- more from that block's second on.
    opens_at integer not null,
    ends_at integer not null,
    review_by integer not null,
    -- 1 if the subject's emergency key signed for it.
    is_authorized integer not null,
    -- A waiting one is open from opens_at on, an open one has ended at ends_at.
    status text not null,
    vetoed_by blob,
    reviewed_by blob,
    -- 1 justified, 2 not, or a number that came later; null if it is not reviewed.
    outcome integer,
    broken_block integer not null,
    changed_block integer not null,
    constraint emergencies_pk primary key (contract, access_id),
    constraint emergencies_status check (status in ('waiting', 'open', 'vetoed', 'ended', 'reviewed'))
) strict, without rowid;

create index emergencies_by_subject on emergencies (subject);
create index emergencies_by_actor on emergencies (actor);
create index emergencies_by_reviewer on emergencies (reviewer);

-- What is arranged for emergencies of a subject.
create table safeguards (
    contract blob not null,
    subject blob not null,
    -- Seconds in which an emergency access can be vetoed before it opens.
    veto_window integer not null,
    -- Whose signature opens one at once; null if nobody's does.
    emergency_key blob,
    -- Who decided last.
    actor blob not null,
    changed_block integer not null,
    constraint safeguards_pk primary key (contract, subject)
) strict, without rowid;

create index safeguards_by_subject on safeguards (subject);

-- Batches of logs of accesses.
create table access_logs (
    contract blob not null,
    author blob not null,
    -- Its number among the author's, from 0.
    batch integer not null,
    root blob not null,
    leaf_count integer not null,
    -- No entry is of an earlier or a later second.
    entries_from integer not null,
    entries_until integer not null,
    block_number integer not null,
    log_index integer not null,
    constraint access_logs_pk primary key (contract, author, batch)
) strict, without rowid;

create index access_logs_by_author on access_logs (author);
create index access_logs_by_root on access_logs (root);
