package org.pekkochannels.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More answers than one process writes at a time. */
final class AnswerBoundTest {
    private static final int MAX_ANSWERS = 20;

    @TempDir
    private static Path directory;

    private static ExampleServer server;

    /** At this pace an answer takes more than a minute, so that all of them are being written throughout the test. */
    @BeforeAll
    static void start() {
        server = ExampleServer.start(directory, "example.answer-pace", "500ms");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void oneMoreAnswerThanAProcessWritesWaitsUntilAnotherHasEnded() throws Exception {
        List<UUID> written =
                IntStream.range(0, MAX_ANSWERS).mapToObj(any -> ask()).toList();
        UUID waiting = ask();
        awaitPieces(1, written);

        // The writer searches for answers without a writer each second: it has no room for this one.
        execute("update answer set leased_until = current_timestamp - interval '1' second where id = ?", waiting);
        awaitPieces(4, written);
        assertThat(pieces(waiting)).isZero();

        execute("update answer set done = true where id = ?", written.get(0));
        awaitPieces(1, List.of(waiting));
    }

    private static UUID ask() {
        try {
            String path = AnswerVisit.ask(server.page("/answers"), "{\"question\":\"Why?\"}")
                    .headers()
                    .firstValue("Location")
                    .orElseThrow();
            return UUID.fromString(path.split("/", -1)[2]);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static void awaitPieces(int count, List<UUID> answers) throws InterruptedException {
        while (!answers.stream().allMatch(answer -> pieces(answer) >= count)) {
            Thread.sleep(50);
        }
    }

    private static int pieces(UUID answer) {
        return server.database()
                .withHandle(handle -> handle.select("select pieces from answer where id = ?", answer.toString())
                        .mapTo(Integer.class)
                        .one())
                .toCompletableFuture()
                .join();
    }

    private static void execute(String sql, UUID answer) {
        server.database()
                .useHandle(handle -> handle.execute(sql, answer.toString()))
                .toCompletableFuture()
                .join();
    }
}
