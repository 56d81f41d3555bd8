package org.pekkochannels.example;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** An entry of a tar archive. Names of more than 100 characters are not joined. */
final class TarEntry {
    private static final int BLOCK = 512;

    private final String name;
    private final byte[] content;

    private TarEntry(String name, byte[] content) {
        this.name = name;
        this.content = content;
    }

    static List<TarEntry> read(InputStream archive) throws IOException {
        List<TarEntry> entries = new ArrayList<>();
        try (DataInputStream in = new DataInputStream(archive)) {
            byte[] header = in.readNBytes(BLOCK);
            while (header.length == BLOCK && header[0] != 0) {
                byte[] content = new byte[Integer.parseInt(text(header, 124, 11), 8)];
                in.readFully(content);
                in.skipNBytes((BLOCK - content.length % BLOCK) % BLOCK);
                entries.add(new TarEntry(text(header, 0, 100), content));
                header = in.readNBytes(BLOCK);
            }
        }
        return entries;
    }

    String name() {
        return name;
    }

    byte[] content() {
        return content;
    }

    private static String text(byte[] header, int from, int length) {
        return new String(header, from, length, StandardCharsets.US_ASCII).replaceAll("[\0 ].*", "");
    }
}
