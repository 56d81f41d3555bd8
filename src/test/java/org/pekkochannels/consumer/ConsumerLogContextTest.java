package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

/** A turn begins with an empty logging context (MDC) and leaves nothing of it to the others on its thread. */
class ConsumerLogContextTest extends ConsumerTestSystem {
    @Override
    String extraConfig() {
        return """
                pekko.actor.default-dispatcher {
                  executor = thread-pool-executor
                  thread-pool-executor.fixed-pool-size = 1
                }
                channels.database.threads = 1
                """;
    }

    /** Puts what comes with a first text into the context, and answers with what is in it, here and on the database. */
    private static final class Logging extends WebSocketConsumer {
        Logging(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            if (!text.isEmpty()) {
                MDC.put("user", text);
            }
            String here = MDC.get("user");
            return database()
                    .withLazyHandle(handles -> "" + MDC.get("user"))
                    .thenCompose(there -> send(here + " " + there + " " + MDC.get("user")));
        }
    }

    @Test
    void keepsWhatACallbackPutsFromOtherConsumers() {
        Door first = Door.open(kit, Logging::new);
        Door second = Door.open(kit, Logging::new);

        first.tell("ann");
        Object ofTheFirst = first.next();
        first.awaitCredit();
        second.tell("");

        assertThat(ofTheFirst).isEqualTo("ann ann ann");
        assertThat(second.next()).isEqualTo("null null null");
    }

    @Test
    void keepsNothingForTheNextTurnOfTheSameConsumer() {
        Door door = Door.open(kit, Logging::new);

        door.tell("ann");
        door.next();
        door.awaitCredit();
        door.tell("");

        assertThat(door.next()).isEqualTo("null null null");
    }
}
