package org.pekkochannels.consumer;

import org.jdbi.v3.core.Handle;
import org.pekkochannels.database.HandleSource;
import org.pekkochannels.database.TransactionOptions;

/** One callback of a synchronous consumer while it runs; confined to the thread that runs it. */
final class SyncCall {
    private final HandleSource handles;
    private final AfterCommit afterCommit;
    private Effects effects = new Effects();
    private boolean usesHandle;
    private boolean streams;

    SyncCall(HandleSource handles, AfterCommit afterCommit) {
        this.handles = handles;
        this.afterCommit = afterCommit;
    }

    /** Runs the callback; what it says to groups inside a transaction is handed over to that. */
    Effects run(Body body) throws Exception {
        body.run();
        if (usesHandle && handle().isInTransaction()) {
            effects.publishAfterCommit(afterCommit, handle());
        }
        return effects;
    }

    /** What a callback does. */
    @FunctionalInterface
    interface Body {
        void run() throws Exception;
    }

    Handle handle() {
        usesHandle = true;
        return handles.handle();
    }

    void beginTransaction(TransactionOptions options) {
        handles.beginTransaction(options);
    }

    Effects effects() {
        return effects;
    }

    /** Notes that a stream is among the effects, whose slices would be said while this callback still runs. */
    void streams() {
        streams = true;
    }

    Effects takeEffects() {
        if (streams) {
            throw new IllegalStateException("flush() after stream(..), which begins when the callback has returned;"
                    + " call flush() before stream(..)");
        }
        Effects taken = effects;
        effects = new Effects();
        return taken;
    }
}
