package org.pekkochannels.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** What a hostile client, or a fault on the way, does to a request. */
final class Damage {
    private static final List<String> INSERTED = List.of(
            "\r",
            "\n",
            "\r\n",
            "\0",
            "\u0080",
            "\u00ff",
            "\u00e9",
            "\u00e9\r\n",
            " ",
            "\t",
            ":",
            "\r\n ",
            "\r\n\t",
            ";",
            "0",
            "\r\nContent-Length: 5\r\n",
            "\r\nTransfer-Encoding: chunked\r\n",
            "\r\nHost: y\r\n",
            "\r\n\r\n",
            "#",
            "/../",
            "%",
            "\u007f",
            "\u000b",
            ",",
            "\r\nTransfer-Encoding: x, chunked\r\n",
            "\r\nContent-Length:\r\n",
            "+5",
            "0x");

    private Damage() {}

    static byte[] some(byte[] request, Random random) {
        byte[] damaged = request;
        for (int i = random.nextInt(3); i >= 0; i--) {
            // Mostly in the head.
            int at = random.nextInt(Math.min(damaged.length, random.nextBoolean() ? 60 : 600));
            damaged = switch (random.nextInt(4)) {
                case 0 -> flipped(damaged, at, random);
                case 1 -> spliced(damaged, at, 1 + random.nextInt(3), "");
                default -> spliced(damaged, at, random.nextInt(2), INSERTED.get(random.nextInt(INSERTED.size())));
            };
            if (damaged.length == 0) {
                return request;
            }
        }
        return damaged;
    }

    private static byte[] flipped(byte[] bytes, int at, Random random) {
        byte[] flipped = bytes.clone();
        flipped[at] ^= (byte) (1 << random.nextInt(8));
        return flipped;
    }

    private static byte[] spliced(byte[] bytes, int at, int deleted, String latin1) {
        byte[] inserted = latin1.getBytes(StandardCharsets.ISO_8859_1);
        int from = Math.min(bytes.length, at + deleted);
        byte[] spliced = Arrays.copyOf(bytes, at + inserted.length + bytes.length - from);
        System.arraycopy(inserted, 0, spliced, at, inserted.length);
        System.arraycopy(bytes, from, spliced, at + inserted.length, bytes.length - from);
        return spliced;
    }
}
