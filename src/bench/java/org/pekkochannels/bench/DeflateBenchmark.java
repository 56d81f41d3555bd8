package org.pekkochannels.bench;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.pekkochannels.protocol.Header;
import org.pekkochannels.protocol.Scope;

/** A text through a session that has agreed to permessage-deflate; to be compared with {@link CodecBenchmark}. */
@State(org.openjdk.jmh.annotations.Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class DeflateBenchmark {
    private static final int COMPRESSED_TEXT = 0x41;
    private static final int LEVEL = 6;
    // The end of a sync flush, which RFC 7692 leaves out.
    private static final int TAIL_BYTES = 4;
    private static final String[] WORDS = {
        "order", "price", "customer", "message", "room", "Zürich", "2026-11-23", "open"
    };

    /** How large a message is. */
    @Param({"1024", "65536", "1048576"})
    public int bytes = 1024;

    /** What it is made of: rows of JSON, or digits and letters at random. */
    @Param({"json", "random"})
    public String data = "json";

    private final OpenSession session = OpenSession.of(config(), offering());
    private byte[] frame = {};
    private byte[] window = {};
    private String text = "";

    /** Makes the message. */
    @Setup
    public void open() {
        text = data.equals("json") ? json() : random();
        frame = ClientFrame.of(COMPRESSED_TEXT, deflated(text.getBytes(StandardCharsets.UTF_8)));
        window = new byte[frame.length];
    }

    /** A client's compressed frame becomes an event. */
    @Benchmark
    public long inflate() {
        System.arraycopy(frame, 0, window, 0, frame.length);
        return session.receive(window);
    }

    /** What a turn sends becomes a compressed frame. */
    @Benchmark
    public long deflate() {
        return session.send(text);
    }

    /** Ends what all sessions share. */
    @TearDown
    public void close() {
        session.close();
    }

    private static Config config() {
        return ConfigFactory.parseMap(Map.of(
                        "channels.websocket.compression.enabled", true,
                        "channels.websocket.max-message-bytes", "2 MiB",
                        "channels.websocket.max-outbound-bytes", "4 MiB"))
                .withFallback(ConfigFactory.load());
    }

    private static Scope offering() {
        Scope plain = Scope.of("/ws/echo");
        return new Scope(
                plain.scheme(),
                plain.path(),
                plain.remainingPath(),
                plain.query(),
                List.of(new Header("Sec-WebSocket-Extensions", "permessage-deflate")),
                plain.subprotocols(),
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                Map.of());
    }

    private String json() {
        Random random = new Random(bytes);
        String rows = Stream.generate(() -> row(random)).limit(bytes / 40 + 1).collect(Collectors.joining(","));
        return rows.substring(0, bytes);
    }

    private static String row(Random random) {
        return "{\"id\":" + random.nextInt(1_000_000) + ",\"" + word(random) + "\":\"" + word(random) + " "
                + word(random) + "\",\"amount\":" + random.nextInt(10_000) + "}";
    }

    private static String word(Random random) {
        return WORDS[random.nextInt(WORDS.length)];
    }

    private String random() {
        return new Random(bytes)
                .ints('0', 'z' + 1)
                .filter(Character::isLetterOrDigit)
                .limit(bytes)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static byte[] deflated(byte[] plain) {
        Deflater deflater = new Deflater(LEVEL, true);
        deflater.setInput(plain);
        byte[] deflated = new byte[2 * plain.length + 64];
        int length = deflater.deflate(deflated, 0, deflated.length, Deflater.SYNC_FLUSH);
        deflater.end();
        return Arrays.copyOf(deflated, length - TAIL_BYTES);
    }
}
