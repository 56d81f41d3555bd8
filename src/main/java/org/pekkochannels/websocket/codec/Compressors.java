package org.pekkochannels.websocket.codec;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The deflaters and inflaters of one server. Each holds up to 300 KiB of native memory, so no connection has one of its
 * own: as no context is taken over from message to message, one is borrowed for a message, on one thread. Thread-safe.
 */
public final class Compressors {
    // Those in use are as many as threads that encode or parse at the same time; twice the processors rest at most.
    private static final int MOST_RESTING = 2 * Runtime.getRuntime().availableProcessors();

    // By level, which a deflater has from its birth: to change it would take a call of its own.
    private final Map<Integer, Pool<Deflation>> deflations = new ConcurrentHashMap<>();
    private final Pool<Inflation> inflations = new Pool<>(MOST_RESTING, Inflation::new);
    private final Compression unused;

    public Compressors() {
        unused = Compression.none(this);
    }

    Pool<Deflation> deflations(int level) {
        return deflations.computeIfAbsent(level, each -> new Pool<>(MOST_RESTING, () -> new Deflation(each)));
    }

    /** What a session has that has agreed to nothing; one for all. */
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
