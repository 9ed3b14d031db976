-- Records, their versions and batches, as the records contract tells them.

create table records (
    contract blob not null,
    record_id blob not null,
    author blob not null,
    latest_version integer not null,
    anchored_block integer not null,
    changed_block integer not null,
    constraint records_pk primary key (contract, record_id)
) strict, without rowid;

create index records_by_author on records (author);

create table record_versions (
    contract blob not null,
    record_id blob not null,
    version integer not null,
    commitment blob not null,
    status text not null,
    block_number integer not null,
    log_index integer not null,
    constraint record_versions_pk primary key (contract, record_id, version),
    constraint record_versions_status check (status in ('anchored', 'entered_in_error'))
) strict, without rowid;

create index record_versions_by_commitment on record_versions (commitment);

create table batches (
    contract blob not null,
    author blob not null,
    root blob not null,
    leaf_count integer not null,
    -- Whatever the author finds the leaves by.
    reference blob not null,
    block_number integer not null,
    log_index integer not null,
    constraint batches_pk primary key (contract, author, root)
) strict, without rowid;
