package org.pekkochannels.layer;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.pekkochannels.settings.Settings;

/** A transactional layer that writes the types of events into the table {@code published}, and delivers the others in memory. */
public final class TableLayer implements TransactionalLayer {
    /** How often a transaction was told to have committed. */
    public final AtomicInteger bells = new AtomicInteger();
    /** What the next calls of {@link #publish} throw. */
    public final LinkedBlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();

    private final ChannelLayer memory;

    public TableLayer(ExtendedActorSystem system, Settings settings) {
        memory = new LocalChannels(Adapter.toTyped(system), ChannelBounds.of(settings)).layer(maxEvent());
    }

    @Override
    public boolean sharesDatabase() {
        return true;
    }

    @Override
    public void publish(Connection transaction, List<Outgoing> events) throws SQLException {
        Throwable planted = failures.poll();
        if (planted != null) {
            fail(planted);
        }
        try (PreparedStatement insert =
                transaction.prepareStatement("insert into published (batch, type, excluded) values (?, ?, ?)")) {
            for (Outgoing outgoing : events) {
                insert.setInt(1, events.size());
                insert.setString(2, outgoing.event().type());
                insert.setString(3, outgoing.excluded());
                insert.executeUpdate();
            }
        }
    }

    private static void fail(Throwable planted) throws SQLException {
        if (planted instanceof Error error) {
            throw error;
        }
        if (planted instanceof RuntimeException failure) {
            throw failure;
        }
        throw (SQLException) planted;
    }

    @Override
    public void published() {
        bells.incrementAndGet();
    }

    @Override
    public int maxEvent() {
        return 1000;
    }

    @Override
    public Channel newChannel(Consumer<Event> receiver) {
        return memory.newChannel(receiver);
    }

    @Override
    public Channel newChannel(String name, Consumer<Event> receiver) {
        return memory.newChannel(name, receiver);
    }

    @Override
    public Event event(String type, Object payload) {
        return memory.event(type, payload);
    }

    @Override
    public CompletionStage<Done> send(String channel, Event event) {
        return memory.send(channel, event);
    }

    @Override
    public CompletionStage<Done> groupAdd(GroupName group, Channel channel) {
        return memory.groupAdd(group, channel);
    }

    @Override
    public CompletionStage<Done> groupDiscard(GroupName group, Channel channel) {
        return memory.groupDiscard(group, channel);
    }

    @Override
    public CompletionStage<Done> groupSend(GroupName group, Event event) {
        return memory.groupSend(group, event);
    }

    @Override
    public CompletionStage<Done> groupSendExcept(GroupName group, String excluded, Event event) {
        return memory.groupSendExcept(group, excluded, event);
    }

    @Override
    public int localSize(GroupName group) {
        return memory.localSize(group);
    }

    @Override
    public int capacity() {
        return memory.capacity();
    }

    @Override
    public Duration expiry() {
        return memory.expiry();
    }

    @Override
    public LayerStats stats() {
        return memory.stats();
    }
}
