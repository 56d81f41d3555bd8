package org.pekkochannels.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConnectionBoundsTest {
    private static ConnectionBounds bounds(int configured, int database, long limit, long open) {
        return ConnectionBounds.of(configured, database, new Descriptors(limit, open));
    }

    @Test
    void areAsConfiguredWhereTheDescriptorsAreEnough() {
        // 50 open, 8 for the database, 32 kept, 25000 served, 256 answered 503
        ConnectionBounds bounds = bounds(25_000, 8, 25_346, 50);

        assertThat(bounds.served()).isEqualTo(25_000);
        assertThat(bounds.turnedAway()).isEqualTo(256);
        assertThat(bounds.shortage()).isEmpty();
    }

    @Test
    void areLoweredByOneWhereOneDescriptorIsMissing() {
        ConnectionBounds bounds = bounds(25_000, 8, 25_345, 50);

        assertThat(bounds.served()).isEqualTo(24_999);
        assertThat(bounds.turnedAway()).isEqualTo(256);
        assertThat(bounds.shortage()).isPresent();
    }

    @Test
    void explainWithTheArithmeticAndTheCure() {
        assertThat(bounds(25_000, 4, 400, 116).shortage())
                .contains(
                        "channels.http.max-connections is 25000, but at most 217 connections are served: the process may open"
                                + " 400 file descriptors (ulimit -n), of which 116 are open, 4 are for the databases' connections, 32 for"
                                + " files and classes, and 31 for connections that are answered 503; raise its limit to 25408 (ulimit -n,"
                                + " LimitNOFILE in systemd), or lower channels.http.max-connections");
    }

    @ParameterizedTest
    @CsvSource({"400, 400", "400, 380", "133, 100", "400, 500"})
    void areNeverLoweredBelowOne(long limit, long open) {
        ConnectionBounds bounds = bounds(100, 4, limit, open);

        assertThat(bounds.served()).isEqualTo(1);
        assertThat(bounds.turnedAway()).isZero();
        assertThat(bounds.shortage()).isPresent();
    }

    @Test
    void tellThatMoreWebSocketsThanConnectionsCannotBeOpen() {
        ConnectionBounds bounds = ConnectionBounds.of(25_000);

        assertThat(bounds.unreachable(25_000)).isEmpty();
        assertThat(bounds.unreachable(50_000))
                .hasValueSatisfying(words -> assertThat(words)
                        .contains("channels.http.max-websockets is 50000, but at most 25000 connections")
                        .contains("raise channels.http.max-connections"));
    }

    @ParameterizedTest
    @CsvSource({"1, 4, 400, 100", "100, 4, 400, 100", "25000, 4, 400, 100", "25000, 36, 1024, 120", "900, 36, 1024, 40"
    })
    void leaveRoomForTheDatabaseAndForFiles(int configured, int database, long limit, long open) {
        ConnectionBounds bounds = bounds(configured, database, limit, open);

        assertThat(limit - open - bounds.served() - bounds.turnedAway()).isGreaterThanOrEqualTo(database + 32);
    }
}
