package org.pekkochannels.http;

import java.util.concurrent.CompletionStage;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WebSocketConsumer;

/** Sends each message back. */
public final class Echo extends WebSocketConsumer {
    public Echo(ConsumerContext context) {
        super(context);
    }

    @Override
    protected CompletionStage<?> receive(String text) {
        return send(text);
    }

    @Override
    protected CompletionStage<?> receive(byte[] bytes) {
        return send(bytes);
    }
}
