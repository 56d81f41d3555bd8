package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.pekkochannels.protocol.CloseReason;
import org.slf4j.MDC;

/** {@code channels.consumer.log-context = off}: only the application's words bring the connection's id into the logging context. */
class LogContextOffTest extends ConsumerTestSystem {
    @Override
    String extraConfig() {
        return "channels.consumer.log-context = off";
    }

    @Test
    void leavesTheContextOfCallbacksEmptyUntilTheFirstWord() {
        Door door = Door.open(kit, context -> new WebSocketConsumer(context) {
            private final String made = String.valueOf(MDC.getCopyOfContextMap());

            @Override
            protected CompletionStage<?> receive(String text) {
                String before = String.valueOf(MDC.getCopyOfContextMap());
                logContext("user", text);
                return send(made + " " + before + " " + MDC.get("user") + " " + MDC.get("connection"));
            }
        });

        door.tell("ann", "bob");

        assertThat((String) door.next()).matches("null null ann [0-9a-z]{5}-[0-9a-z]+");
        assertThat((String) door.next()).contains("user=ann").contains(" bob ");
        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }
}
