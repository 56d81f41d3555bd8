package org.pekkochannels.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stays of an application that was started again. */
final class LeftoversTest {
    private static final int RESTARTS = Boolean.getBoolean("channels.proofs") ? 10 : 4;
    // The library's timer of databases ends when it was idle for ten seconds.
    private static final long PATIENCE_SECONDS = 60;
    private static final String DRIVER = """
            package app;
            import java.sql.*;
            public final class AppDriver implements Driver {
                public Connection connect(String url, java.util.Properties info) { return null; }
                public boolean acceptsURL(String url) { return false; }
                public DriverPropertyInfo[] getPropertyInfo(String url, java.util.Properties info) { return null; }
                public int getMajorVersion() { return 1; }
                public int getMinorVersion() { return 0; }
                public boolean jdbcCompliant() { return false; }
                public java.util.logging.Logger getParentLogger() { return null; }
            }
            """;
    private static final String REGISTRATIONS = """
            java.sql.DriverManager.registerDriver(new AppDriver());
            java.lang.management.ManagementFactory.getPlatformMBeanServer()
                .registerMBean(new Bean(), new javax.management.ObjectName("app:type=Bean"));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> System.setProperty("app.hook", "has run")));
            new Thread(Main::work, "app-worker").start();
            """;
    private static final String WORK = """
            static void work() {
                try {
                    Thread.sleep(1_000_000);
                } catch (InterruptedException e) {
                    System.setProperty("app.worker", "was interrupted");
                }
            }
            """;

    @TempDir
    private Path folder;

    private final Set<ClassLoader> loaders = Collections.newSetFromMap(new WeakHashMap<>());
    private RunningDevServer server;

    @BeforeEach
    void start() throws Exception {
        server = new RunningDevServer(folder);
        assertThat(server.line()).startsWith("Started in");
        noteLoaders();
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        System.clearProperty("app.hook");
        System.clearProperty("app.worker");
    }

    @Test
    void restartsKeepNothingOfTheApplication() throws Exception {
        restartWithRegistrations();
        for (int i = 1; i < RESTARTS; i++) {
            server.connect().send("{\"body\":\"a\"}").next();
            server.edit("app/Echo.java", "\"echo ", "\"echo a");
            assertThat(server.line()).startsWith("Restarted in");
            noteLoaders();
        }
        server.connect().send("{\"body\":\"a\"}").next();

        // Of the first start, static fields of libraries keep exceptions, whose stack traces name its classes.
        awaitLoaders(2);
        assertThat(threads().filter(thread -> !isOfApplication(thread.getContextClassLoader())))
                .extracting(Thread::getName)
                .doesNotHaveDuplicates();
    }

    private void restartWithRegistrations() throws Exception {
        ObjectName bean = new ObjectName("app:type=Bean");
        server.write("app/AppDriver.java", DRIVER);
        server.write("app/BeanMBean.java", "package app; public interface BeanMBean { int getSize(); }");
        server.write(
                "app/Bean.java",
                "package app; public class Bean implements BeanMBean { public int getSize() { return 1; } }");
        server.edit("app/Main.java", "Config settings", REGISTRATIONS + "Config settings");
        server.edit("app/Main.java", "public static void main", WORK + "public static void main");
        assertThat(server.line()).startsWith("Restarted in");
        noteLoaders();
        assertThat(ManagementFactory.getPlatformMBeanServer().isRegistered(bean))
                .isTrue();

        server.edit("app/Main.java", REGISTRATIONS, "");

        assertThat(server.line()).startsWith("Restarted in");
        noteLoaders();
        assertThat(System.getProperty("app.hook")).isEqualTo("has run");
        assertThat(System.getProperty("app.worker")).isEqualTo("was interrupted");
        assertThat(ManagementFactory.getPlatformMBeanServer().isRegistered(bean))
                .isFalse();
    }

    private static Stream<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getThreadGroup() != null
                        && thread.getThreadGroup().getName().equals("application"));
    }

    private static boolean isOfApplication(@Nullable ClassLoader loader) {
        return loader != null && "application".equals(loader.getName());
    }

    private void noteLoaders() {
        List<ClassLoader> seen = threads()
                .map(Thread::getContextClassLoader)
                .filter(LeftoversTest::isOfApplication)
                .toList();
        assertThat(seen).isNotEmpty();
        loaders.addAll(seen);
    }

    private void awaitLoaders(int number) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        System.gc();
        while (loaders.size() > number) {
            assertThat(System.nanoTime())
                    .as("class loaders that stay: %s", loaders)
                    .isLessThan(end);
            // The collector has no event for a test to wait for.
            TimeUnit.MILLISECONDS.sleep(200);
            System.gc();
        }
    }
}
