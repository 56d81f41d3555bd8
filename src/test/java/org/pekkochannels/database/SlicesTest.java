package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pekkochannels.database.TestDatabase.await;
import static org.pekkochannels.database.TestDatabase.failure;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.pekko.stream.javadsl.Sink;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleConsumer;
import org.jdbi.v3.core.statement.StatementException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Large results, read slice by slice. */
final class SlicesTest {
    private static final int SLICE = 100;
    private static final long LAST = 1050;

    private final TestDatabase started = TestDatabase.start("channels.database.threads = 1");
    private final AtomicInteger read = new AtomicInteger();
    private final Slices<Long, Long> slices = started.database.slices(0L, Long::longValue, this::numbersAfter);

    @AfterEach
    void stop() {
        started.close();
    }

    private List<Long> numbersAfter(Handle handle, Long after) {
        read.incrementAndGet();
        return handle.select(
                        "select \"X\" from system_range(1, ?) where \"X\" > ? order by \"X\" limit " + SLICE,
                        LAST,
                        after)
                .mapTo(Long.class)
                .list();
    }

    private static List<Long> all() {
        return LongStream.rangeClosed(1, LAST).boxed().toList();
    }

    private static CompletionStage<Boolean> more(boolean more) {
        return CompletableFuture.completedFuture(more);
    }

    @Test
    void givesAllRowsInOrderAndLeavesNoHandleOpenBetweenSlices() {
        List<Long> rows = new ArrayList<>();

        await(slices.forEach(slice -> {
            TestDatabase.assertNothingLeft(started.database);
            rows.addAll(slice);
            return more(true);
        }));

        assertThat(rows).isEqualTo(all());
        assertThat(read).hasValue(12);
    }

    @Test
    void endsWhenTheBodyHasHadEnough() {
        await(slices.forEach(slice -> more(!slice.contains(150L))));

        assertThat(read).hasValue(2);
    }

    @Test
    void givesAllSlicesOnTheExecutorOfTheViewWhateverThreadBegins() {
        ExecutorService owner = Executors.newSingleThreadExecutor(task -> new Thread(task, "owner"));
        try {
            Slices<Long, Long> two = started.database
                    .on(owner)
                    .slices(0L, Long::longValue, (handle, after) -> after < 2 ? List.of(after + 1) : List.of());
            Set<String> threads = ConcurrentHashMap.newKeySet();

            // In some of so many readings the first slice comes before this thread has said what to do with it.
            for (int i = 0; i < 2_000; i++) {
                await(two.forEach(slice -> {
                    threads.add(Thread.currentThread().getName());
                    return more(true);
                }));
            }

            assertThat(threads).containsExactly("owner");
        } finally {
            owner.shutdown();
        }
    }

