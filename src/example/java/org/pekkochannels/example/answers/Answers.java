package org.pekkochannels.example.answers;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.pekkochannels.layer.GroupName;

/**
 * The stored answers, in SQL that both H2 and PostgreSQL accept. Use it on the database dispatcher only.
 *
 * <p>The process that writes an answer holds a lease of 3 seconds, by the clock of the database. Each piece extends it.
 */
public final class Answers {
    private static final String LEASE = "current_timestamp + interval '3' second";

    private Answers() {}

    /**
     * Creates the missing table.
     *
     * @param handle a handle
     */
    public static void createTable(Handle handle) {
        handle.execute("""
                create table if not exists answer (
                    id varchar(36) primary key,
                    question varchar not null,
                    text varchar not null,
                    pieces int not null,
                    done boolean not null,
                    writer varchar not null,
                    leased_until timestamp with time zone not null,
                    asked_at timestamp with time zone not null)
                """);
    }

    static GroupName readers(String id) {
        return GroupName.of("answer", id);
    }

    /** Stores a question, and gives {@code writer} the lease on its answer. */
    static String ask(Handle handle, String question, String writer) {
        String id = UUID.randomUUID().toString();
        handle.execute(
                "insert into answer (id, question, text, pieces, done, writer, leased_until, asked_at)"
                        + " values (?, ?, '', 0, false, ?, " + LEASE + ", current_timestamp)",
                id,
                question,
                writer);
        return id;
    }

    static Optional<Answer> find(Handle handle, String id) {
        return handle.select("select id, question, text, pieces, done, writer from answer where id = ?", id)
                .map(ConstructorMapper.of(Answer.class))
                .findOne();
    }

    /** The newest ones, without their text. */
    static List<Answer> latest(Handle handle, int limit) {
        return handle.select(
                        "select id, question, '' as text, pieces, done, writer from answer order by asked_at desc limit ?",
                        limit)
                .map(ConstructorMapper.of(Answer.class))
                .list();
    }

    /** Takes over at most {@code limit} answers whose lease has expired; of several processes that try, one succeeds. */
    static List<String> takeOver(Handle handle, String writer, int limit) {
        return handle
                .select(
                        "select id from answer where not done and leased_until < current_timestamp order by id limit ?",
                        limit)
                .mapTo(String.class)
                .list()
                .stream()
                .filter(id -> handle.execute(
                                "update answer set writer = ?, leased_until = " + LEASE
                                        + " where id = ? and not done and leased_until < current_timestamp",
                                writer,
                                id)
                        == 1)
                .toList();
    }

    /** Appends the next piece. Empty if the answer is complete, or another process has taken it over. */
    static Optional<Piece> append(Handle handle, String id, String writer) {
        return handle.select(
                        "select id, question, text, pieces, done, writer from answer"
                                + " where id = ? and writer = ? and not done for update",
                        id,
                        writer)
                .map(ConstructorMapper.of(Answer.class))
                .findOne()
                .map(answer -> append(handle, answer));
    }

    private static Piece append(Handle handle, Answer answer) {
        List<String> all = SimulatedModel.pieces(answer.question());
        int number = answer.pieces() + 1;
        Piece piece = new Piece(number, all.get(number - 1), number == all.size(), answer.writer());
        handle.execute(
                "update answer set text = text || ?, pieces = ?, done = ?, leased_until = " + LEASE + " where id = ?",
                piece.text(),
                number,
                piece.done(),
                answer.id());
        return piece;
    }
}
