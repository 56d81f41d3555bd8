package org.pekkochannels.layer.postgres;

import static java.util.Objects.requireNonNull;

import com.typesafe.config.Config;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.layer.ChannelBounds;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.EventTooLargeException;
import org.pekkochannels.layer.Feature;
import org.pekkochannels.layer.Gap;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.Joined;
import org.pekkochannels.layer.LayerStats;
import org.pekkochannels.layer.LocalChannels;
import org.pekkochannels.layer.Outgoing;
import org.pekkochannels.layer.Position;
import org.pekkochannels.layer.Presence;
import org.pekkochannels.layer.StoredHistory;
import org.pekkochannels.layer.TransactionalLayer;
import org.pekkochannels.metrics.instrument.Meters;
import org.pekkochannels.settings.Settings;

/**
 * The layer in a PostgreSQL database: each event is a row, which every node reads when it is committed. Thread-safe.
 *
 * <p>Events of this node take the same way as those of others, so that all channels of a group see one order. A stage of a send completes when
 * the row is committed.
 */
public final class PostgresLayer implements TransactionalLayer {
    private static final SafeLog LOG = SafeLog.of(PostgresLayer.class);

    private static final Set<Feature> FEATURES =
            Set.of(Feature.HISTORY, Feature.ORDERED, Feature.PRESENCE, Feature.TRANSACTIONAL);

    // With a database for the layer only.
    private static final Set<Feature> SEPARATE = Set.of(Feature.HISTORY, Feature.ORDERED, Feature.PRESENCE);

    private final ChannelLayer here;
    private final PostgresSettings settings;
    private final StoredHistory history;
    private final RecentHistories histories;
    private final JoinQueue joins;
    private final WriteQueue queue;
    private final Directory directory;
    private final LogHistory log;
    private final EventWriter writes;
    private final LogWriter writer;
    private final LogReader reader;
    private final Delivery delivery;

    /**
     * Called for {@code channels.layer.type = postgres}.
     *
     * @param system the actor system
     * @param settings the section {@code channels.layer}
     */
    public PostgresLayer(ExtendedActorSystem system, Settings settings) {
        this(
                settings,
                PostgresSettings.of(settings, system.settings().config()),
                system.settings().config(),
                system.dynamicAccess().classLoader(),
                new LocalChannels(system, ChannelBounds.of(settings)),
                system.dispatcher()::execute);
        PostgresMeters.watch(Meters.of(system), reader, writer, queue, delivery);
        CoordinatedShutdown.get(system)
                .addTask(CoordinatedShutdown.PhaseBeforeClusterShutdown(), "channels-layer-leave", this::leave);
    }

    PostgresLayer(
            Settings section,
            PostgresSettings settings,
            Config root,
            @Nullable ClassLoader loader,
            LocalChannels local,
            Executor executor) {
        StageCompletion completion = new StageCompletion(executor);
        this.settings = settings;
        this.here = local.layer(settings.maxEvent());
        this.history = StoredHistory.of(section, local, this::refill);
        LogStatements statements = new LogStatements(settings.schema());
        this.log = new LogHistory(statements, history);
        this.writes = new EventWriter(statements);
        this.directory = new Directory(statements, local);
        this.queue = new WriteQueue(settings.queueBytes());
        LayerConnections connections = new LayerConnections(
                PostgresSettings.writers(root, loader),
                PostgresSettings.readers(root, loader),
                new Schema(settings.schema(), settings.create()),
                settings.sendTimeout());
        this.histories = new RecentHistories(statements, history, connections.ticker());
        this.joins = new JoinQueue(histories, history);
        LogPresence presence =
                new LogPresence(local.presenceExchange(), statements, queue, local.node(), connections.ticker());
        this.writer = new LogWriter(connections, statements, directory, presence, local, queue, completion);
        this.delivery = new Delivery(statements, local, history, histories, directory, presence);
        this.reader = new LogReader(
                connections,
                statements,
                new Feed(statements, delivery, local, connections.ticker()),
                joins,
                this::begin,
                completion);
        local.onNamesChanged(this::namesChanged);
        presence.begin();
        if (!settings.shared()) {
            LOG.info(
                    "channels.layer.postgres.url names a database for the layer only: nothing is atomic, events after a"
                            + " commit are sent once it has succeeded");
        }
        writer.start();
        reader.start();
    }

    private void namesChanged() {
        directory.namesChanged();
        queue.ring();
    }

    private void refill(GroupName group, Channel channel, Position before) {
        joins.refill(group, channel, before);
        queue.ring();
    }

    /** Begins the histories of groups, and wakes the reader then. */
    private void begin(List<GroupName> groups) {
        CompletableFuture<Boolean> begun = queue.request(connection -> {
            log.begin(connection, groups);
            queue.ring();
            return true;
        });
        requireNonNull(begun); // the channels wait on if it fails, for the next attempt
    }

    /** Rows that this node could not deliver. */
    long skipped() {
        return delivery.skipped();
    }

    /** How often this node has read the history of a group. */
    long historyReads() {
        return histories.reads();
    }

