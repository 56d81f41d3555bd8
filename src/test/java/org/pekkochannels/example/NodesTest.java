package org.pekkochannels.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a list of nodes lets pages do, and what it does not. */
final class NodesTest {
    @TempDir
    private static Path directory;

    private static ExampleServer server;

    @BeforeAll
    static void start() {
        server = ExampleServer.start(directory, "example.nodes", "10.0.0.1:8000, [::1]:8001,");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void pagesReceiveTheListAndMayConnectToThoseNodes() throws Exception {
        HttpResponse<String> list = get("/nodes");

        assertThat(list.body()).isEqualTo("[\"10.0.0.1:8000\",\"[::1]:8001\"]");
        assertThat(get("/messages/").headers().firstValue("Content-Security-Policy"))
                .hasValueSatisfying(policy ->
                        assertThat(policy).contains("connect-src 'self' ws://10.0.0.1:8000 ws://[::1]:8001;"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://10.0.0.1:8000", "http://[::1]:8001"})
    void pagesOfTheseNodesMayConnect(String origin) {
        try (Client page = connectFrom(origin)) {
            assertThat(page.text()).startsWith("{\"count\":");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://10.0.0.1:8001",
                "https://10.0.0.1:8000",
                "http://10.0.0.1",
                "http://10.0.0.10:8000",
                "null"
            })
    void pagesOfNoOtherOriginMayConnect(String origin) {
        assertThatThrownBy(() -> connectFrom(origin)).hasStackTraceContaining("403");
    }

    @Test
    void areNoneWithoutTheConfigurationOfTheExamples() {
        assertThat(Nodes.of(ConfigFactory.defaultReference()).webSockets()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "10.0.0.1", "http://10.0.0.1:8000", "a:1;script-src *", "a:1\"", "a:123456", ":8000"})
    void stopsTheStartUnlessEachIsAnAddress(String entry) {
        assertThatThrownBy(() -> Nodes.of(ConfigFactory.parseMap(Map.of("example.nodes", "b:1," + entry))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("example.nodes")
                .hasMessageContaining("must be addresses such as 10.0.0.1:8000,10.0.0.2:8000, was " + entry);
    }

    private static Client connectFrom(String origin) {
        WebSocket.Builder builder = Client.HTTP.newWebSocketBuilder().header("Origin", origin);
        return Client.open(builder, server.socket("/ws/message/"));
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return Client.HTTP.send(HttpRequest.newBuilder(server.page(path)).build(), BodyHandlers.ofString());
    }
}
