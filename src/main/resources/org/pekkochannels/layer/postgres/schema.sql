-- The tables of channels.layer.type = postgres, version 1. Run them in the schema that channels.layer.postgres.schema
-- names, as the owner; then grant the role of the application
--   grant select, insert, update, delete on channels_state, channels_node, channels_group, channels_event to <role>;

create table if not exists channels_state (
    one         boolean     primary key default true check (one),
    version     integer     not null,
    -- The server that has written the log: after a restore or a failover it is another one.
    server      text        not null default '',
    incarnation text        not null default gen_random_uuid()::text,
    pruned      pg_snapshot not null default pg_current_snapshot()
);

create table if not exists channels_node (
    name    text        primary key,
    seen    timestamptz not null default clock_timestamp(),
    workers text[]      not null default '{}'
);

-- One row for each group with history: where its events are numbered.
create table if not exists channels_group (
    name    text        primary key,
    epoch   text        not null default left(replace(gen_random_uuid()::text, '-', ''), 12),
    top     bigint      not null,
    expires timestamptz not null
) with (fillfactor = 50);

create table if not exists channels_event (
    id       bigint      generated always as identity primary key,
    xid      xid8        not null default pg_current_xact_id(),
    sent     timestamptz not null default clock_timestamp(),
    expires  timestamptz not null,
    -- The node of a channel; null for a group.
    node     text,
    target   text        not null,
    excluded text,
    type     text        not null,
    payload  bytea       not null,
    -- Whether the group keeps history; its position is null until it is numbered.
    kept     boolean     not null,
    epoch    text,
    position bigint
);

create index if not exists channels_event_xid on channels_event (xid);
create index if not exists channels_event_position on channels_event (target, position) where position is not null;
create index if not exists channels_event_unnumbered on channels_event (target) where kept and position is null;
create index if not exists channels_event_expires on channels_event (expires);

insert into channels_state (version) values (1) on conflict do nothing;
