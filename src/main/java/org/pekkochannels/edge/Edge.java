package org.pekkochannels.edge;

import java.util.concurrent.CompletionStage;

/**
 * An engine that moves bytes between sockets and what is served; chosen by {@code channels.edge}.
 *
 * <p>One of one's own is a public class with a public constructor without parameters. It listens, keeps the bounds of
 * {@link ServedApplication#settings}, and gives the bytes of each connection to a {@link Reception} first, which finds out what is to
 * become of it. Used by one server, and bound once.
 */
public interface Edge {
    /**
     * Listens on {@code channels.http.interface} and {@code channels.http.port}.
     *
     * @param service what is served
     * @return a stage of what is bound; it fails where the address cannot be had, or with
     *     {@link com.typesafe.config.ConfigException} for a setting of the edge's own
     */
    CompletionStage<Binding> bind(ServedApplication service);
}
