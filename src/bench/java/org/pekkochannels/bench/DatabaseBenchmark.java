package org.pekkochannels.bench;

import com.typesafe.config.ConfigFactory;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.pekkochannels.database.Database;
import org.pekkochannels.metrics.ChannelsMetrics;

/** The hop to a database thread and back, against the same JDBI work without it and on a bare pool. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class DatabaseBenchmark {
    private static final int CALLS = 64;
    private static final int THREADS = 2;

    /** Whether calls are measured into a registry of Micrometer's, and looked at for a trace. */
    @Param({"off", "on"})
    public String observed = "off";

    @SuppressWarnings("NullAway.Init") // by start()
    private ActorSystem<Void> system;

    @SuppressWarnings("NullAway.Init")
    private Database database;

    private final ExecutorService pool = Executors.newFixedThreadPool(THREADS);

    /** Opens the database. */
    @Setup
    public void start() {
        system = ActorSystem.create(
                Behaviors.empty(),
                "hops",
                ConfigFactory.parseMap(Map.of(
                                "channels.database.url",
                                "jdbc:h2:mem:hops;DB_CLOSE_DELAY=-1;DB_CLOSE_ON_EXIT=FALSE",
                                "channels.database.threads",
                                THREADS,
                                "channels.metrics.enabled",
                                observed,
                                "channels.tracing.enabled",
                                observed))
                        .withFallback(ConfigFactory.load()));
        if (observed.equals("on")) {
            new ChannelsMetrics(system).bindTo(new SimpleMeterRegistry());
        }
        database = Database.get(system);
    }

    /** On the database dispatcher, as consumers do. */
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public void database() {
        all(() -> database.withHandle(
                        handle -> handle.select("SELECT 1").mapTo(int.class).one())
                .toCompletableFuture());
    }

    /** On a bare pool of as many threads. */
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public void threadPool() {
        all(() -> CompletableFuture.supplyAsync(this::select, pool));
    }

    /** On the caller's own thread. */
    @Benchmark
    public int inline() {
        return select();
    }

    private int select() {
        return database.jdbi()
                .withHandle(handle -> handle.select("SELECT 1").mapTo(int.class).one());
    }

    private static void all(Supplier<CompletableFuture<Integer>> call) {
        List<CompletableFuture<Integer>> calls =
                Stream.generate(call).limit(CALLS).toList();
        calls.forEach(CompletableFuture::join);
    }

    /** Ends threads and pool. */
    @TearDown
    public void stop() {
        pool.shutdown();
        system.terminate();
    }
}
