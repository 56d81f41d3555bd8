package org.pekkochannels.bench;

import com.typesafe.config.ConfigFactory;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.Inbound;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Wire;
import org.pekkochannels.websocket.Session;
import org.pekkochannels.websocket.SessionSettings;
import org.pekkochannels.websocket.Upgrade;
import org.pekkochannels.websocket.WebSockets;

/** One frame through a session, from the client's bytes to an event, and from a turn to the server's bytes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CodecBenchmark {
    /** How large a message is. */
    @Param({"64", "1024", "65536"})
    public int bytes = 64;

    /** What it is made of. */
    @Param({"text", "binary"})
    public String kind = "text";

    private final CountingTransport transport = new CountingTransport();
    private final Undecided upgrade = new Undecided();
    private final WebSockets sockets = new WebSockets(SessionSettings.of(ConfigFactory.load()));
    private Session session = newSession();
    private Wire wire = new SilentWire();
    private long received;
    private byte[] frame = {};
    private byte[] window = {};
    private byte[] payload = {};
    private String text = "";

    /** Nobody hears the decision: the benchmark attaches the transport itself. */
    private static final class Undecided implements Upgrade {
        @Override
        public void accepted(Acceptance acceptance) {}

        @Override
        public void refused(Refusal refusal) {}
    }

    /** Ends what all sessions share. */
    @TearDown
    public void close() {
        sockets.close();
    }

    /** Opens the session. */
    @Setup
    public void open() {
        payload = new byte[bytes];
        Arrays.fill(payload, (byte) 'x');
        text = "x".repeat(bytes);
        frame = ClientFrame.of(kind.equals("text") ? 1 : 2, payload);
        window = new byte[frame.length];
        session = newSession();
        session.start(this::told);
        wire.accept(Acceptance.PLAIN);
        session.opened(transport);
        wire.endTurn(true);
    }

    /** A client's frame becomes an event; the copy of the bytes, which are changed in place, is part of it. */
    @Benchmark
    public long parse() {
        System.arraycopy(frame, 0, window, 0, frame.length);
        session.bytes(window, 0, window.length);
        session.readDone();
        return received;
    }

    /** What a turn sends becomes a server's frame. */
    @Benchmark
    public long encode() {
        if (kind.equals("text")) {
            wire.send(text);
        } else {
            wire.send(payload);
        }
        wire.endTurn(false);
        return transport.written();
    }

    private Session newSession() {
        return sockets.session(org.pekkochannels.protocol.Scope.of("/ws/echo"), upgrade);
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
