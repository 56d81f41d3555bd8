package org.pekkochannels.testkit;

import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.annotation.InternalApi;
import org.pekkochannels.edge.Binding;
import org.pekkochannels.edge.Edge;
import org.pekkochannels.edge.ServedApplication;

/**
 * The edge of an application under test that has no sockets: {@link InProcessNetwork} connects clients of the same process. Thread-safe.
 *
 * <p>Not API: public only because {@code channels.edge} names it.
 *
 * @hidden
 */
@InternalApi
@SuppressWarnings("InvalidBlockTag") // Error Prone knows @hidden for members only; the doclet leaves types out too
public final class InProcessEdge implements Edge {
    /** Creates an edge that does not accept connections yet. */
    public InProcessEdge() {}

    @Override
    public CompletionStage<Binding> bind(ServedApplication service) {
        InProcessNetwork network = InProcessNetwork.of(service.system());
        network.serve(service);
        return CompletableFuture.completedFuture(new Bound(network));
    }

    private record Bound(InProcessNetwork network) implements Binding {
        @Override
        public InetSocketAddress address() {
            return InProcessNetwork.SERVER;
        }

        @Override
        public CompletionStage<Done> unbind() {
            network.stopServing();
            return CompletableFuture.completedFuture(Done.getInstance());
        }
    }
}
