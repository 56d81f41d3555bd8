package org.pekkochannels.consumer;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.database.Database;
import org.pekkochannels.database.Deadline;

/** On what terms the database calls of one callback run; immutable. */
final class CallbackTerms {
    /** The key of a callback's deadline. */
    static final String DEADLINE = "channels.consumer.deadline";
    /** What sets the deadline of a consumer that overrides {@code deadline()}. */
    static final String OVERRIDDEN = "deadline() of the consumer";

    private static final CallbackTerms NONE = new CallbackTerms(null, null, false);

    private final @Nullable Deadline deadline;
    private final @Nullable CompletionStage<?> end;
    private final boolean cleanup;

    private CallbackTerms(@Nullable Deadline deadline, @Nullable CompletionStage<?> end, boolean cleanup) {
        this.deadline = deadline;
        this.end = end;
        this.cleanup = cleanup;
    }

    /** Those of a callback that begins now, whose calls may take so long, and are cancelled by {@code end} if it has one. */
    static CallbackTerms of(@Nullable Deadline deadline, Optional<CompletionStage<?>> end) {
        return new CallbackTerms(deadline, end.orElse(null), false);
    }

    /** Those without any bound, where no callback has begun. */
    static CallbackTerms none() {
        return NONE;
    }

    /** Those of {@code disconnect}, whose calls go before all others and are not refused. */
    static CallbackTerms cleanup() {
        return new CallbackTerms(null, null, true);
    }

    boolean areForCleanup() {
        return cleanup;
    }

    /** When the callback's work must be over, if there is such a time. */
    Optional<Deadline> deadline() {
        return Optional.ofNullable(deadline);
    }

    /** A view of a database on these terms. */
    Database of(Database any) {
        Database admitted = cleanup ? any.forCleanup() : any;
        Database timely = deadline == null ? admitted : admitted.within(deadline);
        return end == null ? timely : timely.cancelledBy(end);
    }
}
