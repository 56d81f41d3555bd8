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

    private final OpenSession session =
            OpenSession.of(ConfigFactory.load(), org.pekkochannels.protocol.Scope.of("/ws/echo"));
    private byte[] frame = {};
    private byte[] window = {};
    private byte[] payload = {};
    private String text = "";

    /** Makes the message. */
    @Setup
    public void open() {
        payload = new byte[bytes];
        Arrays.fill(payload, (byte) 'x');
        text = "x".repeat(bytes);
        frame = ClientFrame.of(kind.equals("text") ? 1 : 2, payload);
        window = new byte[frame.length];
    }

    /** A client's frame becomes an event; the copy of the bytes, which are changed in place, is part of it. */
    @Benchmark
    public long parse() {
        System.arraycopy(frame, 0, window, 0, frame.length);
        return session.receive(window);
    }

    /** What a turn sends becomes a server's frame. */
    @Benchmark
    public long encode() {
        return kind.equals("text") ? session.send(text) : session.send(payload);
    }

    /** Ends what all sessions share. */
    @TearDown
    public void close() {
        session.close();
    }
}
