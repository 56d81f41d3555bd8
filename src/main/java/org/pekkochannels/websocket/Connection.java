package org.pekkochannels.websocket;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Inbound;

final class Connection {
    private final Transport transport;

    Connection(SessionSettings settings, Transport transport, Consumer<Inbound> consumer, AtomicLong dropped) {
        this.transport = transport;
    }

    void pass(Turn turn) {
        run(() -> take(turn));
    }

    void run(Runnable task) {
        if (transport.inThread()) {
            task.run();
        } else {
            transport.execute(task);
        }
    }

    void take(Turn turn) {}

    void bytes(byte[] window, int offset, int length) {}

    void readDone() {}

    void drained() {}

    void tick(long nanoTime) {}

    void lost(CloseReason reason) {}

    void goAway(CloseReason reason) {}
}
