package org.pekkochannels.bench;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.pekkochannels.Channels;
import org.pekkochannels.ChannelsServer;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WorkerConsumer;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.Event;

/** Two nodes with a worker of one name, and a third that sends to it. */
final class TwoReaders implements AutoCloseable {
    private static final String NAME = "sceptics-job";

    private final Map<Integer, AtomicInteger> received = new ConcurrentHashMap<>();
    private final ChannelsServer first;
    private final ChannelsServer second;

    private TwoReaders(Config config) {
        Config anyPort = ConfigFactory.parseString("channels.http.port = 0").withFallback(config);
        first = Channels.load(anyPort).worker(NAME, Job::new).start();
        second = Channels.load(anyPort).worker(NAME, Job::new).start();
    }

    private final class Job extends WorkerConsumer {
        Job(ConsumerContext context) {
            super(context);
            on("job", Integer.class, this::handle);
        }

        private CompletionStage<?> handle(int number) {
            received.computeIfAbsent(number, unknown -> new AtomicInteger()).incrementAndGet();
            return done();
        }
    }

    static String observe(Config config, ChannelLayer sender, int messages) throws InterruptedException {
        try (TwoReaders readers = new TwoReaders(config)) {
            return readers.observe(sender, messages);
        }
    }

    private String observe(ChannelLayer sender, int messages) throws InterruptedException {
        CompletableFuture.allOf(IntStream.range(0, messages)
                        .mapToObj(number ->
                                sender.send(NAME, Event.of("job", number)).toCompletableFuture())
                        .toArray(CompletableFuture[]::new))
                .join();
        for (int before = -1; before != sum(); ) {
            before = sum();
            TimeUnit.SECONDS.sleep(2);
        }
        long twice = received.values().stream().filter(count -> count.get() > 1).count();
        return twice + " received twice, " + (messages - received.size()) + " lost";
    }

    private int sum() {
        return received.values().stream().mapToInt(AtomicInteger::get).sum();
    }

    @Override
    public void close() {
        first.stop().toCompletableFuture().join();
        second.stop().toCompletableFuture().join();
    }
}
