package org.pekkochannels.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A process has no file descriptor left for who wants to come in.
 *
 * <p>Runs under {@code -Pproofs} only: the child loads its classes from directories, and a class that is first needed when no
 * descriptor is left fails a client, which this test then waits for.
 */
@EnabledOnOs(OS.LINUX)
@EnabledIfSystemProperty(named = "channels.proofs", matches = "true")
@ParameterizedClass
@CsvSource({"netty, Too many open files", "http, file descriptors left"})
class DescriptorsTest {
    // The JVM has some 50 itself, and one for each jar.
    private static final int DESCRIPTORS = 400;
    private static final int CLIENTS = 700;
    private static final int LOOKS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(50);
    private static final Pattern TIME = Pattern.compile("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} ");

    private final String noneLeft;
    private final Process process;
    private final BufferedReader out;

    DescriptorsTest(String edge, String noneLeft) {
        this.noneLeft = noneLeft;
        process = start(edge);
        out = process.inputReader(StandardCharsets.UTF_8);
    }

    private static Process start(String edge) {
        List<String> limited = List.of("sh", "-c", "ulimit -n " + DESCRIPTORS + " && exec \"$0\" \"$@\"");
        try {
            return new ProcessBuilder(Stream.concat(limited.stream(), BusyServer.command(edge).stream())
                            .toList())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @AfterEach
    void leavesNoProcess() throws IOException {
        // Before its output is closed, which waits for whoever still reads it.
        process.destroyForcibly();
        out.close();
    }

    /** What is read of the process, which may never say it. */
    private static <T> T within(Supplier<T> reading, String what) {
        return assertThat(CompletableFuture.supplyAsync(reading))
                .as(what)
                .succeedsWithin(PATIENCE)
                .actual();
    }

    @Test
    void waitsForDescriptorsWithoutSpinningAndThenServesWhoHasWaited() throws Exception {
        int port = within(() -> BusyServer.port(out), "the server's port");
        // What it takes to serve is loaded before.
        Peer.open(port, "/ws/").finish();

        List<Peer> crowd = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            crowd.add(Peer.connect(port).write(ClientFrame.upgrade("/ws/")));
        }
        List<LocalTime> refused = within(this::refused, LOOKS + " lines of the server's log with '" + noneLeft + "'");
        CompletableFuture<Void> drained =
                CompletableFuture.runAsync(() -> out.lines().forEach(line -> {}));
        for (Peer peer : crowd) {
            assertThat(peer.answer()).isEqualTo(101);
            peer.close();
        }
        try (Peer next = Peer.open(port, "/ws/").write(ClientFrame.text("still here"))) {
            assertThat(next.next().text()).isEqualTo("still here");
        }

        // Not the process itself, for that would close its streams too.
        process.toHandle().destroy();
        drained.get();
        // It looks again once a second, and the clock may have passed midnight.
        long millis = refused.get(0).until(refused.get(LOOKS - 1), ChronoUnit.MILLIS);
        assertThat(Math.floorMod(millis, Duration.ofDays(1).toMillis())).isGreaterThan((LOOKS - 2) * 1000L);
    }

    /** Reads what the process says until it has been refused descriptors so often; gives when that was. */
    private List<LocalTime> refused() {
        List<LocalTime> times = new ArrayList<>();
        LocalTime logged = LocalTime.MIN;
        while (times.size() < LOOKS) {
            String line = line();
            if (TIME.matcher(line).lookingAt()) {
                logged = LocalTime.parse(line.substring(0, line.indexOf(' ')));
            }
            if (line.contains(noneLeft)) {
                times.add(logged);
            }
        }
        return times;
    }

    private String line() {
        try {
            return Objects.requireNonNull(out.readLine(), "the process has ended");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
