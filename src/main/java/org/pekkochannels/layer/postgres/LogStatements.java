package org.pekkochannels.layer.postgres;

/**
 * The statements on the log, for one schema. Immutable.
 *
 * <p>A transaction numbers the events of groups with history itself, by locking the counters of the groups in the order of their names until it
 * commits. So the order of the numbers is the order of the commits, for all readers, and numbers have no holes. Above READ COMMITTED
 * two transactions that lock the same counter would conflict; their events are written without a number, and numbered later.
 */
final class LogStatements {
    /** How long an event without history is in the log, for nodes that cannot read it at once. */
    static final String UNKEPT = "interval '5 minutes'";

    // How long a counter outlives the last event of its group.
    private static final String COUNTER_EXTRA = "interval '1 hour'";

    // Larger payloads are read one by one, so that a batch of rows needs little memory.
    private static final String PAYLOAD = "case when octet_length(e.payload) <= 8192 then e.payload end as payload";

    private static final String SENT_MICROS = "(extract(epoch from e.sent) * 1000000)::bigint as sent";

    // What one group's joins take into memory; what is older than these newest events is not recovered.
    private static final int HISTORY_BYTES = 64 << 20;

    private final String schema;

    LogStatements(String schema) {
        this.schema = '"' + schema + '"';
    }

    private String table(String name) {
        return schema + ".channels_" + name;
    }

    /** The name under which nodes of this schema ring. */
    String bell() {
        return "select pg_notify('channels_' || " + literal(schema.substring(1, schema.length() - 1)) + ", '')";
    }

    String listen() {
        return "listen \"channels_" + schema.substring(1);
    }

    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    /** Parameters: arrays of nodes, targets, excluded channels, types, payloads and times to live in milliseconds. */
    private static final String SENT = "select * from unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::bytea[],"
            + " ?::bigint[]) with ordinality as s(node, target, excluded, type, payload, ttl, n)";

    /**
     * One event. The server keeps the plan of a statement with it; that of one with arrays, whose lengths it does not know, is made again for
     * each call in a session of the application, which takes longer than the statement itself.
     */
    private static final String SENT_ONE = "select ?::text as node, ?::text as target, ?::text as excluded,"
            + " ?::text as type, ?::bytea as payload, ?::bigint as ttl, 1 as n";

    // Above READ COMMITTED, two transactions that lock one counter would conflict.
    private static final String MAY_NUMBER =
            "? and current_setting('transaction_isolation') in ('read committed', 'read uncommitted')";

    private static String sent(boolean one) {
        return one ? SENT_ONE : SENT;
    }

    /** Writes events without history. Parameters: as {@link #SENT}, or {@link #SENT_ONE}. */
    String write(boolean one) {
        return "insert into " + table("event") + " (expires, node, target, excluded, type, payload, kept)"
                + " select clock_timestamp() + " + UNKEPT + ", s.node, s.target, s.excluded, s.type, s.payload, false"
                + " from (" + sent(one) + ") s order by s.n";
    }

    /** As {@link #write}, in a transaction that need not be flushed: such events are delivered at most once. */
    String writeLazily(boolean one) {
        return "with lazily as materialized (select set_config('synchronous_commit', 'off', true))"
                + " insert into " + table("event") + " (expires, node, target, excluded, type, payload, kept)"
                + " select clock_timestamp() + " + UNKEPT + ", s.node, s.target, s.excluded, s.type, s.payload, false"
                + " from lazily, (" + sent(one) + ") s order by s.n";
    }

    /**
     * Writes events of which some are for groups with history. Parameters: as {@link #SENT}, then whether the events may be numbered by this
     * transaction.
     */
    String writeKept() {
        return "with sent as materialized (" + SENT + "), numbered as (insert into " + table("group")
                + " as g (name, top, expires)"
                + " select target, count(*), clock_timestamp() + max(ttl) * interval '2 milliseconds' + "
                + COUNTER_EXTRA
                + " from sent where ttl is not null and case when " + MAY_NUMBER + " then not exists (select from "
                + table("event")
                + " u where u.target = sent.target and u.kept and u.position is null)"
                + " else false end"
                + " group by target order by target"
                + " on conflict (name) do update set top = g.top + excluded.top, expires = excluded.expires"
                + " returning name, epoch, top)"
                + " insert into " + table("event")
                + " (expires, node, target, excluded, type, payload, kept, epoch, position)"
                + " select clock_timestamp() + coalesce(s.ttl * interval '1 millisecond', " + UNKEPT + "),"
                + " s.node, s.target, s.excluded, s.type, s.payload, s.ttl is not null, g.epoch,"
                + " g.top - count(*) over (partition by s.target, s.ttl is null)"
                + " + row_number() over (partition by s.target, s.ttl is null order by s.n)"
                + " from sent s left join numbered g on g.name = s.target and s.ttl is not null order by s.n";
    }

