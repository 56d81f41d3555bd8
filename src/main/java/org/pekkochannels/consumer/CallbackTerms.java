package org.pekkochannels.consumer;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.database.Database;
import org.pekkochannels.database.Deadline;

/** On what terms the database calls of one callback run; immutable. */
final class CallbackTerms {
    private final @Nullable Deadline deadline;
    private final @Nullable CompletionStage<?> end;

    private CallbackTerms(@Nullable Deadline deadline, @Nullable CompletionStage<?> end) {
        this.deadline = deadline;
        this.end = end;
    }

    /** Those of a callback that begins now, whose calls may take so long, and are cancelled by {@code end} if it has one. */
    static CallbackTerms of(Optional<Duration> time, Optional<CompletionStage<?>> end) {
        return new CallbackTerms(time.map(CallbackTerms::deadline).orElse(null), end.orElse(null));
    }

    /** Those without any bound. */
    static CallbackTerms none() {
        return new CallbackTerms(null, null);
    }

    private static Deadline deadline(Duration time) {
        return Deadline.after(time, "channels.consumer.deadline");
    }

    /** A view of a database on these terms. */
    Database of(Database any) {
        Database timely = deadline == null ? any : any.within(deadline);
        return end == null ? timely : timely.cancelledBy(end);
    }
}
