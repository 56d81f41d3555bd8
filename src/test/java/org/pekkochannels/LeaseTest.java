package org.pekkochannels;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.SyncWebSocketConsumer;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;
import org.pekkochannels.protocol.Application;
import org.pekkochannels.protocol.CloseCode;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Lease;
import org.pekkochannels.protocol.Lease.Grant;
import org.pekkochannels.protocol.Opening;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;

/** Connections whose middleware knows the user, and until when. */
@Tag("edge")
class LeaseTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final CloseReason LOGGED_OUT = new CloseReason(CloseCode.UNAUTHORIZED, "logged out");

    private final CompletableFuture<Lease> lease = new CompletableFuture<>();
    private final CountDownLatch ends = new CountDownLatch(1);
    private final CompletableFuture<Opening> late = new CompletableFuture<>();
    private final CountDownLatch release = new CountDownLatch(1);

    /** Takes each text for a token. */
    private static final class Renewing extends WebSocketConsumer {
        Renewing(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> expiring(Lease lease) {
            return send("expiring " + lease.user());
        }

        @Override
        protected CompletionStage<?> receive(String token) {
            return scope().attribute(Lease.ATTRIBUTE)
                    .orElseThrow()
                    .renew(token)
                    .thenCompose(done -> send("renewed " + done));
        }
    }

    /** The same as a blocking consumer. */
    private static final class SyncRenewing extends SyncWebSocketConsumer {
        SyncRenewing(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void expiring(Lease lease) {
            send("expiring " + lease.user());
        }

        @Override
        protected void receive(String token) throws Exception {
            Lease lease = scope().attribute(Lease.ATTRIBUTE).orElseThrow();
            send("renewed " + lease.renew(token).toCompletableFuture().get(20, TimeUnit.SECONDS));
        }
    }

    /** Blocks in its first message. */
    private final class Blocked extends SyncWebSocketConsumer {
        Blocked(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void receive(String text) throws Exception {
            send("never seen, because the callback does not end");
            release.await();
        }
    }

    /** A lease as the query describes it: {@code ?user=ada&millis=1000}. */
    private Application leased(Application application) {
        return scope -> lease(scope).open(application, scope);
    }

    private Lease lease(Scope scope) {
        String user = scope.queryParameter("user").orElseThrow();
        Grant grant = new Grant(user, scope.queryParameter("millis").map(LeaseTest::in));
        Lease made = Lease.of(grant, token -> completedFuture(grant(token)));
        made.onEnd(ends::countDown);
        lease.complete(made);
        return made;
    }

    private static Instant in(String millis) {
        return Instant.now().plusMillis(Long.parseLong(millis));
    }

    /** A token is a user's name; "broken" is none. */
    private static Optional<Grant> grant(String token) {
        return token.equals("broken") ? Optional.empty() : Optional.of(new Grant(token, Optional.empty()));
    }

    private RunningApplication start(String config) {
        return RunningApplication.start(
                config,
                channels -> channels.through(
                        system -> this::leased,
                        members -> members.websocket("ws/async/", Renewing::new)
                                .websocket("ws/sync/", SyncRenewing::new)
                                .websocket("ws/blocked/", Blocked::new)
                                .application("ws/refusing/", scope -> completedFuture(Refusal.of(404, "not here")))
                                .application("ws/failing/", scope -> {
                                    throw new IllegalStateException("planted");
                                })
                                .application("ws/never/", scope -> late)
                                .through(
                                        system -> this::leased, inner -> inner.websocket("ws/twice/", Renewing::new))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ws/async/", "/ws/sync/"})
    void closesAConnectionWhoseLeaseHasEnded(String path) throws Exception {
        try (RunningApplication application = start("channels.websocket.lease-grace = 10ms")) {
            JdkClient client = JdkClient.connect(application.ws(path + "?user=ada&millis=500"));

            assertThat(client.next()).isEqualTo("expiring ada");
            assertThat(client.next()).isEqualTo(new JdkClient.Closed(4401, "session expired"));
            awaitEnd();
            application.awaitNoConnections();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ws/async/", "/ws/sync/"})
    void renewsWithATokenOfTheSameUserOnly(String path) {
        try (RunningApplication application = start("channels.websocket.lease-grace = 10ms")) {
            JdkClient client = JdkClient.connect(application.ws(path + "?user=ada&millis=30000"));
            assertThat(client.next()).isEqualTo("expiring ada");

            assertThat(client.send("broken").next()).isEqualTo("renewed false");
            assertThat(client.send("ada").next()).isEqualTo("renewed true");
            assertThat(lease.join().end()).isEmpty();
            client.send("bob");

            assertThat(client.next()).isEqualTo(new JdkClient.Closed(4403, "token of another user"));
            application.awaitNoConnections();
        }
    }

    @Test
    void closesAConnectionWhoseConsumerIsBlocked() throws Exception {
        try (RunningApplication application = start("")) {
            JdkClient client = JdkClient.connect(application.ws("/ws/blocked/?user=ada"));
            client.send("block");

            lease.join().revoke(LOGGED_OUT);

            assertThat(client.next()).isEqualTo(new JdkClient.Closed(4401, "logged out"));
            awaitEnd();
            release.countDown();
            application.awaitNoConnections();
        }
    }

    @ParameterizedTest
    @CsvSource({"/ws/refusing/, 404", "/ws/failing/, 500", "/ws/never/, 503", "/ws/twice/, 500"})
    void endsTheLeaseOfARequestThatIsRefused(String path, int status) throws Exception {
        try (RunningApplication application = start("channels.websocket.handshake-timeout = 300ms")) {
            assertThat(application.refusal(path + "?user=ada").statusCode()).isEqualTo(status);
            // Now the application answers, too late.
            late.complete(Refusal.of(404, "not here"));
            awaitEnd();
        }
    }

    @Test
    void answers401WhenRevokedWhileTheApplicationDecides() throws Exception {
        try (RunningApplication application = RunningApplication.start(
                "",
                channels -> channels.through(
                        system -> this::leased,
                        members -> members.through(
                                system -> inner -> scope -> {
                                    lease.join().revoke(LOGGED_OUT);
                                    return inner.open(scope);
                                },
                                revoked -> revoked.websocket("ws/", Renewing::new))))) {

            assertThat(application.refusal("/ws/?user=ada").statusCode()).isEqualTo(401);
            awaitEnd();
            application.awaitNoConnections();
        }
    }

    @Test
    void survivesATaskThatThrows() {
        Lease lease = Lease.of(new Grant("ada", Optional.empty()));
        lease.onEnd(() -> {
            throw new StackOverflowError("planted");
        });

        try (RecordedLog log = new RecordedLog(Lease.class.getName())) {
            lease.ended();
            lease.ended();

            assertThat(log.soFar("Lease.onEnd(..) failed")).hasSize(1);
        }
    }

    @Test
    void failsToRenewAsTheRenewalDoes() {
        Lease fixed = Lease.of(new Grant("ada", Optional.empty()));
        Lease throwing = Lease.of(new Grant("ada", Optional.empty()), token -> {
            throw new IllegalStateException("planted");
        });

        assertThatThrownBy(() -> fixed.renew("any").toCompletableFuture().join())
                .hasRootCauseInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("pass a Renewal");
        assertThatThrownBy(() -> throwing.renew("any").toCompletableFuture().join())
                .hasRootCauseMessage("planted");
        assertThat(throwing.revocation()).isEmpty();
        assertThat(throwing.toString()).doesNotContain("ada");
    }

    private void awaitEnd() throws InterruptedException {
        assertThat(ends.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }
}
