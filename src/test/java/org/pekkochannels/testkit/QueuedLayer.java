package org.pekkochannels.testkit;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.pekko.Done;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.EventTooLargeException;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.LayerStats;
import org.pekkochannels.layer.LocalChannels;

/**
 * A layer over the nodes of one process, as simple as one over a network may be: each event is transferred as bytes to every node, and
 * delivered there to the members. A node sends on one thread, and receives on another.
 */
class QueuedLayer implements ChannelLayer, AutoCloseable {
    /** An event on its way from one node to another. */
    @SuppressWarnings("ArrayRecordComponent") // not compared
    record Transfer(Destination to, String type, byte[] json) {
        Event event() {
            return Event.ofJson(type, json);
        }
    }

    /** What an event is for. */
    sealed interface Destination {}

    /** One channel. */
    record OneChannel(String name) implements Destination {}

    /** All members of a group. */
    record Members(GroupName group) implements Destination {}

    /** All members of a group but one. */
    record OtherMembers(GroupName group, String excluded) implements Destination {}

    final LocalChannels local;
    private final BlockingQueue<Runnable> outgoing = new LinkedBlockingQueue<>();
    private final BlockingQueue<Transfer> incoming = new LinkedBlockingQueue<>();
    private final AtomicInteger turn = new AtomicInteger();
    private final Semaphore running = new Semaphore(1);
    private final List<Thread> threads;
    private volatile List<? extends QueuedLayer> nodes = List.of(this);

    QueuedLayer(LocalChannels local) {
        this.local = local;
        this.threads = List.of(
                new Thread(this::sendAll, "queued-layer-sends"), new Thread(this::receiveAll, "queued-layer-receives"));
    }

    /** Connects nodes with each other, and starts them. */
    static <T extends QueuedLayer> List<T> connect(List<T> nodes) {
        for (T node : nodes) {
            ((QueuedLayer) node).nodes = nodes;
        }
        nodes.forEach(node -> ((QueuedLayer) node).threads.forEach(Thread::start));
        return nodes;
    }

    private void sendAll() {
        untilInterrupted(() -> outgoing.take().run());
    }

    private void receiveAll() {
        untilInterrupted(() -> {
            Transfer transfer = incoming.take();
            running.acquire();
            try {
                arrived(transfer);
            } finally {
                running.release();
            }
        });
    }

    /** One step of a thread's work. */
    private interface Step {
        void run() throws InterruptedException;
    }

    private static void untilInterrupted(Step step) {
        try {
            while (true) {
                step.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    List<? extends QueuedLayer> nodes() {
        return nodes;
    }

    /** Delivers an event of another node, or of this one. */
    void arrived(Transfer transfer) {
        Event event = transfer.event();
        if (transfer.to() instanceof OneChannel channel) {
            local.deliver(channel.name(), event);
        } else if (transfer.to() instanceof OtherMembers others) {
            local.deliverToGroupExcept(others.group(), others.excluded(), event);
        } else if (transfer.to() instanceof Members members) {
            local.deliverToGroup(members.group(), event);
        }
    }

    /** Transfers an event to a node. */
    void transfer(QueuedLayer to, Transfer transfer) {
        to.incoming.add(transfer);
    }

    @Override
    public Channel newChannel(Consumer<Event> receiver) {
        return local.open(receiver);
    }

    @Override
    public Channel newChannel(String name, Consumer<Event> receiver) {
        return local.open(name, receiver);
    }

    @Override
    public CompletionStage<Done> send(String channel, Event event) {
        Optional<String> node = LocalChannels.nodeOf(channel);
        List<? extends QueuedLayer> to = nodes.stream()
                .filter(other -> node.map(other.local.node()::equals)
                        .orElseGet(() -> other.local.names().contains(channel)))
                .toList();
        return to.isEmpty() ? unknown(channel, event) : send(chosen(to), event, new OneChannel(channel));
    }

    /** The node itself counts an event for a channel that does not exist, and knows the failure. */
    private CompletionStage<Done> unknown(String channel, Event event) {
        return local.deliver(channel, event)
                .<CompletionStage<Done>>map(CompletableFuture::failedFuture)
                .orElse(CompletableFuture.completedFuture(Done.done()));
    }

    /** Of the nodes that have channels of a name, one in turn. */
    List<? extends QueuedLayer> chosen(List<? extends QueuedLayer> nodesOfName) {
        return List.of(nodesOfName.get(Math.floorMod(turn.getAndIncrement(), nodesOfName.size())));
    }

    @Override
    public CompletionStage<Done> groupSend(GroupName group, Event event) {
        return send(nodes, event, new Members(group));
    }

    @Override
    public CompletionStage<Done> groupSendExcept(GroupName group, String excluded, Event event) {
        LocalChannels.nodeOf(excluded);
        return send(nodes, event, new OtherMembers(group, excluded));
    }

    CompletionStage<Done> send(List<? extends QueuedLayer> to, Event event, Destination destination) {
        try {
            EventTooLargeException.require(event, maxEvent());
        } catch (EventTooLargeException e) {
            return CompletableFuture.failedFuture(e);
        }
        Transfer transfer = new Transfer(destination, event.type(), event.jsonBytes());
        CompletableFuture<Done> sent = new CompletableFuture<>();
        outgoing.add(() -> {
            to.forEach(node -> transfer(node, transfer));
            sent.complete(Done.done());
        });
        return sent;
    }

    @Override
    public CompletionStage<Done> groupAdd(GroupName group, Channel channel) {
        local.join(group, channel);
        return CompletableFuture.completedFuture(Done.done());
    }

    @Override
    public CompletionStage<Done> groupDiscard(GroupName group, Channel channel) {
        local.leave(group, channel);
        return CompletableFuture.completedFuture(Done.done());
    }

    @Override
    public int localSize(GroupName group) {
        return local.members(group);
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
    public LayerStats stats() {
        return local.stats();
    }

    /** Lets what arrives wait until the result is closed. */
    AutoCloseable pause() {
        running.acquireUninterruptibly();
        return running::release;
    }

    @Override
    public void close() {
        stop();
    }

    final void stop() {
        threads.forEach(Thread::interrupt);
        threads.forEach(QueuedLayer::join);
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
