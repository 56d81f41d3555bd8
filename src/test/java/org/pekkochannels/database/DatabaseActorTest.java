package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pekkochannels.database.TestDatabase.await;
import static org.pekkochannels.database.TestDatabase.failure;

import com.zaxxer.hikari.HikariDataSource;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.AbstractActor;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.Props;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.pattern.Patterns;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** As typed and classic actors use the database, and as the actor system ends it. */
final class DatabaseActorTest {
    private static final String QUESTION = "select 6 * 7";

    private record Answer(int value) {}

    @Test
    void answersATypedActorWithAMessage() {
        try (TestDatabase started = TestDatabase.start()) {
            CompletableFuture<Integer> answer = new CompletableFuture<>();

            Adapter.spawnAnonymous(started.system, typed(answer));

            assertThat(await(answer)).isEqualTo(42);
        }
    }

    @Test
    void answersAClassicActorWithAMessage() {
        try (TestDatabase started = TestDatabase.start()) {
            CompletableFuture<Integer> answer = new CompletableFuture<>();

            started.system.actorOf(Props.create(Classic.class, () -> new Classic(answer)));

            assertThat(await(answer)).isEqualTo(42);
        }
    }

    @Test
    void isTheSameForTypedAndClassic() {
        try (TestDatabase started = TestDatabase.start()) {
            assertThat(Database.get(Adapter.toTyped(started.system))).isSameAs(started.database);
        }
    }

    @Test
    void opensForATypedActorSystem() {
        LoggerFactory.getILoggerFactory();
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "typed", TestDatabase.config());

        Database database = Database.get(system);

        String thread =
                await(database.withHandle(handle -> Thread.currentThread().getName()));

        assertThat(thread).startsWith("channels-database-");
        TestDatabase.terminate(system.classicSystem());
    }

    @Test
    void stopsWithTheActorSystem() {
        try (TestDatabase started = TestDatabase.start()) {
            await(started.database.useHandle(handle -> handle.execute(QUESTION)));

            await(CoordinatedShutdown.get(started.system).runAll(CoordinatedShutdown.unknownReason()));

            assertThat(failure(started.database.withHandle(handle -> 1))).isInstanceOf(DatabaseClosedException.class);
            assertThat(started.database.stats().pool()).contains(new DatabaseStats.Pool(0, 0));
        }
    }

    @Test
    void leavesAnApplicationsOwnPoolOpen() {
        try (TestDatabase started = TestDatabase.start();
                HikariDataSource source = new HikariDataSource()) {
            source.setJdbcUrl(TestDatabase.h2Url());
            Database own = Database.of(started.system, source);
            await(own.useHandle(handle -> handle.execute(QUESTION)));

            await(own.stop());

            assertThat(source.isClosed()).isFalse();
            assertThat(failure(own.withHandle(handle -> 1))).isInstanceOf(DatabaseClosedException.class);
        }
    }

    private static Behavior<Answer> typed(CompletableFuture<Integer> answer) {
        return Behaviors.setup(context -> {
            Database database = Database.get(context.getSystem());
            context.pipeToSelf(
                    database.withHandle(handle ->
                            handle.select(QUESTION).mapTo(Integer.class).one()),
                    (value, failure) -> new Answer(failure == null ? value : -1));
            return Behaviors.receiveMessage(message -> {
                answer.complete(message.value());
                return Behaviors.stopped();
            });
        });
    }

    private static final class Classic extends AbstractActor {
        private final CompletableFuture<Integer> answer;

        Classic(CompletableFuture<Integer> answer) {
            this.answer = answer;
        }

        @Override
        public void preStart() {
            Database database = Database.get(getContext().getSystem());
            Patterns.pipe(
                            database.withHandle(handle -> new Answer(
                                    handle.select(QUESTION).mapTo(Integer.class).one())),
                            getContext().getDispatcher())
                    .to(getSelf(), ActorRef.noSender());
        }

        @Override
        public Receive createReceive() {
            return receiveBuilder()
                    .match(Answer.class, message -> answer.complete(message.value()))
                    .build();
        }
    }
}
