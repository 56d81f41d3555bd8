package org.pekkochannels.consumer;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.Done;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.database.Deadline;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.settings.Settings;

/**
 * A group as one synchronous consumer sees it. Use it inside the consumer's callbacks.
 *
 * <p>Membership ends automatically with the connection.
 */
public final class SyncGroup {
    private final GroupName name;
    private final SyncConsumer consumer;
    private final Membership membership;

    SyncGroup(GroupName name, SyncConsumer consumer, Membership membership) {
        this.name = name;
        this.consumer = consumer;
        this.membership = membership;
    }

    /**
     * The group's name.
     *
     * @return the name
     */
    public GroupName name() {
        return name;
    }

    /**
     * Adds the consumer to the group at once. Has no effect if it is a member already. Waits for the layer, at most until the callback's
     * {@code deadline}, or for {@code channels.consumer.disconnect-timeout} if it has none.
     *
     * @throws TooManyGroupsException if the consumer is in {@code channels.consumer.max-groups} groups
     * @throws GroupTimeoutException if the layer does not answer in time
     */
    public void add() {
        SyncCallback call = consumer.calls().running();
        await(call.options(), membership.join(name));
    }

    /**
     * Removes the consumer from the group at once. Waits for the layer, like {@link #add}.
     *
     * @throws GroupTimeoutException if the layer does not answer in time
     */
    public void discard() {
        SyncCallback call = consumer.calls().running();
        await(call.options(), membership.leave(name));
    }

    /**
     * Sends an event to every member, including the consumer if it is a member. The event leaves when the callback has returned and the
     * transaction of this call, if any, has committed.
     *
     * @param type the event's type, for which members have a handler {@code on(type, ..)}
     * @param payload a value that Jackson encodes as JSON during the call; a payload that cannot be encoded fails the callback
     * @throws TooMuchOutputException if too much output is kept already
     */
    public void send(String type, Object payload) {
        send(type, payload, null);
    }

    /**
     * Sends an event to every member but the consumer itself, like {@link #send}.
     *
     * @param type the event's type, for which members have a handler {@code on(type, ..)}
     * @param payload a value that Jackson encodes as JSON during the call; a payload that cannot be encoded fails the callback
     * @throws TooMuchOutputException if too much output is kept already
     */
    public void sendToOthers(String type, Object payload) {
        send(type, payload, membership);
    }

    /**
     * The current number of the group's members on this node, including the consumer if it is one. May be called from any thread.
     *
     * @return the number, which may have changed when the caller reads it
     */
    public int localSize() {
        return membership.localSize(name);
    }

    private void send(String type, Object payload, @Nullable Membership excluded) {
        consumer.calls()
                .later(new Effects.GroupSend(
                        membership.layer(), name, consumer.context().event(type, payload), excluded));
    }

    /** Waits for the stage; the stage itself reports its failure. */
    private void await(CallbackOptions options, CompletionStage<Done> stage) {
        CompletableFuture<Done> answer = stage.toCompletableFuture();
        if (!answer.isDone()) {
            awaitAnswer(answer, options);
        }
        try {
            answer.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    private void awaitAnswer(CompletableFuture<Done> answer, CallbackOptions options) {
        Optional<Deadline> deadline = options.deadline();
        Duration patience = deadline.map(Deadline::remaining)
                .orElse(consumer.context().settings().disconnectTimeout());
        try {
            answer.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new GroupTimeoutException(name.value(), membership.layer().getClass(), limit(deadline, patience));
        } catch (InterruptedException e) { // the callback's database call was cut off
            throw new IllegalStateException("interrupted while the channel layer did not answer", e);
        } catch (ExecutionException | CancellationException e) {
            // The awaited stage reports the failure itself.
        }
    }

    /** Names the time limit that has passed. For a deadline it is the whole deadline, because the callback itself has used the rest. */
    private static String limit(Optional<Deadline> deadline, Duration patience) {
        if (deadline.isEmpty()) {
            return "has not answered within " + Settings.written(patience) + " (channels.consumer.disconnect-timeout)";
        }
        String over = "deadline of " + Settings.written(deadline.get().budget()) + " ("
                + deadline.get().key() + ")";
        return patience.isNegative() || patience.isZero()
                ? "was called after the callback's " + over + " had passed, and did not answer at once"
                : "has not answered by the callback's " + over;
    }
}
