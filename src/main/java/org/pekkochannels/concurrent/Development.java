package org.pekkochannels.concurrent;

import java.lang.management.ManagementFactory;
import reactor.blockhound.BlockHound;

/** What {@code channels.development} switches on for the whole JVM. Thread-safe. */
public final class Development {
    private static final SafeLog LOG = SafeLog.of(Development.class);

    // Since Java 13 an agent may add methods only so, and BlockHound has to.
    private static final String OPTION = "-XX:+AllowRedefinitionToAddDeleteMethods";

    private Development() {}

    /** Has BlockHound watch this JVM, if it is there and the JVM lets it; once more changes nothing. */
    public static void watchBlockingCalls() {
        if (!ManagementFactory.getRuntimeMXBean().getInputArguments().contains(OPTION)) {
            LOG.info("channels.development: start the JVM with {}, and blocking calls inside turns will fail", OPTION);
            return;
        }
        try {
            BlockHound.install();
        } catch (NoClassDefFoundError e) {
            LOG.info(
                    "channels.development: add io.projectreactor.tools:blockhound to the class path, and blocking calls"
                            + " inside turns will fail");
        }
    }
}
