-- What is read from the chain. Hashes and addresses are blobs; block times are milliseconds since the epoch.
-- There are no foreign keys: one writer stores blocks, logs and cursor in one transaction, and checking each of
-- millions of rows again would cost more than writing them.

-- 'SALU': tells an index from any other SQLite file.
pragma application_id = 0x53414c55;

-- One row: which chain this is, and what the derived tables were made by.
create table meta (
    id integer not null,
    genesis_hash blob not null,
    -- Hash over the contracts' ABIs and the version of the projections.
    derived_by blob not null,
    constraint meta_pk primary key (id),
    constraint meta_one_row check (id = 1),
    constraint meta_genesis_hash_length check (length(genesis_hash) = 32)
) strict;

-- The contracts that are followed. The cursor: logs of all blocks from first_block to before next_block are stored.
create table contracts (
    address blob not null,
    name text not null,
    first_block integer not null,
    next_block integer not null,
    constraint contracts_pk primary key (address),
    constraint contracts_address_length check (length(address) = 20),
    constraint contracts_cursor check (first_block >= 0 and next_block >= first_block)
) strict, without rowid;

create table blocks (
    number integer not null,
    hash blob not null,
    parent_hash blob not null,
    timestamp integer not null,
    constraint blocks_pk primary key (number)
) strict;

-- Kept for ever, exactly as emitted; everything below, and in the later migrations, can be made from them again.
create table raw_logs (
    block_number integer not null,
    -- Position among all events of the block, those of pallets included.
    log_index integer not null,
    -- Null if no extrinsic caused it.
    extrinsic_index integer,
    address blob not null,
    -- 0 to 4 words, one after the other.
    topics blob not null,
    data blob not null,
    constraint raw_logs_pk primary key (block_number, log_index),
    constraint raw_logs_topics_words check (length(topics) % 32 = 0)
) strict, without rowid;

-- The logs that the ABIs explain.
create table events (
    block_number integer not null,
    log_index integer not null,
    address blob not null,
    name text not null,
    -- The fields as a JSON object.
    fields text not null,
    constraint events_pk primary key (block_number, log_index)
) strict, without rowid;

create index events_by_name on events (address, name);

-- The logs that they do not explain, and why.
create table undecoded (
    block_number integer not null,
    log_index integer not null,
    reason text not null,
    constraint undecoded_pk primary key (block_number, log_index),
    constraint undecoded_reason check (reason in ('no_abi', 'unknown_event', 'malformed'))
) strict, without rowid;
