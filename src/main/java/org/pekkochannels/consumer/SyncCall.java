package org.pekkochannels.consumer;

import org.jdbi.v3.core.Handle;
import org.pekkochannels.database.LazyHandle;

/** One callback of a synchronous consumer while it runs; confined to the thread that runs it. */
final class SyncCall {
    private final LazyHandle handle;
    private Effects effects = new Effects();

    SyncCall(LazyHandle handle) {
        this.handle = handle;
    }

    /** What a callback does. */
    @FunctionalInterface
    interface Body {
        void run() throws Exception;
    }

    Handle handle() {
        return handle.get();
    }

    Effects effects() {
        return effects;
    }

    Effects takeEffects() {
        Effects taken = effects;
        effects = new Effects();
        return taken;
    }
}
