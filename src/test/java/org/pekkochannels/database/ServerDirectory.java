package org.pekkochannels.database;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A new directory for what one server writes, which is gone with all that is in it when this is closed. */
record ServerDirectory(Path path) implements AutoCloseable {
    static ServerDirectory create(String server) throws IOException {
        return new ServerDirectory(Files.createTempDirectory(server));
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> all = Files.walk(path)) {
            // What is inside before what it is in.
            all.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        }
    }
}
