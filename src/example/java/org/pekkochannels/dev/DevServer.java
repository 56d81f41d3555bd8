package org.pekkochannels.dev;

import static java.util.Objects.requireNonNull;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * Starts an application, and starts it again whenever one of its files has changed: in the same JVM, on the same port, with a fresh class
 * loader. Clients are closed with 1012. While the sources do not compile, the running application stays.
 *
 * <p>For development only. For one thread, which {@link #run} occupies.
 */
public final class DevServer implements AutoCloseable {
    /** The system property with this server's origin, for an application whose Content-Security-Policy must allow it. */
    static final String ORIGIN = "dev.server";

    private static final Pattern OF_PAGES = Pattern.compile("(?i).*\\.(html?|m?js|css|svg|png|jpe?g|webp|woff2)");
    private static final int MOST_NAMES = 3;

    private final Project project;
    private final Consumer<String> console;
    private final Banner banner;
    private final SourceFiles sources;
    private final LibraryLoader libraries;
    private final Build build;
    private final ThreadGroup threads = new ThreadGroup("application");
    private @Nullable Application running;

    private DevServer(Project project, LibraryLoader libraries, Consumer<String> console) throws IOException {
        JavaCompiler compiler = Build.required(ToolProvider.getSystemJavaCompiler());
        this.project = project;
        this.console = console;
        this.banner = Banner.start();
        this.sources = new SourceFiles(project.sources());
        this.libraries = libraries;
        this.build = new Build(project, compiler, libraries.paths(), new Resources(project.sources(), banner.uri()));
        System.setProperty(ORIGIN, banner.origin());
    }

    /**
     * Serves until the process ends.
     *
     * @param args the main class, the output folder, source folders, and options of javac
     * @throws Exception if an argument is missing, or this Java has no compiler
     */
    public static void main(String[] args) throws Exception {
        LibraryLoader libraries = LibraryLoader.of(
                DevServer.class.getClassLoader(), Project.of(args).mainClass());
        run(libraries, args, System.out::println);
    }

    /** Serves until the thread is interrupted; the libraries' class loader has a class of this name too. */
    static void run(LibraryLoader libraries, String[] args, Consumer<String> console) throws Exception {
        Class<?> again = libraries.loadClass(DevServer.class.getName());
        Method serve = again.getDeclaredMethod("serve", String[].class, Consumer.class);
        serve.setAccessible(true);
        try {
            serve.invoke(null, args, console);
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    /** Called by {@link #run} of the class of this name outside. */
    static void serve(String[] args, Consumer<String> console) throws InterruptedException, IOException {
        LibraryLoader libraries = requireNonNull((LibraryLoader) DevServer.class.getClassLoader());
        try (DevServer server = new DevServer(Project.of(args), libraries, console)) {
            server.loop();
        }
    }

    private void loop() throws InterruptedException, IOException {
        try {
            restart(List.of());
            while (true) {
                restart(sources.awaitChange());
            }
        } finally {
            stop();
        }
    }

    private void restart(List<Path> changed) throws InterruptedException {
        long from = System.nanoTime();
        try {
            Path compiled = build.run(sources.all());
            stop();
            start(compiled);
            report(from, changed);
        } catch (BuildFailedException e) {
            failed(running == null ? "Not compiled" : "Not compiled, the previous version is still running", text(e));
        } catch (ExecutionException e) {
            failed("Not started, the next change tries again", text(e));
        } catch (IOException | RuntimeException | LinkageError e) {
            failed("Not restarted, the next change tries again", e.toString());
        }
    }

    private void start(Path compiled) throws InterruptedException, ExecutionException, IOException {
        ConfigFactory.invalidateCaches(); // also of system properties and files
        libraries.use(compiled);
        Application next = new Application(compiled, libraries, threads, console);
        try {
            next.start(project.mainClass());
            running = next;
        } finally {
            if (running == null) {
                next.stop();
            }
        }
    }

    private void stop() throws IOException {
        Application before = running;
        if (before != null) {
            running = null;
            before.stop();
        }
    }

    private void report(long from, List<Path> changed) {
        double seconds = (System.nanoTime() - from) / 1e9;
        console.accept(
                changed.isEmpty()
                        ? String.format(
                                Locale.ROOT, "Started in %.1f s; saving a file in %s restarts it", seconds, folders())
                        : String.format(Locale.ROOT, "Restarted in %.1f s: %s", seconds, names(changed)));
        banner.running();
        if (changed.stream().anyMatch(file -> OF_PAGES.matcher(file.toString()).matches())) {
            banner.reload();
        }
    }

    private String folders() {
        return project.sources().stream()
                .map(folder -> Build.shown(folder).toString())
                .collect(Collectors.joining(", "));
    }

    private static String names(List<Path> files) {
        String first = files.stream()
                .limit(MOST_NAMES)
                .map(file -> String.valueOf(file.getFileName()))
                .collect(Collectors.joining(", "));
        return files.size() > MOST_NAMES ? first + " and " + (files.size() - MOST_NAMES) + " more" : first;
    }

    private static String text(Exception failure) {
        return String.valueOf(failure.getMessage());
    }

    private void failed(String what, String why) {
        console.accept(what + ":\n" + why);
        banner.failed(what + "\n\n" + why);
    }

    @Override
    public void close() throws IOException {
        System.clearProperty(ORIGIN);
        banner.close();
        build.close();
    }
}
