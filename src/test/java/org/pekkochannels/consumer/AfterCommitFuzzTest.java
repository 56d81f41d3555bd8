package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.consumer.FaultySource.Fault;
import org.pekkochannels.database.Database;
import org.pekkochannels.database.TransactionOptions;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.metrics.ChannelsMetrics;

/** No phantom and no loss, whatever happens to a transaction. */
class AfterCommitFuzzTest extends ConsumerTestSystem {
    private static final int TRANSACTIONS = 300;
    private static final int THREADS = 4;
    private static final List<Fault> FAULTS = List.of(Fault.values());
    private static final GroupName ALL = new GroupName("all");

    private final ChannelLayer memory = ChannelLayer.inMemory(100_000, Duration.ofMinutes(1));
    private int ids;
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final LongAdder said = new LongAdder();
    private final List<Sent> heard = Collections.synchronizedList(new ArrayList<>());

    private record Sent(int transaction, int number) {}

    private record Plan(int id, int sends, Fault fault, int attempts) {}

    private record Ended(Plan plan, boolean succeeded) {}

    @Override
    String extraConfig() {
        return "channels.database { threads = " + THREADS + ", max-waiting = " + TRANSACTIONS + " }";
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void sendsWhatWasCommittedInOrderOnceAndNothingElse(long seed) {
        Random random = new Random(seed);
        new ChannelsMetrics(kit.system()).bindTo(registry);
        Channel listener = memory.newChannel(event -> heard.add(event.payload(Sent.class)));
        memory.groupAdd(ALL.value(), listener);
        try (HikariDataSource pool = FaultySource.pool("jdbc:h2:mem:fuzz" + seed + ";DB_CLOSE_DELAY=-1", THREADS)) {
            Database database = Database.of(kit.system(), pool);
            join(database.useHandle(handle -> handle.execute("create table done (id int)")));

            List<Ended> ended = random
                    .ints(TRANSACTIONS, 0, Integer.MAX_VALUE)
                    .mapToObj(number -> plan(new Random(number)))
                    .map(plan -> start(database, plan))
                    .toList()
                    .stream()
                    .map(AfterCommitFuzzTest::join)
                    .toList();

            Set<Integer> committed = join(database.withHandle(handle ->
                    handle.select("select id from done").mapTo(Integer.class).set()));
            ended.forEach(one -> assertHeard(one, committed));
            assertThat(ended).anyMatch(Ended::succeeded).anyMatch(one -> !one.succeeded());
            assertCounted();
            join(database.stop());
        }
        listener.close();
    }

    private void assertCounted() {
        double released = counted("released");
        double discarded = counted("discarded");

        assertThat(released).as("released").isEqualTo(heard.size());
        assertThat(released + discarded).as("released or discarded").isEqualTo((double) said.sum());
    }

    private double counted(String outcome) {
        return registry.get("channels.consumer.aftercommit." + outcome)
                .functionCounter()
                .count();
    }

    private Plan plan(Random random) {
        Fault fault = random.nextBoolean() ? Fault.NONE : FAULTS.get(random.nextInt(FAULTS.size()));
        return new Plan(ids++, random.nextInt(4), fault, random.nextInt(4));
    }

    private CompletionStage<Ended> start(Database database, Plan plan) {
        AtomicBoolean happened = new AtomicBoolean();
        HandleCallback<Boolean, Exception> work = handle -> work(handle, plan, happened);
        CompletionStage<Boolean> stage = plan.attempts() == 0
                ? database.inTransaction(work)
                : database.inTransaction(TransactionOptions.defaults().withAttempts(plan.attempts()), work);
        return stage.handle((value, failure) -> new Ended(plan, failure == null));
    }

    private boolean work(Handle handle, Plan plan, AtomicBoolean happened) {
        boolean first = happened.compareAndSet(false, true);
        FaultySource.plan(first ? plan.fault() : Fault.NONE);
        for (int number = 0; number < plan.sends(); number++) {
            said.increment();
            AfterCommit.of(kit.system()).groupSend(handle, memory, ALL, Event.of("sent", new Sent(plan.id(), number)));
        }
        handle.execute("insert into done values (?)", plan.id());
        if (first && plan.fault() == Fault.CALLBACK_THROWS) {
            throw new IllegalStateException("planted");
        }
        return true;
    }

    // Of a commit whose answer was lost nobody knows that it has happened; all others are heard of.
    private void assertHeard(Ended ended, Set<Integer> committed) {
        Plan plan = ended.plan();
        boolean known = committed.contains(plan.id()) && plan.fault() != Fault.LOST_AFTER_COMMIT;
        List<Sent> expected = IntStream.range(0, known ? plan.sends() : 0)
                .mapToObj(number -> new Sent(plan.id(), number))
                .toList();

        List<Sent> actual = List.copyOf(heard).stream()
                .filter(sent -> sent.transaction() == plan.id())
                .toList();

        assertThat(actual).as("heard of %s", ended).isEqualTo(expected);
        assertThat(ended.succeeded()).as("%s is committed", ended).isEqualTo(known);
    }

    private static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }
}
