package org.pekkochannels.netty;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.pekko.actor.typed.ActorSystem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns of a turn that holds its loop, and with it every other socket there; looks from a thread of its own system. */
final class Watchdog implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);
    private static final String RUNTIME = "org.pekkochannels.consumer.";

    private final List<Loop> loops;
    private final long[] seen;
    private final Duration bound;

    private Watchdog(List<Loop> loops, Duration bound) {
        this.loops = loops;
        this.seen = new long[loops.size()];
        this.bound = bound;
    }

    /** Looks every {@code bound}: a turn that was there before, and is still, has taken at least so long. */
    static void start(ActorSystem<?> system, List<Loop> loops, Duration bound) {
        system.scheduler().scheduleWithFixedDelay(bound, bound, new Watchdog(loops, bound), system.executionContext());
    }

    @Override
    public void run() {
        for (int i = 0; i < seen.length; i++) {
            long turn = loops.get(i).turns();
            if (turn == seen[i] && turn % 2 == 1) {
                warn(loops.get(i));
                // Once for each turn.
                seen[i] = -turn;
            } else if (turn != -seen[i]) {
                seen[i] = turn;
            }
        }
    }

    private void warn(Loop loop) {
        Thread thread = loop.thread();
        if (thread != null) {
            StackTraceElement[] stack = thread.getStackTrace();
            LOG.warn(
                    "{} holds {} for more than {} (channels.netty.turn-warning), and with it all sockets there; let the"
                            + " database's threads do what blocks, or see channels.consumer.dispatcher\n    at {}",
                    culprit(stack),
                    thread.getName(),
                    bound,
                    Arrays.stream(stack).map(StackTraceElement::toString).collect(Collectors.joining("\n    at ")));
        }
    }

    /** The class that the consumer's runtime has called, else the one at the top. */
    private static String culprit(StackTraceElement[] stack) {
        for (int i = 1; i < stack.length; i++) {
            if (stack[i].getClassName().startsWith(RUNTIME)) {
                return stack[i - 1].getClassName();
            }
        }
        return stack.length == 0 ? "a turn" : stack[0].getClassName();
    }
}
