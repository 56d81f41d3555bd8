package org.pekkochannels.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.Event;

/** An event to a thousand members of the layer in memory, each of which takes and decodes it; per member. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class GroupBenchmark {
    private static final int MEMBERS = 1000;
    private static final ChatMessage SAID = new ChatMessage("x".repeat(50));

    private final ChannelLayer layer = ChannelLayer.inMemory(100, Duration.ofMinutes(1));
    private final List<Event> heard = new ArrayList<>(MEMBERS);
    private final List<Channel> members = new ArrayList<>(MEMBERS);
    private long letters;

    /** Opens the channels and joins them. */
    @Setup
    public void join() {
        for (int i = 0; i < MEMBERS; i++) {
            Channel member = layer.newChannel(heard::add);
            members.add(member);
            layer.groupAdd("room", member).toCompletableFuture().join();
        }
    }

    /** One event, sent, taken a thousand times and decoded. */
    @Benchmark
    @OperationsPerInvocation(MEMBERS)
    public long fanOut() {
        heard.clear();
        layer.groupSend("room", "chat.message", SAID).toCompletableFuture().join();
        for (int i = 0; i < MEMBERS; i++) {
            take(members.get(i), heard.get(i));
        }
        return letters;
    }

    private void take(Channel member, Event event) {
        if (member.take(event)) {
            letters += event.payload(ChatMessage.class).message().length();
        }
    }
}
