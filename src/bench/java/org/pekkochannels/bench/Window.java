package org.pekkochannels.bench;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What was counted in one window; CPU in microseconds of the server for each message or request. Immutable.
 *
 * @param stolenPercent how much of the processors the machine below took for others
 * @param allocatedBytes what the server allocated for each request; NaN where that is not measured
 */
record Window(
        double cpuMicros,
        double perSecond,
        double p99Micros,
        double otherCpuPercent,
        double stolenPercent,
        double allocatedBytes) {
    static Window of(JsonNode said) {
        double rate = number(said, "rate");
        return new Window(
                number(said, "server_cpu_pct") * 10_000 / rate,
                rate,
                number(said, "p99_us"),
                number(said, "other_cpu_pct"),
                number(said, "steal_pct"),
                Double.NaN);
    }

    /** Replies that were wrong, and connections that were refused or broke: a window with any of these counts for nothing. */
    static boolean faulty(JsonNode said) {
        return said.has("fail")
                || number(said, "rate") <= 0
                || number(said, "errors") > 0
                || number(said, "connect_fail") > 0
                || number(said, "bad_reply") > 0
                || said.path("completeness").asDouble(1) < 1
                || number(said, "out_of_order") > 0;
    }

    private static double number(JsonNode said, String name) {
        return said.path(name).asDouble();
    }
}