    /** As {@link #writeKept}, of one event. Almost always there is a counter, and an update of it is cheaper than an insert that conflicts. */
    String writeOneKept() {
        String expires = "clock_timestamp() + s.ttl * interval '2 milliseconds' + " + COUNTER_EXTRA;
        return "with s as materialized (" + SENT_ONE + "), may as materialized (select from s where " + MAY_NUMBER
                + " and not exists (select from " + table("event")
                + " u where u.target = s.target and u.kept and u.position is null)), next as (update " + table("group")
                + " g set top = g.top + 1, expires = " + expires
                + " from s, may where g.name = s.target returning g.epoch, g.top), first as (insert into "
                + table("group") + " as g (name, top, expires) select s.target, 1, " + expires
                + " from s, may where not exists (select from next)"
                + " on conflict (name) do update set top = g.top + 1, expires = excluded.expires returning epoch, top)"
                + " insert into " + table("event")
                + " (expires, node, target, excluded, type, payload, kept, epoch, position)"
                + " select clock_timestamp() + s.ttl * interval '1 millisecond', s.node, s.target, s.excluded, s.type,"
                + " s.payload, true, n.epoch, n.top from s left join (select * from next union all select * from first) n on true";
    }

    /** Only one node at a time numbers, so that events of one group are numbered in the order of their commits. */
    String lockNumbering() {
        return "select pg_advisory_xact_lock(hashtext(" + literal(table("event")) + "), 1)";
    }

    private String unnumbered() {
        return table("event") + " u where u.kept and u.position is null";
    }

    /** The groups whose first events have no number, because they have no counter yet. */
    String unbegun() {
        return "select distinct u.target from " + unnumbered() + " and not exists (select from " + table("group")
                + " g where g.name = u.target) order by u.target";
    }

    /** Begins the history of one group; the name is one of {@link #unbegun}. */
    String begin(String name) {
        return "insert into " + table("group") + " (name, top, expires) values (" + literal(name)
                + ", 0, clock_timestamp() + " + COUNTER_EXTRA + ") on conflict do nothing";
    }

    /** Numbers what is not numbered yet, of groups whose counters are free; the rows appear to readers again. */
    String number() {
        return "with free as materialized (select name from " + table("group")
                + " where name in (select u.target from " + unnumbered() + ") order by name for update skip locked),"
                + " due as materialized (select u.id, u.target, u.expires - u.sent as ttl,"
                + " row_number() over (partition by u.target order by u.id) as n, count(*) over (partition by u.target) as many"
                + " from " + unnumbered() + " and u.target in (select name from free)), numbered as (update "
                + table("group")
                + " g set top = g.top + d.many, expires = greatest(g.expires, clock_timestamp() + d.ttl * 2 + "
                + COUNTER_EXTRA
                + ") from (select target, max(many) as many, max(ttl) as ttl from due group by target) d"
                + " where g.name = d.target returning g.name, g.epoch, g.top)"
                + " update " + table("event")
                + " e set xid = pg_current_xact_id(), epoch = g.epoch, position = g.top - d.many + d.n"
                + " from due d join numbered g on g.name = d.target where e.id = d.id";
    }

    String hasUnnumbered() {
        return "select exists (select from " + unnumbered() + ")";
    }

    String snapshot() {
        return "select pg_current_snapshot()::text";
    }

    /**
     * What has become visible since a cursor, for this node. At least one row, with the snapshot, the new cursor. Parameters: running, next, node.
     *
     * <p>The upper bound keeps away rows of a log that was restored from another server, whose transactions seem to be in the future.
     */
    String read(int limit) {
        return "with s as materialized (select pg_current_snapshot() as snap)"
                + " select s.snap::text as snap, e.id, " + SENT_MICROS
                + ", e.node, e.target, e.excluded, e.type, e.kept, e.epoch, e.position, "
                + PAYLOAD
                + " from s left join " + table("event")
                + " e on (e.xid = any(?::xid8[]) or (e.xid >= ?::xid8 and e.xid < pg_snapshot_xmax(s.snap)))"
                + " and (e.node is null or e.node = ?) order by e.id" + (limit > 0 ? " limit " + limit : "");
    }

