/**
 * For tests: an application with clients and a separate time, and the contract that every channel layer keeps.
 *
 * <p>{@link org.pekkochannels.testkit.TestApplication} starts an application and connects
 * {@link org.pekkochannels.testkit.WebSocketCommunicator}s. By default an edge without sockets serves it, and everything above the edge is
 * real: the request's reader, the sessions, middleware, routes, consumers, layer and database. The kit changes only configuration:
 * <pre>
 *   channels.edge                    -&gt; InProcessEdge: a connection is a task queue on the default dispatcher
 *   executor of each dispatcher      -&gt; CountedExecutor: Activity counts tasks that wait or run
 *   pekko.scheduler.implementation   -&gt; VirtualTime: scheduler, ticker and clock, moved by the test
 * </pre>
 *
 * <p>A mailbox with mail and a database call are tasks of an executor. So an application has nothing left to do when no task is pending and
 * no callback waits for its stage, which {@code Quiescence} decides without a hook in the consumers' code.
 *
 * <p>The package is above the root package, because it starts what {@link org.pekkochannels.Channels} assembles. JUnit is needed only by
 * the contract of layers and by annotations; an application adds {@code org.junit.jupiter:junit-jupiter} to its test dependencies for
 * them. Nothing outside this package uses JUnit.
 */
@NullMarked
package org.pekkochannels.testkit;

import org.jspecify.annotations.NullMarked;
