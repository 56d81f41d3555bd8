package org.pekkochannels.netty;

import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.Group;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.protocol.CloseReason;

/** In a room with all others; echoes what it is not told to do. */
final class RoomMember extends WebSocketConsumer {
    /** How many events a member says to all when it is told to. */
    static final int EVENTS = 50;

    private static final int PIECE_BYTES = 256 * 1024;
    // More than all buffers between a server and a client that does not read can hold.
    private static final int FLOOD = 128;

    private final Group room = group("room");
    private final Queue<CloseReason> ends;

    RoomMember(ConsumerContext context, Queue<CloseReason> ends) {
        super(context);
        this.ends = ends;
        on("said", String.class, this::send);
    }

    @Override
    protected CompletionStage<?> connect() {
        return room.add().thenCompose(added -> accept());
    }

    @Override
    protected CompletionStage<?> receive(String text) {
        return switch (text) {
            case "say" -> say(0);
            case "ask" ->
                database()
                        .withHandle(handle -> handle.createQuery("select 'the answer'")
                                .mapTo(String.class)
                                .one())
                        .thenCompose(this::send);
            case "flood" -> flood();
            default -> send(text);
        };
    }

    private CompletionStage<?> say(int number) {
        return number == EVENTS ? done() : room.send("said", "event " + number).thenCompose(sent -> say(number + 1));
    }

    private CompletionStage<?> flood() {
        byte[] piece = new byte[PIECE_BYTES];
        IntStream.range(0, FLOOD).forEach(i -> send(piece));
        return done();
    }

    @Override
    protected CompletionStage<?> receive(byte[] bytes) {
        return send(bytes);
    }

    @Override
    protected CompletionStage<?> disconnect(CloseReason reason) {
        ends.add(reason);
        return done();
    }
}
