package org.pekkochannels.layer.postgres;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.http.javadsl.server.Directives;
import org.jdbi.v3.core.Handle;
import org.pekkochannels.Channels;
import org.pekkochannels.ChannelsServer;
import org.pekkochannels.consumer.AfterCommit;
import org.pekkochannels.database.Database;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.Outgoing;

/** A node in a JVM of its own, which its parent kills: it prints {@link #READY} when it has done what it is for. */
public final class WritingNode {
    static final String READY = "ready";
    static final GroupName GROUP = GroupName.of("kept", "killed");
    private static final int WRITERS = 6;

    private WritingNode() {}

    /** What a node is for. */
    enum Work {
        /** Transactions without an end; one of three is rolled back. */
        WRITE,
        /** One transaction that is committed, and whose bell is never rung. */
        COMMIT,
        /** Ten entries of presence. */
        ENTER
    }

    /**
     * Starts it.
     *
     * @param args the database as JDBC and as platforms give it, the work, and a prefix for its texts
     * @throws Exception if it cannot be started
     */
    public static void main(String[] args) throws Exception {
        switch (Work.valueOf(args[2])) {
            case WRITE -> write(args[1], args[3]);
            case COMMIT -> commit(args[0], args[1], args[3]);
            case ENTER -> enter(args[1], args[3]);
        }
        System.out.println(READY);
        new CountDownLatch(1).await();
    }

    private static void write(String url, String prefix) {
        Config config = ConfigFactory.parseMap(Map.of(
                        "channels.http.port",
                        0,
                        "channels.database.url",
                        url,
                        "channels.layer.type",
                        "postgres",
                        "channels.layer.postgres.create",
                        "on",
                        "channels.layer.history",
                        List.of(Map.of("prefix", "kept", "size", 10, "ttl", "1h"))))
                .withFallback(ConfigFactory.load())
                .resolve();
        ChannelsServer server =
                Channels.load(config).http(system -> Directives.reject()).start();
        AtomicInteger numbers = new AtomicInteger();
        for (int i = 0; i < WRITERS; i++) {
            writeNext(Database.get(server.system()), AfterCommit.of(server.system()), prefix, numbers);
        }
    }

    private static void writeNext(Database database, AfterCommit afterCommit, String prefix, AtomicInteger numbers) {
        int number = numbers.incrementAndGet();
        database.useTransaction(handle -> say(handle, afterCommit, prefix + number, number % 3 == 0))
                .whenComplete((done, failure) -> writeNext(database, afterCommit, prefix, numbers));
    }

    private static void say(Handle handle, AfterCommit afterCommit, String text, boolean rollback) {
        handle.execute("insert into said values (?)", text);
        afterCommit.groupSend(handle, GROUP, "text", text);
        if (rollback) {
            throw new IllegalStateException("rolled back");
        }
    }

    private static void commit(String jdbcUrl, String url, String text) throws Exception {
        PostgresLayer layer = new PostgresNodes(url).open();
        try (Connection connection = DriverManager.getConnection(jdbcUrl)) {
            connection.setAutoCommit(false);
            layer.publish(connection, List.of(new Outgoing(GROUP, Event.of("text", text), null)));
            connection.commit();
        }
    }

    private static void enter(String url, String prefix) throws Exception {
        PostgresLayer layer = new PostgresNodes(url).open();
        for (int i = 0; i < 10; i++) {
            Channel channel = layer.newChannel(event -> {});
            layer.groupAdd(GROUP, channel).toCompletableFuture().get(30, TimeUnit.SECONDS);
            layer.presence()
                    .enter(GROUP, channel, prefix + i, "{}".getBytes(StandardCharsets.UTF_8))
                    .toCompletableFuture()
                    .get(30, TimeUnit.SECONDS);
        }
    }
}
