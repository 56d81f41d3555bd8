package org.pekkochannels.dev;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.security.cert.Certificate;
import org.jspecify.annotations.Nullable;

/**
 * The classes of one start of the application: its own, and also those of Pekko Channels, whose static fields refer to them. Thread-safe.
 */
final class ApplicationLoader extends ClassLoader {
    private static final String CHANNELS = "org.pekkochannels.";
    private static final String HERE = ApplicationLoader.class.getPackageName() + ".";

    static {
        registerAsParallelCapable();
    }

    private final Path folder;
    private final ProtectionDomain own;
    private final ProtectionDomain channels;

    ApplicationLoader(Path folder, ClassLoader libraries) {
        super("application", libraries);
        this.folder = folder;
        this.own = domain(folder.toUri().toString());
        this.channels = domain(root(libraries.getResource("org/pekkochannels/Channels.class")));
    }

    /** Of {@code jar:file:/a.jar!/b/C.class} or {@code file:/a/b/C.class}: Pekko Channels lists its own classes there. */
    private static String root(@Nullable URL channels) {
        String file = String.valueOf(channels).replaceFirst("!?/?org/pekkochannels/Channels.class$", "");
        return file.startsWith("jar:") ? file.substring("jar:".length()) : file + "/";
    }

    /** Without a class loader: threads of libraries keep the domains of the code that started them. */
    private static ProtectionDomain domain(String source) {
        try {
            return new ProtectionDomain(new CodeSource(new URL(source), (Certificate[]) null), null, null, null);
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException("Pekko Channels is not on the class path", e);
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded == null ? find(name) : loaded;
        }
    }

    private Class<?> find(String name) throws ClassNotFoundException {
        Path file = folder.resolve(name.replace('.', '/') + ".class");
        if (name.startsWith(HERE)) {
            return getParent().loadClass(name);
        } else if (Files.exists(file)) {
            return define(name, ExitCalls.replaced(read(file)), own);
        } else if (name.startsWith(CHANNELS)) {
            return define(name, LibraryLoader.bytes(getParent(), name), channels);
        }
        return getParent().loadClass(name);
    }

    private static byte[] read(Path file) throws ClassNotFoundException {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new ClassNotFoundException(file.toString(), e);
        }
    }

    private Class<?> define(String name, byte[] bytes, ProtectionDomain source) {
        return defineClass(name, bytes, 0, bytes.length, source);
    }

    /** Makes a class of this package part of the application, for calls that the JDK answers by the caller's class loader. */
    Class<?> adopt(Class<?> type) throws ClassNotFoundException {
        return define(type.getName(), LibraryLoader.bytes(type.getClassLoader(), type.getName()), own);
    }
}
