package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;

/** Where a request stands on its connection; a harmless one for {@code /page} precedes it unless it is the first. */
enum Position {
    /** The request is the first one. */
    FIRST {
        @Override
        RawExchange askExactly(int port, String request) throws IOException {
            return RawExchange.with(port).sendExactly(request);
        }
    },
    /** The request follows when the first one has been answered. */
    LATER {
        @Override
        RawExchange askExactly(int port, String request) throws IOException {
            return afterPage(RawExchange.with(port).sendExactly(PAGE)).sendExactly(request);
        }
    },
    /** The request is sent in one write with the first one. */
    PIPELINED {
        @Override
        RawExchange askExactly(int port, String request) throws IOException {
            return afterPage(RawExchange.with(port).sendExactly(PAGE + request));
        }
    };

    private static final String PAGE = "GET /page HTTP/1.1\r\nHost: x\r\n\r\n";

    /** Connects and sends a request in this position; the next response is its response. */
    abstract RawExchange askExactly(int port, String request) throws IOException;

    /** Like {@link #askExactly}; a bar is CRLF. */
    RawExchange ask(int port, String lines) throws IOException {
        return askExactly(port, RawExchange.crlf(lines));
    }

    private static RawExchange afterPage(RawExchange exchange) throws IOException {
        assertThat(exchange.response().body()).isEqualTo("a page");
        return exchange;
    }
}
