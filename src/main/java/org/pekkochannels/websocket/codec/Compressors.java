package org.pekkochannels.websocket.codec;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The deflaters and inflaters of one server. Each uses up to 300 KiB of native memory, so connections share them: because no context is
 * taken over from message to message, one is borrowed per message, on one thread. Thread-safe.
 */
public final class Compressors {
    // As many are in use as threads encode or parse at the same time; at most twice the number of processors are kept
    // idle.
    private static final int MOST_RESTING = 2 * Runtime.getRuntime().availableProcessors();

    // By level, which is set when a deflater is created: changing it would take another call.
    private final Map<Integer, Pool<Deflation>> deflations = new ConcurrentHashMap<>();
    private final Pool<Inflation> inflations = new Pool<>(MOST_RESTING, Inflation::new);
    private final Compression unused;

    public Compressors() {
        unused = Compression.none(this);
    }

    Pool<Deflation> deflations(int level) {
        return deflations.computeIfAbsent(level, each -> new Pool<>(MOST_RESTING, () -> new Deflation(each)));
    }

    /** The instance for sessions without compression; shared by all. */
    Compression unused() {
        return unused;
    }

    Pool<Inflation> inflations() {
        return inflations;
    }

    public void close() {
        deflations.values().forEach(Pool::close);
        inflations.close();
    }
}
