package org.pekkochannels.example.nodes;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A JVM with the class path of this one, which writes into a file below {@code target/nodes}. It ends with this one, if its main class
 * starts {@link ParentWatch}. Thread-safe.
 */
final class ChildProcess {
    static final Path LOGS = Path.of("target", "nodes");

    private static final long STOP_SECONDS = 15;

    private final Process process;
    private final CompletableFuture<String> ready = new CompletableFuture<>();

    private ChildProcess(Process process) {
        this.process = process;
    }

    /**
     * Starts it.
     *
     * @param name the name of its file, without .log
     * @param main the main class
     * @param options options of its JVM
     * @param environment what it gets beside this process's environment
     * @param ended called when it has ended
     * @param readyWord the beginning of the line that it prints when it is ready
     * @return the process, which may not be ready yet
     */
    static ChildProcess start(
            String name,
            Class<?> main,
            List<String> options,
            Map<String, String> environment,
            Runnable ended,
            String readyWord)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC"));
        command.addAll(options);
        // As for this process: see the pom.
        Stream.of("config.file", "logback.configurationFile")
                .filter(key -> System.getProperty(key) != null)
                .forEach(key -> command.add("-D" + key + "=" + System.getProperty(key)));
        command.add(main.getName());
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        builder.environment().put("CLASSPATH", classPath(main.getClassLoader()));
        ChildProcess child = new ChildProcess(builder.start());
        Thread reader = new Thread(
                () -> {
                    child.read(readyWord, LOGS.resolve(name + ".log"));
                    ended.run();
                },
                "output-of-" + name);
        reader.setDaemon(true);
        reader.start();
        return child;
    }

    /** Maven's exec:java uses a separate class loader. */
    private static String classPath(ClassLoader loader) {
        return loader instanceof URLClassLoader urls
                ? Stream.of(urls.getURLs()).map(ChildProcess::path).collect(Collectors.joining(File.pathSeparator))
                : System.getProperty("java.class.path");
    }

    private static String path(URL url) {
        try {
            return Path.of(url.toURI()).toString();
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("the class path has a location that is not a URI: " + url, e);
        }
    }

    private void read(String readyWord, Path log) {
        List<String> before = new ArrayList<>();
        // Not closed: it would close the output of a process that still runs.
        BufferedReader lines = process.inputReader(Charset.defaultCharset());
        try (BufferedWriter file = Files.newBufferedWriter(
                Files.createDirectories(log.resolveSibling(".")).resolve(log.getFileName()))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                file.append(line).append(System.lineSeparator()).flush();
                if (line.startsWith(readyWord)) {
                    ready.complete(line.substring(readyWord.length()));
                } else if (!ready.isDone()) {
                    before.add(line);
                }
            }
        } catch (IOException e) {
            before.add(e.toString());
        }
        ready.completeExceptionally(new IllegalStateException(String.join(System.lineSeparator(), before)));
    }

    long pid() {
        return process.pid();
    }

    /** Waits for the line, and returns the rest of it; fails with {@link IllegalStateException} if the process has ended before. */
    String awaitReady() {
        try {
            return ready.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof IllegalStateException ended ? ended : e;
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Begins to stop it. */
    void stop() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until it has stopped, and then kills it. */
    void awaitEnd() {
        process.onExit()
                .completeOnTimeout(process, STOP_SECONDS, TimeUnit.SECONDS)
                .join();
        process.destroyForcibly();
    }
}
