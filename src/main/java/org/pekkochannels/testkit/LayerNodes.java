package org.pekkochannels.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.ToLongFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.LayerStats;
import org.pekkochannels.settings.Settings;

/**
 * The nodes of one case of {@link ChannelLayerContract}: those that send and receive, and what they count meanwhile.
 *
 * <p>Methods that wait fail with an {@link AssertionError} after {@link ChannelLayerContract#patience}. Thread-safe.
 */
public final class LayerNodes {
    /** The type of events where it has no meaning. */
    static final String TYPE = "chat.message";

    private static final Pattern NOT_ZERO = Pattern.compile("=[1-9]");

    private final ChannelLayerContract contract;
    private final Placement placement;
    private final List<ChannelLayer> nodes;
    private final List<LayerStats> before;
    private final Collection<Channel> channels = new ConcurrentLinkedQueue<>();
    private final Collection<ChannelLayer> closed = new ConcurrentLinkedQueue<>();
    // Nodes and their engine may be those of an earlier case.
    private final String unique = UUID.randomUUID().toString().substring(0, 13);

    private LayerNodes(ChannelLayerContract contract, Placement placement, List<? extends ChannelLayer> nodes) {
        this.contract = contract;
        this.placement = placement;
        this.nodes = List.copyOf(nodes);
        this.before = nodes.stream().map(ChannelLayer::stats).toList();
    }

    static LayerNodes open(ChannelLayerContract contract, Placement placement, int capacity, Duration expiry) {
        List<? extends ChannelLayer> nodes = opened(contract, placement.nodes(), capacity, expiry);
        assertEquals(placement.nodes(), nodes.size(), "the number of nodes that newNodes has opened");
        assertEquals(nodes.size(), Set.copyOf(nodes).size(), "the number of different nodes that newNodes has opened");
        return new LayerNodes(contract, placement, nodes);
    }

    private static List<? extends ChannelLayer> opened(
            ChannelLayerContract contract, int count, int capacity, Duration expiry) {
        try {
            return contract.newNodes(count, capacity, expiry);
        } catch (Exception e) {
            throw new IllegalStateException("newNodes failed for " + count + " nodes", e);
        }
    }

    /**
     * The layers of all nodes.
     *
     * @return the layers
     */
    public List<ChannelLayer> all() {
        return nodes;
    }

    /**
     * The layer of the node that sends.
     *
     * @return the layer
     */
    public ChannelLayer sender() {
        return nodes.get(placement.sender());
    }

    /**
     * The layer of the node that receives; the sender's in some runs.
     *
     * @return the layer
     */
    public ChannelLayer receiver() {
        return nodes.get(placement.receiver());
    }

    /**
     * A group's name for this case only.
     *
     * @param name the name's begin
     * @return the name
     */
    public String group(String name) {
        return name + "-" + unique;
    }

    /**
     * Opens a channel on the receiver's node, closed after the case.
     *
     * @param groups the groups that it joins
     * @return the channel
     */
    public ChannelProbe probe(String... groups) {
        return probeOn(receiver(), groups);
    }

    /**
     * Opens a channel, closed after the case.
     *
     * @param node the layer of its node
     * @param groups the groups that it joins
     * @return the channel
     */
    public ChannelProbe probeOn(ChannelLayer node, String... groups) {
        ChannelProbe probe = new ChannelProbe(node, patience());
        channels.add(probe.channel());
        for (String group : groups) {
            done(node.groupAdd(group, probe.channel()));
        }
        return probe;
    }

    /** Opens a channel that takes its events, closed after the case. */
    Reader reader(ChannelLayer node, String... groups) {
        Reader reader = new Reader(node, node::newChannel);
        channels.add(reader.channel);
        for (String group : groups) {
            done(node.groupAdd(group, reader.channel));
        }
        return reader;
    }

    /** Opens a channel with a chosen name that takes its events, closed after the case. */
    Reader named(ChannelLayer node, String name) {
        Reader reader = new Reader(node, receiver -> node.newChannel(name, receiver));
        channels.add(reader.channel);
        return reader;
    }

    /**
     * Sends texts from the sender's node to a channel, and waits for the stages.
     *
     * @param to the channel
     * @param texts the payloads
     */
    public void send(ChannelProbe to, String... texts) {
        for (String text : texts) {
            done(sender().send(to.name(), Event.of(TYPE, text)));
        }
    }

    /**
     * Sends texts from the sender's node to a group, and waits for the stages.
     *
     * @param group the group's name
     * @param texts the payloads
     */
    public void groupSend(String group, String... texts) {
        for (String text : texts) {
            done(sender().groupSend(group, TYPE, text));
        }
    }

    /**
     * Fails if an event has arrived that the case has not waited for, or arrives before what every node sends now.
     *
     * @param probe the channel
     * @throws InterruptedException if the thread is interrupted
     */
    public void expectNothing(ChannelProbe probe) throws InterruptedException {
        probe.expectNothing(nodes.stream().filter(node -> !closed.contains(node)));
    }

    /**
     * Waits for a stage.
     *
     * @param <T> the type of its value
     * @param stage the stage
     * @return its value; the failure is an {@link AssertionError} with the stage's failure as its cause
     */
    public <T> T done(CompletionStage<T> stage) {
        try {
            return await(stage);
        } catch (ExecutionException e) {
            return fail("a stage failed", e.getCause());
        }
    }

