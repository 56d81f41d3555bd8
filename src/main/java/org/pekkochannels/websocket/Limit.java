package org.pekkochannels.websocket;

import org.pekkochannels.protocol.CloseCode;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.settings.Settings;

/** The bounds of a session: each has a key below {@code channels.websocket}, a counter, and perhaps a close code. */
public enum Limit {
    /** No decision in time; the client hears HTTP status 503, the consumer 1006. */
    HANDSHAKE_TIMEOUT("handshake-timeout", CloseCode.ABNORMAL, "handshake timed out"),
    /** The connection did not come in time after the acceptance; the consumer hears 1006. */
    ATTACH_TIMEOUT("attach-timeout", CloseCode.ABNORMAL, "not attached in time"),
    /**
     * The peer did not answer the close frame, or did not end its side, or has ended it and did not take what was written;
     * aborted, the reason stays what it was.
     */
    CLOSE_TIMEOUT("close-timeout"),
    /** Nothing was heard after a ping; aborted, the consumer hears 1006. */
    PONG_TIMEOUT("pong-timeout", CloseCode.ABNORMAL, "ping timeout"),
    /** No message in either direction for too long; 1001. */
    IDLE_TIMEOUT("idle-timeout", CloseCode.GOING_AWAY, "idle for too long"),
    /** A message was begun and not finished in time; 1008. */
    MESSAGE_TIMEOUT("message-timeout", CloseCode.POLICY_VIOLATION, "message took too long"),
    /** Output waited and the kernel took nothing of it; aborted, the consumer hears 1013. */
    WRITE_TIMEOUT("write-timeout", CloseCode.TRY_AGAIN_LATER, "write stalled"),
    /** A message larger than allowed, as it came or inflated; 1009. */
    MAX_MESSAGE_BYTES("max-message-bytes", CloseCode.TOO_LARGE, "message too large"),
    /** A message in more frames, or with more final deflate blocks, than allowed; 1008, as a rule was broken, not a size. */
    MAX_FRAMES("max-frames", CloseCode.POLICY_VIOLATION, "too many frames in a message"),
    /** Messages waited for the consumer; reading paused, nothing is closed. */
    READ_AHEAD("read-ahead"),
    /** The peer did not read; by {@code slow-reader} it is closed with 1013 or loses messages. */
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
     * The key that sets it.
     *
     * @return a key of the section {@code channels.websocket}
     */
    public String key() {
        return key;
    }

    /** Its value, as it is written in the configuration. */
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

    /** What a connection that crosses it ends with, if that is a reason of its own. */
    CloseReason reason() {
        return new CloseReason(code, words);
    }
}
