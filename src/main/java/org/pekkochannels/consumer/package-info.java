/**
 * What users extend, and the actor that runs it.
 *
 * <p>{@link org.pekkochannels.consumer.WebSocketConsumer} is asynchronous, its callbacks return stages;
 * {@link org.pekkochannels.consumer.SyncWebSocketConsumer} is blocking, its callbacks run on the database dispatcher.
 * Both are driven by one package-private actor, which handles one event at a time: {@code ConsumerActor} decides what
 * comes next, {@code Turn} runs what other threads hand to it, {@code CallQueue} bounds their calls, {@code Outlet} remembers what has been said to the client and
 * {@code Membership} which groups were joined. {@link org.pekkochannels.consumer.AfterCommit} holds what waits for a
 * commit.
 *
 * <p>A blocking consumer asks for a transaction by a method, not by an annotation: the handlers of events are method
 * references, which hide the annotations of their methods.
 */
@NullMarked
package org.pekkochannels.consumer;

import org.jspecify.annotations.NullMarked;
