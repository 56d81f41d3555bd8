package org.pekkochannels.identity;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.pekkochannels.database.jdbc.Vendor;

/** The statements of the table with the sessions, the same on all databases. Immutable. */
record SessionTable(String name) {
    /** What one row has. */
    record Row(
            long version, Optional<String> userId, ObjectNode data, Instant created, Instant seen, Instant expires) {}

    /** The statements that create the table, where it does not exist. */
    List<String> ddl(Vendor vendor) {
        boolean mysql = vendor == Vendor.MYSQL || vendor == Vendor.MARIADB;
        String index = name.substring(name.indexOf('.') + 1);
        // A comparison of MySQL ignores case unless it is told otherwise.
        String columns = """
                create table if not exists %s (
                    session_key varchar(64)%s not null primary key,
                    user_id varchar(200)%s,
                    content %s not null,
                    version bigint not null,
                    created_at bigint not null,
                    last_seen_at bigint not null,
                    expires_at bigint not null%s
                )""";
        return mysql
                ? List.of(columns.formatted(
                        name,
                        " character set ascii collate ascii_bin",
                        " character set utf8mb4 collate utf8mb4_bin",
                        "mediumtext",
                        ",\n    index " + index + "_user (user_id),\n    index " + index + "_expiry (expires_at)"))
                : List.of(
                        columns.formatted(name, "", "", "text", ""),
                        "create index if not exists " + index + "_user on " + name + " (user_id)",
                        "create index if not exists " + index + "_expiry on " + name + " (expires_at)");
    }

    void create(Handle handle) {
        new TableCreation(ddl(Vendor.of(handle)), "select version from " + name + " where session_key = ''")
                .run(handle);
    }

    Optional<Row> find(Handle handle, String key, Instant now) {
        return handle.createQuery("select version, user_id, content, created_at, last_seen_at, expires_at from " + name
                        + " where session_key = :key and expires_at > :now")
                .bind("key", Sha256.hex(key))
                .bind("now", now.toEpochMilli())
                .map((row, context) -> row(row))
                .findOne();
    }

    private Row row(ResultSet row) throws SQLException {
        ObjectNode data = SessionJson.read(row.getString("content"))
                .orElseThrow(() -> new IllegalStateException("a row of the table " + name + " has a content that is"
                        + " not a JSON object; delete the row"));
        return new Row(
                row.getLong("version"),
                Optional.ofNullable(row.getString("user_id")),
                data,
                Instant.ofEpochMilli(row.getLong("created_at")),
                Instant.ofEpochMilli(row.getLong("last_seen_at")),
                Instant.ofEpochMilli(row.getLong("expires_at")));
    }

    /** The version stays, because the data does. */
    void touch(Handle handle, String key, Instant seenBefore, Instant now, Instant expires) {
        handle.createUpdate("update " + name + " set last_seen_at = :now, expires_at = :expires"
                        + " where session_key = :key and last_seen_at <= :before")
                .bind("now", now.toEpochMilli())
                .bind("expires", expires.toEpochMilli())
                .bind("key", Sha256.hex(key))
                .bind("before", seenBefore.toEpochMilli())
                .execute();
    }

    void insert(Handle handle, StoredSession session, Instant now) {
        handle.createUpdate("insert into " + name
                        + " (session_key, user_id, content, version, created_at, last_seen_at, expires_at)"
                        + " values (:key, :user, :content, :version, :created, :now, :expires)")
                .bind("key", Sha256.hex(session.key()))
                .bind("user", session.userId())
                .bind("content", SessionJson.write(session.data()))
                .bind("version", session.version())
                .bind("created", session.created().toEpochMilli())
                .bind("now", now.toEpochMilli())
                .bind("expires", session.expires().toEpochMilli())
                .execute();
    }

    /** Whether the session was there, unexpired and in the version before this one. */
    boolean update(Handle handle, StoredSession session, Instant now) {
        return handle.createUpdate("update " + name + " set content = :content, version = :version,"
                                + " last_seen_at = :now, expires_at = :expires"
                                + " where session_key = :key and version = :before and expires_at > :now")
                        .bind("content", SessionJson.write(session.data()))
                        .bind("version", session.version())
                        .bind("now", now.toEpochMilli())
                        .bind("expires", session.expires().toEpochMilli())
                        .bind("key", Sha256.hex(session.key()))
                        .bind("before", session.version() - 1)
                        .execute()
                == 1;
    }

    /** Whether the session was there, unexpired and in this version. */
    boolean delete(Handle handle, String key, long version, Instant now) {
        return handle.createUpdate("delete from " + name
                                + " where session_key = :key and version = :version and expires_at > :now")
                        .bind("key", Sha256.hex(key))
                        .bind("version", version)
                        .bind("now", now.toEpochMilli())
                        .execute()
                == 1;
    }

    void delete(Handle handle, String key) {
        handle.createUpdate("delete from " + name + " where session_key = :key")
                .bind("key", Sha256.hex(key))
                .execute();
    }

    /** Of these keys those whose sessions exist, and when they expire. */
    Map<String, Instant> valid(Handle handle, List<String> keys, Instant now) {
        Map<String, String> byHash = new HashMap<>();
        keys.forEach(key -> byHash.put(Sha256.hex(key), key));
        Map<String, Instant> valid = new HashMap<>();
        handle.createQuery("select session_key, expires_at from " + name
                        + " where session_key in (<hashes>) and expires_at > :now")
                .bindList("hashes", List.copyOf(byHash.keySet()))
                .bind("now", now.toEpochMilli())
                .map((row, context) -> Map.entry(row.getString(1), Instant.ofEpochMilli(row.getLong(2))))
                .forEach(found -> valid.put(byHash.get(found.getKey()), found.getValue()));
        return valid;
    }

    void deleteAll(Handle handle, String userId) {
        handle.createUpdate("delete from " + name + " where user_id = :user")
                .bind("user", userId)
                .execute();
    }

    /** Deletes expired sessions, in the same order on each node, so that two nodes do not wait for each other's rows. */
    int deleteExpired(Handle handle, Instant now, int most) {
        List<String> expired = handle.createQuery("select session_key from " + name
                        + " where expires_at <= :now order by expires_at, session_key")
                .bind("now", now.toEpochMilli())
                .setMaxRows(most)
                .mapTo(String.class)
                .list();
        if (!expired.isEmpty()) {
            PreparedBatch deletions =
                    handle.prepareBatch("delete from " + name + " where session_key = :hash and expires_at <= :now");
            expired.forEach(hash ->
                    deletions.bind("hash", hash).bind("now", now.toEpochMilli()).add());
            deletions.execute();
        }
        return expired.size();
    }
}
