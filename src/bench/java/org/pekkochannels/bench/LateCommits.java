package org.pekkochannels.bench;

import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Handle;
import org.pekkochannels.Channels;
import org.pekkochannels.ChannelsServer;
import org.pekkochannels.consumer.AfterCommit;
import org.pekkochannels.database.Database;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.Event;

/**
 * Transactions that commit some milliseconds after they have inserted a row, so that rows become visible in another order than that of their
 * ids. A reader asks for the rows after the last id that it has seen, as many relays do; beside it, each transaction sends an event. Prints
 * as two rows of a Markdown table what either has missed.
 *
 * <p>Environment: {@code DATABASE_URL} and {@code DATABASE_USER}, of PostgreSQL.
 */
public final class LateCommits {
    private static final int WRITERS = 8;
    private static final Duration TIME = Duration.ofSeconds(5);
    private static final int LATEST_MILLIS = 10;

    private final Map<Long, AtomicInteger> heard = new ConcurrentHashMap<>();
    private final Map<Long, AtomicInteger> read = new ConcurrentHashMap<>();
    private final Database database;
    private final AfterCommit afterCommit;
    private volatile boolean committed;

    private LateCommits(ChannelsServer server) {
        database = Database.get(server.system());
        afterCommit = AfterCommit.of(server.system());
    }

    /**
     * Observes.
     *
     * @param args none
     * @throws Exception if the database does not answer
     */
    public static void main(String[] args) throws Exception {
        ChannelsServer server = Channels.load(ConfigFactory.parseString(
                                "channels { http.port = 0, development = off, layer { type = postgres, postgres.create = on } }")
                        .withFallback(Environment.read().config(WRITERS + 1)))
                .start();
        LateCommits commits = new LateCommits(server);
        ChannelLayer layer = ChannelLayer.get(server.system());
        Channel[] channel = new Channel[1];
        channel[0] = layer.newChannel(event -> commits.heard(channel[0], event));
        layer.groupAdd("late", channel[0]).toCompletableFuture().join();
        commits.run();
        System.exit(0);
    }

    private void heard(Channel channel, Event event) {
        if (channel.take(event)) {
            count(heard, event.payload(Long.class));
        }
    }

    private void run() throws Exception {
        database.useHandle(handle -> handle.execute("create table late (id bigserial primary key)"))
                .toCompletableFuture()
                .join();
        CompletableFuture<Void> reading = CompletableFuture.runAsync(this::read);
        ClosedLoop.of(WRITERS, TIME, this::commit);
        committed = true;
        reading.join();
        List<Long> ids = ids(-1);
        for (int i = 0; i < 100 && heard.size() < ids.size(); i++) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
        print("reads the rows after the last id, every 5 ms", ids, read);
        print("`sendAfterCommit` with `channels.layer.type = postgres`", ids, heard);
    }

    private CompletionStage<?> commit() {
        return database.inTransaction(handle -> {
            long id = handle.createUpdate("insert into late default values")
                    .executeAndReturnGeneratedKeys("id")
                    .mapTo(Long.class)
                    .one();
            afterCommit.groupSend(handle, "late", "row", id);
            TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextInt(LATEST_MILLIS));
            return id;
        });
    }

    private void read() {
        long last = -1;
        for (boolean lastRound = false; !lastRound; ) {
            lastRound = committed;
            for (long id : ids(last)) {
                count(read, id);
                last = id;
            }
        }
    }

    private List<Long> ids(long after) {
        return database.withHandle(handle -> after(handle, after))
                .toCompletableFuture()
                .join();
    }

    private static List<Long> after(Handle handle, long id) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(5);
        return handle.createQuery("select id from late where id > :id order by id")
                .bind("id", id)
                .mapTo(Long.class)
                .list();
    }

    private static void count(Map<Long, AtomicInteger> counts, long id) {
        counts.computeIfAbsent(id, unknown -> new AtomicInteger()).incrementAndGet();
    }

    private static void print(String name, List<Long> ids, Map<Long, AtomicInteger> counts) {
        long missed = ids.stream().filter(id -> !counts.containsKey(id)).count();
        long twice = counts.values().stream().filter(count -> count.get() > 1).count();
        System.out.printf("| %s | %d | %d | %d |%n", name, ids.size(), missed, twice);
    }
}
