package org.pekkochannels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;

/** The build runs what is tagged "edge" on each edge, by a system property: here is seen that it is the edge that runs. */
@Tag("edge")
class EdgeOfTheRunTest {
    private static final class Where extends WebSocketConsumer {
        Where(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return send(Thread.currentThread().getName());
        }
    }

    @Test
    void consumersRunOnEventLoopsOnTheNettyEdgeOnly() {
        boolean netty = System.getProperty("channels.edge", "http").equals("netty");
        try (RunningApplication application =
                RunningApplication.start("", channels -> channels.websocket("ws/", Where::new))) {
            JdkClient client = JdkClient.connect(application.ws("/ws/"));

            String thread = (String) client.send("where").next();

            assertThat(thread.startsWith("channels-loop")).as(thread).isEqualTo(netty);
            client.close(1000, "");
            application.awaitNoConnections();
        }
    }
}
