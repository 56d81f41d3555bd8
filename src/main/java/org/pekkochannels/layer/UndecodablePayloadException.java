package org.pekkochannels.layer;

/** A payload that Jackson cannot read as the class that was asked for; the cause says why. Immutable. */
public final class UndecodablePayloadException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UndecodablePayloadException(Event event, Class<?> wanted, Throwable cause) {
        super(
                "payload of event '" + event.type() + "' (" + event.size() + " bytes) is no " + wanted.getName()
                        + "; sender and receiver must agree on its class",
                cause);
    }
}
