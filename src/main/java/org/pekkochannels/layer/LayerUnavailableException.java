package org.pekkochannels.layer;

import org.jspecify.annotations.Nullable;

/**
 * The engine behind a channel layer, such as a database or another node, cannot be reached, and the event was not sent.
 *
 * <p>The stage of a send fails with it at once. Connections stay open, and memberships stay; delivery resumes when the engine answers again.
 * Has no stack trace, because every send fails while an engine is down; the message has all details. Immutable.
 */
public final class LayerUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Names what failed; for channel layers.
     *
     * @param message the layer, what it cannot reach, and the cure
     * @param cause why, if it is known
     */
    public LayerUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause, false, false);
    }
}
