package org.pekkochannels.database.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.mysql.cj.jdbc.exceptions.MySQLTransactionRollbackException;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the codes of databases mean; the databases' own tests see that they say them. */
final class ConditionTest {
    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "40001,    0, CONFLICT",
                "40P01,    0, CONFLICT",
                "HY000, 1020, CONFLICT",
                "40001, 1213, CONFLICT",
                "40001, 1205, CONFLICT",
                "HY000, 1205, LOCK_TIMEOUT",
                "HY000, 1064, OTHER",
                "55P03,    0, LOCK_TIMEOUT",
                "HYT00, 50200, LOCK_TIMEOUT",
                "57014,    0, CUT_OFF",
                "23505,    0, OTHER",
                "23505, 1205, OTHER",
                "-,        5, OTHER",
            })
    void knowsCodesOfSeveralDatabases(String state, int code, Condition condition) {
        assertThat(Condition.of(new SQLException("said", state, code))).isEqualTo(condition);
    }

    @Test
    void tellsMySqlsLockTimeoutFromAConflict() {
        SQLException said = new MySQLTransactionRollbackException("Lock wait timeout exceeded", "40001", 1205);

        assertThat(Condition.of(said)).isEqualTo(Condition.LOCK_TIMEOUT);
    }

    @Test
    void looksBehindOtherExceptions() {
        SQLException conflict = new SQLException("said", "40001");

        assertThat(Condition.of(new IllegalStateException(conflict))).isEqualTo(Condition.CONFLICT);
        assertThat(Condition.of(new IllegalStateException("no"))).isEqualTo(Condition.OTHER);
    }

    @Test
    void tellsATimeoutFromAConnectionThatWasKilled() {
        assertThat(Condition.of(new SQLTimeoutException("max_statement_time", "70100", 1969)))
                .isEqualTo(Condition.CUT_OFF);
        assertThat(Condition.of(new SQLTimeoutException("killed", "70100", 1927)))
                .isEqualTo(Condition.OTHER);
    }

    @Test
    void waitedForALockAndMayTryAgainWhereSqliteIsBusy() {
        assertThat(Condition.BUSY.isConflict()).isTrue();
        assertThat(Condition.BUSY.isLockTimeout()).isTrue();
        assertThat(Condition.LOCK_TIMEOUT.isConflict()).isFalse();
    }
}
