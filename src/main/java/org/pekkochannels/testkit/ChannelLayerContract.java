package org.pekkochannels.testkit;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.Feature;

/**
 * What every channel layer promises, as test cases. A layer is complete when its subclass of this class passes.
 *
 * <p>Each case runs over one, two and three nodes, with the sender and the receiver on the same and on different nodes. A failure names
 * the nodes and has what the layer counted. A case that needs what a layer does not have is reported as skipped.
 *
 * <p>A subclass gives the nodes with {@link #newNodes}, and the other methods where the defaults do not fit. It may add cases:
 * methods with {@link org.junit.jupiter.api.TestTemplate} and a parameter {@link LayerNodes}. One instance runs all cases, one after the
 * other; a case calls its methods on several threads.
 */
@ExtendWith(LayerCases.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.SAME_THREAD)
public abstract class ChannelLayerContract extends PresenceCases {
    /** Of groups {@code GroupName.of(KEPT, ..)}, a layer with {@link Feature#HISTORY} keeps {@value #KEPT_EVENTS} events for an hour. */
    public static final String KEPT = "kept";

    /** How many events of a group with history are kept. */
    public static final int KEPT_EVENTS = 10;

    /** Of groups {@code GroupName.of(BRIEFLY_KEPT, ..)}, it keeps as many for {@link #BRIEF_TIME}. */
    public static final String BRIEFLY_KEPT = "brief";

    /** How long events of {@link #BRIEFLY_KEPT} are kept: one second. */
    public static final Duration BRIEF_TIME = Duration.ofSeconds(1);

    /** For subclasses. */
    protected ChannelLayerContract() {}

    /**
     * Opens nodes that are connected with each other, or gives those of an earlier case again, without channels. Called before each case. A
     * layer with {@link Feature#HISTORY} keeps history for groups of {@link #KEPT} and {@link #BRIEFLY_KEPT}.
     *
     * @param count how many, one of {@link #nodeCounts}
     * @param capacity the most events that wait in a channel
     * @param expiry how long an event waits
     * @return the layer of each node
     * @throws Exception fails the case
     */
    protected abstract List<? extends ChannelLayer> newNodes(int count, int capacity, Duration expiry) throws Exception;

    /**
     * Closes a node. Called at the end of each case for each of its nodes, in some cases earlier. By default it closes a layer that is
     * {@link AutoCloseable}.
     *
     * @param node the layer of the node
     * @throws Exception fails the case
     */
    protected void close(ChannelLayer node) throws Exception {
        if (node instanceof AutoCloseable closeable) {
            closeable.close();
        }
    }

    /**
     * How many nodes the cases use. A layer within one process has 1.
     *
     * @return the numbers, of 1, 2 and 3; by default all
     */
    protected List<Integer> nodeCounts() {
        return List.of(1, 2, 3);
    }

    /**
     * Lets time pass on all nodes. By default it sleeps; a layer with a clock that the test controls moves the clock.
     *
     * @param time how long
     * @throws Exception fails the case
     */
    protected void pass(Duration time) throws Exception {
        Thread.sleep(time.toMillis());
    }

    /**
     * How long events wait in the cases where they expire. In all other cases events do not expire.
     *
     * @return the time, one second by default
     */
    protected Duration expiry() {
        return Duration.ofSeconds(1);
    }

    /**
     * How often the layer reports changes of a presence.
     *
     * @return the time, by default that of {@code channels.layer.presence.tick}, one second
     */
    protected Duration presenceTick() {
        return Duration.ofSeconds(1);
    }

    /**
     * How long a key stays present after its channel has left.
     *
     * @return the time, by default that of {@code channels.layer.presence.grace}, 15 seconds
     */
    protected Duration presenceGrace() {
        return Duration.ofSeconds(15);
    }

    /**
     * The longest time that a stage, an event or a number may take. A case waits for it only before it fails.
     *
     * @return the time, 10 seconds by default
     */
    protected Duration patience() {
        return Duration.ofSeconds(10);
    }

    /**
     * How many rounds the cases run that repeat something. A layer on a slow engine may need fewer.
     *
     * @return the number, 1000 by default
     */
    protected int rounds() {
        return 1000;
    }

    /**
     * The seed of the cases that choose at random.
     *
     * @return the seed, which a failure of such a case names
     */
    protected long seed() {
        return 1;
    }

    /**
     * Stops a node from receiving, as a slow machine or network does, while the others go on. Without it the case of a slow node is skipped.
     *
     * @param node the layer of the node
     * @return closing it lets the node receive again; empty by default
     * @throws Exception fails the case
     */
    protected Optional<AutoCloseable> pause(ChannelLayer node) throws Exception {
        return Optional.empty();
    }

    /**
     * What closed nodes have left behind: connections, subscriptions, rows, keys. Called at the end of each case, repeatedly until it is
     * empty or {@link #patience} is over.
     *
     * @return a description of each; empty by default
     * @throws Exception fails the case
     */
    protected List<String> leftovers() throws Exception {
        return List.of();
    }
}
