package org.pekkochannels.bench;

import java.util.Locale;

/**
 * The costs of so many idle sessions, as one row of a table; immutable. A tick stands for everything that happens in its 250 ms.
 *
 * @param sessions how many are open
 * @param opened how many of them were opened in this step
 * @param heapBytes heap for each session
 * @param opening the opening of the step's sessions
 * @param idle some seconds without an event
 * @param ping one ping to each session, with its answer
 * @param relay one event to each session
 */
record SessionCosts(
        int sessions,
        int opened,
        double heapBytes,
        ProcessUsage opening,
        ProcessUsage idle,
        ProcessUsage ping,
        ProcessUsage relay) {
    static final String HEAD = "| sessions | heap bytes each | opening us | collector ms | tick CPU ms | tick bytes"
            + " | pings ms | bytes each | relay ms | CPU ms | bytes each | threads |";
    static final String RULE = "|---".repeat(12) + "|";

    // Channels' clock ticks four times in a second.
    private static final double TICK_MILLIS = 250;
    // Windows of one size differ by less than this on a quiet machine.
    private static final double NOISE = 1.25;

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "| %d | %.0f | %.1f | %d | %.2f | %.0f | %.0f | %.0f | %.0f | %.0f | %.0f | %d |",
                sessions,
                heapBytes,
                openingMicros(),
                opening.collectionMillis(),
                tickMillis(),
                idle.allocatedBytes() / ticks(),
                ping.millis(),
                each((double) ping.allocatedBytes()),
                relay.millis(),
                relay.cpuMillis(),
                each((double) relay.allocatedBytes()),
                idle.threads());
    }

    /** The ratios of what each session costs, to a step with fewer sessions: 1 is linear. */
    String over(SessionCosts fewer) {
        return String.format(Locale.ROOT, "%d over %d sessions, each:", sessions, fewer.sessions)
                + ratio("heap", heapBytes, fewer.heapBytes)
                + ratio("opening", openingMicros(), fewer.openingMicros())
                + ratio("tick", each(tickMillis()), fewer.each(fewer.tickMillis()))
                + ratio("pings", each(ping.millis()), fewer.each(fewer.ping.millis()))
                + ratio("relay", each(relay.millis()), fewer.each(fewer.relay.millis()))
                + ratio("relay CPU", each(relay.cpuMillis()), fewer.each(fewer.relay.cpuMillis()));
    }

    private static String ratio(String what, double more, double fewer) {
        double ratio = more / fewer;
        return String.format(Locale.ROOT, " %s %.2f%s", what, ratio, ratio > NOISE ? " GROWS" : "");
    }

    private double openingMicros() {
        return opening.millis() * 1000 / opened;
    }

    private double ticks() {
        return idle.millis() / TICK_MILLIS;
    }

    private double tickMillis() {
        return idle.cpuMillis() / ticks();
    }

    private double each(double all) {
        return all / sessions;
    }
}
