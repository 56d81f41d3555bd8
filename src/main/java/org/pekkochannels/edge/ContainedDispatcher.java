package org.pekkochannels.edge;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Cell;
import org.apache.pekko.dispatch.Dispatcher;
import org.apache.pekko.dispatch.DispatcherPrerequisites;
import org.apache.pekko.dispatch.Dispatchers;
import org.apache.pekko.dispatch.ExecutorServiceConfigurator;
import org.apache.pekko.dispatch.ExecutorServiceFactory;
import org.apache.pekko.dispatch.Mailbox;
import org.apache.pekko.dispatch.MailboxType;
import org.apache.pekko.dispatch.MessageDispatcher;
import org.apache.pekko.dispatch.MessageDispatcherConfigurator;
import org.pekkochannels.concurrent.BorrowedThreads;
import org.pekkochannels.edge.ContainedFailures.Place;
import scala.concurrent.duration.FiniteDuration;

/**
 * A Pekko dispatcher that runs actors on the threads of another dispatcher, and stops an actor that throws an error which Pekko considers
 * fatal; Pekko's own dispatchers end the JVM then. Thread-safe.
 *
 * <p>Pekko lets neither a dispatcher nor a mailbox handle what an actor throws, and a mailbox whose task has failed in a fork-join pool
 * never runs again. The executor therefore runs a {@link ContainedMailbox} in place of each mailbox. The mailbox type cannot be set by
 * configuration, because Pekko's streams set their own.
 */
final class ContainedDispatcher extends MessageDispatcherConfigurator {
    // Has no effect: the threads belong to another dispatcher.
    private static final FiniteDuration SHUTDOWN_TIMEOUT = new FiniteDuration(1, TimeUnit.SECONDS);

    private final MessageDispatcher dispatcher;

    private ContainedDispatcher(
            Config config, DispatcherPrerequisites prerequisites, Dispatcher threads, Guests guests) {
        super(config, prerequisites);
        this.dispatcher = new Mailboxes(this, config, new Executors(config, prerequisites, threads, guests), guests);
    }

    /**
     * Which actors are contained on a dispatcher, and where their failures are reported.
     *
     * @param parent the parent of the contained actors; empty for all actors, and for tasks
     */
    private record Guests(ContainedFailures failures, Place place, Optional<ActorRef> parent) {
        boolean areAll() {
            return parent.isEmpty();
        }

        boolean include(Cell actor) {
            return areAll() || parent.filter(actor.parent()::equals).isPresent();
        }
    }

    /**
     * Adds a dispatcher to an actor system. Has no effect if it exists already with the same arguments.
     *
     * @param id the dispatcher whose threads run the actors
     * @param place what the actors are
     * @return the id of the new dispatcher; {@code id} itself if that is not a plain {@code Dispatcher}, for example a
     *     {@code PinnedDispatcher}, whose threads belong to single actors
     */
    static String over(ActorSystem system, String id, Place place) {
        Dispatchers dispatchers = system.dispatchers();
        MessageDispatcher found = dispatchers.lookup(id);
        return found.getClass() == Dispatcher.class
                ? add(
                        dispatchers,
                        "channels-" + place.tag() + "-on-" + found.id(),
                        (Dispatcher) found,
                        new Guests(ContainedFailures.of(system), place, Optional.empty()))
                : id;
    }

    /**
     * Contains the actors of one parent on a dispatcher that Pekko's code selects by an alias, which no setting replaces. Other actors on
     * that dispatcher are unaffected. Call it before the alias is first used; later calls have no effect.
     *
     * @param alias a key of the configuration whose value is the id of a dispatcher; any other is ignored, and so is one of a dispatcher
     *     that is not a plain {@code Dispatcher}
     * @param parent the parent of the actors
     * @param place what the actors are
     */
    static void inPlaceOf(ActorSystem system, String alias, ActorRef parent, Place place) {
        ConfigValue named = system.settings().config().getValue(alias);
        if (named.unwrapped() instanceof String id && system.dispatchers().lookup(id) instanceof Dispatcher threads) {
            if (threads.getClass() == Dispatcher.class) {
                add(
                        system.dispatchers(),
                        alias,
                        threads,
                        new Guests(ContainedFailures.of(system), place, Optional.of(parent)));
            }
        }
    }

    private static String add(Dispatchers dispatchers, String id, Dispatcher threads, Guests guests) {
        Config config = threads.configurator().config().withValue("id", ConfigValueFactory.fromAnyRef(id));
        dispatchers.registerConfigurator(
                id, new ContainedDispatcher(config, dispatchers.prerequisites(), threads, guests));
        return id;
    }

    @Override
    public MessageDispatcher dispatcher() {
        return dispatcher;
    }

    private static final class Mailboxes extends Dispatcher {
        private final Guests guests;

        Mailboxes(ContainedDispatcher configurator, Config config, Executors executors, Guests guests) {
            super(
                    configurator,
                    config.getString("id"),
                    executors.threads.throughput(),
                    executors.threads.throughputDeadlineTime(),
                    executors,
                    SHUTDOWN_TIMEOUT);
            this.guests = guests;
        }

        @Override
        public Mailbox createMailbox(Cell actor, MailboxType type) {
            // Streams and actors choose their type of queue, for example a bounded one; ours only wraps it.
            if (!guests.include(actor)) {
                return super.createMailbox(actor, type);
            }
            Mailbox mailbox = super.createMailbox(
                    actor,
                    (owner, system) ->
                            new ContainedMailbox(type.create(owner, system), guests.failures(), guests.place()));
            ((ContainedMailbox) mailbox.messageQueue()).in(mailbox);
            return mailbox;
        }
    }

    private static final class Executors extends ExecutorServiceConfigurator {
        private final Dispatcher threads;
        private final Guests guests;

        Executors(Config config, DispatcherPrerequisites prerequisites, Dispatcher threads, Guests guests) {
            super(config, prerequisites);
            this.threads = threads;
            this.guests = guests;
        }

        @Override
        public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory factory) {
            return () -> new Threads(threads, guests);
        }
    }

    /** The threads of the other dispatcher. Pekko shuts this executor down when it has no actor left, and creates another for the next. */
    private static final class Threads extends BorrowedThreads {
        private final Dispatcher threads;
        private final Guests guests;

        Threads(Dispatcher threads, Guests guests) {
            this.threads = threads;
            this.guests = guests;
        }

        /** Runs a mailbox, or a task for which the dispatcher is an {@code ExecutionContext}. */
        @Override
        public void execute(Runnable task) {
            threads.executorService()
                    .execute(task instanceof Mailbox mailbox ? ContainedMailbox.of(mailbox) : own(task));
        }

        /** A task has no parent: on a dispatcher that contains the actors of one parent only, it stays as it is. */
        private Runnable own(Runnable task) {
            return guests.areAll() ? () -> ContainedMailbox.run(task, guests.failures(), guests.place()) : task;
        }
    }
}
