package org.pekkochannels.consumer;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.database.Database;
import org.pekkochannels.database.Deadline;

/** On what terms the database calls of one callback run; immutable. */
final class CallbackTerms {
    private final @Nullable Deadline deadline;

    private CallbackTerms(@Nullable Deadline deadline) {
        this.deadline = deadline;
    }

    /** Those of a callback that begins now, whose calls may take so long. */
    static CallbackTerms of(Optional<Duration> time) {
        return new CallbackTerms(time.map(CallbackTerms::deadline).orElse(null));
    }

    private static Deadline deadline(Duration time) {
        return Deadline.after(time, "channels.consumer.deadline");
    }

    /** A view of a database on these terms. */
    Database of(Database any) {
        return deadline == null ? any : any.within(deadline);
    }
}
