package org.pekkochannels.netty;

/**
 * The phase of a channel's life, as its {@link ChannelTransport} sees it. A phase is never entered again; phases may be
 * skipped.
 *
 * <pre>
 *   from                event                                          to
 *   OPEN                client's FIN or close_notify, to a HalfClosing   HALF_CLOSED
 *   OPEN                client's FIN or close_notify, to any other       FINISHING
 *   OPEN, HALF_CLOSED   shutdownOutput() or close()                      CLOSING
 *   any                 channelInactive or exceptionCaught               LOST
 * </pre>
 *
 * <p>Two parties may end the connection, in either order, and the order decides what happens to the input. If the listener
 * ends first, input is discarded, because the listener has finished with the client. If the client ends first, there is no
 * more input, and only output is left. An end of the client in {@code CLOSING} is therefore not an event here: it changes
 * only how the channel is closed, see {@link ChannelEnd#endBoth}.
 */
enum ChannelPhase {
    /** Both directions are in use. */
    OPEN,
    /** The client has ended its side. The listener still writes, and has received {@code finished()}, not {@code lost()}. */
    HALF_CLOSED,
    /** The listener has ended our side. Unsent output still leaves, input is discarded; {@code lost()} is still due. */
    CLOSING,
    /** The client has ended its side, and the listener has received {@code lost()}. Earlier output still leaves. */
    FINISHING,
    /** The channel is closed or has failed, and the listener has received {@code lost()}. Unsent output is dropped. */
    LOST;

    /** Whether the listener still uses the connection: it has not received {@code lost()}. */
    boolean isInUse() {
        return compareTo(FINISHING) < 0;
    }

    /** Whether the listener may still ask for the end of our side. */
    boolean mayEndOutput() {
        return compareTo(CLOSING) < 0;
    }

    /** Whether our side ends when the output has left. */
    boolean endsOutput() {
        return this == CLOSING || this == FINISHING;
    }

    /** Whether the listener takes no input. */
    boolean discardsInput() {
        return compareTo(CLOSING) >= 0;
    }
}
