package org.pekkochannels.layer;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.Offloader;
import org.pekkochannels.concurrent.StackRoom;
import org.pekkochannels.metrics.instrument.Meters;
import org.pekkochannels.settings.Settings;

/**
 * The layer within one process: the sender's thread delivers. Thread-safe.
 *
 * <p>The exception is an event loop that sends to a large group, because the loop's other sockets would wait. The loop hands the delivery
 * to another thread. To keep the order, it hands over all further sends as well, until those are delivered. The stage completes after the
 * delivery; otherwise the next event, sent by another thread, could overtake it. At most {@link Offloader#MOST} events wait there; further
 * events are dropped and counted for each receiver as if its channel were full.
 */
final class InMemoryLayer implements ChannelLayer {
    private static final int MIN_MAX_EVENT = 1 << 10;
    private static final int MAX_MAX_EVENT = 1 << 26;
    private static final int MIN_HISTORY_BYTES = 1 << 16;
    private static final int MAX_HISTORY_BYTES = 2047 << 20;
    private static final int DEFAULT_HISTORY_BYTES = 1 << 26;

    // About 20 microseconds of a loop's time.
    private static final int MANY_MEMBERS = 256;

    private static final Set<Feature> FEATURES = Set.of(Feature.HISTORY, Feature.ORDERED, Feature.PRESENCE);

    private static final String NO_EVENT = "the event that is sent must not be null";

    private final LocalChannels local;
    private final HistoryStore history;
    private final int maxEvent;

    InMemoryLayer(LocalChannels local) {
        this(local, new HistoryStore(List.of(), DEFAULT_HISTORY_BYTES, local), DEFAULT_MAX_EVENT);
    }

    InMemoryLayer(LocalChannels local, HistoryStore history, int maxEvent) {
        this.local = local;
        this.history = history;
        this.maxEvent = maxEvent;
    }

    InMemoryLayer(ExtendedActorSystem system, Settings settings) {
        this(system, settings, new LocalChannels(system, ChannelBounds.of(settings)));
    }

    private InMemoryLayer(ExtendedActorSystem system, Settings settings, LocalChannels local) {
        this(
                local,
                new HistoryStore(
                        HistoryRule.of(settings),
                        settings.bytes("history-bytes", MIN_HISTORY_BYTES, MAX_HISTORY_BYTES),
                        local),
                settings.bytes("max-event", MIN_MAX_EVENT, MAX_MAX_EVENT));
        LayerMeters.watch(Meters.of(system), history);
    }

    @Override
    public Set<Feature> features() {
        return FEATURES;
    }

    @Override
    public int maxEvent() {
        return maxEvent;
    }

    @Override
    public Channel newChannel(Consumer<Event> receiver) {
        return local.open(requireNonNull(receiver, "the receiver of a channel must not be null"));
    }

    @Override
    public Channel newChannel(String name, Consumer<Event> receiver) {
        return local.open(name, requireNonNull(receiver, "the receiver of a channel must not be null"));
    }

    @Override
    public Event event(String type, Object payload) {
        return local.json().event(type, payload);
    }

    @Override
    public CompletionStage<Done> send(String channel, Event event) {
        if (requireNonNull(event, NO_EVENT).size() > maxEvent) {
            return tooLarge(event);
        }
        if (Thread.currentThread() instanceof Offloader.Source loop
                && !loop.offloader().isIdle()) {
            return sendLater(loop.offloader(), channel, event);
        }
        return outcome(local.deliver(channel, event));
    }

    private CompletionStage<Done> sendLater(Offloader offloader, String channel, Event event) {
        Names.checkChannel(channel);
        return offloader.isFull()
                ? outcome(Optional.of(local.drop(channel, Offloader.MOST)))
                : give(offloader, () -> local.deliver(channel, event));
    }

    private CompletionStage<Done> tooLarge(Event event) {
        return CompletableFuture.failedFuture(new EventTooLargeException(event, maxEvent));
    }

    private static CompletionStage<Done> outcome(Optional<RuntimeException> failure) {
        return failure.<CompletionStage<Done>>map(CompletableFuture::failedFuture)
                .orElseGet(InMemoryLayer::done);
    }

    private static CompletionStage<Done> give(Offloader offloader, Supplier<Optional<RuntimeException>> delivery) {
        CompletableFuture<Done> sent = new CompletableFuture<>();
        offloader.add(() -> complete(sent, delivery));
        return sent;
    }

