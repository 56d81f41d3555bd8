package org.pekkochannels.testkit;

import java.util.List;

/** Whether a class belongs to the application under test: threads and timers of libraries end with those. */
final class Ownership {
    private static final List<String> JDK = List.of("java.", "javax.", "jdk.", "sun.");
    private static final List<String> LIBRARIES = List.of(
            "org.pekkochannels.concurrent.",
            "org.pekkochannels.consumer.",
            "org.pekkochannels.database.",
            "org.pekkochannels.edge.",
            "org.pekkochannels.http.",
            "org.pekkochannels.identity.",
            "org.pekkochannels.layer.",
            "org.pekkochannels.netty.",
            "org.pekkochannels.tls.",
            "org.apache.pekko.",
            "scala.",
            "io.netty.",
            "org.junit.",
            "com.zaxxer.",
            "org.h2.",
            "org.postgresql.",
            "org.mariadb.",
            "com.mysql.",
            "org.sqlite.");

    private Ownership() {}

    static boolean isOfJdk(String type) {
        return JDK.stream().anyMatch(type::startsWith);
    }

    static boolean isOfApplication(String type) {
        return !isOfJdk(type) && LIBRARIES.stream().noneMatch(type::startsWith);
    }
}
