package org.pekkochannels.bench;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.pekkochannels.consumer.ConsumerBehavior;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.protocol.Inbound;
import org.pekkochannels.protocol.Scope;

/**
 * A turn of a consumer, from the mailbox to the end of the turn, which tells it the next message; and one that waits for
 * a stage of another thread, which is brought back to the actor.
 */
@State(org.openjdk.jmh.annotations.Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TurnBenchmark {
    private static final int TURNS = 1000;
    private static final Inbound.Text MESSAGE = new Inbound.Text("x".repeat(64));

    private final Semaphore finished = new Semaphore(0);
    private final ActorSystem<Inbound> consumer =
            ActorSystem.create(ConsumerBehavior.create(Scope.of("/ws/echo"), Echo::new), "turns");
    private final ExecutorService elsewhere = Executors.newSingleThreadExecutor();
    private final ActorSystem<Inbound> waiting = ActorSystem.create(
            ConsumerBehavior.create(Scope.of("/ws/echo"), context -> new LateEcho(context, elsewhere)), "stages");

    private static final class Echo extends WebSocketConsumer {
        Echo(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return send(text);
        }
    }

    private static final class LateEcho extends WebSocketConsumer {
        private final Executor elsewhere;

        LateEcho(ConsumerContext context, Executor elsewhere) {
            super(context);
            this.elsewhere = elsewhere;
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return onTurn(CompletableFuture.supplyAsync(() -> text, elsewhere)).thenCompose(this::send);
        }
    }

    /** Gives the credit back as a message at once, until enough turns were counted. */
    private static final class PingPong extends SilentWire {
        private final ActorRef<Inbound> consumer;
        private final Semaphore finished;
        private int turns;

        PingPong(ActorRef<Inbound> consumer, Semaphore finished) {
            this.consumer = consumer;
            this.finished = finished;
        }

        @Override
        public void endTurn(boolean consumed) {
            if (consumed && turns++ % TURNS == 0) {
                finished.release();
            } else {
                consumer.tell(MESSAGE);
            }
        }
    }

    /** Connects the consumers. */
    @Setup
    public void connect() {
        connect(consumer);
        connect(waiting);
    }

    private void connect(ActorSystem<Inbound> to) {
        to.tell(new Inbound.Connect(new PingPong(to, finished)));
        finished.acquireUninterruptibly();
    }

    /** A thousand turns, one after another. */
    @Benchmark
    @OperationsPerInvocation(TURNS)
    public void turn() {
        consumer.tell(MESSAGE);
        finished.acquireUninterruptibly();
    }

    /** A thousand turns that each wait for a stage which another thread completes. */
    @Benchmark
    @OperationsPerInvocation(TURNS)
    public void stage() {
        waiting.tell(MESSAGE);
        finished.acquireUninterruptibly();
    }

    /** Ends the actor systems. */
    @TearDown
    public void stop() {
        consumer.terminate();
        waiting.terminate();
        elsewhere.shutdown();
    }
}
