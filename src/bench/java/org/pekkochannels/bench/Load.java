package org.pekkochannels.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What the load generator is asked to do, by the names that {@link Compare} takes. */
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
    SLOW("--mode slow -n 16 -s 64");

    private final String arguments;

    Load(String arguments) {
        this.arguments = arguments;
    }

    List<String> arguments() {
        return List.of(arguments.split(" ", -1));
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
