package org.pekkochannels.edge;

import static java.util.Objects.requireNonNull;

import com.typesafe.config.Config;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.ConfinedFuture;
import org.pekkochannels.concurrent.Counted;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.concurrent.TimeSource;
import org.pekkochannels.edge.ContainedFailures.Place;
import org.pekkochannels.protocol.Application;
import org.pekkochannels.protocol.Opening;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.tracing.span.ThreadContext;
import org.pekkochannels.websocket.SessionSettings;
import org.pekkochannels.websocket.WebSockets;

/**
 * Answers upgrade requests: asks the application, spawns the consumer, waits for its decision. Thread-safe.
 *
 * <p>The steps of a request: take a slot; ask the application, on the thread that read the request; with its answer, have the consumer's
 * actor spawned; wait for the actor's decision. From the application's answer on, the steps may run on any thread. Each failure frees the
 * slot and answers the client, so that no request stays without an answer.
 */
final class WebSocketHandler {
    private static final SafeLog LOG = SafeLog.of(WebSocketHandler.class);
    private static final Refusal FAILED =
            Refusal.of(500, "Internal Server Error").because(Refusal.Reason.FAILURE);

    private final ContainedFailures failures;
    private final Application application;
    private final WebSockets sockets;
    private final Map<String, SessionSettings> endpoints;
    private final Placement placement;
    private final WebSocketSlots connections;
    private final int mostSubprotocols;
    private final Function<Throwable, Optional<Refusal>> expected;
    private final RefusalCounters refusals = new RefusalCounters();
    private final FullServer full = new FullServer();
    private final MisdirectedClients misdirected = new MisdirectedClients();
    private final ConsumerSpawner consumers;
    private final AccessLog accessLog;
    // Runs the continuation of an answer that is not immediate.
    private final Executor late;

    /**
     * Answers the requests of one server.
     *
     * @param expected the refusal for a failure of the application that is not a fault of its code; nothing for any other
     */
    WebSocketHandler(
            ActorSystem<?> system,
            Application application,
            WebSocketSlots connections,
            int mostSubprotocols,
            Function<Throwable, Optional<Refusal>> expected) {
        this.failures = ContainedFailures.of(system);
        this.application = application;
        this.connections = connections;
        this.mostSubprotocols = mostSubprotocols;
        this.expected = expected;
        Config config = system.settings().config();
        TimeSource time = TimeSource.of(system);
        this.accessLog = AccessLog.of(config, time.ticker());
        this.sockets = new WebSockets(SessionSettings.of(config), time.ticker(), time.clock());
        this.endpoints = SessionSettings.endpoints(config);
        this.placement = Placement.of(system);
        this.late = system.dispatchers().lookup(DispatcherSelector.defaultDispatcher());
        this.consumers = ConsumerSpawner.start(system, "channels-consumers", Placement.contained(system));
    }

    /** The refused requests, over all entry points. */
    RefusalCounters refusals() {
        return refusals;
    }

    /** Warns when the server is full. */
    FullServer full() {
        return full;
    }

    /** Logs clients that a proxy or a wrong address has misdirected. */
    MisdirectedClients misdirected() {
        return misdirected;
    }

    /** Writes the lines of clients, on all ways in. */
    AccessLog accessLog() {
        return accessLog;
    }

    /** The state that the sessions share. */
    WebSockets sockets() {
        return sockets;
    }

    /** Spawns consumers for edges without a separate spawner. */
    ConsumerSpawner consumers() {
        return consumers;
    }

    /**
     * Decides about an upgrade.
     *
     * @param unnamed the request's scope
     * @param gone completes if the client leaves before it has its answer
     * @param place spawns the consumer
     * @return a stage that does not fail
     */
    CompletionStage<Decision> open(Scope unnamed, CompletionStage<Done> gone, ConsumerSpawner place) {
        Scope scope = unnamed.named();
        AccessLog.Entry log = accessLog.entry(scope);
        if (scope.subprotocols().size() > mostSubprotocols) {
            return refuse(tooManySubprotocols(), log);
        }
        // In the slot before the application is asked: from then on the clock and a shutdown can answer, too.
        PendingOpening asking = new PendingOpening(scope, sockets);
        return connections
                .take(asking)
                .map(slot -> decide(asking, new Request(scope, gone, place, log, slot)))
                .orElseGet(() -> refuse(noRoom(scope), log));
    }

    /** Refuses a request that is not a valid handshake, without asking the application. */
    CompletionStage<Decision> refuse(Scope scope, Refusal refusal) {
        misdirected.handshakeRefused(scope, refusal);
        return refuse(refusal, accessLog.entry(scope));
    }

