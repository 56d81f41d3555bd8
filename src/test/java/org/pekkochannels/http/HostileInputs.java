package org.pekkochannels.http;

import java.util.List;
import java.util.Random;

/** Requests that two readers may read in two ways. Each kind combines its parts at random, the same for the same number. */
enum HostileInputs {
    /** Header values that end in, or begin with, part of a character in UTF-8. */
    BYTES_IN_VALUES,

    /** Lengths that are not a number, too large, or more than one. */
    CONTENT_LENGTHS,

    /** Transfer codings that look like chunked, with and without a length. */
    TRANSFER_CODINGS,

    /** Chunks with extensions, odd sizes and ends, and trailers. */
    CHUNKS,

    /** Versions, targets and methods. */
    REQUEST_LINES,

    /** Folded lines, single CR and LF, NUL, and names that are not tokens. */
    LINE_ENDS,

    /** Upgrades that are invalid or to another protocol, and then bytes that the proxy may take for those of a tunnel. */
    UPGRADES,

    /** A little of everything. */
    MIXTURES;

    /** What a client sends: each step after a response to the one before. The same for the same number. */
    List<String> steps(int number) {
        HostileDraw draw = new HostileDraw(new Random(name().hashCode() + number), name() + "-" + number);
        return switch (this) {
            case BYTES_IN_VALUES -> List.of(bytesInValues(draw));
            case CONTENT_LENGTHS -> List.of(contentLengths(draw));
            case TRANSFER_CODINGS -> List.of(transferCodings(draw));
            case CHUNKS -> List.of(chunks(draw));
            case REQUEST_LINES -> List.of(requestLines(draw));
            case LINE_ENDS -> List.of(lineEnds(draw));
            case UPGRADES -> List.of(upgrades(draw), draw.body());
            case MIXTURES -> List.of(mixtures(draw), draw.body());
        };
    }

    private static String bytesInValues(HostileDraw draw) {
        String forged =
                draw.any("X-Forwarded-For: 6.6.6.6", "X-Forwarded-For: \u00e9", "X-Forwarded-Proto: \u00c3", "");
        List<String> lines = draw.shuffled(draw.strange(), forged, draw.length());
        // Before the lines that HAProxy adds, and before the end of the head that nginx sends.
        lines.add(draw.any(HostileWords.STRANGE));
        return draw.request(draw.line(), lines, draw.body());
    }

    private static String contentLengths(HostileDraw draw) {
        List<String> lines = draw.shuffled(draw.strange(), draw.any(HostileWords.LENGTHS), "X-Name: a");
        return draw.request(draw.line(), lines, draw.body());
    }

    private static String transferCodings(HostileDraw draw) {
        String length = draw.coin() ? draw.length() : "";
        List<String> lines = draw.shuffled(draw.strange(), draw.any(HostileWords.CODINGS), length);
        return draw.request(draw.line(), lines, draw.coin() ? draw.chunked() : draw.body());
    }

    private static String chunks(HostileDraw draw) {
        List<String> lines = draw.shuffled(draw.strange(), "Transfer-Encoding: chunked");
        return draw.request(draw.line(), lines, draw.chunked());
    }

    private static String requestLines(HostileDraw draw) {
        String framing = draw.any(
                draw.length(),
                "",
                "Transfer-Encoding: chunked",
                "Content-Length: 0",
                "Connection: keep-alive",
                "Expect: 100-continue",
                "Expect: more");
        return draw.request(
                draw.any(HostileWords.REQUEST_LINES),
                draw.shuffled(framing, draw.strange()),
                draw.any(HostileWords.BODIES));
    }

    private static String lineEnds(HostileDraw draw) {
        List<String> lines = draw.shuffled(draw.any(HostileWords.BROKEN_LINES), draw.length(), draw.strange());
        return draw.request(draw.line(), lines, draw.body());
    }

    private static String upgrades(HostileDraw draw) {
        String line = draw.any("GET /ws/open/{id}/ HTTP/1.1", "GET /page/{id} HTTP/1.1", "GET /ws/open/{id}/ HTTP/1.0");
        String framing = draw.any("", "", "Content-Length: {length}", "Transfer-Encoding: chunked");
        List<String> lines = draw.shuffled(draw.any(HostileWords.UPGRADES), framing, draw.strange());
        return draw.request(line, lines, framing.isEmpty() ? "" : draw.body());
    }

    private static String mixtures(HostileDraw draw) {
        List<String> lines = draw.shuffled(
                draw.strange(),
                draw.coin() ? draw.any(HostileWords.LENGTHS) : draw.length(),
                draw.coin() ? draw.any(HostileWords.CODINGS) : "",
                draw.coin() ? draw.any(HostileWords.BROKEN_LINES) : "");
        String line = draw.coin() ? draw.any(HostileWords.REQUEST_LINES) : draw.line();
        return draw.request(line, lines, draw.coin() ? draw.chunked() : draw.body());
    }
}
