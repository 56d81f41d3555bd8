package org.pekkochannels.http;

import org.junit.jupiter.api.Tag;
import org.pekkochannels.websocket.WireContract;

/** The wire cases against the Pekko HTTP edge. */
@Tag("edge")
class HttpWireTest extends WireContract {

    @Override
    protected Server start() {
        RunningApplication application =
                RunningApplication.start(CONFIG, channels -> channels.websocket("ws/echo/", Echo::new));
        return new Server() {
            @Override
            public int port() {
                return application.port();
            }

            @Override
            public String path() {
                return "/ws/echo/";
            }

            @Override
            public void close() {
                application.awaitNoConnections();
                application.close();
            }
        };
    }
}
