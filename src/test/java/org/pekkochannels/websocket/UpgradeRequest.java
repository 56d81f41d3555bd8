package org.pekkochannels.websocket;

/** What a client asks with for a WebSocket, as it goes over the wire. */
public final class UpgradeRequest {
    private UpgradeRequest() {}

    /** For a path, with no extension, subprotocol or origin. */
    public static String of(String path) {
        return of(path, "");
    }

    /** With further lines, each with its end. */
    public static String of(String path, String lines) {
        return "GET " + path + " HTTP/1.1\r\n"
                + "Host: localhost\r\n"
                + "Connection: Upgrade\r\n"
                + "Upgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                + lines
                + "\r\n";
    }
}
