package org.pekkochannels.bench;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.pekkochannels.ChannelsServer;
import org.pekkochannels.database.Database;

/**
 * What {@code withHandle} adds to the same JDBI work on a plain thread, and what the least way there and back adds that the
 * JDK knows: CPU for each operation, by turns in one run.
 *
 * <p>One database thread, so that all have one; 64 calls are always under way. Environment: {@code DATABASE_URL}, {@code
 * DATABASE_USER}; without, H2 in memory.
 */
public final class HandleLoop {
    private static final int UNDER_WAY = 64;

    private HandleLoop() {}

    /**
     * Prints a line for each round, and the median of what is added.
     *
     * @param args seconds of warm-up, seconds of each window, rounds
     * @throws InterruptedException when interrupted
     */
    public static void main(String[] args) throws InterruptedException {
        Duration warm = Duration.ofSeconds(Integer.parseInt(args[0]));
        Duration window = Duration.ofSeconds(Integer.parseInt(args[1]));
        ChannelsServer server = Environment.read().start(1);
        Database database = Database.get(server.system());
        ExecutorService thread = Executors.newSingleThreadExecutor();
        Executor owner = server.system().classicSystem().dispatcher();
        inline(database, warm);
        least(database, warm, thread, owner);
        hop(database, warm);
        double[] added = new double[Integer.parseInt(args[2])];
        double[] needed = new double[added.length];
        for (int round = 0; round < added.length; round++) {
            double plain = inline(database, window).micros();
            needed[round] = least(database, window, thread, owner).micros() - plain;
            added[round] = hop(database, window).micros() - plain;
            System.out.printf(
                    "inline %.2f us of CPU; withHandle %.2f us more, two executors alone %.2f us more%n",
                    plain, added[round], needed[round]);
        }
        System.out.printf(
                "median: withHandle adds %.2f us of CPU, two executors alone %.2f us%n",
                ClosedLoop.median(added), ClosedLoop.median(needed));
        thread.shutdown();
        server.stop().toCompletableFuture().join();
    }

    private static ClosedLoop.Cost inline(Database database, Duration time) {
        return ClosedLoop.inline(time, () -> database.jdbi().withHandle(HandleLoop::select));
    }

    private static ClosedLoop.Cost hop(Database database, Duration time) throws InterruptedException {
        return ClosedLoop.of(UNDER_WAY, time, () -> database.withHandle(HandleLoop::select));
    }

    private static ClosedLoop.Cost least(Database database, Duration time, Executor thread, Executor owner)
            throws InterruptedException {
        Jdbi jdbi = database.jdbi();
        return ClosedLoop.of(
                UNDER_WAY,
                time,
                () -> CompletableFuture.supplyAsync(() -> jdbi.withHandle(HandleLoop::select), thread)
                        .thenApplyAsync(Function.identity(), owner));
    }

    private static int select(Handle handle) {
        return handle.select("SELECT 1").mapTo(int.class).one();
    }
}
