package org.pekkochannels.consumer;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.database.CallbackViews;
import org.pekkochannels.database.Database;
import org.pekkochannels.database.Deadline;

/** The options of one callback's database calls: deadline, cancellation and priority. Immutable. */
final class CallbackOptions {
    /** The key that sets a callback's deadline. */
    static final String DEADLINE = "channels.consumer.deadline";
    /** Names the source of the deadline if the consumer overrides {@code deadline()}. */
    static final String OVERRIDDEN = "deadline() of the consumer";

    private static final CallbackOptions NONE = new CallbackOptions(null, null, false);

    private final @Nullable Deadline deadline;
    private final @Nullable CompletionStage<?> end;
    private final boolean cleanup;

    private CallbackOptions(@Nullable Deadline deadline, @Nullable CompletionStage<?> end, boolean cleanup) {
        this.deadline = deadline;
        this.end = end;
        this.cleanup = cleanup;
    }

    /** The options of a callback that begins now: its calls share the deadline, and {@code end}, if present, cancels them. */
    static CallbackOptions of(@Nullable Deadline deadline, Optional<CompletionStage<?>> end) {
        return new CallbackOptions(deadline, end.orElse(null), false);
    }

    /** No bounds; used while no callback has begun. */
    static CallbackOptions none() {
        return NONE;
    }

    /** The options of {@code disconnect}, whose calls run before all others and are not rejected. */
    static CallbackOptions cleanup() {
        return new CallbackOptions(null, null, true);
    }

    boolean areForCleanup() {
        return cleanup;
    }

    /** The deadline of the callback's database work, if any. */
    Optional<Deadline> deadline() {
        return Optional.ofNullable(deadline);
    }

    /** A view of a database with these options. */
    Database of(Database any) {
        Database admitted = cleanup ? CallbackViews.forCleanup(any) : any;
        Database timely = deadline == null ? admitted : admitted.within(deadline);
        return end == null ? timely : timely.cancelledBy(end);
    }
}
