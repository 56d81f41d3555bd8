/**
 * The classes that applications extend, and the actor that runs them.
 *
 * <p>{@link org.pekkochannels.consumer.WebSocketConsumer} is asynchronous: its callbacks return stages.
 * {@link org.pekkochannels.consumer.SyncWebSocketConsumer} is blocking: its callbacks run on the database dispatcher.
 * {@link org.pekkochannels.consumer.WorkerConsumer} and {@link org.pekkochannels.consumer.SyncWorkerConsumer} are the same without a
 * connection. One package-private actor runs all of them, and handles one event at a time:
 * <pre>
 *   session -&gt; Text, Binary, or a Batch of up to 32 -&gt;+
 *   layer   -&gt; event of a group                     -&gt;+-&gt; ConsumerActor: one at a time, kinds alternate
 *   others  -&gt; CallQueue: bounded -&gt; TurnExecutor    -&gt;+      -&gt; Callbacks: runs one; waits for its stage
 *   callback: send, close    -&gt; Outlet -&gt; Wire: frames of the turn
 *             group(..)      -&gt; Membership -&gt; ChannelLayer
 *             database()     -&gt; database; its result is a task of the TurnExecutor
 *   end of the turn          -&gt; Wire.endTurn: flush, and credit for the next delivery
 *   WorkerPool -&gt; Assigned: one message to a worker's name; the Wire's credit asks for the next one
 *   Inbound.Closed           -&gt; remaining messages, groups left, disconnect(..) once, actor stops
 * </pre>
 *
 * <p>{@link org.pekkochannels.consumer.AfterCommit} keeps output that is sent after a commit.
 *
 * <p>A blocking consumer requests a transaction by a method, not by an annotation: handlers of events are method references, which hide the
 * annotations of their methods.
 */
@NullMarked
package org.pekkochannels.consumer;

import org.jspecify.annotations.NullMarked;
