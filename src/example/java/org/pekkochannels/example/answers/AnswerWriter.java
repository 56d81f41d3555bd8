package org.pekkochannels.example.answers;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jdbi.v3.core.Handle;
import org.pekkochannels.consumer.AfterCommit;
import org.pekkochannels.database.Database;

/**
 * Writes the answers of one process, whether or not a client is connected, and takes over those of processes that have ended.
 *
 * <p>Each piece is one transaction, which stores the piece and sends it to the readers of the answer. Actor-confined.
 */
final class AnswerWriter extends AbstractBehavior<AnswerWriter.Command> {
    // Further answers wait until this process, or another one, has room for them.
    private static final int MAX_ANSWERS = 20;
    private static final Duration SEARCH_INTERVAL = Duration.ofSeconds(1);
    private static final String PACE = "example.answer-pace";

    private final Database database;
    private final AfterCommit afterCommit;
    private final Duration pace;
    private final String name;
    private final TimerScheduler<Command> timers;
    private final Set<String> writing = new HashSet<>();

    private AnswerWriter(ActorContext<Command> context, TimerScheduler<Command> timers, String name) {
        super(context);
        this.database = Database.get(context.getSystem());
        this.afterCommit = AfterCommit.of(context.getSystem());
        this.pace = pace(context.getSystem().settings().config());
        this.name = name;
        this.timers = timers;
        context.getSelf().tell(Search.NOW);
    }

    /** Without the application.conf of the examples, as in a copy of their sources, the default. */
    private static Duration pace(Config config) {
        return config.hasPath(PACE) ? config.getDuration(PACE) : Duration.ofMillis(40);
    }

    /** What the writer handles. */
    sealed interface Command {}

    /** Writes an answer whose lease this process holds. */
    record Begin(String id) implements Command {}

    private record Continue(String id) implements Command {}

    private record Written(String id, Optional<Piece> piece) implements Command {}

    private record Failed(String id, Throwable failure) implements Command {}

    private record Found(List<String> ids) implements Command {}

    private enum Search implements Command {
        NOW
    }

    /** The writer's behavior; {@code name} distinguishes it from those of all other processes. */
    static Behavior<Command> create(String name) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> new AnswerWriter(context, timers, name)));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Begin.class, this::onBegin)
                .onMessage(Continue.class, this::onContinue)
                .onMessage(Written.class, this::onWritten)
                .onMessage(Failed.class, this::onFailed)
                .onMessageEquals(Search.NOW, this::onSearch)
                .onMessage(Found.class, this::onFound)
                .build();
    }

    private Behavior<Command> onBegin(Begin begin) {
        begin(begin.id());
        return this;
    }

    /** Without room for it, the lease expires, and the search of a process with room finds it. */
    private void begin(String id) {
        if (writing.size() < MAX_ANSWERS && writing.add(id)) {
            writeNext(id);
        }
    }

    private Behavior<Command> onContinue(Continue next) {
        writeNext(next.id());
        return this;
    }

    private void writeNext(String id) {
        getContext()
                .pipeToSelf(
                        database.inTransaction(handle -> append(handle, id)),
                        (piece, failure) -> failure == null ? new Written(id, piece) : new Failed(id, failure));
    }

    private Optional<Piece> append(Handle handle, String id) {
        Optional<Piece> piece = Answers.append(handle, id, name);
        piece.ifPresent(next -> afterCommit.groupSend(handle, Answers.readers(id), "answer.piece", next));
        return piece;
    }

    private Behavior<Command> onWritten(Written written) {
        if (written.piece().filter(piece -> !piece.done()).isPresent()) {
            timers.startSingleTimer(written.id(), new Continue(written.id()), pace);
        } else {
            writing.remove(written.id());
        }
        return this;
    }

    /** The lease expires, and then the search of this process or another one finds the answer. */
    private Behavior<Command> onFailed(Failed failed) {
        getContext()
                .getLog()
                .warn(
                        "cannot write answer {}: {}",
                        failed.id(),
                        failed.failure().toString());
        writing.remove(failed.id());
        return this;
    }

    private Behavior<Command> onSearch() {
        int room = MAX_ANSWERS - writing.size();
        getContext()
                .pipeToSelf(
                        database.inTransaction(handle -> Answers.takeOver(handle, name, room)),
                        (ids, failure) -> new Found(failure == null ? ids : List.of()));
        return this;
    }

    private Behavior<Command> onFound(Found found) {
        found.ids().forEach(this::begin);
        timers.startSingleTimer(Search.NOW, SEARCH_INTERVAL);
        return this;
    }
}
