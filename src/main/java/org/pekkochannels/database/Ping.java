package org.pekkochannels.database;

import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.ConfinedFuture;

/** Checks whether a database answers. Stateless. */
final class Ping {
    // JDBC uses whole seconds; the call's deadline is the exact limit.
    private static final int SECONDS = 1;

    private Ping() {}

    static CompletionStage<Done> of(Database database, ConnectionPool pool) {
        return database.withHandle(handle -> handle.getConnection().isValid(SECONDS))
                .handle((valid, failure) -> done(pool, Boolean.TRUE.equals(valid), failure));
    }

    private static Done done(ConnectionPool pool, boolean valid, @Nullable Throwable failed) {
        Throwable failure = failed == null ? null : ConfinedFuture.unwrap(failed);
        Throwable known = pool.lastingFailure();
        if (valid || (failure instanceof DatabaseBusyException && known == null)) {
            return Done.done();
        }
        throw failure instanceof DatabaseUnavailableException unavailable
                ? unavailable
                : DatabaseUnavailableException.unanswered(known == null ? failure : known);
    }
}
