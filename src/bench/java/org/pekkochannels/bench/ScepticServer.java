package org.pekkochannels.bench;

import com.typesafe.config.ConfigFactory;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.pekkochannels.Channels;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.SyncWebSocketConsumer;
import org.pekkochannels.protocol.CloseReason;

/** This library's side of {@link Sceptics}: the endpoints of {@code src/bench/python/channels_sceptics.py}, with blocking consumers as there. */
public final class ScepticServer {
    private static final List<String> JOURNAL = new CopyOnWriteArrayList<>();
    private static final String FRAME = "x".repeat(50_000);

    private ScepticServer() {}

    /**
     * Runs in the foreground until SIGTERM, at the {@code PORT} of its environment.
     *
     * @param args none
     */
    public static void main(String[] args) {
        Channels.load(ConfigFactory.parseMap(Map.of(
                                "channels.http.port",
                                Integer.valueOf(System.getenv("PORT")),
                                "channels.database.url",
                                "jdbc:h2:mem:sceptics;DB_CLOSE_DELAY=-1"))
                        .withFallback(ConfigFactory.load()))
                .websocket("ws/query", Query::new)
                .websocket("ws/echo", Echo::new)
                .websocket("ws/failing", Failing::new)
                .websocket("ws/failing-connect", FailingConnect::new)
                .websocket("ws/undecided", Undecided::new)
                .websocket("ws/leaving", Leaving::new)
                .websocket("ws/flood", Flood::new)
                .websocket("ws/journal", Journal::new)
                .start();
    }

    private static final class Query extends SyncWebSocketConsumer {
        Query(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void receive(String text) throws InterruptedException {
            TimeUnit.MILLISECONDS.sleep(500);
            send("done");
        }
    }

    private static final class Echo extends SyncWebSocketConsumer {
        Echo(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void receive(String text) {
            send(text);
        }
    }

    private static final class Failing extends SyncWebSocketConsumer {
        Failing(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void receive(String text) {
            throw new IllegalArgumentException("planted");
        }

        @Override
        protected void disconnect(CloseReason reason) {
            JOURNAL.add("failing " + reason.code());
        }
    }

    private static final class FailingConnect extends SyncWebSocketConsumer {
        FailingConnect(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void connect() {
            throw new IllegalArgumentException("planted");
        }
    }

    private static final class Undecided extends SyncWebSocketConsumer {
        Undecided(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void connect() {}
    }

    private static final class Leaving extends SyncWebSocketConsumer {
        Leaving(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void disconnect(CloseReason reason) {
            JOURNAL.add("leaving " + reason.code());
        }
    }

    private static final class Flood extends SyncWebSocketConsumer {
        Flood(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void receive(String text) {
            for (int i = 0; i < Integer.parseInt(text); i++) {
                send(FRAME);
            }
        }
    }

    private static final class Journal extends SyncWebSocketConsumer {
        Journal(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void connect() {
            accept();
            send(JOURNAL.isEmpty() ? "nothing" : String.join(", ", JOURNAL));
        }
    }
}