    /** Completes the stage however the delivery ends. The failure is reported through the stage only, which the caller may ignore. */
    private static void complete(CompletableFuture<Done> sent, Supplier<Optional<RuntimeException>> delivery) {
        try {
            delivery.get().ifPresentOrElse(sent::completeExceptionally, () -> sent.complete(Done.done()));
        } catch (Throwable e) {
            sent.completeExceptionally(e);
            throw e;
        }
    }

    @Override
    public CompletionStage<Done> groupAdd(GroupName group, Channel channel) {
        local.join(named(group), requireNonNull(channel, "the channel that joins a group must not be null"));
        return done();
    }

    @Override
    public CompletionStage<Joined> groupAdd(GroupName group, Channel channel, Position since) {
        requireNonNull(channel, "the channel that joins a group must not be null");
        requireNonNull(since, "the position of a channel that joins must not be null; use Position.NONE");
        if (!history.keeps(named(group))) {
            local.rejoin(group, channel, List.of());
            return CompletableFuture.completedFuture(new Joined(Position.NONE, false));
        }
        return CompletableFuture.completedFuture(history.join(group, channel, since));
    }

    @Override
    public boolean keepsHistory(GroupName group) {
        return history.keeps(named(group));
    }

    @Override
    public CompletionStage<Position> position(GroupName group) {
        return CompletableFuture.completedFuture(keepsHistory(group) ? history.position(group) : Position.NONE);
    }

    @Override
    public CompletionStage<List<Event>> history(GroupName group, int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("the limit of a history must be at least 1, was " + limit);
        }
        return CompletableFuture.completedFuture(keepsHistory(group) ? history.newest(group, limit) : List.of());
    }

    @Override
    public AutoCloseable onGap(Consumer<Gap> listener) {
        return local.onGap(listener);
    }

    @Override
    public CompletionStage<Done> groupDiscard(GroupName group, Channel channel) {
        local.leave(named(group), requireNonNull(channel, "the channel that leaves a group must not be null"));
        return done();
    }

    @Override
    public CompletionStage<Done> groupSend(GroupName group, Event event) {
        return groupSend(group, null, event);
    }

    @Override
    public CompletionStage<Done> groupSendExcept(GroupName group, String excluded, Event event) {
        return groupSend(group, requireNonNull(excluded, "the name of the excluded channel must not be null"), event);
    }

    private CompletionStage<Done> groupSend(GroupName group, @Nullable String excluded, Event event) {
        named(group);
        if (requireNonNull(event, NO_EVENT).size() > maxEvent) {
            return tooLarge(event);
        }
        if (Thread.currentThread() instanceof Offloader.Source loop
                && (!loop.offloader().isIdle() || local.members(group) > MANY_MEMBERS)) {
            return groupSendLater(loop.offloader(), group, excluded, event);
        }
        delivery(group, excluded, event).run();
        return done();
    }

    private Runnable delivery(GroupName group, @Nullable String excluded, Event event) {
        if (!history.keeps(group)) {
            return local.delivery(group, excluded, event);
        }
        if (excluded != null) {
            Names.checkChannel(excluded);
        }
        StackRoom.require(); // an event that is kept but reaches some members only would be a hole for the others
        return () -> history.publish(group, excluded, event);
    }

    private CompletionStage<Done> groupSendLater(
            Offloader offloader, GroupName group, @Nullable String excluded, Event event) {
        if (offloader.isFull() && history.keeps(group)) {
            // Without a position, members cannot know that it is missing; its sender can.
            return outcome(Optional.of(local.drop(group.value(), Offloader.MOST)));
        }
        if (offloader.isFull()) {
            local.dropForGroup(group, excluded, Offloader.MOST);
            return done();
        }
        Runnable delivery = delivery(group, excluded, event);
        return give(offloader, () -> {
            delivery.run();
            return Optional.empty();
        });
    }

    private static GroupName named(GroupName group) {
        return requireNonNull(group, "the name of a group must not be null");
    }

    @Override
    public int localSize(GroupName group) {
        return local.members(named(group));
    }

    @Override
    public int capacity() {
        return local.capacity();
    }

    @Override
    public Duration expiry() {
        return local.expiry();
    }

    @Override
    public Presence presence() {
        return local.presence();
    }

    /** The members and presence entries of all groups. */
    LayerContents contents() {
        return local.contents();
    }

    @Override
    public LayerStats stats() {
        return local.stats();
    }

    private static CompletionStage<Done> done() {
        return CompletableFuture.completedFuture(Done.done());
    }
}
