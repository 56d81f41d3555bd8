package org.pekkochannels.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a server is loaded with, by the names that {@link Compare} takes: WebSockets by the load generator, pages by {@link
 * PageClient}.
 */
enum Load {
    /** 64 connections, 64 bytes, one message under way in each. */
    ECHO("--mode echo -n 64 -s 64"),
    /** The same with sixteen under way in each. */
    ECHO16("--mode echo -n 64 -s 64 --depth 16"),
    /** A room of 1001 members, one message under way; counted for each delivery. */
    BROADCAST1("--mode broadcast -n 1000 -s 150 --bwindow 1"),
    /** The same with two messages under way. */
    BROADCAST("--mode broadcast -n 1000 -s 150 --bwindow 2"),
    /** Handshake, close handshake, and again. */
    CONNECT("--mode connect -n 64 --conc 16"),
    /** 16 connections that insert and select. */
    DB("--mode db -n 16 -s 64"),
    /** 16 connections that sleep 50 ms in the database. */
    SLOW("--mode slow -n 16 -s 64"),
    /** 64 kept-alive connections that get a small page. */
    PAGE,
    /** 8 kept-alive connections that upload 1 MiB with a Content-Length. */
    UPLOAD,
    /** The same in chunks of 16 KiB. */
    CHUNKED;

    private static final int UPLOAD_BYTES = 1 << 20;

    private final String arguments;

    Load() {
        this("");
    }

    Load(String arguments) {
        this.arguments = arguments;
    }

    /** What the load generator is called with, where {@link #exchange} is empty. */
    List<String> arguments() {
        return List.of(arguments.split(" ", -1));
    }

    /** What the page client sends; empty where the load generator is used. */
    Optional<PageExchange> exchange() {
        return Optional.ofNullable(
                switch (this) {
                    case PAGE -> PageExchange.page(64);
                    case UPLOAD -> PageExchange.upload(8, UPLOAD_BYTES);
                    case CHUNKED -> PageExchange.chunked(8, UPLOAD_BYTES, 16 << 10);
                    default -> null;
                });
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Load of(String label) {
        return Arrays.stream(values())
                .filter(load -> load.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "--modes must be of " + labels() + " and idle, was '" + label + "'"));
    }

    static String labels() {
        return Arrays.stream(values()).map(Load::label).collect(Collectors.joining(", "));
    }
}
