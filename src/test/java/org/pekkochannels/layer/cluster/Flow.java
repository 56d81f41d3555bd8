package org.pekkochannels.layer.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.GroupName;

/** Numbered events that one node sends to a group at a steady rate, while a test disturbs the nodes. */
final class Flow implements AutoCloseable {
    private final ChannelLayer from;
    private final GroupName group;
    private final long pause;
    private final Thread thread = new Thread(this::run, "flow");
    private volatile boolean ended;
    private final AtomicInteger sent = new AtomicInteger();

    Flow(ChannelLayer from, String group, int perSecond) {
        this.from = from;
        this.group = new GroupName(group);
        this.pause = TimeUnit.SECONDS.toNanos(1) / perSecond;
        thread.start();
    }

    /** What one node receives of a flow. */
    static final class Receiver {
        private final List<Integer> numbers = new ArrayList<>();
        private final ChannelLayer layer;
        private final Channel channel;

        Receiver(ChannelLayer layer, String group) {
            this.layer = layer;
            this.channel = layer.newChannel(this::receive);
            layer.groupAdd(group, channel).toCompletableFuture().join();
        }

        private synchronized void receive(Event event) {
            if (channel.take(event) && !event.isMark()) {
                numbers.add(event.payload(Integer.class));
            }
        }

        synchronized List<Integer> numbers() {
            return List.copyOf(numbers);
        }

        synchronized int last() {
            return numbers.isEmpty() ? 0 : numbers.get(numbers.size() - 1);
        }

        /** All arrived in order, none twice; returns how many of those from a number on did not. */
        int missing(int first, int last) {
            List<Integer> received = numbers().stream()
                    .filter(number -> number >= first && number <= last)
                    .toList();
            assertThat(numbers()).isSorted().doesNotHaveDuplicates();
            return last - first + 1 - received.size();
        }

        long lost() {
            return layer.stats().lost();
        }
    }

    private void run() {
        long due = System.nanoTime();
        while (!ended) {
            from.groupSend(group, Event.of("said", sent.get() + 1));
            sent.incrementAndGet();
            due += pause;
            LockSupport.parkNanos(Math.max(0, due - System.nanoTime()));
        }
    }

    /** The number of the last event that was sent. */
    int sent() {
        return sent.get();
    }

    /** Ends it, and returns the number of the last event, when that has arrived. */
    int end(Receiver... receivers) throws Exception {
        close();
        for (Receiver receiver : receivers) {
            ProxiedNodes.await("the last event arrives", () -> receiver.last() == sent.get());
        }
        return sent.get();
    }

    @Override
    public void close() {
        ended = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
