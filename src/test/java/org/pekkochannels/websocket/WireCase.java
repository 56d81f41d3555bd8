package org.pekkochannels.websocket;

import java.io.IOException;
import java.util.Optional;

/**
 * One conversation with a server that echoes, numbered and named as in the fuzzing client of the Autobahn test suite.
 *
 * @param name number and words
 * @param extensions what the client offers in its upgrade request
 * @param script the conversation
 */
record WireCase(String name, Optional<String> extensions, Script script) {

    /** What is said, and what is expected. */
    @FunctionalInterface
    interface Script {
        void run(WireClient client) throws IOException;
    }

    static WireCase of(String name, Script script) {
        return new WireCase(name, Optional.empty(), script);
    }

    /** Sends frames, hears a message, closes in order. */
    static WireCase echo(String name, int opcode, byte[] payload, byte[]... frames) {
        return of(name, client -> {
            client.send(frames);
            client.expect(opcode, payload);
            client.close1000();
        });
    }

    /** Sends frames of which one must not be; messages before it may be answered. */
    static WireCase fails(String name, int code, byte[]... frames) {
        return of(name, client -> {
            client.send(frames);
            client.expectEndAfterMessages(code);
        });
    }

    static WireCase failsEach(String name, int code, byte[]... frames) {
        return of(name, client -> {
            client.sendEach(frames);
            client.expectEndAfterMessages(code);
        });
    }

    static WireCase failsChopped(String name, int code, byte[]... frames) {
        return of(name, client -> {
            client.chop(1, frames);
            client.expectEndAfterMessages(code);
        });
    }

    void run(int port, String path) throws IOException {
        try (WireClient client = WireClient.connect(port, path, extensions)) {
            script.run(client);
        }
    }
}
