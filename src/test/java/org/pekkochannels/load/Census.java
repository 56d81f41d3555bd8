package org.pekkochannels.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.pekkochannels.protocol.CloseReason;

/** Who came and who went: every consumer that was made is to hear its end exactly once. Thread-safe. */
final class Census {
    private final Set<CountedConsumer> present = ConcurrentHashMap.newKeySet();
    private final Set<CountedConsumer> endedTwice = ConcurrentHashMap.newKeySet();
    private final AtomicInteger came = new AtomicInteger();
    private final LinkedBlockingQueue<CloseReason> ends = new LinkedBlockingQueue<>();

    void came(CountedConsumer consumer) {
        present.add(consumer);
        came.incrementAndGet();
    }

    void went(CountedConsumer consumer, CloseReason reason) {
        if (!present.remove(consumer)) {
            endedTwice.add(consumer);
        }
        ends.add(reason);
    }

    int came() {
        return came.get();
    }

    /** The next end that nobody has asked for yet. */
    CloseReason nextEnd() throws InterruptedException {
        return Objects.requireNonNull(ends.poll(60, TimeUnit.SECONDS), "nothing has ended");
    }

    boolean hasEnds() {
        return !ends.isEmpty();
    }

    void assertThatEveryoneWentOnce() {
        assertThat(present).as("consumers without disconnect").isEmpty();
        assertThat(endedTwice).as("consumers with two").isEmpty();
    }
}
