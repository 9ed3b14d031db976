-- What a relayer keeps in mind. Hashes and addresses are blobs, times seconds since the epoch, amounts native units.

-- 'SALR': tells it from any other SQLite file.
pragma application_id = 0x53414c52;

-- One row: whose memory it is, on which chain, and the last final block in which something was carried out.
create table meta (
    id integer not null,
    genesis_hash blob not null,
    account blob not null,
    block_number integer,
    block_hash blob,
    constraint meta_pk primary key (id),
    constraint meta_one_row check (id = 1),
    constraint meta_genesis_hash_length check (length(genesis_hash) = 32),
    constraint meta_account_length check (length(account) = 32)
) strict;

-- Each message that was accepted, by what was signed. Those that are accepted are sent in the order of their sequence.
create table tickets (
    sequence integer not null,
    id blob not null,
    -- The contract's and the message's names.
    contract text not null,
    name text not null,
    address blob not null,
    signer blob not null,
    nonce blob not null,
    -- The last second at which it can be sent; null if there is none.
    last_second integer,
    -- As it was handed in, in JSON.
    message text not null,
    status text not null,
    -- What is counted for it: estimated fee and deposit, and once it is carried out, the fee that was paid and the deposit.
    cost integer not null,
    deposit integer not null,
    -- When the windows began that it is counted in.
    signer_window integer not null,
    total_window integer not null,
    -- Of its transaction, written before that is sent: the hash, the relayer's nonce, the block behind which it can be, and its place in a
    -- batch.
    tx_hash blob,
    account_nonce integer,
    after_block integer,
    place integer,
    -- What it did, in JSON; or why it failed, by the error's code and in words.
    receipt text,
    code text,
    reason text,
    accepted_at integer not null,
    changed_at integer not null,
    constraint tickets_pk primary key (sequence),
    constraint tickets_id unique (id),
    constraint tickets_id_length check (length(id) = 32),
    constraint tickets_status check (status in ('accepted', 'submitted', 'done', 'failed', 'expired')),
    constraint tickets_submitted check (status <> 'submitted' or tx_hash is not null)
) strict;

-- A nonce is used once: while a message with it waits or is done, there is no other one.
create unique index tickets_nonce on tickets (address, signer, nonce) where status in ('accepted', 'submitted', 'done');
create index tickets_by_status on tickets (status, sequence);
create index tickets_by_end on tickets (last_second);

-- What a signer has used of a window; the row without a signer is of all of them.
create table usage (
    signer blob not null,
    window_start integer not null,
    messages integer not null,
    cost integer not null,
    refusals integer not null,
    constraint usage_pk primary key (signer)
) strict, without rowid;
