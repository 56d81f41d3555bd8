package org.pekkochannels.layer.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.database.SharedPostgreSql;
import org.pekkochannels.layer.LayerUnavailableException;

/** A server whose snapshots are not those of PostgreSQL: functions of the same name stand before its own. */
final class SnapshotCheckTest {
    @RegisterExtension
    static final SharedPostgreSql SERVER = new SharedPostgreSql();

    private static void pretend(String snapshot) throws Exception {
        try (Connection connection = DriverManager.getConnection(SERVER.url());
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "create schema if not exists other; create or replace function other.pg_current_snapshot()"
                            + " returns pg_snapshot language sql as $$ select '" + snapshot + "'::pg_snapshot $$");
        }
    }

    private static Connection pretending() throws Exception {
        return DriverManager.getConnection(SERVER.url() + "&options=-c%20search_path=other,pg_catalog");
    }

    @Test
    void acceptsPostgreSql() throws Exception {
        try (Connection writing = DriverManager.getConnection(SERVER.url());
                Connection reading = DriverManager.getConnection(SERVER.url())) {
            SnapshotCheck.require(writing, reading);

            assertThat(writing.getAutoCommit()).isTrue();
        }
    }

    /** That everything has ended, that nothing has begun. */
    @ParameterizedTest
    @ValueSource(strings = {"1000000000:1000000000:", "1:1:"})
    void refusesSnapshotsWithoutTheRunningTransactions(String snapshot) throws Exception {
        pretend(snapshot);
        try (Connection writing = DriverManager.getConnection(SERVER.url());
                Connection reading = pretending()) {
            assertThatThrownBy(() -> SnapshotCheck.require(writing, reading))
                    .isInstanceOf(LayerUnavailableException.class)
                    .hasMessageContaining("pg_current_snapshot");

            assertThat(writing.getAutoCommit()).isTrue();
        }
    }

    @Test
    void aNodeDoesNotStartThere() throws Exception {
        pretend("1000000000:1000000000:");
        try (PostgresNodes nodes =
                new PostgresNodes(SERVER.url() + "&options=-c%20search_path=other,pg_catalog,public")) {
            assertThatThrownBy(nodes::open)
                    .hasCauseInstanceOf(LayerUnavailableException.class)
                    .hasMessageContaining("do not tell which transactions are running");
        }
    }
}
