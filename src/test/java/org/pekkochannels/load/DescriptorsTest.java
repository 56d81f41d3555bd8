package org.pekkochannels.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A process has no file descriptor left for who wants to come in. */
@EnabledOnOs(OS.LINUX)
class DescriptorsTest {
    // The JVM has some 50 itself, and one for each jar.
    private static final int DESCRIPTORS = 400;
    private static final int CLIENTS = 700;
    private static final String NONE_LEFT = "Too many open files";

    private final Process process = start();

    private static Process start() {
        List<String> limited = List.of("sh", "-c", "ulimit -n " + DESCRIPTORS + " && exec \"$0\" \"$@\"");
        try {
            return new ProcessBuilder(Stream.concat(limited.stream(), BusyServer.command("netty").stream())
                            .toList())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @AfterEach
    void leavesNoProcess() {
        process.destroyForcibly();
    }

    @Test
    void waitsForDescriptorsWithoutSpinningAndThenServesWhoHasWaited() throws Exception {
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            int port = BusyServer.port(out);
            // What it takes to serve is loaded before.
            Peer.open(port, "/ws/").finish();

            List<Peer> crowd = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                crowd.add(Peer.connect(port).write(ClientFrame.upgrade("/ws/")));
            }
            assertThat(out.lines().anyMatch(line -> line.contains(NONE_LEFT))).isTrue();
            CompletableFuture<List<String>> rest =
                    CompletableFuture.supplyAsync(() -> out.lines().toList());
            for (Peer peer : crowd) {
                assertThat(peer.answer()).isEqualTo(101);
                peer.close();
            }
            try (Peer next = Peer.open(port, "/ws/").write(ClientFrame.text("still here"))) {
                assertThat(next.next().text()).isEqualTo("still here");
            }

            // Not the process itself, for that would close its streams too.
            process.toHandle().destroy();
            // It looks again once a second.
            assertThat(rest.get()).filteredOn(line -> line.contains(NONE_LEFT)).hasSizeLessThan(100);
        }
    }
}
