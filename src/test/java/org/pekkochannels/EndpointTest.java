package org.pekkochannels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pekkochannels.consumer.ConsumerBehavior;
import org.pekkochannels.http.Echo;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;
import org.pekkochannels.middleware.Endpoint;
import org.pekkochannels.protocol.Application;
import org.pekkochannels.protocol.Opening;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.routing.Route;
import org.pekkochannels.routing.Router;

/** Endpoints with settings of their own. */
@Tag("edge")
class EndpointTest {
    private static RunningApplication start(String config) {
        return RunningApplication.start(
                config,
                channels -> channels.endpoint("ws/small/", "small", Echo::new).websocket("ws/large/", Echo::new));
    }

    @Test
    void boundsEachEndpointByItsOwnSettings() {
        try (RunningApplication application = start("channels.endpoints.small.max-message-bytes = 10")) {
            JdkClient large = JdkClient.connect(application.ws("/ws/large/"));
            JdkClient small = JdkClient.connect(application.ws("/ws/small/"));

            assertThat(large.send("more than ten bytes").next()).isEqualTo("more than ten bytes");
            assertThat(small.send("ten bytes!").next()).isEqualTo("ten bytes!");
            assertThat(((JdkClient.Closed) small.send("more than ten bytes").next()).code())
                    .isEqualTo(1009);
            large.close(1000, "");
            application.awaitNoConnections();
        }
    }

    @Test
    void servesTheRoutesOfARouterBelowItsPrefix() {
        Router inner = Router.of(
                        Route.path("echo/", ConsumerBehavior.application(Echo::new)),
                        Route.prefix(
                                "more/", Router.of(Route.path("{room}/", ConsumerBehavior.application(Echo::new)))))
                .through(application -> Endpoint.named("small", application));
        try (RunningApplication application = RunningApplication.start(
                "channels.endpoints.small.max-message-bytes = 10",
                channels -> channels.application("ws/", inner).websocket("ws/last/", Echo::new))) {
            for (String path : List.of("/ws/echo/", "/ws/more/lobby/", "/ws/last/")) {
                JdkClient client = JdkClient.connect(application.ws(path));
                assertThat(client.send("ten bytes!").next()).isEqualTo("ten bytes!");
                client.close(1000, "");
            }
            application.awaitNoConnections();
        }
        assertThatThrownBy(() -> RunningApplication.start("", channels -> channels.application("ws", inner)))
                .hasMessageContaining("'ws'");
    }

    @Test
    void stopsTheStartWhereAnEndpointHasNoSection() {
        assertThatThrownBy(() -> start("")).hasMessageContaining("channels.endpoints.small");
        assertThatThrownBy(() -> RunningApplication.start(
                        "",
                        channels -> channels.application(
                                "ws/", Endpoint.named("misspelt", ConsumerBehavior.application(Echo::new)))))
                .hasMessageContaining("channels.endpoints.misspelt");
    }

    @Test
    void stopsTheStartForABadKeyOfAnEndpoint() {
        assertThatThrownBy(() -> start("channels.endpoints.small.max-message-bytes = -1"))
                .hasMessageContaining("channels.endpoints.small.max-message-bytes");
        assertThatThrownBy(() -> start("channels.endpoints.small.slow-reeder = close"))
                .hasMessageContaining("channels.endpoints.small.slow-reeder")
                .hasMessageContaining("is not a key of channels.websocket");
    }

    private static final class Nothing implements Application {
        @Override
        @SuppressWarnings("NullAway") // as an application may
        public CompletionStage<Opening> open(Scope scope) {
            return null;
        }
    }

    @Test
    void namesAnApplicationThatReturnsNull() {
        assertThatThrownBy(() -> Endpoint.named("small", new Nothing()).open(Scope.of("/ws/")))
                .hasMessageContaining(Nothing.class.getName() + " returned null");
    }
}
