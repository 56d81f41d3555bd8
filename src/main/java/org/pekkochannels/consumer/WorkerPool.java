package org.pekkochannels.consumer;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.DeadLetterSuppression;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.Backlog;
import org.pekkochannels.concurrent.Counted;
import org.pekkochannels.concurrent.FatalErrors;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.Event;
import org.pekkochannels.metrics.instrument.Meters;
import org.pekkochannels.protocol.CloseCode;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Inbound;
import org.pekkochannels.protocol.Scope;

/**
 * The instances of one worker, and the channel whose messages they share: each message is assigned to the instance that has been idle for
 * the longest time. So a slow message delays no other one while an instance is idle. Confined to the actor.
 *
 * <p>An instance is a consumer's actor with a {@link WorkerWire}. Its credit asks for the next message; its end, after a failure, is
 * followed by a new instance.
 *
 * <p>Not API: public only because packages differ, and may change without notice.
 *
 * @hidden
 */
@InternalApi
@SuppressWarnings("InvalidBlockTag") // Error Prone knows @hidden for members only; the doclet leaves types out too
public final class WorkerPool extends AbstractBehavior<WorkerPool.Command> {
    static final String STARTED = "started()";
    static final String STOPPED = "stopped()";

    private static final String PATH = "worker:";
    private static final SafeLog LOG = SafeLog.of(WorkerPool.class);

    private final Worker worker;
    private final Place place;
    private final ConsumerRuntime runtime;
    private final WorkerMeters meters;
    private final List<Slot> slots;
    private final Backlog<Event> waiting = new Backlog<>();
    // Assigned to an instance that has ended without beginning them.
    private final Backlog<Assigned> returned = new Backlog<>();
    private final Deque<Slot> idle = new ArrayDeque<>();
    // Null until it is open.
    private @Nullable Channel channel;
    private @Nullable CompletableFuture<Done> stopping;

    private WorkerPool(ActorContext<Command> context, Worker worker, Place place, WorkerMeters meters) {
        super(context);
        this.worker = worker;
        this.place = place;
        this.meters = meters;
        this.runtime = ConsumerRuntime.get(context.getSystem());
        this.slots =
                IntStream.range(0, worker.instances()).mapToObj(i -> new Slot()).toList();
    }

    /**
     * A worker of an application.
     *
     * @param name the name to which messages are sent
     * @param instances the number of instances
     * @param factory creates each instance
     */
    public record Worker(String name, int instances, Function<ConsumerContext, ? extends Consumer> factory) {
        /**
         * What log lines call it.
         *
         * @return the path of its instances' scope
         */
        public String path() {
            return PATH + name;
        }
    }

    /**
     * Where a worker runs.
     *
     * @param pool the properties of the pool's actor
     * @param instances the properties of the instances' actors
     * @param guard surrounds the behavior of an instance
     */
    public record Place(Props pool, Props instances, UnaryOperator<Behavior<Inbound>> guard) {}

    /** The pool's messages. */
    public sealed interface Command extends DeadLetterSuppression {}

    private record Open(Channel channel) implements Command {}

    private record Arrived(Event event) implements Command {}

    private record Ready(Slot slot, int start) implements Command {}

    private record Failed(Slot slot, int start) implements Command {}

    private record Gone(Slot slot) implements Command {}

    private record Start(Slot slot) implements Command {}

    private record Stop(CompletableFuture<Done> stopped, Duration grace) implements Command {}

    private enum Cut implements Command {
        REST
    }

    /** The place of one instance. */
    private static final class Slot {
        // Null between two instances.
        private @Nullable ActorRef<Inbound> actor;
        // The number of instances so far, because the last words of one may come after its successor's start.
        private int starts;
        // In succession, without a message handled in between.
        private int failures;
        // The message in progress.
        private @Nullable Assigned work;
    }

    /**
     * Starts a worker. When it returns, messages to its name wait for its instances.
     *
     * @param system runs the worker
     * @param worker the worker
     * @param place where it runs
     * @return its pool
     * @throws UnsupportedOperationException if the system's layer has no channels with a chosen name
     */
    public static ActorRef<Command> start(ActorSystem<?> system, Worker worker, Place place) {
        WorkerMeters meters = new WorkerMeters();
        ActorRef<Command> pool = system.systemActorOf(
                Behaviors.setup(context -> new WorkerPool(context, worker, place, meters)),
                "channels-worker-" + worker.name(),
                place.pool());
        try {
            Channel opened = ChannelLayer.get(system).newChannel(worker.name(), event -> pool.tell(new Arrived(event)));
            pool.tell(new Open(opened));
            meters.showIn(Meters.of(system), worker.name(), opened);
        } catch (Throwable e) { // of a layer
            pool.tell(new Stop(new CompletableFuture<>(), Duration.ZERO));
            throw e;
        }
        return pool;
    }

    /**
     * Closes the channel, and stops the instances after their message.
     *
     * @param pool the pool
     * @param grace how long they may take; then they are stopped
     * @return completes when all have stopped, or after the grace
     */
    public static CompletionStage<Done> stop(ActorRef<Command> pool, Duration grace) {
        CompletableFuture<Done> stopped = new CompletableFuture<>();
        pool.tell(new Stop(stopped, grace));
        return stopped;
    }

