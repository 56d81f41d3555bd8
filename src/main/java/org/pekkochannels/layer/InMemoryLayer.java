package org.pekkochannels.layer;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.Offloader;
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
    private static final int MAX_CAPACITY = 1_000_000;
    private static final Duration MIN_EXPIRY = Duration.ofMillis(100);

    // About 20 microseconds of a loop's time.
    private static final int MANY_MEMBERS = 256;

    private static final String NO_EVENT = "the event that is sent must not be null";

    private final LocalChannels local;

    InMemoryLayer(LocalChannels local) {
        this.local = local;
    }

    InMemoryLayer(ExtendedActorSystem system, Settings settings) {
        this(new LocalChannels(
                system,
                settings.integer("capacity", 1, MAX_CAPACITY),
                settings.duration("expiry", MIN_EXPIRY, LocalChannels.LONGEST_EXPIRY)));
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
        requireNonNull(event, NO_EVENT);
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
        requireNonNull(event, NO_EVENT);
        named(group);
        if (Thread.currentThread() instanceof Offloader.Source loop
                && (!loop.offloader().isIdle() || local.members(group) > MANY_MEMBERS)) {
            return groupSendLater(loop.offloader(), group, excluded, event);
        }
        local.delivery(group, excluded, event).run();
        return done();
    }

    private CompletionStage<Done> groupSendLater(
            Offloader offloader, GroupName group, @Nullable String excluded, Event event) {
        if (offloader.isFull()) {
            local.dropForGroup(group, excluded, Offloader.MOST);
            return done();
        }
        Runnable delivery = local.delivery(group, excluded, event);
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

    @Override
    public LayerStats stats() {
        return local.stats();
    }

    private static CompletionStage<Done> done() {
        return CompletableFuture.completedFuture(Done.done());
    }
}
