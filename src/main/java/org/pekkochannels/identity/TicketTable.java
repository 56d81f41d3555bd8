package org.pekkochannels.identity;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.database.jdbc.Vendor;

/** The statements of the table with the tickets, the same on all databases. Immutable. */
record TicketTable(String name) {
    /** What a ticket is good for. */
    enum Purpose {
        /** Logs in the browser whose WebSocket has asked for it. */
        LOGIN,
        /** Opens a WebSocket. */
        WEBSOCKET;

        private String column() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What a ticket stands for.
     *
     * @param session for a login, the hash of the key of the session that it belongs to; otherwise the key, masked by the ticket. Empty
     *     without a session
     * @param identityEnds when the token ends that the user was known by
     */
    record Row(String session, String userId, Optional<Instant> identityEnds) {}

    /** The statements that create the table, where it does not exist. */
    List<String> ddl(Vendor vendor) {
        boolean mysql = vendor == Vendor.MYSQL || vendor == Vendor.MARIADB;
        String index = name.substring(name.indexOf('.') + 1);
        String columns = """
                create table if not exists %s (
                    ticket_hash varchar(64)%s not null primary key,
                    purpose varchar(9) not null,
                    session_ref varchar(64)%s not null,
                    user_id varchar(200)%s not null,
                    identity_ends_at bigint,
                    expires_at bigint not null%s
                )""";
        String ascii = mysql ? " character set ascii collate ascii_bin" : "";
        String text = mysql ? " character set utf8mb4 collate utf8mb4_bin" : "";
        String indexes =
                mysql ? ",\n    index " + index + "_user (user_id),\n    index " + index + "_expiry (expires_at)" : "";
        String table = columns.formatted(name, ascii, ascii, text, indexes);
        return mysql
                ? List.of(table)
                : List.of(
                        table,
                        "create index if not exists " + index + "_user on " + name + " (user_id)",
                        "create index if not exists " + index + "_expiry on " + name + " (expires_at)");
    }

    void create(Handle handle) {
        new TableCreation(ddl(Vendor.of(handle)), "select expires_at from " + name + " where ticket_hash = ''")
                .run(handle);
    }

    void insert(Handle handle, String ticket, Purpose purpose, Row row, Instant expires) {
        @Nullable Long ends = row.identityEnds().map(TicketTable::millis).orElse(null);
        handle.createUpdate("insert into " + name
                        + " (ticket_hash, purpose, session_ref, user_id, identity_ends_at, expires_at)"
                        + " values (:ticket, :purpose, :session, :user, :ends, :expires)")
                .bind("ticket", Sha256.hex(ticket))
                .bind("purpose", purpose.column())
                .bind("session", row.session())
                .bind("user", row.userId())
                .bindByType("ends", ends, Long.class)
                .bind("expires", expires.toEpochMilli())
                .execute();
    }

    /** An end that is too far away for the column, such as {@link Instant#MAX}, is the last that it can contain. */
    private static long millis(Instant end) {
        Instant last = Instant.ofEpochMilli(Long.MAX_VALUE);
        return end.isAfter(last) ? Long.MAX_VALUE : end.toEpochMilli();
    }

    Optional<Row> find(Handle handle, String ticket, Purpose purpose, Instant now) {
        return bound(
                        handle.createQuery("select session_ref, user_id, identity_ends_at from " + name
                                + " where ticket_hash = :ticket and purpose = :purpose and expires_at > :now"),
                        ticket,
                        purpose,
                        now)
                .map((row, context) -> row(row))
                .findOne();
    }

    private static Row row(ResultSet row) throws SQLException {
        long ends = row.getLong("identity_ends_at");
        Optional<Instant> identityEnds = row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(ends));
        return new Row(row.getString("session_ref"), row.getString("user_id"), identityEnds);
    }

    /** Whether the ticket was there: of all that delete it, this is true for one. */
    boolean delete(Handle handle, String ticket, Purpose purpose, Instant now) {
        return bound(
                                handle.createUpdate("delete from " + name
                                        + " where ticket_hash = :ticket and purpose = :purpose and expires_at > :now"),
                                ticket,
                                purpose,
                                now)
                        .execute()
                == 1;
    }

    private static <S extends SqlStatement<S>> S bound(S statement, String ticket, Purpose purpose, Instant now) {
        return statement
                .bind("ticket", Sha256.hex(ticket))
                .bind("purpose", purpose.column())
                .bind("now", now.toEpochMilli());
    }

    void deleteAll(Handle handle, String userId) {
        handle.createUpdate("delete from " + name + " where user_id = :user")
                .bind("user", userId)
                .execute();
    }

    void deleteExpired(Handle handle, Instant now) {
        handle.createUpdate("delete from " + name + " where expires_at <= :now")
                .bind("now", now.toEpochMilli())
                .execute();
    }
}