    String payload() {
        return "select payload from " + table("event") + " where id = ?";
    }

    /**
     * The tops of groups, and the events after a number, of which the newest are read if they are too many. Parameters: arrays of names,
     * epochs, numbers and sizes. At least one row for each; without a current epoch if the group has never been sent to.
     */
    String history() {
        return "select r.name as name, r.epoch as asked, r.since, g.epoch as current, g.top, e.id, " + SENT_MICROS
                + ", e.node, e.target, e.excluded, e.type, e.kept, e.epoch, e.position, e.payload"
                + " from unnest(?::text[], ?::text[], ?::bigint[], ?::bigint[]) with ordinality as r(name, epoch, since, size, n)"
                + " left join " + table("group") + " g on g.name = r.name"
                + " left join lateral (select h.*, sum(octet_length(h.payload)) over (order by h.position desc) as bytes from "
                + table("event") + " h where h.target = g.name and h.epoch = g.epoch and g.epoch = r.epoch"
                + " and h.position > greatest(r.since, g.top - r.size) and h.position <= g.top"
                + " and h.expires > clock_timestamp()) e on e.bytes <= " + HISTORY_BYTES
                + " order by r.n, e.position";
    }

    /** The newest events of one group. Parameters: its name, the size of its history, the limit. */
    String newest() {
        return "select e.id, " + SENT_MICROS
                + ", e.node, e.target, e.excluded, e.type, e.kept, e.epoch, e.position, e.payload from "
                + table("group") + " g join " + table("event") + " e on e.target = g.name and e.epoch = g.epoch"
                + " where g.name = ? and e.position > g.top - ? and e.position <= g.top and e.expires > clock_timestamp()"
                + " order by e.position desc limit ?";
    }

    /** Begins the histories of groups that have none. Parameters: arrays of names and times to live in milliseconds. */
    String begin() {
        return "insert into " + table("group") + " (name, top, expires)"
                + " select name, 0, clock_timestamp() + ttl * interval '2 milliseconds' + " + COUNTER_EXTRA
                + " from unnest(?::text[], ?::bigint[]) as r(name, ttl) order by name on conflict do nothing";
    }

    /** Parameter: an array of names. */
    String tops() {
        return "select name, epoch, top from " + table("group") + " where name = any(?::text[])";
    }

    /** Parameters: the node's name, an array of the chosen names of its channels. */
    String register() {
        return "insert into " + table("node") + " as n (name, workers) values (?, ?::text[])"
                + " on conflict (name) do update set seen = clock_timestamp(), workers = excluded.workers";
    }

    String beat() {
        return "update " + table("node") + " set seen = clock_timestamp() where name = ?";
    }

    String unregister() {
        return "delete from " + table("node") + " where name = ?";
    }

    String nodes() {
        return "select name, workers from " + table("node");
    }

    /** Parameters: the rows of a batch at most. Only what the readers have seen for long, also of transactions that were prepared long ago. */
    String deleteEvents(int batch) {
        return "with one as materialized (select pg_try_advisory_xact_lock(hashtext(" + literal(table("event"))
                + "), 2) as mine), old as materialized (select e.id from " + table("event") + " e, one"
                + " where one.mine and e.expires < statement_timestamp()"
                + " and pg_visible_in_snapshot(e.xid, (select pruned from " + table("state") + "))"
                + " order by e.expires limit " + batch + "), gone as (delete from " + table("event")
                + " where id in (select id from old) returning id), mark as (update " + table("state")
                + " set pruned = pg_current_snapshot() from one where one.mine and (select count(*) from old) < "
                + batch
                + ") select count(*) from gone";
    }

    String deleteGroups(int batch) {
        return "with gone as (delete from " + table("group") + " where name in (select name from " + table("group")
                + " where expires < clock_timestamp() limit " + batch
                + " for update skip locked) returning name) select count(*) from gone";
    }

    String deleteNodes() {
        return "with gone as (delete from " + table("node")
                + " where seen < clock_timestamp() - interval '30 seconds' returning name) select count(*) from gone";
    }

    /** An estimate of the rows, and the age of the oldest transaction that has written, prepared ones included. */
    String numbers() {
        return "select (select reltuples from pg_class where oid = " + literal(table("event")) + "::regclass),"
                + " coalesce(extract(epoch from clock_timestamp() - least("
                + "(select min(xact_start) from pg_stat_activity where backend_xid is not null),"
                + " (select min(prepared) from pg_prepared_xacts))), 0)";
    }
}
