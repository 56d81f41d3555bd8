package org.pekkochannels.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.opentest4j.AssertionFailedError;

/** A process with few file descriptors, or none, serves as many clients as they allow, and the others later. */
@EnabledOnOs(OS.LINUX)
@ParameterizedClass
@ValueSource(strings = {"http", "netty"})
@Timeout(180)
class DescriptorsTest {
    // The JVM has some 50 itself, and one for each jar.
    private static final int DESCRIPTORS = 400;
    private static final int LOOKS = 3;
    private static final Pattern LOWERED =
            Pattern.compile(" WARN .*max-connections is 25000, but at most (\\d+) connections are served");
    private static final String NOT_ACCEPTED = "no connection is accepted for 1 s";

    private final String edge;
    private final List<Peer> peers = new ArrayList<>();

    DescriptorsTest(String edge) {
        this.edge = edge;
    }

    @AfterEach
    void end() throws IOException {
        for (Peer peer : peers) {
            peer.close();
        }
    }

    private ScarceProcess start(int left) throws IOException {
        return new ScarceProcess(edge, DESCRIPTORS, left);
    }

    private Peer connect(ScarceProcess server) throws IOException {
        Peer peer = Peer.connect(server.port());
        peers.add(peer);
        return peer;
    }

    private Peer ask(ScarceProcess server) throws IOException {
        return connect(server).write(ClientFrame.upgrade("/ws/"));
    }

    private Peer open(ScarceProcess server) throws IOException {
        Peer peer = ask(server);
        assertThat(peer.answer()).isEqualTo(101);
        return peer;
    }

    /** The server may count a connection a moment longer than its client does. */
    private Peer openWhenOneHasLeft(ScarceProcess server) throws IOException {
        while (true) {
            Peer next = ask(server);
            if (next.answer() == 101) {
                return next;
            }
        }
    }

    private static void assertEchoes(Peer peer, String text) throws IOException {
        assertThat(peer.write(ClientFrame.text(text)).next().text()).isEqualTo(text);
    }

    private static int served(ScarceProcess server) {
        return server.lines().stream()
                .map(LOWERED::matcher)
                .filter(Matcher::find)
                .map(matcher -> Integer.parseInt(matcher.group(1)))
                .findFirst()
                .orElseThrow(() -> new AssertionFailedError("no warning in " + server.lines()));
    }

    @Test
    void servesAsManyConnectionsAsDescriptorsAllow() throws Exception {
        try (ScarceProcess server = start(-1)) {
            int served = served(server);
            assertThat(served).isBetween(DESCRIPTORS / 4, DESCRIPTORS);
            List<Peer> crowd = new ArrayList<>();
            for (int i = 0; i < served; i++) {
                crowd.add(open(server));
            }

            assertThat(connect(server).answer()).isEqualTo(503);
            assertEchoes(crowd.get(0), "with its first database call");

            crowd.remove(0).finish();
            assertEchoes(openWhenOneHasLeft(server), "still here");
            server.giveBack();
            assertThat(server.lines()).noneMatch(line -> line.contains(NOT_ACCEPTED));
        }
    }

    @Test
    void acceptsNothingAndLogsALineASecondUntilDescriptorsAreFree() throws Exception {
        try (ScarceProcess server = start(24)) {
            assertThat(served(server)).isEqualTo(1);
            Peer waiting = ask(server);
            int before = server.lines().size();

            List<LocalTime> looks = awaitLooks(server);
            assertThat(server.lines().subList(before, server.lines().size()))
                    .allMatch(line -> line.contains(NOT_ACCEPTED));
            server.giveBack();

            assertThat(waiting.answer()).isEqualTo(101);
            assertEchoes(waiting, "served at last");
            // The clock may have passed midnight.
            long millis = looks.get(0).until(looks.get(LOOKS - 1), ChronoUnit.MILLIS);
            assertThat(Math.floorMod(millis, Duration.ofDays(1).toMillis())).isGreaterThan((LOOKS - 1) * 900L);
        }
    }

    private static List<LocalTime> awaitLooks(ScarceProcess server) {
        List<LocalTime> looks = new ArrayList<>();
        while (looks.size() < LOOKS) {
            String line = server.await(NOT_ACCEPTED);
            looks.add(LocalTime.parse(line.substring(0, line.indexOf(' '))));
        }
        return looks;
    }

    @Test
    void servesAcceptedConnectionsWithoutADescriptorAndTheOthersLater() throws Exception {
        try (ScarceProcess server = start(-1)) {
            List<Peer> accepted = List.of(connect(server), connect(server));
            assertAlive(connect(server));
            server.takeAll();

            for (Peer peer : accepted) {
                assertThat(peer.write(ClientFrame.upgrade("/ws/")).answer()).isEqualTo(101);
                assertEchoes(peer, "without a descriptor");
                peer.finish();
            }

            List<Peer> waiting = List.of(ask(server), ask(server), ask(server));
            int before = server.lines().size();
            awaitLooks(server);
            assertThat(server.lines().subList(before, server.lines().size()))
                    .filteredOn(line -> line.contains(" WARN ") || line.contains(" ERROR "))
                    .hasSizeLessThan(LOOKS + 20);
            server.giveBack();
            for (Peer peer : waiting) {
                assertThat(peer.answer()).isEqualTo(101);
                assertEchoes(peer, "served at last");
            }
        }
    }

    /** Whoever connected before has been accepted by then. */
    private static void assertAlive(Peer peer) throws IOException {
        String request = "GET /alive HTTP/1.1\r\nHost: localhost\r\n\r\n";
        assertThat(peer.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)))
                        .answer())
                .isEqualTo(200);
    }
}
