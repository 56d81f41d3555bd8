package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Inbound;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.protocol.Wire;

/** The server's side of one connection, without a server: tells a consumer what happens, and keeps what it says. */
final class Door implements Wire {
    private static final long PATIENCE_SECONDS = 20;

    private final LinkedBlockingQueue<Object> said = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<Boolean> turns = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<Runnable> undrained = new LinkedBlockingQueue<>();
    private final ActorTestKit kit;
    private final ActorRef<Inbound> consumer;

    private volatile boolean reading = true;
    // Confined to the consumer's turns.
    private @Nullable Object decision;
    private volatile int maxBytes = Integer.MAX_VALUE;

    private Door(ActorTestKit kit, ActorRef<Inbound> consumer) {
        this.kit = kit;
        this.consumer = consumer;
    }

    /** A consumer that has been asked to connect, and has not answered yet. */
    static Door knock(ActorTestKit kit, Scope scope, Function<ConsumerContext, ? extends Consumer> factory) {
        return knock(kit, ConsumerBehavior.create(scope, factory));
    }

    /** The same of a behavior that runs a consumer. */
    static Door knock(ActorTestKit kit, Behavior<Inbound> behavior) {
        Door door = new Door(kit, kit.spawn(behavior));
        door.consumer.tell(new Inbound.Connect(door));
        return door;
    }

    /** A consumer that has accepted. */
    static Door open(ActorTestKit kit, Function<ConsumerContext, ? extends Consumer> factory) {
        Door door = knock(kit, Scope.of("/ws/test/"), factory);
        assertThat(door.next()).isInstanceOf(Acceptance.class);
        door.awaitCredit();
        return door;
    }

    ActorRef<Inbound> consumer() {
        return consumer;
    }

    Door tell(String... texts) {
        List<Inbound.Message> messages = Arrays.stream(texts)
                .map(text -> (Inbound.Message) new Inbound.Text(text))
                .toList();
        consumer.tell(messages.size() == 1 ? messages.get(0) : new Inbound.Batch(messages));
        return this;
    }

    void tell(byte[] bytes) {
        consumer.tell(new Inbound.Binary(bytes));
    }

    void leave(CloseReason reason, String... unread) {
        consumer.tell(new Inbound.Closed(
                Arrays.stream(unread)
                        .map(text -> (Inbound.Message) new Inbound.Text(text))
                        .toList(),
                reason));
    }

    /** What the consumer says next: a text, bytes, an acceptance, a refusal or a close reason. */
    Object next() {
        return take(said, "the consumer said nothing");
    }

    List<Object> next(int count) {
        return Stream.generate(this::next).limit(count).toList();
    }

    List<Object> saidSoFar() {
        return List.copyOf(said);
    }

    /** Waits until a turn has ended that gave the credit back. */
    void awaitCredit() {
        while (!take(turns, "the consumer did not give the credit back")) {
            // a turn that did not
        }
    }

    /** Waits until the turn has ended that is under way, or the next; it must keep the credit. */
    void awaitTurn() {
        assertThat(take(turns, "the turn did not end")).as("the credit").isFalse();
    }

    boolean hasCredit() {
        return turns.contains(true);
    }

    /** The client reads nothing from now on. */
    Door stall() {
        reading = false;
        return this;
    }

    /** So many bytes may wait for the client from now on. */
    Door holdAtMost(int bytes) {
        maxBytes = bytes;
        return this;
    }

    /** The client takes what there is as soon as the consumer waits for that, and reads nothing again. */
    void drain() {
        take(undrained, "the consumer does not wait for the client").run();
    }

    /** Waits until the consumer waits for the client. */
    void awaitUndrained() {
        undrained.add(take(undrained, "the consumer does not wait for the client"));
    }

    void awaitStop() {
        TestProbe<Object> probe = kit.createTestProbe();
        probe.expectTerminated(consumer, Duration.ofSeconds(PATIENCE_SECONDS));
    }

    @Override
    public void accept(Acceptance acceptance) {
        decide(acceptance);
        said.add(acceptance);
    }

    @Override
    public void refuse(Refusal refusal) {
        decide(refusal);
        said.add(refusal);
    }

    @Override
    public void send(String text) {
        say(text);
    }

    @Override
    public void send(byte[] bytes) {
        say(bytes);
    }

    @Override
    public void close(CloseReason reason) {
        said.add(reason);
    }

    @Override
    public int maxOutboundBytes() {
        return maxBytes;
    }

    @Override
    public void onDrained(Runnable task) {
        undrained.add(task);
    }

    @Override
    public void endTurn(boolean consumed) {
        for (Runnable task = reading ? undrained.poll() : null; task != null; task = undrained.poll()) {
            task.run();
        }
        turns.add(consumed);
    }

    private void decide(Object answer) {
        if (decision != null) {
            throw new IllegalStateException("the decision comes too late");
        }
        decision = answer;
    }

    private void say(Object message) {
        if (decision == null) {
            throw new IllegalStateException("accept the connection first");
        }
        said.add(message);
    }

    private static <T> T take(LinkedBlockingQueue<T> queue, String otherwise) {
        try {
            T taken = queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(taken).as(otherwise).isNotNull();
            return Objects.requireNonNull(taken);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
