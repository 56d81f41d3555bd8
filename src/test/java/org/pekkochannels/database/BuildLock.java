package org.pekkochannels.database;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A lock between the JVMs that run this build's tests side by side: a file below {@code target}. */
final class BuildLock implements AutoCloseable {
    private final FileChannel channel;

    private BuildLock(FileChannel channel) {
        this.channel = channel;
    }

    /** What runs in one JVM at a time. */
    @FunctionalInterface
    interface Task<T> {
        T run() throws IOException;
    }

    /** Waits until no other JVM holds the lock of that name. */
    static BuildLock acquire(String name) throws IOException {
        Path file = Path.of("target", name + ".lock");
        Files.createDirectories(file.getParent());
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        channel.lock();
        return new BuildLock(channel);
    }

    /** Runs a task while the lock is held. */
    static <T> T whileHeld(String name, Task<T> task) throws IOException {
        BuildLock lock = acquire(name);
        try (lock) {
            return task.run();
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
