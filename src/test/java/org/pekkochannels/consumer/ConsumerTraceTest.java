package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.pekkochannels.protocol.CloseReason;

/** A trace goes with a consumer's work to the database, and is back when the consumer goes on. */
class ConsumerTraceTest extends ConsumerTestSystem {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

    private static final class Traced extends WebSocketConsumer {
        Traced(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            SpanContext remote = SpanContext.createFromRemoteParent(
                    text, "b7ad6b7169203331", TraceFlags.getSampled(), TraceState.getDefault());
            return Context.current()
                    .with(Span.wrap(remote))
                    .wrapSupplier(() -> database()
                            .withHandle(handle -> trace())
                            .thenCompose(there -> send(there + " " + trace()))
                            .thenCompose(sent -> database().withHandle(handle -> trace()))
                            .thenCompose(again -> send(again + " " + trace())))
                    .get();
        }

        private static String trace() {
            return Span.current().getSpanContext().getTraceId();
        }
    }

    @Test
    void followsACallToTheDatabaseAndBack() {
        Door door = Door.open(kit, Traced::new);

        door.tell(TRACE);

        assertThat(door.next(2)).containsExactly(TRACE + " " + TRACE, TRACE + " " + TRACE);
        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }

    @Test
    void doesNotReachTheNextMessage() {
        Door door = Door.open(kit, Traced::new);
        String other = TRACE.replace('0', '1');

        door.tell(TRACE, other);

        assertThat(door.next(4))
                .containsExactly(TRACE + " " + TRACE, TRACE + " " + TRACE, other + " " + other, other + " " + other);
        door.leave(CloseReason.of(1000));
        door.awaitStop();
    }
}
