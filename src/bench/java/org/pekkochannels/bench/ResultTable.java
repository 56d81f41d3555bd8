package org.pekkochannels.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The rows of one load: medians, and ratios to the first server, above 1 in that one's favour. */
final class ResultTable {
    static final String HEAD = """
            | load | server | CPU us each (least to most) | CPU ratio | per second | rate ratio | p99 ms | allocated bytes each | allocated ratio | other CPU % | stolen % |
            |---|---|---|---|---|---|---|---|---|---|---|""";

    private final String load;
    private final Map<String, List<Window>> windows = new LinkedHashMap<>();

    ResultTable(String load) {
        this.load = load;
    }

    void add(String server, Window window) {
        windows.computeIfAbsent(server, name -> new ArrayList<>()).add(window);
    }

    /** Bytes stand where microseconds do. */
    static String idleRow(String server, double bytes, double ratio) {
        return row("| idle | %s | %.0f bytes of heap | %.2f | | | | | | | |%n", server, bytes, ratio);
    }

    @Override
    public String toString() {
        StringBuilder rows = new StringBuilder();
        if (!windows.isEmpty()) {
            List<Window> first = windows.values().iterator().next();
            windows.forEach((server, counted) -> rows.append(row(server, counted, first)));
        }
        return rows.toString();
    }

    private String row(String server, List<Window> counted, List<Window> first) {
        double cpu = median(counted, Window::cpuMicros);
        double rate = median(counted, Window::perSecond);
        return row(
                "| %s | %s | %.2f (%.2f to %.2f) | %.2f | %.0f | %.2f | %.2f | %s | %.0f | %.1f |%n",
                load,
                server,
                cpu,
                sorted(counted, Window::cpuMicros)[0],
                sorted(counted, Window::cpuMicros)[counted.size() - 1],
                cpu / median(first, Window::cpuMicros),
                rate,
                median(first, Window::perSecond) / rate,
                median(counted, Window::p99Micros) / 1000,
                allocated(counted, first),
                median(counted, Window::otherCpuPercent),
                median(counted, Window::stolenPercent));
    }

    private static String allocated(List<Window> counted, List<Window> first) {
        double bytes = median(counted, Window::allocatedBytes);
        return Double.isNaN(bytes) ? "|" : row("%.0f | %.2f", bytes, bytes / median(first, Window::allocatedBytes));
    }

    private static String row(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private static double median(List<Window> counted, ToDoubleFunction<Window> figure) {
        double[] figures = sorted(counted, figure);
        int middle = figures.length / 2;
        return figures.length % 2 == 1 ? figures[middle] : (figures[middle - 1] + figures[middle]) / 2;
    }

    private static double[] sorted(List<Window> counted, ToDoubleFunction<Window> figure) {
        return counted.stream().mapToDouble(figure).sorted().toArray();
    }
}
