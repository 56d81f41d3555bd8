package org.pekkochannels.http;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AbstractInOutHandler;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.TimerGraphStageLogic;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.edge.ContainedFailures;
import org.pekkochannels.edge.ContainedFailures.Place;

/**
 * Asks for the next connection only if the process has file descriptors left; otherwise it looks again once a second, and says
 * so in one line. Without it Pekko tries to accept again at once, without end, and logs a stack trace each time.
 *
 * @param <C> a connection
 */
final class AcceptGate<C> extends GraphStage<FlowShape<C, C>> {
    /** What is left for other uses than connections: the database, files, classes that are loaded later. */
    static final int KEPT = 32;

    private static final SafeLog LOG = SafeLog.of(AcceptGate.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    // To count the descriptors takes some milliseconds where they are many.
    private static final long MOST_UNCOUNTED = 1000;

    private final Inlet<C> in = Inlet.create("AcceptGate.in");
    private final Outlet<C> out = Outlet.create("AcceptGate.out");
    private final FlowShape<C, C> shape = FlowShape.of(in, out);
    private final LongSupplier free;
    private final ContainedFailures failures;

    /**
     * A gate for one listening socket.
     *
     * @param free counts the descriptors that the process may still open
     * @param failures hears of a logger that throws, which must not end the accepting
     */
    AcceptGate(LongSupplier free, ContainedFailures failures) {
        this.free = free;
        this.failures = failures;
    }

    /** The descriptors that this process may still open; many where the platform does not tell. */
    static long freeDescriptors() {
        if (!(ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix)) {
            return Long.MAX_VALUE;
        }
        try {
            return unix.getMaxFileDescriptorCount() - unix.getOpenFileDescriptorCount();
        } catch (InternalError none) {
            // To count them takes one.
            return 0;
        }
    }

    @Override
    public FlowShape<C, C> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes inheritedAttributes) {
        return new Logic();
    }

    private final class Logic extends TimerGraphStageLogic {
        // How many more connections need no look at the descriptors.
        private long uncounted;

        Logic() {
            super(shape);
            Connections connections = new Connections();
            setHandler(in, connections);
            setHandler(out, connections);
        }

        @Override
        public void onTimer(Object key) {
            accept();
        }

        private void accept() {
            if (uncounted > 0 || count()) {
                uncounted--;
                pull(in);
            } else {
                scheduleOnce(PAUSE, PAUSE);
                failures.run(Place.LOGGER, "the log line of missing descriptors", this::warn);
            }
        }

        private void warn() {
            LOG.warn(
                    "no connection is accepted for {}: the process has fewer than {} file descriptors left (ulimit -n)",
                    PAUSE,
                    KEPT);
        }

        /** Half of what is left may be taken by others meanwhile. */
        private boolean count() {
            uncounted = Math.min(MOST_UNCOUNTED, (free.getAsLong() - KEPT) / 2);
            return uncounted > 0;
        }

        private final class Connections extends AbstractInOutHandler {
            @Override
            public void onPush() {
                push(out, grab(in));
            }

            @Override
            public void onPull() {
                accept();
            }
        }
    }
}
