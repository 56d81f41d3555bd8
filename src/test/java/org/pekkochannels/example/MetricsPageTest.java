package org.pekkochannels.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Prometheus fetches. */
final class MetricsPageTest {
    @TempDir
    private Path directory;

    @Test
    void tellsPrometheusWhatIsMeasured() throws Exception {
        try (ExampleServer server = ExampleServer.start(directory)) {
            HttpResponse<String> page = Client.HTTP.send(
                    HttpRequest.newBuilder(server.page("/metrics")).build(), BodyHandlers.ofString());

            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/plain; version=0.0.4");
            assertThat(page.body())
                    .contains("# TYPE channels_database_run_seconds summary")
                    .contains("channels_database_waiting_calls{database=\"default\"} 0.0")
                    .contains("channels_http_connections 1.0")
                    .contains("channels_websocket_opened_connections_total 0.0")
                    .contains("jvm_memory_used_bytes");
        }
    }

    @Test
    void startsAgainInTheSameProcess() throws Exception {
        try (ExampleServer server = ExampleServer.start(directory)) {
            server.stop();
            server.startAgain();

            assertThat(Client.HTTP
                            .send(
                                    HttpRequest.newBuilder(server.page("/metrics"))
                                            .build(),
                                    BodyHandlers.ofString())
                            .body())
                    .contains("channels_database_threads{database=\"default\"}");
        }
    }
}