    @Test
    void failsWhereTheExecutorOfTheViewHasGone() {
        ExecutorService owner = Executors.newSingleThreadExecutor();
        owner.shutdown();

        Throwable failure = failure(started.database
                .on(owner)
                .slices(0L, Long::longValue, this::numbersAfter)
                .forEach(slice -> more(true)));

        assertThat(failure).isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void waitsForEachSliceToBeDealtWith() {
        CompletableFuture<List<Long>> first = new CompletableFuture<>();
        CompletableFuture<Boolean> dealtWith = new CompletableFuture<>();

        CompletionStage<?> end = slices.forEach(slice -> {
            first.complete(slice);
            return dealtWith;
        });

        assertThat(await(first)).hasSize(SLICE);
        TestDatabase.assertNothingLeft(started.database);
        assertThat(end.toCompletableFuture()).isNotDone();
        dealtWith.complete(true);
        await(end);
        assertThat(read).hasValue(12);
    }

    @Test
    void failsWithWhatAReadingOrABodyFailedWith() {
        IOException thrown = new IOException("no");
        IllegalStateException refused = new IllegalStateException("no");

        Throwable ofReading = failure(started.database
                .<Long, Long>slices(0L, Long::longValue, (handle, after) -> {
                    throw thrown;
                })
                .forEach(slice -> more(true)));
        Throwable ofBody = failure(slices.forEach(slice -> {
            throw refused;
        }));
        Throwable ofStage = failure(slices.forEach(slice -> CompletableFuture.failedFuture(thrown)));

        assertThat(ofReading).isSameAs(thrown);
        assertThat(ofBody).isSameAs(refused);
        assertThat(ofStage).isSameAs(thrown);
    }

    @Test
    void failsWhereAKeyDoesNotRise() {
        List<Long> rows = new ArrayList<>();
        Slices<Long, Long> last =
                started.database.slices(0L, Long::longValue, (handle, after) -> List.of(Math.max(after, 7)));

        Throwable failure = failure(last.forEach(slice -> {
            rows.addAll(slice);
            return more(true);
        }));
        Throwable ofSource = failure(last.source().runWith(Sink.ignore(), started.system));

        assertThat(rows).containsExactly(7L);
        assertThat(List.of(failure, ofSource))
                .allSatisfy(thrown -> assertThat(thrown)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("the key after which it should begin, 7;")
                        .hasMessageContaining("key > :last"));
    }

    @Test
    void showsTheStatementThatFailedAndNotWhatIsBoundToIt() {
        Throwable failure = failure(
                started.database.useHandle(handle -> handle.createUpdate("insert into nowhere values (:password)")
                        .bind("password", "s3cret")
                        .execute()));

        assertThat(failure)
                .isInstanceOf(StatementException.class)
                .hasMessageContaining("[statement:\"insert into nowhere values (:password)\"]");
        assertThat(failure.toString()).doesNotContain("s3cret");
    }

    private static Stream<HandleConsumer<RuntimeException>> statementsThatJdbiRefuses() {
        return Stream.of(
                handle -> handle.createUpdate("insert into nowhere values (:password)")
                        .bind("pasword", "s3cret")
                        .execute(),
                handle -> handle.createUpdate("select :password")
                        .bindMap(Map.of("pasword", "s3cret\nin binding:'"))
                        .execute(),
                handle -> handle.createUpdate("select ?, ?").bind(0, "s3cret").execute(),
                handle -> handle.createUpdate("select 1")
                        .bind("password", "s3cret")
                        .execute(),
                handle -> handle.createUpdate("select 1").bind(0, "s3cret'").execute(),
                handle -> handle.createUpdate("select :password")
                        .bind("password", new Object() {
                            @Override
                            public String toString() {
                                return "Password('s3cret')";
                            }
                        })
                        .execute());
    }

    @ParameterizedTest
    @MethodSource("statementsThatJdbiRefuses")
    void showsNoBoundValueWhereJdbiRefusesTheStatement(HandleConsumer<RuntimeException> statement) {
        Throwable failure = failure(started.database.useHandle(statement));

        assertThat(failure).isInstanceOf(StatementException.class).hasMessageContaining("[statement:\"");
        for (Throwable shown = failure; shown != null; shown = shown.getCause()) {
            assertThat(shown.toString()).doesNotContain("s3cret");
        }
    }

    @Test
    void refusesAResultThatNeedsTheHandleOrIsAStage() {
        Throwable stream = failure(
                started.database.withHandle(handle -> handle.createQuery("select 1").mapTo(Long.class).stream()));
        Throwable iterator = failure(started.database.inTransaction(
                handle -> handle.createQuery("select 1").mapTo(Long.class).iterator()));
        Throwable stage = failure(started.database.withHandle(handle -> started.database.withHandle(inner -> 1)));

        Stream<Long> list = await(started.database.withHandle(
                handle -> handle.createQuery("select 1").mapTo(Long.class).list().stream()));

        assertThat(list).containsExactly(1L);
        assertThat(stream)
                .hasMessageContaining("handle used after its callback")
                .hasMessageContaining("stream");
        assertThat(iterator).hasMessageContaining("handle used after its callback");
        assertThat(stage).hasMessageContaining("continue with thenCompose(..) outside");
    }

    @Test
    void isASourceThatIsReadOnlyAsFarAsItIsAskedTo() {
        List<Long> rows = await(slices.source().runWith(Sink.seq(), started.system));
        int readByAll = read.getAndSet(0);
        List<Long> some = await(slices.source().take(SLICE + 1).runWith(Sink.seq(), started.system));

        assertThat(rows).isEqualTo(all());
        assertThat(readByAll).isEqualTo(12);
        assertThat(some).isEqualTo(all().subList(0, SLICE + 1));
        assertThat(read.get()).isBetween(2, 3);
    }

    @Test
    void failsItsSourceWithWhatTheReadingFailedWith() {
        IllegalStateException thrown = new IllegalStateException("no");

        Throwable failure = failure(started.database
                .<Long, Long>slices(0L, Long::longValue, (handle, after) -> {
                    throw thrown;
                })
                .source()
                .runWith(Sink.ignore(), started.system));

        assertThat(failure).isSameAs(thrown);
    }
}
