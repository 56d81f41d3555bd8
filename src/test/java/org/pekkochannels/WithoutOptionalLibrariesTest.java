package org.pekkochannels;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;

/** All works, and nothing is measured or traced, where neither Micrometer nor OpenTelemetry is on the class path. */
final class WithoutOptionalLibrariesTest {
    private static final String WORKED = "worked without them";

    /** What runs in a process of its own. */
    public static final class Application {
        private Application() {}

        /** Starts a server, and speaks to it. */
        public static void main(String[] args) {
            requireAbsent("io.micrometer.core.instrument.MeterRegistry");
            requireAbsent("io.opentelemetry.context.Context");
            try (RunningApplication application =
                    RunningApplication.start("", channels -> channels.websocket("ws/query/", Query::new))) {
                JdkClient client = JdkClient.connect(application.ws("/ws/query/"));
                System.out.println(client.send(WORKED).next());
                client.close(1000, "");
                application.awaitNoConnections();
            }
            System.exit(0);
        }

        private static void requireAbsent(String type) {
            try {
                Class.forName(type);
                throw new AssertionError(type + " is on the class path");
            } catch (ClassNotFoundException expected) {
                // as it should be
            }
        }
    }

    private static final class Query extends WebSocketConsumer {
        Query(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return database()
                    .useTransaction(handle -> sendAfterCommit(handle, text))
                    .thenCompose(committed -> done());
        }
    }

    @Test
    void servesConsumersWithADatabase() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        classPathWithoutThem(),
                        Application.class.getName())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            String said = out.lines().collect(Collectors.joining("\n"));

            assertThat(said).contains(WORKED).doesNotContain("NoClassDefFoundError");
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(said).isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    private static String classPathWithoutThem() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.contains("micrometer") && !entry.contains("opentelemetry"))
                .collect(Collectors.joining(File.pathSeparator));
    }
}
