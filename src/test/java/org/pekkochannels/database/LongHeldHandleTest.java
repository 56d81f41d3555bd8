package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pekkochannels.database.TestDatabase.await;

import java.lang.management.ManagementFactory;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import javax.management.ObjectName;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;
import org.pekkochannels.concurrent.RecordedLog;

/** A handle that is held for long is warned of while it is, once. */
final class LongHeldHandleTest {
    private static final String WARNING = "has had a handle open for 40 ms (channels.database.handle-warning)";

    private final CountDownLatch release = new CountDownLatch(1);

    @Test
    void warnsOnceWithTheStackThatOpenedIt() {
        try (RecordedLog log = new RecordedLog("org.pekkochannels.database");
                TestDatabase started = start("channels.development = on")) {
            CompletionStage<?> held = started.database.withLazyHandle(handles -> {
                Handle opened = openedHere(handles);
                await(release);
                return opened;
            });
            String warning = log.await(WARNING);
            CompletionStage<?> later = started.database.useHandle(handle -> await(release));
            log.await(WARNING);
            release.countDown();
            await(held);
            await(later);

            assertThat(warning)
                    .startsWith("a callback on channels-database-1")
                    .contains("one of 2 connections")
                    .contains("java.util.concurrent.CountDownLatch.await")
                    .contains("the handle was opened here")
                    .contains("LongHeldHandleTest.openedHere");
            assertThat(log.soFar(WARNING)).as("one for each handle").hasSize(2);
            assertThat(started.database.stats().longHeldHandles()).isEqualTo(2);
        }
    }

    @Test
    void tellsOnlyWhatTheThreadDoesWhereNobodyDevelops() {
        try (RecordedLog log = new RecordedLog("org.pekkochannels.database");
                TestDatabase started = start("channels.development = off")) {
            CompletionStage<?> held = started.database.useHandle(handle -> await(release));
            String warning = log.await(WARNING);
            release.countDown();
            await(held);

            assertThat(warning).contains("LongHeldHandleTest.").doesNotContain("opened here");
        }
    }

    @Test
    void warnsOfNothingThatIsNotWatched() {
        try (RecordedLog log = new RecordedLog("org.pekkochannels.database");
                TestDatabase started = start("channels.databases.unwatched.handle-warning = off")) {
            Database unwatched = Database.get(started.system, "unwatched");
            CompletionStage<?> held = unwatched.useHandle(handle -> await(release));
            CompletionStage<?> watched = started.database.useHandle(handle -> await(release));
            log.await(WARNING);
            release.countDown();
            await(held);
            await(watched);

            assertThat(unwatched.stats().longHeldHandles()).isZero();
            assertThat(started.database.stats().longHeldHandles()).isEqualTo(1);
        }
    }

    @Test
    void warnsOfHandlesOfAnApplicationsOwnPool() {
        try (RecordedLog log = new RecordedLog("org.pekkochannels.database");
                TestDatabase started = start("")) {
            Database own = Database.of(started.system, started.database.jdbi());
            CompletionStage<?> held = own.useHandle(handle -> await(release));
            log.await(WARNING);
            release.countDown();
            await(held);

            assertThat(own.stats().longHeldHandles()).isEqualTo(1);
        }
    }

    /** As of a constructor or callback that makes a database for each connection. */
    @Test
    void keepsNothingOfDatabasesThatTheApplicationHasForgotten() throws Exception {
        try (TestDatabase started = start("")) {
            long watches = instances(DeadlineWatch.class);
            for (int made = 0; made < 500; made++) {
                await(Database.of(started.system, started.database.jdbi()).useHandle(handle -> {}));
            }

            assertThat(instances(OpenHandles.class)).isLessThan(100);
            // Those of other tests in this JVM may have gone meanwhile.
            assertThat(instances(DeadlineWatch.class)).isLessThanOrEqualTo(watches);
        }
    }

    /** After a full collection. */
    private static long instances(Class<?> type) throws Exception {
        String histogram = (String) ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        "gcClassHistogram",
                        new Object[] {new String[0]},
                        new String[] {String[].class.getName()});
        return histogram
                .lines()
                .map(line -> line.trim().split("\\s+", -1))
                .filter(words -> words.length > 3 && words[3].equals(type.getName()))
                .mapToLong(words -> Long.parseLong(words[1]))
                .sum();
    }

    private static Handle openedHere(HandleSource handles) {
        return handles.handle();
    }

    private static TestDatabase start(String... lines) {
        return TestDatabase.start(
                "channels.database { handle-warning = 40ms, threads = 2 }\n" + String.join("\n", lines));
    }
}
