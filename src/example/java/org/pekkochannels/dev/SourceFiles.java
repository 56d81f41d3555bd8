package org.pekkochannels.dev;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The files below the source folders, and their changes. It polls: the JDK's {@code WatchService} needs seconds on macOS, and sees nothing on
 * many network drives and mounted volumes. For one thread.
 */
final class SourceFiles {
    // A person does not notice it, and a walk over a thousand files takes a hundredth of a second.
    private static final long PAUSE_MILLIS = 100;
    // Of the time between two walks, one tenth at most is spent on walking.
    private static final long PAUSES_PER_WALK = 10;

    private final List<Path> roots;
    private Map<Path, Version> known;

    private record Version(FileTime modified, long size) {}

    SourceFiles(List<Path> roots) {
        this.roots = roots;
        this.known = read();
    }

    List<Path> all() {
        return List.copyOf(known.keySet());
    }

    /**
     * Waits until a file was added, changed or deleted, and until then no further one was during a pause: an editor that saves all files
     * causes one change.
     */
    List<Path> awaitChange() throws InterruptedException {
        Map<Path, Version> before = known;
        Map<Path, Version> last = before;
        while (true) {
            long from = System.nanoTime();
            Map<Path, Version> now = read();
            if (now.equals(last) && !now.equals(before)) {
                known = now;
                return difference(before, now);
            }
            last = now;
            long walk = (System.nanoTime() - from) / 1_000_000;
            Thread.sleep(Math.max(PAUSE_MILLIS, PAUSES_PER_WALK * walk));
        }
    }

    private static List<Path> difference(Map<Path, Version> before, Map<Path, Version> now) {
        TreeSet<Path> files = new TreeSet<>(before.keySet());
        files.addAll(now.keySet());
        files.removeIf(file -> Objects.equals(before.get(file), now.get(file)));
        return List.copyOf(files);
    }

    private Map<Path, Version> read() {
        Map<Path, Version> found = new TreeMap<>();
        for (Path root : roots) {
            try {
                Files.walkFileTree(root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, visitor(found));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return found;
    }

    private static SimpleFileVisitor<Path> visitor(Map<Path, Version> found) {
        return new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return isHidden(folder) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (!isHidden(file)) {
                    found.put(file, new Version(attributes.lastModifiedTime(), attributes.size()));
                }
                return FileVisitResult.CONTINUE;
            }

            // It was deleted meanwhile, it is a link to a folder above it, or it does not exist.
            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) {
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) {
                return FileVisitResult.CONTINUE;
            }
        };
    }

    /** Also the files that editors keep beside what they edit. */
    private static boolean isHidden(Path file) {
        String name = String.valueOf(file.getFileName());
        return (name.startsWith(".") && name.length() > 1 && !name.equals("..")) || name.endsWith("~");
    }
}
