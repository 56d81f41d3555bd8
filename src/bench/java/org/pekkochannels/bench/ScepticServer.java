package org.pekkochannels.bench;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.pekkochannels.Channels;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.SyncGroup;
import org.pekkochannels.consumer.SyncWebSocketConsumer;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.protocol.CloseReason;

/** This library's side of {@link Sceptics}: the endpoints of {@code src/bench/python/channels_sceptics.py}, with blocking consumers as there. */
public final class ScepticServer {
    private static final List<String> JOURNAL = new CopyOnWriteArrayList<>();
    private static final String FRAME = "x".repeat(50_000);

    // With PostgreSQL, if there is one: then the layer is that of several nodes.
    private static final Config CONFIG = ConfigFactory.parseString(
                    System.getenv("DATABASE_URL") == null
                            ? "channels.database.url = \"jdbc:h2:mem:sceptics;DB_CLOSE_DELAY=-1\""
                            : "channels.layer { type = postgres, postgres.create = on }")
            .withFallback(Environment.read().config(8));

    private ScepticServer() {}

    /**
     * Runs in the foreground until SIGTERM, at the {@code PORT} of its environment.
     *
     * @param args none
     */
    public static void main(String[] args) {
        Channels.load(CONFIG)
                .websocket("ws/query", Query::new)
                .websocket("ws/echo", Echo::new)
                .websocket("ws/failing", Failing::new)
                .websocket("ws/failing-connect", FailingConnect::new)
                .websocket("ws/undecided", Undecided::new)
                .websocket("ws/leaving", Leaving::new)
                .websocket("ws/flood", Flood::new)
                .websocket("ws/async-echo", AsyncEcho::new)
                .websocket("ws/closing", Closing::new)
                .websocket("ws/member", Member::new)
                .websocket("ws/readers", Readers::new)
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

    private static final class AsyncEcho extends WebSocketConsumer {
        AsyncEcho(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return send(text);
        }
    }

    private static final class Closing extends SyncWebSocketConsumer {
        Closing(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void receive(String text) {
            close(4001, "planted");
        }
    }

    private static final class Member extends SyncWebSocketConsumer {
        private final SyncGroup group = group("sceptics");

        Member(ConsumerContext context) {
            super(context);
            on("said", String.class, this::send);
        }

        @Override
        protected void connect() {
            group.add();
            accept();
        }

        @Override
        protected void receive(String text) {
            group.send("said", text);
        }

        @Override
        protected void disconnect(CloseReason reason) {
            JOURNAL.add("member " + reason.code());
        }
    }

    private static final class Readers extends SyncWebSocketConsumer {
        Readers(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void receive(String text) throws InterruptedException {
            send(TwoReaders.observe(CONFIG, channelLayer(), Integer.parseInt(text)));
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