    /** The name of the worker that has this scope. */
    static String name(Scope scope) {
        return scope.path().substring(PATH.length());
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Arrived.class, this::onArrived)
                .onMessage(Ready.class, this::onReady)
                .onMessage(Failed.class, this::onFailed)
                .onMessage(Gone.class, this::onGone)
                .onMessage(Start.class, this::onStart)
                .onMessage(Open.class, this::onOpen)
                .onMessage(Stop.class, this::onStop)
                .onMessage(Cut.class, this::onCut)
                .onSignal(PostStop.class, this::onStopped)
                .build();
    }

    private Behavior<Command> onOpen(Open open) {
        channel = open.channel();
        slots.forEach(this::start);
        return this;
    }

    private Behavior<Command> onArrived(Arrived arrived) {
        if (stopping == null) {
            waiting.add(arrived.event());
            assign();
        }
        return this;
    }

    private Behavior<Command> onReady(Ready ready) {
        Slot slot = ready.slot();
        if (slot.actor != null && slot.starts == ready.start()) {
            slot.failures = slot.work == null ? slot.failures : 0;
            slot.work = null;
            idle.add(slot);
            assign();
        }
        return this;
    }

    private void assign() {
        while (!idle.isEmpty() && stopping == null) {
            Assigned work = next();
            if (work == null) {
                return;
            }
            Slot slot = idle.remove();
            slot.work = work;
            assign(requireNonNull(slot.actor), work);
        }
    }

    private @Nullable Assigned next() {
        Assigned first = returned.poll();
        while (first == null && !waiting.isEmpty()) {
            Event event = waiting.remove();
            if (requireNonNull(channel).take(event)) {
                meters.assigned();
                first = new Assigned(event);
            }
        }
        return first;
    }

    @SuppressWarnings("unchecked") // a consumer's actor takes more than Inbound
    private static void assign(ActorRef<Inbound> instance, Assigned work) {
        ((ActorRef<Object>) (ActorRef<?>) instance).tell(work);
    }

    /** The instance still runs {@code stopped}, while others receive the messages. */
    private Behavior<Command> onFailed(Failed failed) {
        if (failed.slot().starts == failed.start()) {
            idle.remove(failed.slot());
        }
        return this;
    }

    private Behavior<Command> onStart(Start start) {
        if (stopping == null) {
            start(start.slot());
        }
        return this;
    }

    private void start(Slot slot) {
        try {
            spawn(slot);
        } catch (Throwable e) {
            LOG.error("cannot start an instance of {}", worker.path(), e);
            slot.actor = null;
            replace(slot);
            FatalErrors.rethrow(e);
        }
    }

    private void spawn(Slot slot) {
        Behavior<Inbound> behavior = ConsumerBehavior.create(Scope.of(worker.path()), worker.factory());
        ActorRef<Inbound> instance = getContext().spawnAnonymous(place.guard().apply(behavior), place.instances());
        getContext().watchWith(instance, new Gone(slot));
        slot.actor = instance;
        slot.starts++;
        ActorRef<Command> self = getContext().getSelf();
        Ready ready = new Ready(slot, slot.starts);
        Failed failed = new Failed(slot, slot.starts);
        meters.started();
        instance.tell(new Inbound.Connect(
                new WorkerWire(() -> self.tell(ready), () -> self.tell(failed), runtime.maxOutboundBytes())));
    }

    private Behavior<Command> onGone(Gone gone) {
        Slot slot = gone.slot();
        slot.actor = null;
        idle.remove(slot);
        takeBack(slot);
        meters.ended();
        if (stopping == null) {
            replace(slot);
            return this;
        }
        return stopIfLast(stopping);
    }

    private void takeBack(Slot slot) {
        if (slot.work != null && !slot.work.isBegun()) {
            returned.add(slot.work);
        }
        slot.work = null;
        assign();
    }

    private void replace(Slot slot) {
        slot.failures++;
        meters.restarted();
        Duration pause = runtime.workers().backoff(slot.failures);
        LOG.debug("an instance of {} has failed, and is replaced after {}", worker.path(), pause);
        if (pause.isZero()) {
            getContext().getSelf().tell(new Start(slot));
        } else {
            getContext().scheduleOnce(pause, getContext().getSelf(), new Start(slot));
        }
    }

    private Behavior<Command> onStop(Stop stop) {
        CompletableFuture<Done> stopped = stop.stopped();
        stopping = stopped;
        close();
        CloseReason reason = CloseReason.of(CloseCode.GOING_AWAY);
        running().forEach(instance -> instance.tell(new Inbound.Closed(List.of(), reason)));
        getContext().scheduleOnce(stop.grace(), getContext().getSelf(), Cut.REST);
        return stopIfLast(stopped);
    }

    private Behavior<Command> stopIfLast(CompletableFuture<Done> stopped) {
        if (!running().isEmpty()) {
            return this;
        }
        stopped.complete(Done.getInstance());
        return Behaviors.stopped();
    }

    private Behavior<Command> onCut(Cut cut) {
        LOG.warn(
                "{} of {} did not end within channels.http.shutdown-grace, and {} stopped",
                Counted.of(running().size(), "instance"),
                worker.path(),
                running().size() == 1 ? "is" : "are");
        // Not after the instances: one that blocks its thread never ends.
        requireNonNull(stopping).complete(Done.getInstance());
        return Behaviors.stopped();
    }

    private Behavior<Command> onStopped(PostStop signal) {
        close();
        if (stopping != null) {
            stopping.complete(Done.getInstance());
        }
        return this;
    }

    private List<ActorRef<Inbound>> running() {
        List<ActorRef<Inbound>> running = new ArrayList<>();
        slots.forEach(slot -> {
            if (slot.actor != null) {
                running.add(slot.actor);
            }
        });
        return running;
    }

    /** Waiting messages are dropped and counted; later ones fail at their sender. */
    private void close() {
        waiting.clear();
        returned.clear();
        if (channel != null) {
            channel.close();
        }
    }
}
