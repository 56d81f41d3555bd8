package org.pekkochannels.bench;

import java.time.Duration;
import org.jdbi.v3.core.Handle;
import org.pekkochannels.ChannelsServer;
import org.pekkochannels.database.Database;

/**
 * What {@code withHandle} adds to the same JDBI work on a plain thread: CPU for each operation, by turns in one run.
 *
 * <p>One database thread, so that both have one; 64 calls are always under way. Environment: {@code DATABASE_URL}, {@code
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
        inline(database, warm);
        hop(database, warm);
        double[] added = new double[Integer.parseInt(args[2])];
        for (int round = 0; round < added.length; round++) {
            ClosedLoop.Cost plain = inline(database, window);
            ClosedLoop.Cost ours = hop(database, window);
            added[round] = ours.micros() - plain.micros();
            System.out.printf(
                    "inline %.2f us of CPU (%.0f per second), withHandle %.2f us (%.0f per second): %.2f us more%n",
                    plain.micros(), plain.perSecond(), ours.micros(), ours.perSecond(), added[round]);
        }
        System.out.printf("median: withHandle adds %.2f us of CPU%n", ClosedLoop.median(added));
        server.stop().toCompletableFuture().join();
    }

    private static ClosedLoop.Cost inline(Database database, Duration time) {
        return ClosedLoop.inline(time, () -> database.jdbi().withHandle(HandleLoop::select));
    }

    private static ClosedLoop.Cost hop(Database database, Duration time) throws InterruptedException {
        return ClosedLoop.of(UNDER_WAY, time, () -> database.withHandle(HandleLoop::select));
    }

    private static int select(Handle handle) {
        return handle.select("SELECT 1").mapTo(int.class).one();
    }
}
