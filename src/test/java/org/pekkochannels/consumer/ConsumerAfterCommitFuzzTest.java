package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.consumer.CallbackPlan.Kind;
import org.pekkochannels.consumer.CallbackPlan.Part;
import org.pekkochannels.consumer.FaultySource.Fault;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.metrics.ChannelsMetrics;
import org.pekkochannels.protocol.CloseReason;

/**
 * No phantom, no loss, and no other order of what consumers of both kinds say in their transactions, to their clients and to
 * groups, whatever happens to one of them or to two in one callback.
 */
class ConsumerAfterCommitFuzzTest extends ConsumerTestSystem {
    private static final int MESSAGES = 120;
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private static FaultyDriver driver;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<CallbackPlan> plans = new ArrayList<>();
    private final Set<Integer> begun = ConcurrentHashMap.newKeySet();
    private final List<String> heardInGroup = Collections.synchronizedList(new ArrayList<>());
    private final LongAdder said = new LongAdder();

    /** How a consumer says a word. */
    private interface Saying {
        void say(Handle handle, String word, boolean toGroup);
    }

    @BeforeAll
    static void registersTheDriver() throws SQLException {
        driver = new FaultyDriver();
    }

    @AfterAll
    static void takesTheDriverBack() throws SQLException {
        driver.close();
    }

    @Override
    String extraConfig() {
        return """
                channels.database { url = "jdbc:faulty:h2:mem:consumers%d;DB_CLOSE_DELAY=-1", threads = 4 }
                channels.layer.capacity = 10000
                channels.metrics.global-registry = off
                """.formatted(DATABASES.incrementAndGet());
    }

    private final class Asynchronous extends WebSocketConsumer {
        private final Group all = group("all");

        Asynchronous(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String number) {
            CallbackPlan plan = plans.get(Integer.parseInt(number));
            CompletionStage<?> both = plan.kind() == Kind.TWO_CALLS
                    ? call(plan.parts().get(0))
                            .thenCompose(first -> call(plan.parts().get(1)))
                    : database().useHandle(handle -> plan.parts().forEach(part -> attempt(handle, part, this::say)));
            return both.thenCompose(done -> send(CallbackPlan.END));
        }

        private CompletionStage<Boolean> call(Part part) {
            return database()
                    .inTransaction(part.options(), handle -> work(handle, part, this::say))
                    .handle((done, failure) -> failure == null);
        }

        private void say(Handle handle, String word, boolean toGroup) {
            if (toGroup) {
                all.sendAfterCommit(handle, "word", word);
            } else {
                sendAfterCommit(handle, word);
            }
        }
    }

    private final class Blocking extends SyncWebSocketConsumer {
        private final SyncGroup all = group("all");

        Blocking(ConsumerContext context) {
            super(context);
        }

        @Override
        protected void receive(String number) {
            CallbackPlan plan = plans.get(Integer.parseInt(number));
            if (plan.kind() == Kind.BLOCKING) {
                Part part = plan.parts().get(0);
                beginTransaction(part.options());
                work(handle(), part, this::say);
                said.increment();
            } else {
                plan.parts().forEach(part -> attempt(handle(), part, this::say));
            }
            send(CallbackPlan.END);
        }

        private void say(Handle handle, String word, boolean toGroup) {
            if (toGroup) {
                all.send("word", word);
            } else {
                send(word);
            }
        }
    }

    private void attempt(Handle handle, Part part, Saying saying) {
        try {
            handle.useTransaction(inside -> work(inside, part, saying));
        } catch (RuntimeException planted) {
            // The callback goes on.
        }
    }

    private boolean work(Handle handle, Part part, Saying saying) {
        Fault fault = begun.add(part.id()) ? part.fault() : Fault.NONE;
        FaultySource.plan(fault);
        for (int number = 0; number < part.toGroup().size(); number++) {
            insertIf(number == part.insertAt(), handle, part);
            said.increment();
            saying.say(handle, part.word(number), part.toGroup().get(number));
        }
        insertIf(part.insertAt() >= part.toGroup().size(), handle, part);
        if (fault == Fault.CALLBACK_THROWS) {
            throw new IllegalStateException("planted");
        }
        return true;
    }

    private static void insertIf(boolean here, Handle handle, Part part) {
        if (here) {
            handle.execute("insert into done values (?)", part.id());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void sayWhatWasCommittedInOrderOnceAndNothingElse(long seed) {
        Random random = new Random(seed);
        new ChannelsMetrics(kit.system()).bindTo(registry);
        join(database().useHandle(handle -> handle.execute("create table done (id int)")));
        Channel listener = layer().newChannel(event -> heardInGroup.add(event.payload(String.class)));
        join(layer().groupAdd("all", listener));
        IntStream.range(0, MESSAGES).forEach(number -> plans.add(CallbackPlan.at(random, number)));

        List<Door> doors = plans.stream()
                .map(plan ->
                        plan.kind().isBlocking() ? Door.open(kit, Blocking::new) : Door.open(kit, Asynchronous::new))
                .toList();
        plans.forEach(plan -> doors.get(plan.number()).tell(String.valueOf(plan.number())));
        List<List<Object>> heard =
                doors.stream().map(ConsumerAfterCommitFuzzTest::hear).toList();

        Set<Integer> committed = committed();
        for (CallbackPlan plan : plans) {
            String description = "seed " + seed + ": " + plan;
            assertThat(heard.get(plan.number()))
                    .as("said to the client, %s", description)
                    .isEqualTo(plan.toClient(committed));
            assertThat(inGroup(plan)).as("said to the group, %s", description).isEqualTo(plan.toGroup(committed));
        }
        assertCounted("seed " + seed, committed);
        doors.forEach(Door::awaitStop);
        listener.close();
    }

    /** All until the callback's last word, or the end of the connection. */
    private static List<Object> hear(Door door) {
        List<Object> heard = new ArrayList<>();
        while (true) {
            Object next = door.next();
            heard.add(next instanceof CloseReason reason ? reason.code() : next);
            if (next.equals(CallbackPlan.END)) {
                door.leave(CloseReason.of(1000));
            }
            if (next.equals(CallbackPlan.END) || next instanceof CloseReason) {
                return heard;
            }
        }
    }

    private Set<Integer> committed() {
        return join(database().withHandle(handle -> {
            FaultySource.plan(Fault.NONE);
            return handle.select("select id from done").mapTo(Integer.class).set();
        }));
    }

    private List<String> inGroup(CallbackPlan plan) {
        Set<String> words = Set.copyOf(
                plan.parts().stream().flatMap(part -> part.words(true)).toList());
        return List.copyOf(heardInGroup).stream().filter(words::contains).toList();
    }

    private void assertCounted(String seed, Set<Integer> committed) {
        long words = plans.stream()
                .flatMap(plan -> plan.known(committed))
                .mapToLong(part -> part.toGroup().size())
                .sum();
        long ends = plans.stream()
                .filter(plan -> plan.kind() == Kind.BLOCKING)
                .flatMap(plan -> plan.known(committed))
                .count();

        assertThat(counted("released")).as("released, %s", seed).isEqualTo((double) (words + ends));
        assertThat(counted("released") + counted("discarded"))
                .as("released or discarded, %s", seed)
                .isEqualTo((double) said.sum());
    }

    private double counted(String outcome) {
        return registry.get("channels.consumer.aftercommit." + outcome)
                .functionCounter()
                .count();
    }

    private static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }
}
