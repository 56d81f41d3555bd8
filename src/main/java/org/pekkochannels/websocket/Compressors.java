package org.pekkochannels.websocket;

/**
 * The deflaters and inflaters of one server. Each holds up to 300 KiB of native memory, so no connection has one of its
 * own: as no context is taken over from message to message, one is borrowed for a message, on one thread. Thread-safe.
 */
final class Compressors {
    // Those in use are as many as threads that encode or parse at the same time; twice the processors rest at most.
    private static final int MOST_RESTING = 2 * Runtime.getRuntime().availableProcessors();

    private final Pool<Deflation> deflations = new Pool<>(MOST_RESTING, Deflation::new);
    private final Pool<Inflation> inflations = new Pool<>(MOST_RESTING, Inflation::new);

    Pool<Deflation> deflations() {
        return deflations;
    }

    Pool<Inflation> inflations() {
        return inflations;
    }

    void close() {
        deflations.close();
        inflations.close();
    }
}
