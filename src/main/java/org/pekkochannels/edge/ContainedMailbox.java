package org.pekkochannels.edge;

import java.util.concurrent.ForkJoinTask;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.dispatch.Envelope;
import org.apache.pekko.dispatch.Mailbox;
import org.apache.pekko.dispatch.MessageQueue;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.edge.ContainedFailures.Place;
import org.pekkochannels.tracing.ThreadContext;

/**
 * The message queue of an actor that is stopped when it throws what Pekko takes for fatal; and what executors run in the place
 * of the actor's mailbox, so that a message allocates nothing more. Thread-safe as the queue within.
 */
public final class ContainedMailbox extends ForkJoinTask<Void> implements MessageQueue, Runnable {
    private static final long serialVersionUID = 1L;

    private final transient MessageQueue queue;
    private final transient ContainedFailures failures;
    private final transient Place place;
    private transient @Nullable Mailbox mailbox;

    ContainedMailbox(MessageQueue queue, ContainedFailures failures, Place place) {
        this.queue = queue;
        this.failures = failures;
        this.place = place;
    }

    /** Sets the mailbox that runs the actor; once, before the actor starts. */
    void in(Mailbox runs) {
        mailbox = runs;
    }

    /** What an executor runs for a mailbox. */
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
     * Runs what an executor was given by a Pekko dispatcher, and stops the actor that throws. Never throws. The thread's interrupt
     * flag is cleared before and after: Pekko would take a flag that a guest's task has left for the actor's, and the next channel
     * that the thread reads would be closed. A task leaves nothing in the thread's logging context and OpenTelemetry's.
     *
     * @param task the mailbox of an actor, or a task for which the dispatcher is an {@code ExecutionContext}
     * @param failures where failures end
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
            // First, so that the actor handles as few messages as possible in a state that may be broken.
            mailbox.actor().stop();
            failures.contain(place, "the actor " + mailbox.actor().self().path(), failure);
        }
    }

    /** What Pekko's mailbox throws after a message that has left the flag; what an actor itself throws, Pekko handles. */
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

    /** Pekko's fork-join pools run a task of their kind without a wrapper. Never done, as a mailbox: it is run again. */
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
