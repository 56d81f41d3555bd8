package org.pekkochannels;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The command of a JVM that a test starts, ends or kills. */
public final class ChildJvm {
    /** The options of a JVM that ends soon. */
    public static final List<String> SHORT_LIVED = List.of(
            // It ends before the optimizing compiler pays off; without it a server starts with half the CPU time.
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            // A tenth of the CPU time of a start; what javac has written needs no verification.
            "-XX:+UnlockDiagnosticVMOptions",
            "-XX:-BytecodeVerificationRemote");

    private static final List<String> OPTIONS = List.of(
            "-Xmx256m",
            // On a busy machine H2 may need longer than the default of 5 s for its first login.
            "-Dchannels.database.connection-timeout=1m");

    private ChildJvm() {}

    /** Runs a main class on this JVM's class path; {@code rest} has further options, the class and its arguments. */
    public static List<String> command(String... rest) {
        return on(System.getProperty("java.class.path"), rest);
    }

    /** Runs a main class on another class path. */
    public static List<String> on(String classPath, String... rest) {
        return plain(Stream.concat(Stream.of("-cp", classPath), Stream.of(rest)).toArray(String[]::new));
    }

    /** Runs what {@code rest} says, such as {@code -jar}. */
    public static List<String> plain(String... rest) {
        return Stream.of(List.of(java()), SHORT_LIVED, OPTIONS, List.of(rest))
                .flatMap(List::stream)
                .toList();
    }

    /** The program of this JVM. */
    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
