package org.pekkochannels.layer.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.layer.LayerUnavailableException;

/** The tables of the layer: created where that is allowed, otherwise checked. Immutable and thread-safe. */
final class Schema {
    private static final SafeLog LOG = SafeLog.of(Schema.class);

    /** The version of the tables that this release writes; it also works with those of the next. */
    static final int VERSION = 1;

    private static final int OLDEST_SERVER = 130000;
    private static final String FILE = "schema.sql";

    private final String name;
    private final boolean create;

    /**
     * The tables of one schema.
     *
     * @param name of the schema, which exists unless {@code create}
     * @param create whether to create what is missing
     */
    Schema(String name, boolean create) {
        this.name = name;
        this.create = create;
    }

    String name() {
        return name;
    }

    /** Fails with {@link LayerUnavailableException} if the server or the tables cannot be used. */
    void require(Connection connection) throws SQLException {
        requireServer(connection);
        if (!exists(connection)) {
            if (!create) {
                throw new LayerUnavailableException(
                        "channels.layer needs its tables in the schema '" + name
                                + "' (channels.layer.postgres.schema): run these statements there, or set"
                                + " channels.layer.postgres.create = on\n" + ddl(),
                        null);
            }
            create(connection);
        }
        requireVersion(connection);
    }

    private static void requireServer(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select current_setting('server_version_num')::int, pg_is_in_recovery()")) {
            row.next();
            if (row.getInt(1) < OLDEST_SERVER) {
                throw new LayerUnavailableException(
                        "channels.layer needs PostgreSQL 13 or later, the server's version number is " + row.getInt(1),
                        null);
            }
            if (row.getBoolean(2)) {
                throw new LayerUnavailableException(
                        "channels.layer needs a primary server, and this one is a standby; add"
                                + " targetServerType=primary to the URL if it names several hosts",
                        null);
            }
        }
    }

    private boolean exists(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("select to_regclass(?)")) {
            statement.setString(1, '"' + name + "\".channels_state");
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getString(1) != null;
            }
        }
    }

    /** Nodes that start at the same time create one after the other; the second one finds everything there. */
    private void create(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("select pg_advisory_xact_lock(hashtext('channels_layer_schema'), 0)");
            statement.execute("create schema if not exists \"" + name + '"');
            statement.execute("set local search_path = \"" + name + '"');
            statement.execute(ddl());
            connection.commit();
            LOG.info("channels.layer: the tables in the schema '{}' were created", name);
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    private void requireVersion(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select version from \"" + name + "\".channels_state")) {
            int version = row.next() ? row.getInt(1) : 0;
            if (version < VERSION || version > VERSION + 1) {
                throw new LayerUnavailableException(
                        "channels.layer: the tables in the schema '" + name + "' have version " + version
                                + ", and this release works with " + VERSION + " and " + (VERSION + 1)
                                + "; run the newer release's " + FILE + ", or update this one",
                        null);
            }
        }
    }

    /** The statements that create the tables. */
    static String ddl() {
        try (InputStream file = Schema.class.getResourceAsStream(FILE)) {
            if (file == null) {
                throw new IllegalStateException(FILE + " is missing in the jar");
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
