package org.pekkochannels.testkit;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.edge.Peers;
import org.pekkochannels.edge.Reception;
import org.pekkochannels.edge.ServedApplication;

/** Connects clients to the application of one actor system without sockets. Thread-safe. */
final class InProcessNetwork implements Extension, Network {
    /** The address of every application in memory. */
    static final InetSocketAddress SERVER = new InetSocketAddress(InetAddress.getLoopbackAddress(), 80);

    private static final int FIRST_PORT = 1024;
    private static final int PORTS = 64_000;

    private final AtomicInteger connections = new AtomicInteger();
    private volatile @Nullable ServedApplication service;

    /**
     * The network of an actor system.
     *
     * @param system the system
     * @return always the same
     */
    static InProcessNetwork of(ClassicActorSystemProvider system) {
        return Id.INSTANCE.get(system);
    }

    private static final class Id extends AbstractExtensionId<InProcessNetwork> {
        static final Id INSTANCE = new Id();

        @Override
        public InProcessNetwork createExtension(ExtendedActorSystem system) {
            return new InProcessNetwork();
        }
    }

    void serve(ServedApplication application) {
        service = application;
    }

    void stopServing() {
        service = null;
    }

    @Override
    public void connect(ClientEnd client) {
        ServedApplication application = service;
        if (application == null) {
            throw new AssertionError("the application does not accept connections: it is stopping, or has stopped");
        }
        InProcessConnection connection = new InProcessConnection(
                application, new Peers(clientAddress(connections.getAndIncrement()), SERVER), client);
        client.connected(connection.link());
        connection.start(Reception.of(application, connection));
    }

    /** Each connection has another address, by which a consumer's failure is found. */
    private static InetSocketAddress clientAddress(int number) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), FIRST_PORT + number % PORTS);
    }
}
