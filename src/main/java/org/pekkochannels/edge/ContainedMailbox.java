package org.pekkochannels.edge;

import java.util.concurrent.ForkJoinTask;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.dispatch.Envelope;
import org.apache.pekko.dispatch.Mailbox;
import org.apache.pekko.dispatch.MessageQueue;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.edge.ContainedFailures.Place;
import org.pekkochannels.tracing.span.ThreadContext;

/**
 * The message queue of an actor that is stopped when it throws an error which Pekko considers fatal. It is also the task that executors run
 * in place of the actor's mailbox, so that a message costs no further allocation. Thread-safe, like the wrapped queue.
 */
public final class ContainedMailbox extends ForkJoinTask<Void> implements MessageQueue, Runnable {
    private static final long serialVersionUID = 1L;

    private final transient MessageQueue queue;
    private final transient ContainedFailures failures;
    private final transient Place place;
    // Not in the constructor, because Pekko creates the queue before the mailbox.
    private transient @Nullable Mailbox mailbox;

    ContainedMailbox(MessageQueue queue, ContainedFailures failures, Place place) {
        this.queue = queue;
        this.failures = failures;
        this.place = place;
    }

    /** Sets the mailbox that runs the actor. Called once, before the actor starts. */
    void in(Mailbox runs) {
        mailbox = runs;
    }

    /** The task that an executor runs for a mailbox: the queue itself, if the mailbox was created with one of ours. */
    static Runnable of(Mailbox mailbox) {
        return mailbox.messageQueue() instanceof ContainedMailbox contained ? contained : mailbox;
    }

    @Override
    public void run() {
        Mailbox running = mailbox;
        if (running != null) {
            run(running, failures, place);
        }
    }

    /**
     * Runs a task that a Pekko dispatcher passed to an executor, and stops the actor if it throws. Never throws. The thread's interrupt
     * flag is cleared before and after. Pekko would attribute a flag left by another task to the actor, and a set flag closes the next
     * channel that the thread reads. A task leaves nothing in the thread's logging context or OpenTelemetry's.
     *
     * @param task the mailbox of an actor, or a task for which the dispatcher is an {@code ExecutionContext}
     * @param failures where failures are reported
     * @param place what the actor is
     */
    public static void run(Runnable task, ContainedFailures failures, Place place) {
        Thread.interrupted();
        // The actors of a mailbox restore their context after each message.
        ThreadContext outside = task instanceof Mailbox ? null : ThreadContext.current();
        try {
            task.run();
        } catch (Throwable failure) {
            stop(task, failure, failures, place);
        } finally {
            ThreadReset.to(outside);
        }
    }

    private static void stop(Runnable task, Throwable failure, ContainedFailures failures, Place place) {
        if (!(task instanceof Mailbox mailbox)) {
            failures.contain(place, "a task of an actor's dispatcher", failure);
        } else if (!isOfTheFlag(failure)) {
            // First, so that the actor, whose state may be broken, handles as few messages as possible.
            mailbox.actor().stop();
            failures.contain(place, "the actor " + mailbox.actor().self().path(), failure);
        }
    }

    /** The exception of Pekko's mailbox after a message that has left the flag set; Pekko handles what an actor itself throws. */
    private static boolean isOfTheFlag(Throwable failure) {
        return failure instanceof InterruptedException;
    }

    @Override
    public void enqueue(ActorRef receiver, Envelope message) {
        queue.enqueue(receiver, message);
    }

    @Override
    public @Nullable Envelope dequeue() {
        return queue.dequeue();
    }

    @Override
    public int numberOfMessages() {
        return queue.numberOfMessages();
    }

    @Override
    public boolean hasMessages() {
        return queue.hasMessages();
    }

    @Override
    public void cleanUp(ActorRef owner, MessageQueue deadLetters) {
        queue.cleanUp(owner, deadLetters);
    }

    /** Pekko's fork-join pools run a task of this kind without a wrapper. Never reported as done: like a mailbox, it runs again. */
    @Override
    protected boolean exec() {
        run();
        return false;
    }

    @Override
    public @Nullable Void getRawResult() {
        return null;
    }

    @Override
    protected void setRawResult(@Nullable Void value) {
        // A mailbox has no result.
    }
}
