package org.pekkochannels.bench;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.pekkochannels.Channels;
import org.pekkochannels.concurrent.TimeSource;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.Group;
import org.pekkochannels.consumer.GroupPresence;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.GroupName;

/**
 * What very many idle sessions cost in one process: heap, the server's clock, a round of pings, and an event that all of them relay. The
 * clients are in memory ({@link MemoryEdge}), so that sockets bound nothing; all else is a server as users start it. Each step has twice
 * the sessions of the step before. What grows faster than the sessions is marked.
 *
 * <pre>{@code java -Xmx14g org.pekkochannels.bench.IdleSessions <sessions> <entries in a presence, at most 10000>}</pre>
 */
public final class IdleSessions {
    private static final int STEPS = 4;
    // Upgrades that wait for their answer at the same time.
    private static final int OPENING = 1000;
    private static final int FIRST = 10_000;
    private static final int RELAYS = 3;
    private static final int WARM_UP = 20;
    private static final Duration IDLE = Duration.ofSeconds(5);
    // The longest that the configuration allows: pings come only when the clock is moved.
    private static final Duration PING_INTERVAL = Duration.ofHours(1);
    private static final GroupName ROOM = GroupName.of("chat", "everybody");
    private static final ChatMessage MESSAGE = new ChatMessage("x".repeat(50));

    private final AtomicLong moved = new AtomicLong();
    private final ActorSystem<?> system;
    private final MemoryEdge edge;
    private final int entries;
    private int open;

    private static final class Member extends WebSocketConsumer {
        private final Group room = group(ROOM);

        Member(ConsumerContext context) {
            super(context);
            relay("chat.message");
        }

        @Override
        protected CompletionStage<?> connect() {
            return room.add().thenCompose(joined -> accept());
        }
    }

    /** A member who is also present. */
    private static final class Present extends WebSocketConsumer {
        private final Group room = group(ROOM);
        private final GroupPresence here = presence(room);

        Present(ConsumerContext context) {
            super(context);
            relay("chat.message");
        }

        @Override
        protected CompletionStage<?> connect() {
            return room.add()
                    .thenCompose(joined -> here.enter(channelName(), MESSAGE))
                    .thenCompose(entered -> accept());
        }
    }

    private IdleSessions(int sessions, int entries) {
        this.entries = entries;
        TimeSource.Replacement time =
                new TimeSource.Replacement(() -> System.nanoTime() + moved.get(), Clock.systemUTC());
        system = Adapter.toTyped(org.apache.pekko.actor.ActorSystem.create(
                "sessions", ActorSystemSetup.create(BootstrapSetup.create(config(sessions)), time)));
        Channels.in(system)
                .websocket("ws/member/", Member::new)
                .websocket("ws/present/", Present::new)
                .start();
        edge = MemoryEdge.bound();
    }

    private static Config config(int sessions) {
        // The longest timeouts: a collection stops the process for longer than the usual ones.
        return ConfigFactory.parseMap(Map.of(
                        "channels.development", "off",
                        "channels.edge", MemoryEdge.class.getName(),
                        "channels.http.access-log", "off",
                        "channels.http.max-websockets", sessions + OPENING,
                        "channels.websocket.handshake-timeout", "10m",
                        "channels.websocket.attach-timeout", "1m",
                        "channels.websocket.ping-interval", "1h",
                        "channels.websocket.pong-timeout", "1h"))
                .withFallback(Environment.read().config(1));
    }

    /**
     * Measures, and prints a table.
     *
     * @param arguments the number of sessions, and how many of them are present
     * @throws InterruptedException never, in practice
     */
    public static void main(String[] arguments) throws InterruptedException {
        int sessions = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1_000_000;
        int entries = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 0;
        new IdleSessions(sessions, entries).measure(sessions);
        Runtime.getRuntime().halt(0); // closing every session would take as long as opening it
    }

    private void measure(int sessions) throws InterruptedException {
        open(Math.min(FIRST, sessions >> STEPS)); // loads and compiles the classes
        for (int i = 0; i < WARM_UP; i++) {
            relay();
            ping();
        }
        int before = open;
        long heap = ProcessUsage.heap();
        System.out.printf("-Xmx %d MB%n", Runtime.getRuntime().maxMemory() >> 20);
        System.out.println(SessionCosts.HEAD);
        System.out.println(SessionCosts.RULE);
        List<SessionCosts> steps = new ArrayList<>();
        for (int step = STEPS - 1; step >= 0; step--) {
            steps.add(step(sessions >> step, before, heap));
            System.out.println(steps.get(steps.size() - 1));
        }
        for (int i = 1; i < steps.size(); i++) {
            System.out.println(steps.get(i).over(steps.get(i - 1)));
        }
    }

    private SessionCosts step(int sessions, int before, long heapBefore) throws InterruptedException {
        int more = sessions - open;
        ProcessUsage opening = ProcessUsage.during(() -> open(more));
        double heap = (double) (ProcessUsage.heap() - heapBefore) / (sessions - before);
        ProcessUsage idle = ProcessUsage.during(() -> Thread.sleep(IDLE.toMillis()));
        ProcessUsage ping = ProcessUsage.during(this::ping);
        ProcessUsage relay = ProcessUsage.during(this::relay);
        for (int i = 1; i < RELAYS; i++) {
            relay = relay.orFaster(ProcessUsage.during(this::relay));
        }
        return new SessionCosts(sessions, more, heap, opening, idle, ping, relay);
    }

    private void open(int sessions) throws InterruptedException {
        Semaphore room = new Semaphore(OPENING);
        CountDownLatch opened = new CountDownLatch(sessions);
        edge.onReceived(() -> {
            room.release();
            opened.countDown();
        });
        for (int i = 0; i < sessions; i++) {
            room.acquire();
            edge.connect(request(open++ < entries ? "/ws/present/" : "/ws/member/"));
        }
        opened.await();
    }

    private static byte[] request(String path) {
        return String.join(
                        "\r\n",
                        "GET " + path + " HTTP/1.1",
                        "Host: bench",
                        "Connection: Upgrade",
                        "Upgrade: websocket",
                        "Sec-WebSocket-Version: 13",
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                        "",
                        "")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** Lets an interval of pings pass at once: the server's clock finds all sessions due in one tick. */
    private void ping() throws InterruptedException {
        CountDownLatch answered = expectAll();
        moved.addAndGet(PING_INTERVAL.toNanos());
        answered.await();
    }

    /** One event, until the last client has it. */
    private void relay() throws InterruptedException {
        CountDownLatch relayed = expectAll();
        ChannelLayer.get(system)
                .groupSend(ROOM, "chat.message", MESSAGE)
                .toCompletableFuture()
                .join();
        relayed.await();
    }

    private CountDownLatch expectAll() {
        CountDownLatch received = new CountDownLatch(open);
        edge.onReceived(received::countDown);
        return received;
    }
}
