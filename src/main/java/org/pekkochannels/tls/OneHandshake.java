package org.pekkochannels.tls;

import java.security.AlgorithmConstraints;
import java.security.AlgorithmParameters;
import java.security.CryptoPrimitive;
import java.security.Key;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Permits all algorithms until the first handshake of a connection is complete, and none afterwards, so that a further handshake fails.
 * Java checks it at the start of a handshake, in addition to its own constraints. Confined to the connection.
 */
final class OneHandshake implements AlgorithmConstraints {
    private final Runnable refused;
    private State state = State.HANDSHAKING;

    private enum State {
        HANDSHAKING,
        ESTABLISHED,
        REFUSED
    }

    /** Runs {@code refused} once, when a second handshake begins. */
    OneHandshake(Runnable refused) {
        this.refused = refused;
    }

    void established() {
        if (state == State.HANDSHAKING) {
            state = State.ESTABLISHED;
        }
    }

    private boolean isFirst() {
        if (state == State.ESTABLISHED) {
            state = State.REFUSED;
            refused.run();
        }
        return state == State.HANDSHAKING;
    }

    @Override
    public boolean permits(
            Set<CryptoPrimitive> primitives, @Nullable String algorithm, @Nullable AlgorithmParameters parameters) {
        return isFirst();
    }

    @Override
    public boolean permits(Set<CryptoPrimitive> primitives, Key key) {
        return isFirst();
    }

    @Override
    public boolean permits(
            Set<CryptoPrimitive> primitives,
            @Nullable String algorithm,
            Key key,
            @Nullable AlgorithmParameters parameters) {
        return isFirst();
    }
}
