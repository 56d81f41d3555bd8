package org.pekkochannels;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/**
 * Loads and initializes all classes of Pekko Channels at start, so that no connection does it later.
 *
 * <p>Loading a class from a directory takes a file descriptor. If none is free, the class stays unusable even when descriptors are free
 * again, because the JVM remembers the failure. Classes in jars take no descriptor once the jar is open, and reading the configuration has
 * opened all jars. Classes are also initialized, because a stack overflow of an application's callback inside a class initializer would
 * make that class unusable for good. Thread-safe.
 */
final class OwnClasses {
    private static final String SUFFIX = ".class";

    private static boolean loaded;

    private OwnClasses() {}

    /** Loads the classes, the first time. Has no effect if they are inside another archive, which is open already. */
    static synchronized void load() {
        if (!loaded) {
            loadAll();
            loaded = true;
        }
    }

    private static void loadAll() {
        // The JVM creates these errors if an initializer fails, possibly with little stack left.
        Throwable unused = new ExceptionInInitializerError(new NoClassDefFoundError());
        CodeSource source = OwnClasses.class.getProtectionDomain().getCodeSource();
        URL location = source == null ? null : source.getLocation();
        if (location != null && location.getProtocol().equals("file")) {
            load(Path.of(uri(location)));
        }
    }

    private static URI uri(URL location) {
        try {
            return location.toURI();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the class path has a location that is not a URI: " + location, e);
        }
    }

    private static void load(Path root) {
        try {
            if (Files.isDirectory(root)) {
                loadFromDirectory(root);
            } else {
                loadFromJar(root);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list the classes in " + root, e);
        }
    }

    private static void loadFromDirectory(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            load(files.map(file -> root.relativize(file).toString().replace('\\', '/')));
        }
    }

    private static void loadFromJar(Path file) throws IOException {
        try (JarFile jar = new JarFile(file.toFile())) {
            load(jar.stream().map(ZipEntry::getName));
        }
    }

    private static void load(Stream<String> files) {
        String own = OwnClasses.class.getPackageName().replace('.', '/') + "/";
        files.filter(file -> file.startsWith(own) && file.endsWith(SUFFIX) && !file.endsWith("package-info.class"))
                .map(file -> file.substring(0, file.length() - SUFFIX.length()).replace('/', '.'))
                .forEach(OwnClasses::loadClass);
    }

    private static void loadClass(String name) {
        try {
            Class<?> unused = Class.forName(name, true, OwnClasses.class.getClassLoader());
        } catch (ExceptionInInitializerError failed) {
            if (!(failed.getCause() instanceof LinkageError)) {
                throw new IllegalStateException(name + " cannot be initialized: " + failed.getCause(), failed);
            }
        } catch (ClassNotFoundException | LinkageError missing) {
            // An optional dependency is missing, for example Netty or Micrometer.
        }
    }
}