    /** Writes what waits, and takes leave of the other nodes. */
    CompletionStage<Done> leave() {
        return writer.close().thenCombine(reader.close(), (written, read) -> Done.getInstance());
    }

    @Override
    public CompletionStage<Done> started() {
        return reader.started().thenCombine(writer.started(), (reads, writes) -> Done.getInstance());
    }

    @Override
    public CompletionStage<Done> ready() {
        return reader.ready();
    }

    @Override
    public Set<Feature> features() {
        return settings.shared() ? FEATURES : SEPARATE;
    }

    @Override
    public int maxEvent() {
        return settings.maxEvent();
    }

    @Override
    public boolean sharesDatabase() {
        return settings.shared();
    }

    @Override
    public void publish(Connection transaction, List<Outgoing> events) throws SQLException {
        if (!events.isEmpty()) {
            writes.write(transaction, rows(events));
        }
    }

    @Override
    public boolean publishAndCommit(Connection transaction, List<Outgoing> events) throws SQLException {
        if (events.isEmpty()) {
            return false;
        }
        writes.writeAndCommit(transaction, rows(events));
        return true;
    }

    private List<LogEvent> rows(List<Outgoing> events) {
        return events.stream()
                .map(event -> toGroup(event.group(), event.excluded(), event.event()))
                .toList();
    }

    @Override
    public void published() {
        queue.ring();
    }

    @Override
    public Channel newChannel(Consumer<Event> receiver) {
        return here.newChannel(receiver);
    }

    @Override
    public Channel newChannel(String name, Consumer<Event> receiver) {
        return here.newChannel(name, receiver);
    }

    @Override
    public Event event(String type, Object payload) {
        return here.event(type, payload);
    }

    @Override
    public CompletionStage<Done> send(String channel, Event event) {
        Optional<String> node = LocalChannels.nodeOf(channel).or(() -> directory.next(channel));
        return node.isEmpty()
                ? here.send(channel, event)
                : send(new LogEvent(node.get(), channel, null, required(event), null));
    }

    private CompletionStage<Done> send(LogEvent event) {
        try {
            EventTooLargeException.require(event.event(), settings.maxEvent());
        } catch (EventTooLargeException e) {
            return CompletableFuture.failedFuture(e);
        }
        return queue.send(event);
    }

    private static Event required(Event event) {
        return requireNonNull(event, "the event that is sent must not be null");
    }

    @Override
    public CompletionStage<Done> groupSend(GroupName group, Event event) {
        return send(toGroup(group, null, required(event)));
    }

    @Override
    public CompletionStage<Done> groupSendExcept(GroupName group, String excluded, Event event) {
        requireNonNull(excluded, "the name of the excluded channel must not be null");
        Optional<String> checked = LocalChannels.nodeOf(excluded);
        return send(toGroup(group, checked.isPresent() ? excluded : null, required(event)));
    }

    private LogEvent toGroup(GroupName group, @Nullable String excluded, Event event) {
        requireNonNull(group, "the name of a group must not be null");
        return new LogEvent(null, group.value(), excluded, event, log.ttlMillis(group));
    }

    @Override
    public CompletionStage<Done> groupAdd(GroupName group, Channel channel) {
        return here.groupAdd(group, channel);
    }

    @Override
    public CompletionStage<Joined> groupAdd(GroupName group, Channel channel, Position since) {
        if (!keepsHistory(group)) {
            return here.groupAdd(group, channel, since);
        }
        history.require(requireNonNull(channel, "the channel that joins a group must not be null"));
        requireNonNull(since, "the position of a channel that joins must not be null; use Position.NONE");
        CompletionStage<Joined> joined = joins.join(group, channel, since);
        queue.ring();
        return joined;
    }

    @Override
    public boolean keepsHistory(GroupName group) {
        return history.keeps(requireNonNull(group, "the name of a group must not be null"));
    }

    @Override
    public CompletionStage<Position> position(GroupName group) {
        return keepsHistory(group)
                ? queue.request(connection -> log.begun(connection, group))
                : CompletableFuture.completedFuture(Position.NONE);
    }

    @Override
    public Position position(Connection transaction, GroupName group) throws SQLException {
        return keepsHistory(group) ? log.top(transaction, group).orElse(Position.NONE) : Position.NONE;
    }

    @Override
    public CompletionStage<List<Event>> history(GroupName group, int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("the limit of a history must be at least 1, was " + limit);
        }
        return keepsHistory(group)
                ? queue.request(connection -> log.newest(connection, group, limit))
                : CompletableFuture.completedFuture(List.of());
    }

    @Override
    public AutoCloseable onGap(Consumer<Gap> listener) {
        return here.onGap(listener);
    }

    @Override
    public CompletionStage<Done> groupDiscard(GroupName group, Channel channel) {
        return here.groupDiscard(group, channel);
    }

    @Override
    public Presence presence() {
        return here.presence();
    }

    @Override
    public int localSize(GroupName group) {
        return here.localSize(group);
    }

    @Override
    public int capacity() {
        return here.capacity();
    }

    @Override
    public Duration expiry() {
        return here.expiry();
    }

    @Override
    public LayerStats stats() {
        return here.stats();
    }
}
