package org.pekkochannels.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.Channels;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.SyncWebSocketConsumer;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;
import org.slf4j.LoggerFactory;

/** What only this edge has: its keys, its loops. What all edges do is tested with all of them. */
class NettyEdgeTest {
    private static final class Who extends WebSocketConsumer {
        Who(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> connect() {
            return accept().thenCompose(
                            accepted -> send("on " + Thread.currentThread().getName()));
        }
    }

    private static final class Blocking extends SyncWebSocketConsumer {
        Blocking(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void connect() {
            accept();
            send("on " + Thread.currentThread().getName());
        }
    }

    /** Holds its loop until somebody has said so. */
    private static final class Holder extends WebSocketConsumer {
        static final CountDownLatch WARNED = new CountDownLatch(1);

        Holder(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> connect() {
            // It computes: what blocks may be found out by BlockHound.
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (WARNED.getCount() > 0 && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            return accept();
        }
    }

    private static RunningApplication start(String config) {
        return RunningApplication.start("channels.edge = netty\n" + config, NettyEdgeTest::endpoints);
    }

    private static Channels endpoints(Channels channels) {
        return channels.websocket("ws/who/", Who::new)
                .websocket("ws/blocking/", Blocking::new)
                .websocket("ws/holder/", Holder::new);
    }

    private static void endLeakFree(RunningApplication application) {
        application.awaitNoConnections();
        application.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "many", "1025"})
    void refusesABadNumberOfLoops(String loops) {
        assertThatThrownBy(() -> start("channels.netty.loops = " + loops)).hasMessageContaining("channels.netty.loops");
    }

    @ParameterizedTest
    @CsvSource({
        "loop, channels-loop",
        "default, channels-pekko.actor.default-dispatcher",
        "pekko.actor.default-blocking-io-dispatcher, channels-pekko.actor.default-blocking-io-dispatcher"
    })
    void runsConsumersWhereTheyAreAskedTo(String dispatcher, String thread) {
        RunningApplication application = start("channels.consumer.dispatcher = " + dispatcher);
        JdkClient client = JdkClient.connect(application.ws("/ws/who/"));

        assertThat((String) client.next()).startsWith("on " + thread);
        client.close(1000, "");
        endLeakFree(application);
    }

    @Test
    void runsAnEndpointsConsumersWhereItsSectionSays() {
        RunningApplication application = RunningApplication.start(
                "channels.edge = netty, channels.endpoints.slow.dispatcher = default",
                channels -> channels.endpoint("ws/who/", "slow", Who::new));
        JdkClient client = JdkClient.connect(application.ws("/ws/who/"));

        assertThat((String) client.next()).startsWith("on channels-pekko.actor.default-dispatcher");
        client.close(1000, "");
        endLeakFree(application);
    }

    @ParameterizedTest
    @CsvSource({
        "no-such, must be loop",
        "channels.http, must be loop",
        "channels.database.dispatcher, must not be a database's dispatcher"
    })
    void refusesADispatcherThatIsNotOneForConsumers(String path, String rule) {
        assertThatThrownBy(() -> start("channels.consumer.dispatcher = " + path))
                .hasMessageContaining("channels.consumer.dispatcher")
                .hasMessageContaining(rule)
                .hasMessageContaining(path);
    }

    @Test
    void neverRunsABlockingConsumerOnALoop() {
        RunningApplication application = start("");
        JdkClient client = JdkClient.connect(application.ws("/ws/blocking/"));

        assertThat((String) client.next()).doesNotContain("loop");
        client.close(1000, "");
        endLeakFree(application);
    }

    @Test
    void warnsOfATurnThatHoldsItsLoop() {
        AtomicReference<ILoggingEvent> warning = new AtomicReference<>();
        AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                warning.set(event);
                Holder.WARNED.countDown();
            }
        };
        Logger logger = (Logger) LoggerFactory.getLogger("org.pekkochannels.consumer.ConsumerWatch");
        appender.start();
        logger.addAppender(appender);
        RunningApplication application = start("channels.consumer.warm-up = 0s, channels.consumer.turn-warning = 20ms");

        JdkClient.connect(application.ws("/ws/holder/")).close(1000, "");

        ILoggingEvent warned = Objects.requireNonNull(warning.get());
        assertThat(warned.getFormattedMessage()).contains("Holder.connect", "channels.consumer.turn-warning");
        assertThat(warned.getThrowableProxy().getMessage()).contains("channels-loop");
        endLeakFree(application);
        logger.detachAppender(appender);
    }
}
