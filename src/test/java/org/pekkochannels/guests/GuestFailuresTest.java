package org.pekkochannels.guests;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pekkochannels.Channels;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;

/**
 * Plants what an application's code may throw in each place that runs it: its own client hears of it, a bystander is served
 * on, time is kept, and nothing is lost or left behind. There is room for two WebSockets only, so that a slot that is not freed
 * shows at once.
 */
@Tag("edge")
final class GuestFailuresTest {
    private static final String CONFIG = """
            pekko.jvm-exit-on-fatal-error = off
            channels.http.max-websockets = 2
            channels.websocket.handshake-timeout = 5s
            """;

    private static RunningApplication application;
    private static JdkClient bystander;

    @BeforeAll
    static void start() {
        application = RunningApplication.start(CONFIG, GuestFailuresTest::endpoints);
        bystander = JdkClient.connect(application.ws("/ws/echo/"));
    }

    /** Proves that no connection, handle, database thread or member is left. */
    @AfterAll
    static void stop() {
        bystander.close(1000, "");
        application.close();
    }

    private static Channels endpoints(Channels channels) {
        return channels.websocket("ws/echo/", Place.Echo::new)
                .application(
                        "ws/{place}/{planted}/",
                        scope -> Place.valueOf(scope.pathParameter("place"))
                                .open(scope, Planted.valueOf(scope.pathParameter("planted"))));
    }

    static Stream<Arguments> everythingEverywhere() {
        return Stream.of(Place.values())
                .flatMap(place -> Stream.of(Planted.values()).map(planted -> Arguments.of(place, planted)));
    }

    @AfterEach
    void servesTheOthersOn() {
        bystander.send("still here");
        assertThat(bystander.next()).isEqualTo("still here");
        assertThat(application.system().whenTerminated().isCompleted())
                .as("the system has ended")
                .isFalse();
    }

    @ParameterizedTest
    @MethodSource("everythingEverywhere")
    void keepsAFailureWithItsConnection(Place place, Planted planted) {
        String path = "/ws/" + place + "/" + planted + "/";

        if (place.answer() == Place.Answer.REFUSED) {
            HttpResponse<?> refusal = application.refusal(path);
            assertThat(refusal.statusCode()).isEqualTo(500);
        } else {
            JdkClient client = JdkClient.connect(application.ws(path));
            // It may be closed already.
            CompletableFuture<?> unused = client.socket().sendText("fail", true);
            assertThat(closed(client).code()).isEqualTo(1011);
        }
        application.awaitConnections(1);
    }

    private static JdkClient.Closed closed(JdkClient client) {
        Object next = client.next();
        return next instanceof JdkClient.Closed closed ? closed : closed(client);
    }
}
