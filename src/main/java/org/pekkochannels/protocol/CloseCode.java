package org.pekkochannels.protocol;

/** The close codes of RFC 6455, section 7.4, and of the IANA registry that it established; those from 4000 on are this library's. */
public final class CloseCode {
    /** The purpose was fulfilled. */
    public static final int NORMAL = 1000;
    /** The server shuts down, or the browser leaves the page. */
    public static final int GOING_AWAY = 1001;
    /** The peer broke the protocol. */
    public static final int PROTOCOL_ERROR = 1002;
    /** The endpoint does not accept this kind of data, such as binary where only text is supported. */
    public static final int UNSUPPORTED_DATA = 1003;
    /** Never on the wire: the peer's close frame had no code. */
    public static final int NO_STATUS = 1005;
    /** Never on the wire: the connection was lost without a close frame. */
    public static final int ABNORMAL = 1006;
    /** The data did not match its type, such as text that is not UTF-8. */
    public static final int INVALID_DATA = 1007;
    /** The message violates a rule of the application. */
    public static final int POLICY_VIOLATION = 1008;
    /** The message is larger than the endpoint accepts. */
    public static final int TOO_LARGE = 1009;
    /** The server did not negotiate an extension that the client requires. */
    public static final int MANDATORY_EXTENSION = 1010;
    /** A handler failed. */
    public static final int INTERNAL_ERROR = 1011;
    /** The server restarts; reconnect after a pause. */
    public static final int SERVICE_RESTART = 1012;
    /** The server is overloaded; try again later. */
    public static final int TRY_AGAIN_LATER = 1013;
    /** The user's session or token has expired, or was revoked; log in again. One of the codes for applications. */
    public static final int UNAUTHORIZED = 4401;
    /** The user may not continue; a new attempt is of no use. One of the codes for applications. */
    public static final int FORBIDDEN = 4403;

    private CloseCode() {}

    /**
     * Whether a close frame may carry the code: 1000 to 1003, 1007 to 1014, and 3000 to 4999.
     *
     * @param code a code
     * @return whether it may be sent
     */
    public static boolean isSendable(int code) {
        return (code >= NORMAL && code <= UNSUPPORTED_DATA)
                || (code >= INVALID_DATA && code <= 1014)
                || (code >= 3000 && code <= 4999);
    }
}
