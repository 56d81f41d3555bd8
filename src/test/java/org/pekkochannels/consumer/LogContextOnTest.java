package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.pekkochannels.protocol.CloseReason;
import org.slf4j.MDC;

/** {@code channels.consumer.log-context = on}: each callback has the connection's id in its logging context. */
class LogContextOnTest extends ConsumerTestSystem {
    @Override
    String extraConfig() {
        return "channels.consumer.log-context = on";
    }

    @Test
    void namesTheConnectionInCallbacksAndOnDatabaseThreads() {
        Door door = Door.open(kit, context -> new WebSocketConsumer(context) {
            private final String made = String.valueOf(MDC.get("connection"));

            @Override
            protected CompletionStage<?> receive(String text) {
                return database()
                        .withLazyHandle(handles -> MDC.get("connection"))
                        .thenCompose(there ->
                                send(made + " " + there + " " + MDC.get("connection") + " " + scope().connectionId()));
            }
        });

        door.tell("go");

        String[] ids = ((String) door.next()).split(" ", -1);
        assertThat(ids).hasSize(4).containsOnly(ids[3]);
        assertThat(MDC.get("connection")).isNull();
        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }
}
