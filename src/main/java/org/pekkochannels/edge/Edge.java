package org.pekkochannels.edge;

import java.util.concurrent.CompletionStage;

/**
 * An engine that transfers bytes between sockets and the served application; selected by {@code channels.edge}.
 *
 * <p>A custom edge is a public class with a public constructor without parameters. It listens, enforces the bounds of
 * {@link ServedApplication#settings}, and first passes the bytes of each connection to a {@link Reception}, which determines what they are.
 * Used by one server, and bound once.
 */
public interface Edge {
    /**
     * Listens on {@code channels.http.interface} and {@code channels.http.port}.
     *
     * @param service the served application
     * @return a stage of the binding; it fails if the address is not available, or with {@link com.typesafe.config.ConfigException} for an
     *     invalid setting of the edge
     */
    CompletionStage<Binding> bind(ServedApplication service);
}
