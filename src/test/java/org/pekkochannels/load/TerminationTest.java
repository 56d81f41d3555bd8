package org.pekkochannels.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.JdkClient.Closed;

/** A process under load is told to stop. */
@Tag("edge")
class TerminationTest {
    private static final int WORKING = 40;
    private static final int CHATTING = 20;

    private final ExecutorService threads = Executors.newFixedThreadPool(CHATTING);
    private final Process process = start();

    private static Process start() {
        try {
            return new ProcessBuilder(BusyServer.command(System.getProperty("channels.edge", "http")))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @AfterEach
    void leavesNoProcess() {
        process.destroyForcibly();
        threads.shutdownNow();
    }

    /** Asks and is answered, again and again, until the server closes. */
    private static Closed chat(JdkClient client) {
        for (int i = 0; ; i++) {
            try {
                client.send("message " + i);
            } catch (CompletionException closed) {
                // what the server has said before comes next
            }
            Object heard = client.next();
            if (heard instanceof Closed end) {
                return end;
            }
            assertThat(heard).isEqualTo("message " + i);
        }
    }

    @Test
    void answersEveryRunningMessageThenSays1012ToAll() throws Exception {
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            URI uri = URI.create("ws://127.0.0.1:" + BusyServer.port(out) + "/ws/");
            JdkClient idle = JdkClient.connect(uri);
            List<JdkClient> working = connect(uri, WORKING);
            List<JdkClient> chatting = connect(uri, CHATTING);
            working.forEach(client -> client.send("work"));
            working.forEach(client -> assertThat(client.next()).isEqualTo("working"));
            List<Future<Closed>> ends = chatting.stream()
                    .map(client -> threads.submit(() -> chat(client)))
                    .toList();

            // Not the process itself, for that would close its streams too.
            process.toHandle().destroy();
            assertThat(code(idle.next())).isEqualTo(1012);
            process.outputWriter(StandardCharsets.UTF_8).append("go on\n").flush();

            for (JdkClient client : working) {
                assertThat(client.next()).isEqualTo("work");
                assertThat(code(client.next())).isEqualTo(1012);
            }
            for (Future<Closed> end : ends) {
                assertThat(code(end.get())).isEqualTo(1012);
            }
            List<String> rest = out.lines().toList();
            assertThat(process.waitFor()).isEqualTo(143);
            assertThat(rest).noneMatch(line -> line.contains("shutdown-grace"));
            int all = 1 + WORKING + CHATTING;
            assertThat(rest.stream().filter(BusyServer.CAME::equals)).hasSize(all);
            assertThat(rest.stream().filter(line -> line.startsWith(BusyServer.WENT)))
                    .isEqualTo(Collections.nCopies(all, BusyServer.WENT + 1012));
        }
    }

    private static List<JdkClient> connect(URI uri, int count) {
        List<JdkClient> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            clients.add(JdkClient.connect(uri));
        }
        return clients;
    }

    private static int code(Object heard) {
        assertThat(heard).isInstanceOf(Closed.class);
        return ((Closed) heard).code();
    }
}
