package org.pekkochannels.load;

import java.util.concurrent.CompletionStage;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.protocol.CloseReason;

/** A consumer that is counted as it comes and goes. */
abstract class CountedConsumer extends WebSocketConsumer {
    private final Census census;

    CountedConsumer(ConsumerContext context, Census census) {
        super(context);
        this.census = census;
        census.came(this);
    }

    @Override
    protected CompletionStage<?> disconnect(CloseReason reason) {
        census.went(this, reason);
        return done();
    }
}
