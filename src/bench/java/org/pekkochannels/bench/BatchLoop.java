package org.pekkochannels.bench;

import java.time.Duration;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.pekkochannels.ChannelsServer;
import org.pekkochannels.database.Batch;
import org.pekkochannels.database.Database;

/**
 * Inserts of many callers, each of which waits for its generated key: one by one against batches, by turns in one run.
 *
 * <p>Environment as the servers': {@code DATABASE_URL}, {@code DATABASE_USER}, {@code ASGI_THREADS}.
 */
public final class BatchLoop {
    private static final String INSERT = "INSERT INTO message(room, body) VALUES ('bench', :body)";
    private static final String BODY = "x".repeat(50);

    private BatchLoop() {}

    /**
     * Prints a line for each round, and the median ratio of the rates.
     *
     * @param args callers, rows of a batch at most, seconds of warm-up, seconds of each window, rounds
     * @throws InterruptedException when interrupted
     */
    public static void main(String[] args) throws InterruptedException {
        Environment environment = Environment.read();
        int callers = Integer.parseInt(args[0]);
        Duration warm = Duration.ofSeconds(Integer.parseInt(args[2]));
        Duration window = Duration.ofSeconds(Integer.parseInt(args[3]));
        ChannelsServer server = environment.start(environment.threads());
        Database database = Database.get(server.system());
        database.useHandle(handle -> Messages.create(handle, environment.databaseUrl()))
                .toCompletableFuture()
                .join();
        Batch<String, Long> batch = database.batched("messages", Integer.parseInt(args[1]), BatchLoop::insertAll);
        single(database, callers, warm);
        batched(batch, callers, warm);
        double[] ratios = new double[Integer.parseInt(args[4])];
        for (int round = 0; round < ratios.length; round++) {
            ClosedLoop.Cost single = single(database, callers, window);
            ClosedLoop.Cost batched = batched(batch, callers, window);
            ratios[round] = batched.perSecond() / single.perSecond();
            System.out.printf(
                    "single %.0f per second (%.1f us of CPU each), batched %.0f (%.1f us): %.2f times%n",
                    single.perSecond(), single.micros(), batched.perSecond(), batched.micros(), ratios[round]);
        }
        System.out.printf("median: batched inserts are %.2f times single ones%n", ClosedLoop.median(ratios));
        server.stop().toCompletableFuture().join();
    }

    private static ClosedLoop.Cost single(Database database, int callers, Duration time) throws InterruptedException {
        return ClosedLoop.of(callers, time, () -> database.withHandle(BatchLoop::insert));
    }

    private static ClosedLoop.Cost batched(Batch<String, Long> batch, int callers, Duration time)
            throws InterruptedException {
        return ClosedLoop.of(callers, time, () -> batch.add(BODY));
    }

    private static long insert(Handle handle) {
        return handle.createUpdate(INSERT)
                .bind("body", BODY)
                .executeAndReturnGeneratedKeys("id")
                .mapTo(long.class)
                .one();
    }

    private static List<Long> insertAll(Handle handle, List<String> bodies) {
        PreparedBatch batch = handle.prepareBatch(INSERT);
        bodies.forEach(body -> batch.bind("body", body).add());
        return batch.executePreparedBatch("id").mapTo(Long.class).list();
    }
}
