package org.pekkochannels.identity;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.argument.Argument;
import org.jdbi.v3.core.statement.StatementContext;
import org.pekkochannels.database.jdbc.Vendor;

/** Django's tables of sessions and users, which are only read. Immutable. */
record DjangoTables(String sessions, String users, String idColumn, String passwordColumn, String activeColumn) {

    /** The row of a user. */
    record Account(String password, boolean active) {}

    /** The row of a session that has not expired. */
    record Row(String key, String data, Instant expires) {}

    /** The sessions that have not expired. */
    List<Row> rows(Handle handle, List<String> keys, Instant now) throws SQLException {
        boolean zoned = Vendor.of(handle.getConnection()) == Vendor.POSTGRESQL;
        return handle
                .createQuery("select session_data, expire_date, session_key from " + sessions
                        + " where session_key in (<keys>)")
                .bindList("keys", keys)
                .map((row, context) -> new Row(row.getString(3), row.getString(1), zoned ? instant(row) : utc(row)))
                .list()
                .stream()
                .filter(session -> session.expires().isAfter(now))
                .toList();
    }

    private static Instant instant(ResultSet row) throws SQLException {
        return row.getObject(2, OffsetDateTime.class).toInstant();
    }

    /** Only PostgreSQL's column has a time zone. The others have UTC, unless the site sets {@code USE_TZ = False}. */
    private static Instant utc(ResultSet row) throws SQLException {
        return row.getObject(2, LocalDateTime.class).toInstant(ZoneOffset.UTC);
    }

    Optional<Account> account(Handle handle, String id) throws SQLException {
        boolean postgres = Vendor.of(handle.getConnection()) == Vendor.POSTGRESQL;
        return handle.createQuery("select " + passwordColumn + ", " + activeColumn + " from " + users + " where "
                        + idColumn + " = ?")
                .bind(0, postgres ? new Untyped(id) : text(id))
                .map((row, context) -> new Account(row.getString(1), row.getBoolean(2)))
                .findOne();
    }

    private static Argument text(String value) {
        return (position, statement, context) -> statement.setString(position, value);
    }

    /** A text that PostgreSQL reads as the column's type, which is a number, or a UUID in sites with a user model of their own. */
    private record Untyped(String value) implements Argument {
        @Override
        public void apply(int position, PreparedStatement statement, StatementContext context) throws SQLException {
            statement.setObject(position, value, Types.OTHER);
        }
    }
}
