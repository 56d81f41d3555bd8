package org.pekkochannels.database;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.Causes;
import org.pekkochannels.concurrent.Counted;

/**
 * Writes the rows of one batch: all with one call of the function or, if that fails because of the rows, half by half.
 *
 * <p>Confined to the database thread.
 */
final class BatchRun<A, B> {
    // Prefixes of SQLStates that are unrelated to rows: connection, resources, the system itself, and its shutdown,
    // crash or start. 57014, a statement that was cut off, is not among them.
    private static final Set<String> NOT_OF_ROWS = Set.of("08", "53", "58", "57P");

    private final String name;
    private final HandleFunction<List<A>, List<B>> function;
    private final DatabaseCore core;

    BatchRun(String name, HandleFunction<List<A>, List<B>> function, DatabaseCore core) {
        this.name = name;
        this.function = function;
        this.core = core;
    }

    /** Gives each row its outcome; a single row is written in its caller's context. Never throws. */
    void write(List<BatchRow<A, B>> rows) {
        if (rows.size() == 1) {
            rows.get(0).enterContext();
            attempt(rows);
            rows.get(0).leaveContext();
        } else if (!rows.isEmpty()) {
            attempt(rows);
        }
    }

    private void attempt(List<BatchRow<A, B>> rows) {
        CallbackWork<List<B>> work = core.work(handles -> results(handles, rows), Runnable::run, earliest(rows), null);
        try {
            List<B> results = work.attempt();
            for (int i = 0; i < rows.size(); i++) {
                rows.get(i).succeed(results.get(i));
            }
        } catch (Throwable thrown) {
            failed(rows, work.explained(thrown));
        }
    }

    private List<B> results(HandleSource handles, List<BatchRow<A, B>> rows) throws Exception {
        handles.beginTransaction(TransactionOptions.defaults());
        List<B> made = function.apply(
                handles.handle(), rows.stream().map(BatchRow::row).toList());
        Objects.requireNonNull(
                made, () -> "batch '" + name + "' returned null; return one result for each row, in their order");
        // Inside the transaction, because a lazy list may fail when its elements are read.
        List<B> results = new ArrayList<>(made);
        if (results.size() != rows.size()) {
            throw new IllegalStateException("batch '" + name + "' returned " + Counted.of(results.size(), "result")
                    + " for " + Counted.of(rows.size(), "row") + "; return one for each, in their order");
        }
        return results;
    }

    private void failed(List<BatchRow<A, B>> rows, Throwable failure) {
        if (rows.size() == 1 || !isOfRows(failure)) {
            rows.forEach(row -> row.fail(failure));
        } else {
            int half = rows.size() / 2;
            writeTimely(rows.subList(0, half), failure);
            writeTimely(rows.subList(half, rows.size()), failure);
        }
    }

    private void writeTimely(List<BatchRow<A, B>> rows, Throwable before) {
        rows.stream().filter(BatchRow::isOver).forEach(row -> row.fail(cutOff(row, before)));
        write(rows.stream().filter(row -> !row.isOver()).toList());
    }

    private Throwable cutOff(BatchRow<A, B> row, Throwable before) {
        if (before instanceof DatabaseTimeoutException) {
            return before;
        }
        Deadline over = Objects.requireNonNull(row.deadline());
        return new DatabaseTimeoutException("call", over.budget(), over.key(), before);
    }

    private @Nullable Deadline earliest(List<BatchRow<A, B>> rows) {
        return rows.stream()
                .map(BatchRow::deadline)
                .filter(Objects::nonNull)
                .min(Comparator.comparing(Deadline::remaining))
                .orElse(null);
    }

    /** Whether fewer rows might succeed, and the attempt cannot have been committed. */
    private static boolean isOfRows(Throwable failure) {
        try {
            return hasNoOtherReason(failure);
        } catch (Throwable unexpected) { // getCause() of an application's exception may throw
            return false;
        }
    }

    private static boolean hasNoOtherReason(Throwable failure) {
        return Causes.of(failure)
                .noneMatch(
                        cause -> cause instanceof Error || (cause instanceof SQLException sql && isOfConnection(sql)));
    }

    private static boolean isOfConnection(SQLException failure) {
        String state = String.valueOf(failure.getSQLState());
        return failure instanceof SQLTransientConnectionException
                || failure instanceof SQLNonTransientConnectionException
                || failure instanceof SQLRecoverableException
                || NOT_OF_ROWS.stream().anyMatch(state::startsWith);
    }
}
