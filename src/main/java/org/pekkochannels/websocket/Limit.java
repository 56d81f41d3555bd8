package org.pekkochannels.websocket;

import org.pekkochannels.protocol.CloseCode;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.settings.Settings;

/**
 * The limits of a session. Each has a key below {@code channels.websocket}, a counter, and in most cases a close code.
 *
 * <p>A further limit needs
 *
 * <ul>
 *   <li>its key in {@code reference.conf}, and its value in {@link SessionBounds} or {@link SessionTimes}
 *   <li>a constant here, and its value in {@link #bound}
 *   <li>the place that finds it exceeded: {@code FrameParser} for sizes, {@link Watch} for times, {@link Outbox} for output
 *   <li>a case in {@code Connection.cross}: close with the code, or abort
 *   <li>the tables in the {@code package-info} and in the guide's pages on close codes and on the edge, and {@code LimitTest}
 * </ul>
 *
 * Counters and meters follow from {@link #values}.
 */
public enum Limit {
    /** No decision in time. The client receives HTTP status 503, the consumer 1006. */
    HANDSHAKE_TIMEOUT("handshake-timeout", CloseCode.ABNORMAL, "handshake timed out"),
    /** The connection was not attached in time after the acceptance. The consumer receives 1006. */
    ATTACH_TIMEOUT("attach-timeout", CloseCode.ABNORMAL, "not attached in time"),
    /**
     * The peer did not answer the close frame, did not end its side, or ended it and did not take the pending output. The connection is
     * aborted; the reason is unchanged.
     */
    CLOSE_TIMEOUT("close-timeout"),
    /** No bytes arrived after a ping. The connection is aborted; the consumer receives 1006. */
    PONG_TIMEOUT("pong-timeout", CloseCode.ABNORMAL, "ping timeout"),
    /** No message in either direction for too long; 1001. */
    IDLE_TIMEOUT("idle-timeout", CloseCode.GOING_AWAY, "idle for too long"),
    /** A message was begun and not finished in time; 1008. */
    MESSAGE_TIMEOUT("message-timeout", CloseCode.POLICY_VIOLATION, "message took too long"),
    /** Output waited and the kernel took none of it. The connection is aborted; the consumer receives 1013. */
    WRITE_TIMEOUT("write-timeout", CloseCode.TRY_AGAIN_LATER, "write stalled"),
    /** A message was larger than allowed, as received or inflated; 1009. */
    MAX_MESSAGE_BYTES("max-message-bytes", CloseCode.TOO_LARGE, "message too large"),
    /** A message had more frames, or more final deflate blocks, than allowed; 1008, because a rule was violated, not a size. */
    MAX_FRAMES("max-frames", CloseCode.POLICY_VIOLATION, "too many frames in a message"),
    /** Messages waited for the consumer. Reading pauses; the connection stays open. */
    READ_AHEAD("read-ahead"),
    /** The peer did not read. Depending on {@code slow-reader} it is closed with 1013 or loses messages. */
    MAX_OUTBOUND_BYTES("max-outbound-bytes", CloseCode.TRY_AGAIN_LATER, "too much unread");

    private static final int NONE = 0;

    private final String key;
    private final int code;
    private final String words;

    Limit(String key) {
        this(key, NONE, "");
    }

    Limit(String key, int code, String words) {
        this.key = key;
        this.code = code;
        this.words = words;
    }

    /**
     * The key that sets the limit.
     *
     * @return a key of the section {@code channels.websocket}
     */
    public String key() {
        return key;
    }

    /** Its value, as written in the configuration. */
    String bound(SessionSettings settings) {
        SessionBounds bounds = settings.bounds();
        SessionTimes times = settings.times();
        return switch (this) {
            case HANDSHAKE_TIMEOUT -> Settings.written(settings.handshakeTimeout());
            case ATTACH_TIMEOUT -> Settings.written(settings.attachTimeout());
            case CLOSE_TIMEOUT -> Settings.written(times.closeTimeout());
            case PONG_TIMEOUT -> Settings.written(times.pongTimeout());
            case IDLE_TIMEOUT -> times.idleTimeout().map(Settings::written).orElse("off");
            case MESSAGE_TIMEOUT -> Settings.written(times.messageTimeout());
            case WRITE_TIMEOUT -> Settings.written(times.writeTimeout());
            case MAX_MESSAGE_BYTES -> bounds.maxMessageBytes() + " bytes";
            case MAX_FRAMES -> String.valueOf(bounds.maxFrames());
            case READ_AHEAD -> bounds.readAhead() + " bytes";
            case MAX_OUTBOUND_BYTES -> bounds.maxOutboundBytes() + " bytes";
        };
    }

    /** The close reason of a connection that exceeds the limit, if it has a separate one. */
    CloseReason reason() {
        return new CloseReason(code, words);
    }
}
