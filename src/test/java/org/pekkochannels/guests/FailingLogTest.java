package org.pekkochannels.guests;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;
import org.pekkochannels.protocol.Inbound;
import org.pekkochannels.protocol.Opening;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/** A logger that throws whatever it is told by the server: clients are answered, time is kept, the server stops. */
@Tag("edge")
final class FailingLogTest {
    private final RunningApplication application = RunningApplication.start(
            "channels.websocket.handshake-timeout = 300ms, channels.http.header-timeout = 300ms",
            channels -> channels.websocket("ws/echo/", Place.Echo::new)
                    .application("ws/silent/", scope -> new CompletableFuture<>())
                    .application(
                            "ws/undecided/",
                            scope -> CompletableFuture.completedFuture(new Opening.Proceed(undecided()))));
    private final FailingFilter filter = new FailingFilter();

    /** Throws for our loggers only: Pekko's own trust theirs. */
    private static final class FailingFilter extends TurboFilter {
        private final AtomicInteger thrown = new AtomicInteger();

        @Override
        public FilterReply decide(
                @Nullable Marker marker,
                Logger logger,
                Level level,
                @Nullable String format,
                Object @Nullable [] parameters,
                @Nullable Throwable failure) {
            if (format != null && logger.getName().startsWith("org.pekkochannels.")) {
                thrown.incrementAndGet();
                throw new LinkageError("planted");
            }
            return FilterReply.NEUTRAL;
        }
    }

    @AfterEach
    void stop() {
        loggers().getTurboFilterList().remove(filter);
        application.close();
    }

    /** Neither accepts nor refuses, and stops when it is told of the end. */
    private static Behavior<Inbound> undecided() {
        return Behaviors.receiveMessage(
                inbound -> inbound instanceof Inbound.Closed ? Behaviors.stopped() : Behaviors.same());
    }

    private static LoggerContext loggers() {
        return (LoggerContext) LoggerFactory.getILoggerFactory();
    }

    @Test
    void keepsNoClientFromItsAnswerAndNoTimeFromBeingKept() {
        loggers().addTurboFilter(filter);

        for (String path : new String[] {"silent", "undecided", "silent", "undecided"}) {
            assertThat(application.refusal("/ws/" + path + "/").statusCode()).isEqualTo(503);
        }
        JdkClient client = JdkClient.connect(application.ws("/ws/echo/"));
        client.send("still here");

        assertThat(client.next()).isEqualTo("still here");
        client.close(1000, "");
        application.awaitNoConnections();
        assertThat(filter.thrown).hasPositiveValue();
    }

    @Test
    void doesNotKeepTheServerFromClosingItsClients() throws Exception {
        JdkClient client = JdkClient.connect(application.ws("/ws/echo/"));
        loggers().addTurboFilter(filter);

        application.server().stop().toCompletableFuture().get(30, TimeUnit.SECONDS);

        assertThat(client.next())
                .isInstanceOf(JdkClient.Closed.class)
                .extracting("code")
                .isEqualTo(1012);
        assertThat(application.server().connections()).isZero();
    }
}
