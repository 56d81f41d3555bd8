package org.pekkochannels.layer.postgres;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.Joined;
import org.pekkochannels.layer.Position;

/** A channel that takes each event at once. */
final class Received implements AutoCloseable {
    private final Queue<Event> taken = new ConcurrentLinkedQueue<>();
    private final Queue<Event> gaps = new ConcurrentLinkedQueue<>();
    private final Channel channel;
    private final PostgresLayer node;

    Received(PostgresLayer node) {
        this.node = node;
        channel = node.newChannel(this::take);
    }

    static Received of(PostgresLayer node, GroupName... groups) throws Exception {
        Received received = new Received(node);
        for (GroupName group : groups) {
            node.groupAdd(group, received.channel).toCompletableFuture().get(30, TimeUnit.SECONDS);
        }
        return received;
    }

    private void take(Event event) {
        if (channel.take(event)) {
            (event.isMark() ? gaps : taken).add(event);
        }
    }

    Channel channel() {
        return channel;
    }

    Joined join(GroupName group, Position since) throws Exception {
        return node.groupAdd(group, channel, since).toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    List<Event> events() {
        return List.copyOf(taken);
    }

    int gaps() {
        return gaps.size();
    }

    List<String> texts() {
        return taken.stream().map(event -> event.payload(String.class)).toList();
    }

    List<Long> numbers(GroupName group) {
        return taken.stream()
                .filter(event -> event.group().filter(group::equals).isPresent())
                .map(event -> GroupPlace.of(event.position().orElseThrow())
                        .orElseThrow()
                        .number())
                .toList();
    }

    /** Waits for an event that is sent last. */
    void await(String last) throws InterruptedException {
        awaitTrue(() -> texts().contains(last));
    }

    static void awaitTrue(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            Thread.sleep(5);
        }
    }

    @Override
    public void close() {
        channel.close();
    }
}