    /**
     * Waits for a stage that must fail.
     *
     * @param <T> the type of the failure
     * @param type the type of the failure
     * @param stage the stage
     * @return the failure
     */
    public <T extends Throwable> T failure(Class<T> type, CompletionStage<?> stage) {
        try {
            return fail("expected a stage that fails with " + type.getName() + ", its value was " + await(stage));
        } catch (ExecutionException e) {
            return type.isInstance(e.getCause())
                    ? type.cast(e.getCause())
                    : fail("expected a stage that fails with " + type.getName(), e.getCause());
        }
    }

    /** Waits for a stage that may fail; true if it has a value. */
    boolean ended(CompletionStage<?> stage) {
        try {
            await(stage);
            return true;
        } catch (ExecutionException e) {
            return false;
        }
    }

    private <T> T await(CompletionStage<T> stage) throws ExecutionException {
        try {
            return stage.toCompletableFuture().get(patience().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return fail("a stage did not complete within " + Settings.written(patience()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return fail("the case was interrupted", e);
        }
    }

    /**
     * Waits until a node has counted so much since the case began.
     *
     * @param expected the number
     * @param what the name of the counter, for the message
     * @param counter the counter
     * @param node the layer of the node
     */
    public void expectCount(long expected, String what, ToLongFunction<LayerStats> counter, ChannelLayer node) {
        int index = nodes.indexOf(node);
        Eventually.equal(
                expected, () -> since(counter, index), patience(), () -> "'" + what + "' as counted by node " + index);
    }

    /**
     * Waits until all nodes together have counted so much since the case began.
     *
     * @param expected the number
     * @param what the name of the counter, for the message
     * @param counter the counter
     */
    public void expectCountOfAll(long expected, String what, ToLongFunction<LayerStats> counter) {
        Eventually.equal(
                expected, () -> ofAll(counter), patience(), () -> "'" + what + "' as counted by all nodes together");
    }

    private long ofAll(ToLongFunction<LayerStats> counter) {
        return IntStream.range(0, nodes.size())
                .mapToLong(i -> since(counter, i))
                .sum();
    }

    private long since(ToLongFunction<LayerStats> counter, int index) {
        return counter.applyAsLong(nodes.get(index).stats()) - counter.applyAsLong(before.get(index));
    }

    /**
     * Lets time pass on all nodes.
     *
     * @param time how long
     * @throws Exception fails the case
     */
    public void pass(Duration time) throws Exception {
        contract.pass(time);
    }

    /**
     * Closes a node before the case ends.
     *
     * @param node the layer of the node
     * @throws Exception fails the case
     */
    public void close(ChannelLayer node) throws Exception {
        if (!closed.contains(node)) {
            closed.add(node);
            contract.close(node);
        }
    }

    Duration patience() {
        return contract.patience();
    }

    int rounds() {
        return contract.rounds();
    }

    ChannelLayerContract contract() {
        return contract;
    }

    /** Closes everything. What is left behind then fails the case. */
    void end() throws Exception {
        try {
            channels.forEach(Channel::close);
            nodes.stream().filter(node -> !closed.contains(node)).forEach(this::expectEmpty);
            nodes.stream().filter(node -> !closed.contains(node)).forEach(this::expectAllCounted);
        } finally {
            for (ChannelLayer node : nodes) {
                close(node);
            }
        }
        Eventually.equal(List.of(), contract::leftovers, patience(), () -> "what closed nodes have left behind");
    }

    private void expectEmpty(ChannelLayer node) {
        Eventually.equal(
                "0 channels, 0 groups, 0 members",
                () -> content(node.stats()),
                patience(),
                () -> "what node " + nodes.indexOf(node) + " has when all channels of the case are closed");
    }

    /** Each event that arrived for a channel has been delivered, or dropped for one reason. */
    private void expectAllCounted(ChannelLayer node) {
        Eventually.equal(
                0L,
                () -> node.stats().arrived() - ended(node.stats()),
                patience(),
                () -> "events that node " + nodes.indexOf(node)
                        + " has counted as arrived, and not as delivered or dropped");
    }

    private static long ended(LayerStats stats) {
        return stats.delivered() + stats.full() + stats.expired() + stats.superseded() + stats.unknown();
    }

    private static String content(LayerStats stats) {
        return "%d channels, %d groups, %d members".formatted(stats.channels(), stats.groups(), stats.members());
    }

    /** The nodes of the case, and what each has counted. */
    @Override
    public String toString() {
        return IntStream.range(0, nodes.size())
                .mapToObj(i -> System.lineSeparator() + "node " + i + " counted " + counted(nodes.get(i))
                        + earlier(before.get(i)))
                .collect(Collectors.joining("", placement.toString(), ""));
    }

    // A layer that fails here must not hide the failure of the case.
    private static String counted(ChannelLayer node) {
        try {
            return node.stats().toString();
        } catch (RuntimeException e) {
            return "nothing: " + e;
        }
    }

    private static String earlier(LayerStats before) {
        return NOT_ZERO.matcher(before.toString()).find() ? ", and in earlier cases " + before : "";
    }
}
