package org.pekkochannels.bench;

import com.sun.management.OperatingSystemMXBean;
import com.typesafe.config.ConfigFactory;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.SpawnProtocol;
import org.pekkochannels.consumer.ConsumerBehavior;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.protocol.Inbound;
import org.pekkochannels.protocol.Scope;

/**
 * What a timer of {@code every(..)} costs: heap for each consumer, and CPU of the process, with many consumers that are idle otherwise. The
 * consumers have no sockets.
 *
 * <pre>{@code java -Xmx2g org.pekkochannels.bench.TimerLoad <consumers> <seconds of the timer, 0 for none> <seconds measured>}</pre>
 */
public final class TimerLoad {
    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final int COLLECTIONS = 4;

    private static final LongAdder RUNS = new LongAdder();

    private TimerLoad() {}

    private static final class Idle extends WebSocketConsumer {
        Idle(ConsumerContext context, Duration period) {
            super(context);
            if (!period.isZero()) {
                every(jitter(period), period, this::tick);
            }
        }

        private CompletionStage<?> tick() {
            RUNS.increment();
            return done();
        }
    }

    /** Counts the consumers that have accepted. */
    private static final class CountingWire extends SilentWire {
        private final CountDownLatch open;

        CountingWire(CountDownLatch open) {
            this.open = open;
        }

        @Override
        public void endTurn(boolean consumed) {
            if (consumed) {
                open.countDown();
            }
        }
    }

    /**
     * Measures, and prints one line.
     *
     * @param arguments the number of consumers, the period of their timers, and how long to measure
     * @throws InterruptedException never, in practice
     */
    public static void main(String[] arguments) throws InterruptedException {
        int consumers = Integer.parseInt(arguments[0]);
        Duration period = Duration.ofSeconds(Integer.parseInt(arguments[1]));
        long seconds = Long.parseLong(arguments[2]);
        ActorSystem<SpawnProtocol.Command> system =
                ActorSystem.create(SpawnProtocol.create(), "timers", ConfigFactory.load());
        open(system, 1000, period); // loads the classes
        long before = heap();
        open(system, consumers, period);
        long heap = heap() - before;
        long runs = RUNS.sum();
        long cpu = PROCESS.getProcessCpuTime();
        Thread.sleep(Duration.ofSeconds(seconds).toMillis());
        System.out.printf(
                "%d consumers, every %s: %d bytes of heap each; %.1f runs/s, %.2f %% of a CPU%n",
                consumers,
                period.isZero() ? "(none)" : period.toSeconds() + " s",
                heap / consumers,
                (RUNS.sum() - runs) / (double) seconds,
                (PROCESS.getProcessCpuTime() - cpu) / 1e7 / seconds);
        system.terminate();
    }

    private static void open(ActorSystem<SpawnProtocol.Command> system, int consumers, Duration period)
            throws InterruptedException {
        CountDownLatch open = new CountDownLatch(consumers);
        Scope scope = Scope.of("/ws/idle/");
        for (int i = 0; i < consumers; i++) {
            ActorRef<Inbound> consumer = system.systemActorOf(
                    ConsumerBehavior.create(scope, context -> new Idle(context, period)),
                    "idle-" + consumers + "-" + i,
                    Props.empty());
            consumer.tell(new Inbound.Connect(new CountingWire(open)));
        }
        open.await();
    }

    private static long heap() throws InterruptedException {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
            Thread.sleep(250);
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