    private Refusal tooManySubprotocols() {
        return Refusal.of(431, "a handshake must offer at most " + Counted.of(mostSubprotocols, "subprotocol"))
                .because(Refusal.Reason.MAX_HEADER_FIELDS);
    }

    private Refusal noRoom(Scope scope) {
        Refusal refusal = connections.refusal();
        if (refusal.reason() == Refusal.Reason.MAX_WEBSOCKETS) {
            full.webSocketRefused(scope.printablePath(), connections.most());
        }
        return refusal;
    }

    /** Continues on the same thread if the application has answered within the call. */
    private CompletionStage<Decision> decide(PendingOpening asking, Request request) {
        ask(asking, request.scope());
        CompletableFuture<PendingOpening.Answer> answer = asking.answer();
        return answer.isDone()
                ? answer.thenCompose(given -> decide(request, given))
                // The continuation needs more stack than the application's thread may have left.
                : answer.thenComposeAsync(given -> decide(request, given), late);
    }

    private CompletionStage<Decision> decide(Request request, PendingOpening.Answer answer) {
        if (answer.failure() != null) {
            return failed(request, ConfinedFuture.unwrap(answer.failure()));
        }
        try {
            return answer.value() instanceof Opening.Proceed proceed
                    ? connect(request, proceed)
                    : refuse(request, refusal(answer.value()));
        } catch (Throwable failure) {
            answer.endLease();
            return failed(request, failure);
        }
    }

    /** Generics are not checked at run time, so the application's stage may have any value, or null. */
    private static Refusal refusal(@Nullable Object opening) {
        if (opening instanceof Refusal refusal) {
            return refusal;
        }
        throw new IllegalArgumentException("the stage has the value "
                + (opening == null ? "null" : "of " + opening.getClass())
                + "; complete it with an Opening.Proceed or a Refusal");
    }

    private void ask(PendingOpening asking, Scope scope) {
        // Not emptied: in the application's own server a directive may have set it for this request.
        ThreadContext outside = ThreadContext.current();
        try {
            CompletionStage<?> stage =
                    requireNonNull(application.open(scope), "it returned null; return a stage of an Opening");
            // Within the try: a custom stage may throw here, even after it has run the continuation. Only the first
            // answer
            // counts.
            stage.whenComplete(asking::answered);
        } catch (Throwable e) {
            asking.answered(null, e);
        } finally {
            ThreadReset.to(outside);
        }
    }

    /**
     * Spawns the consumer. Until its actor starts, the slot's occupant is a {@link PendingOpening} that is answered already, on which a
     * shutdown has no effect. {@code ServedWebSocket.start} passes the slot on, and {@code Slot.pass} repeats the shutdown's call then.
     */
    private CompletionStage<Decision> connect(Request request, Opening.Proceed proceed) {
        ServedWebSocket connection = new ServedWebSocket(
                request.scope(), sockets, settings(proceed), proceed.lease(), request.slot(), request.log());
        // Before the actor can run, because the future is dropped once the decision is made.
        CompletionStage<Decision> decision = connection.decision();
        request.place().spawn(connection, proceed.consumer(), placement.of(proceed.endpoint()), request.gone());
        return decision;
    }

    private SessionSettings settings(Opening.Proceed proceed) {
        return proceed.endpoint().map(this::settings).orElseGet(sockets::settings);
    }

    private SessionSettings settings(String endpoint) {
        SessionSettings own = endpoints.get(endpoint);
        if (own == null) {
            throw new IllegalStateException("endpoint '" + endpoint + "' has no section channels.endpoints." + endpoint
                    + " in the configuration; existing ones are " + endpoints.keySet());
        }
        return own;
    }

    private CompletionStage<Decision> failed(Request request, Throwable failure) {
        Optional<Refusal> refusal = expected.apply(failure);
        CompletionStage<Decision> refused = refuse(request, refusal.orElse(FAILED));
        if (refusal.isPresent()) {
            LOG.warn("the application of {} failed: {}", request.scope().printablePath(), failure.getMessage());
            return refused;
        }
        failures.contain(
                Place.APPLICATION, "the application of " + request.scope().printablePath(), failure);
        return refused;
    }

    /** The slot is free before the answer leaves, so that a client which tries again at once is not refused for its own slot. */
    private static CompletionStage<Decision> refuse(Request request, Refusal refusal) {
        request.slot().free();
        return refuse(refusal, request.log());
    }

    private static CompletionStage<Decision> refuse(Refusal refusal, AccessLog.Entry log) {
        log.refused(refusal.status());
        return Decision.refuse(refusal);
    }

    /** An upgrade request that has a slot. */
    private record Request(
            Scope scope,
            CompletionStage<Done> gone,
            ConsumerSpawner place,
            AccessLog.Entry log,
            WebSocketSlots.Slot slot) {}
}
