package org.pekkochannels.concurrent;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import reactor.blockhound.BlockHound;

/** What {@code channels.development} enables for the whole JVM. Thread-safe. */
public final class Development {
    private static final SafeLog LOG = SafeLog.of(Development.class);

    // Since Java 13 an agent may add methods only with this option, and BlockHound adds some.
    private static final String OPTION = "-XX:+AllowRedefinitionToAddDeleteMethods";

    private Development() {}

    /** Installs BlockHound in this JVM if it is on the class path and the JVM permits it. Further calls have no effect. */
    public static void watchBlockingCalls() {
        List<String> missing = new ArrayList<>();
        if (!hasBlockHound()) {
            missing.add("add io.projectreactor.tools:blockhound to the class path");
        }
        if (!ManagementFactory.getRuntimeMXBean().getInputArguments().contains(OPTION)) {
            missing.add("start the JVM with " + OPTION);
        }
        if (missing.isEmpty()) {
            BlockHound.install();
        } else {
            LOG.info(
                    "channels.development: blocking calls inside turns are not detected; to have them fail, {}",
                    String.join(", and ", missing));
        }
    }

    private static boolean hasBlockHound() {
        try {
            Class.forName("reactor.blockhound.BlockHound", false, Development.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError absent) {
            return false;
        }
    }
}
