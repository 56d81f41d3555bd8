package org.pekkochannels.edge;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * A bound server. Stops with its actor system's CoordinatedShutdown. Thread-safe.
 *
 * @see Gateway#bind
 */
public final class BoundServer {
    private final Binding binding;
    private final ServedApplication service;

    private BoundServer(Binding binding, ServedApplication service) {
        this.binding = binding;
        this.service = service;
    }

    static BoundServer started(Binding binding, ServedApplication service) {
        return new BoundServer(binding, service).joinShutdown();
    }

    /**
     * The address on which the server listens.
     *
     * @return the address, with the actual port if any free one was requested
     */
    public InetSocketAddress address() {
        return binding.address();
    }

    /**
     * The server's address as a URI for a browser.
     *
     * @return for example {@code https://127.0.0.1:8000/}, with the host of {@code channels.http.interface}; an IPv6 address is in brackets
     */
    public URI uri() {
        return service.settings().uri(address().getPort());
    }

    private BoundServer joinShutdown() {
        // Typed variables, because addTask is overloaded for Scala's functions.
        Supplier<CompletionStage<Done>> drain = this::drain;
        Supplier<CompletionStage<Done>> unbind = binding::unbind;
        CoordinatedShutdown shutdown = CoordinatedShutdown.get(service.system());
        shutdown.addTask(CoordinatedShutdown.PhaseBeforeServiceUnbind(), "channels-drain", drain);
        shutdown.addTask(CoordinatedShutdown.PhaseServiceUnbind(), "channels-unbind", unbind);
        return this;
    }

    /**
     * Continues to serve until load balancers have noticed that the server is not ready, which {@code /ready} reports from this phase on.
     */
    private CompletionStage<Done> drain() {
        ActorSystem<?> system = service.system();
        CompletableFuture<Done> over = new CompletableFuture<>();
        system.scheduler()
                .scheduleOnce(
                        service.settings().drainDelay(),
                        () -> over.complete(Done.getInstance()),
                        system.executionContext());
        return over;
    }
}
