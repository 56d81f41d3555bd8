package org.pekkochannels.bench;

import com.typesafe.config.Config;
import java.time.Clock;
import org.pekkochannels.concurrent.Ticker;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.Inbound;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.protocol.Wire;
import org.pekkochannels.websocket.Session;
import org.pekkochannels.websocket.SessionSettings;
import org.pekkochannels.websocket.Upgrade;
import org.pekkochannels.websocket.WebSockets;

/** A session after its handshake, with a consumer that takes every message at once. Not thread-safe. */
final class OpenSession implements AutoCloseable {
    private final CountingTransport transport = new CountingTransport();
    private final WebSockets sockets;
    private final Session session;
    private Wire wire = new SilentWire();
    private long received;

    /** Nobody hears the decision: the transport is attached here. */
    private static final class Undecided implements Upgrade {
        @Override
        public void accepted(Acceptance acceptance) {}

        @Override
        public void refused(Refusal refusal) {}
    }

    private OpenSession(Config config, Scope scope) {
        sockets = new WebSockets(SessionSettings.of(config), Ticker.SYSTEM, Clock.systemUTC());
        session = sockets.session(scope, new Undecided());
    }

    static OpenSession of(Config config, Scope scope) {
        OpenSession open = new OpenSession(config, scope);
        open.session.start(open::told);
        open.wire.accept(Acceptance.PLAIN);
        open.session.opened(open.transport);
        open.wire.endTurn(true);
        return open;
    }

    /** One read of the socket, which changes {@code window}; returns how many messages have come so far. */
    long receive(byte[] window) {
        session.bytes(window, 0, window.length);
        session.readDone();
        return received;
    }

    /** One turn that sends a text; returns how many bytes have left so far. */
    long send(String text) {
        wire.send(text);
        wire.endTurn(false);
        return transport.written();
    }

    /** One turn that sends a binary message; returns how many bytes have left so far. */
    long send(byte[] bytes) {
        wire.send(bytes);
        wire.endTurn(false);
        return transport.written();
    }

    @Override
    public void close() {
        sockets.close();
    }

    private void told(Inbound event) {
        if (event instanceof Inbound.Connect connect) {
            wire = connect.wire();
        } else {
            received++;
            wire.endTurn(true);
        }
    }
}
