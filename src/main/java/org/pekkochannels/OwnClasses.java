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
 * All classes of Pekko Channels, to be loaded at start rather than by the first connections.
 *
 * <p>A class that is loaded from a directory takes a file descriptor. If there is none, the class that asked for it never gets
 * it, even when descriptors are free again: Java remembers the failure. Classes of jars take none once their jar is open, and
 * the reading of the configuration has opened all jars. Classes are initialized too, as a stack overflow of an application's
 * callback in a class's initializer would make that class unusable for ever. Stateless.
 */
final class OwnClasses {
    private static final String SUFFIX = ".class";

    private OwnClasses() {}

    /** Loads them; does nothing where they are neither in a directory nor in a jar of their own, but in an open archive. */
    static void load() {
        // The JVM makes one where an initializer fails, perhaps at the end of a stack.
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
            // An optional dependency is not there, Netty or Micrometer for example.
        }
    }
}
