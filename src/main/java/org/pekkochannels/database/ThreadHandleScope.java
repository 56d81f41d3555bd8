package org.pekkochannels.database;

import org.jdbi.v3.core.HandleScope;
import org.jdbi.v3.core.extension.HandleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The handle that JDBI uses on the current thread. Thread-safe.
 *
 * <p>JDBI's own scope removes its thread local with each message. This one keeps a slot for each thread and only empties it, as the
 * database threads are few and serve many messages.
 */
final class ThreadHandleScope implements HandleScope {
    private final ThreadLocal<Slot> slots = ThreadLocal.withInitial(Slot::new);

    private static final class Slot {
        private @Nullable HandleSupplier handle;
    }

    @Override
    @SuppressWarnings("NullAway") // JDBI is not annotated: null means that this thread has no handle.
    public HandleSupplier get() {
        return slots.get().handle;
    }

    @Override
    public void set(HandleSupplier handle) {
        slots.get().handle = handle;
    }

    @Override
    public void clear() {
        slots.get().handle = null;
    }
}
