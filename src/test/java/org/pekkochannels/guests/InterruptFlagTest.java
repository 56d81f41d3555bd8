package org.pekkochannels.guests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;
import org.slf4j.Logger;

/** An interrupt flag that an application's task leaves on a thread of the default dispatcher, whose pool does not clear it. */
@Tag("edge")
final class InterruptFlagTest {
    private static final int CLIENTS = 4;

    @Test
    void harmsNoConnection() {
        try (RecordedLog log = new RecordedLog(Logger.ROOT_LOGGER_NAME);
                RunningApplication application = RunningApplication.start(
                        "channels.default-dispatcher = pekko",
                        channels -> channels.websocket("ws/echo/", Place.Echo::new))) {
            for (int round = 0; round < 5; round++) {
                serveAmongFlags(application);
            }
            assertThat(log.soFar("failed")).isEmpty();
        }
    }

    private static void serveAmongFlags(RunningApplication application) {
        List<JdkClient> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            leaveFlag(application);
            clients.add(JdkClient.connect(application.ws("/ws/echo/")));
        }
        for (int message = 0; message < 20; message++) {
            for (JdkClient client : clients) {
                leaveFlag(application);
                client.send("hello");
            }
            clients.forEach(client -> assertThat(client.next()).isEqualTo("hello"));
        }
        clients.forEach(client -> client.close(1000, ""));
        application.awaitNoConnections();
    }

    private static void leaveFlag(RunningApplication application) {
        application
                .system()
                .executionContext()
                .execute(() -> Thread.currentThread().interrupt());
    }
}
