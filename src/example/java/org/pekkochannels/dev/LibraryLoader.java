package org.pekkochannels.dev;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The libraries of the application, and this package: the class path without the application's classes and resources as another build left
 * them. Libraries stay loaded and compiled by the JVM, so a restart takes a fraction of a second. They also find the resources of the
 * running application: Pekko HTTP's {@code getFromResource} looks for them here. Thread-safe.
 *
 * <p>It loads this package again, except itself. For the package it is then a class of another one, and therefore public.
 */
public final class LibraryLoader extends URLClassLoader {
    private static final String HERE = LibraryLoader.class.getPackageName() + ".";

    static {
        registerAsParallelCapable();
    }

    private final ClassLoader given;
    private volatile @Nullable Path resources;

    private LibraryLoader(List<Path> libraries, ClassLoader given) {
        super("libraries", libraries.stream().map(LibraryLoader::url).toArray(URL[]::new), platform());
        this.given = given;
    }

    private static ClassLoader platform() {
        return ClassLoader.getPlatformClassLoader();
    }

    /** The class path of a class loader, without the folders that contain the application's main class. */
    static LibraryLoader of(ClassLoader given, String mainClass) {
        String main = mainClass.replace('.', '/') + ".class";
        List<Path> libraries = entries(given).stream()
                .filter(entry -> !Files.exists(entry.resolve(main)))
                .toList();
        return new LibraryLoader(libraries, given);
    }

    /** Maven's exec:java uses a separate class loader. */
    private static List<Path> entries(ClassLoader loader) {
        if (loader instanceof URLClassLoader urls) {
            return Stream.of(urls.getURLs()).map(LibraryLoader::path).toList();
        }
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .toList();
    }

    private static Path path(URL url) {
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("the class path has a location that is not a URI: " + url, e);
        }
    }

    private static URL url(Path path) {
        try {
            return path.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /**
     * The libraries.
     *
     * @return jars and folders
     */
    public List<Path> paths() {
        return Stream.of(getURLs()).map(LibraryLoader::path).toList();
    }

    /**
     * Changes the folder in which resources are found first.
     *
     * @param folder the folder of the running application
     */
    public void use(Path folder) {
        resources = folder;
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        if (!name.startsWith(HERE)) {
            return super.findClass(name);
        } else if (name.equals(LibraryLoader.class.getName())) {
            return LibraryLoader.class;
        }
        byte[] bytes = bytes(given, name);
        return defineClass(name, bytes, 0, bytes.length);
    }

    /**
     * Reads a class file.
     *
     * @param loader where the class is
     * @param name the class's name
     * @return the bytes
     * @throws ClassNotFoundException if it cannot be read
     */
    public static byte[] bytes(ClassLoader loader, String name) throws ClassNotFoundException {
        try (InputStream file = loader.getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (file == null) {
                throw new ClassNotFoundException(name);
            }
            return file.readAllBytes();
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    @Override
    public @Nullable URL findResource(String name) {
        URL own = own(name);
        return own == null ? super.findResource(name) : own;
    }

    @Override
    public Enumeration<URL> findResources(String name) throws IOException {
        List<URL> all = new ArrayList<>(Collections.list(super.findResources(name)));
        URL own = own(name);
        if (own != null) {
            all.add(0, own);
        }
        return Collections.enumeration(all);
    }

    private @Nullable URL own(String name) {
        Path folder = resources;
        if (folder == null || name.startsWith("/")) {
            return null;
        }
        Path file = folder.resolve(name);
        return Files.exists(file) ? url(file) : null;
    }
}
