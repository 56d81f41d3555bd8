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
import org.pekkochannels.database.Deadline;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.settings.Settings;

/**
 * A group as one synchronous consumer sees it; used inside the consumer's callbacks.
 *
 * <p>Membership ends with the connection, without any doing of the consumer's.
 */
public final class SyncGroup {
    private final GroupName name;
    private final SyncWebSocketConsumer consumer;
    private final Membership membership;

    SyncGroup(GroupName name, SyncWebSocketConsumer consumer, Membership membership) {
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
     * Adds the consumer to the group, at once; once more changes nothing. Waits for the layer, at most until the callback's
     * {@code deadline}, or for {@code channels.consumer.disconnect-timeout} where it has none.
     *
     * @throws TooManyGroupsException where the consumer is in {@code channels.consumer.max-groups} groups
     * @throws GroupTimeoutException where the layer does not answer in time
     */
    public void add() {
        SyncCallback call = consumer.calls().running();
        await(call.terms(), membership.join(name));
    }

    /**
     * Removes the consumer from the group, at once. Waits for the layer, as {@link #add} does.
     *
     * @throws GroupTimeoutException where the layer does not answer in time
     */
    public void discard() {
        SyncCallback call = consumer.calls().running();
        await(call.terms(), membership.leave(name));
    }

    /**
     * Sends an event to every member when the callback has returned, and the transaction in which this was called, if it was
     * in one, has committed; the consumer too if it is one.
     *
     * @param type the event's type, which members have a handler {@code on(type, ..)} for
     * @param payload what Jackson encodes as JSON, here and now; one that cannot be encoded fails the callback
     * @throws TooMuchOutputException when too much is kept already
     */
    public void send(String type, Object payload) {
        consumer.calls().later(new Effects.GroupSend(membership.layer(), name, Event.of(type, payload)));
    }

    /** Waits, and lets a failure be what it was. */
    private void await(CallbackTerms terms, CompletionStage<Done> stage) {
        CompletableFuture<Done> answer = stage.toCompletableFuture();
        if (!answer.isDone()) {
            awaitAnswer(answer, terms);
        }
        try {
            answer.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    private void awaitAnswer(CompletableFuture<Done> answer, CallbackTerms terms) {
        Optional<Deadline> deadline = terms.deadline();
        Duration patience = deadline.map(Deadline::remaining)
                .orElse(consumer.context().settings().disconnectTimeout());
        try {
            answer.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new GroupTimeoutException(name.value(), membership.layer().getClass(), limit(deadline, patience));
        } catch (InterruptedException e) { // its database call was cut off
            throw new IllegalStateException("interrupted while the channel layer did not answer", e);
        } catch (ExecutionException | CancellationException e) {
            // What was waited for says so itself.
        }
    }

    /** Which time is over; of a deadline all of it, as what was left is the callback's own doing. */
    private static String limit(Optional<Deadline> deadline, Duration patience) {
        if (deadline.isEmpty()) {
            return "has not answered within " + Settings.written(patience) + " (channels.consumer.disconnect-timeout)";
        }
        String over = "deadline of " + Settings.written(deadline.get().budget()) + " ("
                + deadline.get().key() + ")";
        return patience.isNegative() || patience.isZero()
                ? "was asked when the callback's " + over + " was over already, and did not answer at once"
                : "has not answered by the callback's " + over;
    }
}
