package org.pekkochannels.dev;

import com.fasterxml.jackson.databind.type.TypeFactory;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Field;
import java.util.List;
import java.util.Map;
import java.util.ResourceBundle;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * What an application may leave in the JVM after its actor systems have stopped, and what would keep its class loader: shutdown hooks,
 * threads, JDBC drivers, MBeans, and types in Jackson's cache. For one thread.
 */
final class Leftovers {
    private static final long HOOK_MILLIS = 10_000;
    // For threads that end by themselves, such as those of a pool that was shut down; then they are interrupted.
    private static final long THREAD_MILLIS = 1_000;

    private final ApplicationLoader loader;
    private final ThreadGroup threads;
    private final Consumer<String> console;

    Leftovers(ApplicationLoader loader, ThreadGroup threads, Consumer<String> console) {
        this.loader = loader;
        this.threads = threads;
        this.console = console;
    }

    /** A thread of the application; those that it starts inherit its group and its class loader. */
    Thread thread(Runnable task, String name) {
        Thread thread = new Thread(threads, task, name);
        thread.setContextClassLoader(loader);
        return thread;
    }

    void remove() {
        attempt(this::runShutdownHooks);
        attempt(this::endThreads);
        attempt(() -> JdbcDrivers.deregister(loader));
        attempt(this::unregisterBeans);
        TypeFactory.defaultInstance().clearCache();
        ResourceBundle.clearCache(loader);
    }

    private interface Removal {
        void run() throws Exception;
    }

    /** What cannot be removed costs memory, and does not prevent the next start. */
    private void attempt(Removal removal) {
        try {
            removal.run();
        } catch (Exception e) {
            console.accept("A part of the stopped application stays in memory: " + e);
        }
    }

    /** Once the application has started: H2 has one hook for all databases, and keeps it. */
    void releaseLibraries() {
        attempt(() -> takeShutdownHooks(false));
    }

    /** Runs the application's shutdown hooks, as the end of a process does. Those of libraries stay. */
    private void runShutdownHooks() throws ReflectiveOperationException, InterruptedException {
        List<Thread> hooks = takeShutdownHooks(true);
        hooks.forEach(Thread::start);
        for (Thread hook : hooks) {
            hook.join(HOOK_MILLIS);
        }
    }

    private List<Thread> takeShutdownHooks(boolean take) throws ReflectiveOperationException {
        Map<Thread, Thread> all = shutdownHooks();
        synchronized (Class.forName("java.lang.ApplicationShutdownHooks")) {
            List<Thread> hooks = all.keySet().stream().filter(this::isOurs).toList();
            all.keySet().stream().filter(hook -> !hooks.contains(hook)).forEach(this::release);
            if (take) {
                hooks.forEach(all::remove);
            }
            return hooks;
        }
    }

    private boolean isOurs(Thread thread) {
        return thread.getClass().getClassLoader() == loader
                || (thread.getClass() == Thread.class && thread.getContextClassLoader() == loader);
    }

    /** A thread of a library, which inherited the class loader from the thread that started it. */
    private void release(Thread thread) {
        if (thread.getContextClassLoader() == loader) {
            thread.setContextClassLoader(getClass().getClassLoader());
        }
    }

    /** The JDK has no method that lists them. Its access by Unsafe, unlike one by reflection, needs no option of the JVM. */
    @SuppressWarnings("unchecked")
    private static Map<Thread, Thread> shutdownHooks() throws ReflectiveOperationException {
        Field hooks = Class.forName("java.lang.ApplicationShutdownHooks").getDeclaredField("hooks");
        Class<?> type = Class.forName("sun.misc.Unsafe");
        Field instance = type.getDeclaredField("theUnsafe");
        instance.setAccessible(true);
        Object unsafe = instance.get(null);
        Object base = type.getMethod("staticFieldBase", Field.class).invoke(unsafe, hooks);
        Object offset = type.getMethod("staticFieldOffset", Field.class).invoke(unsafe, hooks);
        return (Map<Thread, Thread>)
                type.getMethod("getObject", Object.class, long.class).invoke(unsafe, base, offset);
    }

    private void endThreads() throws InterruptedException {
        List<Thread> ours = running();
        joinAll(ours);
        ours.forEach(Thread::interrupt);
        joinAll(ours);
        for (Thread thread : ours) {
            if (thread.isAlive()) {
                console.accept("The stopped application's thread " + thread.getName() + " is still running");
            }
        }
    }

    private static void joinAll(List<Thread> threads) throws InterruptedException {
        long end = System.nanoTime() + THREAD_MILLIS * 1_000_000;
        for (Thread thread : threads) {
            // 0 would wait without end.
            thread.join(Math.max(1, (end - System.nanoTime()) / 1_000_000));
        }
    }

    private List<Thread> running() {
        Thread[] found = new Thread[2 * threads.activeCount() + 16];
        int number = threads.enumerate(found);
        List<Thread> all = Stream.of(found).limit(number).toList();
        List<Thread> ours = all.stream().filter(this::isOurs).toList();
        all.stream().filter(thread -> !ours.contains(thread)).forEach(this::release);
        return ours;
    }

    private void unregisterBeans() throws JMException {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        for (ObjectName name : server.queryNames(null, null)) {
            if (server.isRegistered(name) && server.getClassLoaderFor(name) == loader) {
                server.unregisterMBean(name);
            }
        }
    }
}
