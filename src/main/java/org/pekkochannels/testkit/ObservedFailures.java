package org.pekkochannels.testkit;

import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.actor.typed.ActorSystem;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.consumer.ConsumerActivity;
import org.pekkochannels.edge.ContainedFailures;
import org.pekkochannels.protocol.Scope;

/** The failures of an application's own code, which are the causes of a test's failures. Thread-safe. */
final class ObservedFailures {
    private final Map<InetSocketAddress, Throwable> ofConsumers = new ConcurrentHashMap<>();
    private volatile @Nullable Throwable last;

    static ObservedFailures of(ActorSystem<?> system) {
        ObservedFailures failures = new ObservedFailures();
        ConsumerActivity.of(system).onFailure(failures::add);
        ContainedFailures.of(system).observe((what, failure) -> failures.last = failure);
        return failures;
    }

    private void add(Scope scope, Throwable failure) {
        last = failure;
        scope.client().ifPresent(client -> ofConsumers.put(client, failure));
    }

    /** Forgets failures without a connection, before a request that may cause one. */
    void forgetLast() {
        last = null;
    }

    /** The last failure of any part of the application, also of a middleware, since the call of {@link #forgetLast}. */
    Optional<Throwable> last() {
        return Optional.ofNullable(last);
    }

    /** The last failure of a connection's consumer. */
    Optional<Throwable> ofConsumer(InetSocketAddress client) {
        return Optional.ofNullable(ofConsumers.get(client));
    }

    /** The address may be used by another client from now on. */
    void forget(InetSocketAddress client) {
        ofConsumers.remove(client);
    }
}
