package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.ActorSystem;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** An actor system with its database, which must end with nothing left open. */
final class TestDatabase implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 30;

    final ActorSystem system;
    final Database database;

    private TestDatabase(ActorSystem system, Database database) {
        this.system = system;
        this.database = database;
    }

    /** Starts on a new H2 database in memory, with further lines of configuration. */
    static TestDatabase start(String... lines) {
        ActorSystem system = system(lines);
        try {
            return new TestDatabase(system, Database.get(system));
        } catch (RuntimeException e) {
            terminate(system);
            throw e;
        }
    }

    static ActorSystem system(String... lines) {
        LoggerFactory.getILoggerFactory();
        return ActorSystem.create("database-test", config(lines));
    }

    /** As an application would load it, so that ASGI_THREADS may be a line. */
    static Config config(String... lines) {
        String defaults = """
                pekko.loglevel = WARNING
                pekko.coordinated-shutdown.run-by-jvm-shutdown-hook = off
                """;
        return ConfigFactory.load(ConfigFactory.parseString(String.join("\n", lines))
                .withFallback(ConfigFactory.parseString(defaults + url(h2Url()))));
    }

    static String h2Url() {
        return "jdbc:h2:mem:" + UUID.randomUUID()
                + ";DB_CLOSE_DELAY=-1;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH";
    }

    static String url(String url) {
        return "channels.database.url = \"" + url + "\"\n";
    }

    static <T extends @Nullable Object> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("no result: " + e, e);
        }
    }

    /** What the stage itself fails with, as its first observer sees it. */
    static Throwable failure(CompletionStage<?> stage) {
        CompletableFuture<Throwable> seen = new CompletableFuture<>();
        stage.whenComplete((value, failure) -> {
            if (failure == null) {
                seen.completeExceptionally(new AssertionError("expected a failure, got " + value));
            } else {
                seen.complete(failure);
            }
        });
        return await(seen);
    }

    static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    static void terminate(ActorSystem system) {
        system.terminate();
        await(system.getWhenTerminated());
    }

    static void assertNothingLeft(Database database) {
        DatabaseStats stats = database.stats();
        assertThat(stats.openHandles()).isZero();
        assertThat(stats.busy()).isZero();
        assertThat(stats.waiting()).isZero();
        stats.pool().ifPresent(pool -> assertThat(pool.active()).isZero());
    }

    @Override
    public void close() {
        try {
            await(database.stop());
            assertNothingLeft(database);
        } finally {
            terminate(system);
        }
    }
}
