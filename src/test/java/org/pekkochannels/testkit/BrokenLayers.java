package org.pekkochannels.testkit;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.LayerStats;
import org.pekkochannels.layer.LocalChannels;

/** Layers that break one promise each, in the ways in which a layer over a network may. */
final class BrokenLayers {
    // A case meets the fault, and not with its last event.
    private static final int OFTEN = 47;
    private static final int LARGE = 256 * 1024;
    private static final int LONG = 63;
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Executor LATER = CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS);

    private BrokenLayers() {}

    private static CompletionStage<Done> done() {
        return CompletableFuture.completedFuture(Done.done());
    }

    static final class Losing extends QueuedLayer {
        private final AtomicInteger transfers = new AtomicInteger();

        Losing(LocalChannels local) {
            super(local);
        }

        @Override
        void transfer(QueuedLayer to, Transfer transfer) {
            if (transfers.incrementAndGet() % OFTEN != 0) {
                super.transfer(to, transfer);
            }
        }
    }

    static final class Doubling extends QueuedLayer {
        private final AtomicInteger transfers = new AtomicInteger();

        Doubling(LocalChannels local) {
            super(local);
        }

        @Override
        void transfer(QueuedLayer to, Transfer transfer) {
            super.transfer(to, transfer);
            if (transfers.incrementAndGet() % OFTEN == 0) {
                super.transfer(to, transfer);
            }
        }
    }

    /** Holds an event until the next one has overtaken it. */
    static final class Swapping extends QueuedLayer {
        private final AtomicInteger arrivals = new AtomicInteger();
        private final AtomicReference<@Nullable Transfer> held = new AtomicReference<>();

        Swapping(LocalChannels local) {
            super(local);
        }

        @Override
        void arrived(Transfer transfer) {
            if (arrivals.incrementAndGet() % OFTEN == 0 && held.compareAndSet(null, transfer)) {
                return;
            }
            super.arrived(transfer);
            Transfer overtaken = held.getAndSet(null);
            if (overtaken != null) {
                super.arrived(overtaken);
            }
        }
    }

    /** Keeps the order of groups and that of channels, but not of both together. */
    static final class Overtaking extends QueuedLayer {
        Overtaking(LocalChannels local) {
            super(local);
        }

        @Override
        public CompletionStage<Done> groupSend(GroupName group, Event event) {
            return CompletableFuture.supplyAsync(() -> super.groupSend(group, event), LATER)
                    .thenCompose(sent -> sent);
        }
    }

    static final class JoiningLate extends QueuedLayer {
        JoiningLate(LocalChannels local) {
            super(local);
        }

        @Override
        public CompletionStage<Done> groupAdd(GroupName group, Channel channel) {
            LATER.execute(() -> super.groupAdd(group, channel));
            return done();
        }
    }

    static final class LeavingLate extends QueuedLayer {
        LeavingLate(LocalChannels local) {
            super(local);
        }

        @Override
        public CompletionStage<Done> groupDiscard(GroupName group, Channel channel) {
            LATER.execute(() -> super.groupDiscard(group, channel));
            return done();
        }
    }

    static final class Keeping extends QueuedLayer {
        private final Map<GroupName, Set<String>> members = new ConcurrentHashMap<>();

        Keeping(LocalChannels local) {
            super(local);
        }

        @Override
        public CompletionStage<Done> groupAdd(GroupName group, Channel channel) {
            members.computeIfAbsent(group, name -> ConcurrentHashMap.newKeySet())
                    .add(channel.name());
            return super.groupAdd(group, channel);
        }

        @Override
        public CompletionStage<Done> groupDiscard(GroupName group, Channel channel) {
            members.getOrDefault(group, Set.of()).remove(channel.name());
            return super.groupDiscard(group, channel);
        }

        @Override
        public int localSize(GroupName group) {
            return members.getOrDefault(group, Set.of()).size();
        }
    }

    static final class Haunting extends QueuedLayer {
        private final Map<String, Consumer<Event>> receivers = new ConcurrentHashMap<>();

        Haunting(LocalChannels local) {
            super(local);
        }

        @Override
        public Channel newChannel(Consumer<Event> receiver) {
            Channel channel = super.newChannel(receiver);
            receivers.put(channel.name(), receiver);
            return channel;
        }

        @Override
        void arrived(Transfer transfer) {
            long before = local.stats().unknown();
            super.arrived(transfer);
            if (transfer.to() instanceof OneChannel channel && local.stats().unknown() > before) {
                receivers.getOrDefault(channel.name(), event -> {}).accept(transfer.event());
            }
        }
    }

    static final class CountingAll extends QueuedLayer {
        CountingAll(LocalChannels local) {
            super(local);
        }

        @Override
        public int localSize(GroupName group) {
            return nodes().stream().mapToInt(node -> node.local.members(group)).sum();
        }
    }

    static final class ExcludingOwn extends QueuedLayer {
        ExcludingOwn(LocalChannels local) {
            super(local);
        }

        @Override
        public CompletionStage<Done> groupSendExcept(GroupName group, String excluded, Event event) {
            boolean own =
                    LocalChannels.nodeOf(excluded).filter(local.node()::equals).isPresent();
            return own ? super.groupSendExcept(group, excluded, event) : groupSend(group, event);
        }
    }

    static final class ExcludingNode extends QueuedLayer {
        ExcludingNode(LocalChannels local) {
            super(local);
        }

        @Override
        void arrived(Transfer transfer) {
            boolean excluded = transfer.to() instanceof OtherMembers others
                    && LocalChannels.nodeOf(others.excluded())
                            .filter(local.node()::equals)
                            .isPresent();
            if (!excluded) {
                super.arrived(transfer);
            }
        }
    }

    static final class Reformatting extends QueuedLayer {
        Reformatting(LocalChannels local) {
            super(local);
        }

        @Override
        void transfer(QueuedLayer to, Transfer transfer) {
            super.transfer(to, new Transfer(transfer.to(), transfer.type(), reformatted(transfer.json())));
        }

        private static byte[] reformatted(byte[] json) {
            try {
                return MAPPER.writeValueAsBytes(MAPPER.readTree(json));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Changes the names of groups in the same way wherever they occur. */
    private abstract static class Renaming extends QueuedLayer {
        private final UnaryOperator<String> renamed;

        Renaming(LocalChannels local, UnaryOperator<String> renamed) {
            super(local);
            this.renamed = renamed;
        }

        private GroupName renamed(GroupName group) {
            return new GroupName(renamed.apply(group.value()));
        }

        @Override
        public CompletionStage<Done> groupAdd(GroupName group, Channel channel) {
            return super.groupAdd(renamed(group), channel);
        }

        @Override
        public CompletionStage<Done> groupDiscard(GroupName group, Channel channel) {
            return super.groupDiscard(renamed(group), channel);
        }

        @Override
        public CompletionStage<Done> groupSend(GroupName group, Event event) {
            return super.groupSend(renamed(group), event);
        }
    }

    static final class Cutting extends Renaming {
        Cutting(LocalChannels local) {
            super(local, name -> name.substring(0, Math.min(name.length(), LONG)));
        }
    }

    static final class IgnoringCase extends Renaming {
        IgnoringCase(LocalChannels local) {
            super(local, name -> name.toLowerCase(Locale.ROOT));
        }
    }

    static final class DroppingLarge extends QueuedLayer {
        DroppingLarge(LocalChannels local) {
            super(local);
        }

        @Override
        void transfer(QueuedLayer to, Transfer transfer) {
            if (transfer.json().length < LARGE) {
                super.transfer(to, transfer);
            }
        }
    }

    static final class AcceptingLarge extends QueuedLayer {
        AcceptingLarge(LocalChannels local) {
            super(local);
        }

        @Override
        CompletionStage<Done> send(List<? extends QueuedLayer> to, Event event, Destination destination) {
            return event.size() > maxEvent() ? done() : super.send(to, event, destination);
        }
    }

    static final class Miscounting extends QueuedLayer {
        private final String counter;

        Miscounting(LocalChannels local, String counter) {
            super(local);
            this.counter = counter;
        }

        @Override
        public LayerStats stats() {
            LayerStats right = super.stats();
            RecordComponent[] components = LayerStats.class.getRecordComponents();
            Object[] values = Stream.of(components)
                    .map(component -> component.getName().equals(counter) ? 0L : value(right, component))
                    .toArray();
            try {
                Constructor<LayerStats> constructor = LayerStats.class.getDeclaredConstructor(
                        Stream.of(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
                return constructor.newInstance(values);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }

        private static Object value(LayerStats stats, RecordComponent component) {
            try {
                return component.getAccessor().invoke(stats);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    static final class Broadcasting extends QueuedLayer {
        Broadcasting(LocalChannels local) {
            super(local);
        }

        @Override
        public CompletionStage<Done> send(String channel, Event event) {
            return send(nodes(), event, new OneChannel(channel));
        }
    }

    static final class SendingToEachOfAName extends QueuedLayer {
        SendingToEachOfAName(LocalChannels local) {
            super(local);
        }

        @Override
        List<? extends QueuedLayer> chosen(List<? extends QueuedLayer> nodesOfName) {
            return nodesOfName;
        }
    }

    static final class NeverSent extends QueuedLayer {
        NeverSent(LocalChannels local) {
            super(local);
        }

        @Override
        public CompletionStage<Done> send(String channel, Event event) {
            CompletionStage<Done> sent = super.send(channel, event);
            return sent.thenCompose(done -> new CompletableFuture<>());
        }
    }

    static final class NeverDiscarded extends QueuedLayer {
        NeverDiscarded(LocalChannels local) {
            super(local);
        }

        @Override
        public CompletionStage<Done> groupDiscard(GroupName group, Channel channel) {
            return super.groupDiscard(group, channel).thenCompose(done -> new CompletableFuture<>());
        }
    }

    static final class Accepting extends QueuedLayer {
        Accepting(LocalChannels local) {
            super(local);
        }

        @Override
        public CompletionStage<Done> send(String channel, Event event) {
            try {
                return super.send(channel, event);
            } catch (IllegalArgumentException e) {
                return CompletableFuture.failedFuture(e);
            }
        }
    }

    /** Sends an event to the next node when the node before has taken it. */
    static final class Waiting extends QueuedLayer {
        private final Semaphore arrived = new Semaphore(0);

        Waiting(LocalChannels local) {
            super(local);
        }

        @Override
        void transfer(QueuedLayer to, Transfer transfer) {
            super.transfer(to, transfer);
            try {
                ((Waiting) to).arrived.acquire();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        void arrived(Transfer transfer) {
            super.arrived(transfer);
            arrived.release();
        }
    }

    /** Leaves its threads running, until the test stops them. */
    static final class Unstoppable extends QueuedLayer {
        private static final Queue<QueuedLayer> RUNNING = new ConcurrentLinkedQueue<>();

        Unstoppable(LocalChannels local) {
            super(local);
        }

        @Override
        public void close() {
            RUNNING.add(this);
        }

        static void stopAll() {
            for (QueuedLayer layer = RUNNING.poll(); layer != null; layer = RUNNING.poll()) {
                layer.stop();
            }
        }
    }
}
