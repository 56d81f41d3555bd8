package org.pekkochannels.http;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/** Draws the parts of one input. For one thread. */
record HostileDraw(Random random, String id) {
    private static final BigInteger WORD = BigInteger.ONE.shiftLeft(64);

    String any(String... choices) {
        return any(List.of(choices));
    }

    String any(List<String> choices) {
        return choices.get(random.nextInt(choices.size())).replace("{id}", id);
    }

    boolean coin() {
        return random.nextBoolean();
    }

    List<String> shuffled(String... lines) {
        List<String> shuffled = new ArrayList<>(List.of(lines));
        Collections.shuffle(shuffled, random);
        return shuffled;
    }

    /** Puts a request together. */
    String request(String line, List<String> lines, String body) {
        String head = lines.stream()
                .filter(header -> !header.isEmpty())
                .map(header -> header + "\r\n")
                .collect(Collectors.joining("", line + "\r\nHost: localhost\r\n", "\r\n"));
        return head.replace("{length}", Integer.toString(body.length()))
                        .replace(
                                "{wrapped}",
                                WORD.add(BigInteger.valueOf(body.length())).toString())
                + body;
    }

    /** A valid request line. */
    String line() {
        return any(
                "POST /page/{id} HTTP/1.1",
                "GET /page/{id} HTTP/1.1",
                "POST /stream/{id} HTTP/1.1",
                "POST /unread/{id} HTTP/1.1");
    }

    /** A valid length. */
    String length() {
        return any(
                "Content-Length: {length}",
                "Content-Length: {length}",
                "content-length:{length}",
                "Content-Length:  {length} ");
    }

    /** Nothing, or a line with bytes outside ASCII. */
    String strange() {
        return random.nextInt(3) == 0 ? "" : any(HostileWords.STRANGE);
    }

    String body() {
        return any(HostileWords.BODIES);
    }

    String chunked() {
        return any(HostileWords.SIZES)
                + "\r\nabcd"
                + any(HostileWords.CHUNK_ENDS)
                + any(HostileWords.LAST)
                + (coin() ? body() : "");
    }
}
