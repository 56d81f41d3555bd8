package org.pekkochannels.layer;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.pekkochannels.settings.Settings;

/** A transactional layer that writes the types of events into the table {@code published}, and delivers the others in memory. */
public final class TableLayer extends ForwardingLayer implements TransactionalLayer {
    private static final int MOST = 1000;

    /** How often a transaction was told to have committed. */
    public final AtomicInteger bells = new AtomicInteger();
    /** What the next calls of {@link #publish} throw. */
    public final LinkedBlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();

    public TableLayer(ExtendedActorSystem system, Settings settings) {
        super(new LocalChannels(Adapter.toTyped(system), ChannelBounds.of(settings)).layer(MOST));
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
        return MOST;
    }
}
