-- Tokens by holder. Amounts are decimal integers in the token's smallest unit, as text: they have up to 256 bits.

create table transfers (
    contract blob not null,
    block_number integer not null,
    log_index integer not null,
    -- The zero address mints and burns.
    sender blob not null,
    recipient blob not null,
    amount text not null,
    constraint transfers_pk primary key (block_number, log_index)
) strict, without rowid;

create index transfers_by_sender on transfers (sender);
create index transfers_by_recipient on transfers (recipient);

-- What was received less what was sent in the indexed blocks: other than the balance, even negative, if the index starts
-- after the token's deployment.
create table balances (
    contract blob not null,
    holder blob not null,
    balance text not null,
    changed_block integer not null,
    constraint balances_pk primary key (contract, holder)
) strict, without rowid;
