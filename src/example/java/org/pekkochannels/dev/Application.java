package org.pekkochannels.dev;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** One start of the application, with a separate class loader and main thread. For one thread. */
final class Application {
    private static final int START_SECONDS = 60;
    // More than channels.http.shutdown-grace and the database need.
    private static final int STOP_SECONDS = 60;

    private final Path classes;
    private final ApplicationLoader loader;
    private final Leftovers leftovers;
    private final Consumer<String> console;
    private final CompletableFuture<Void> started = new CompletableFuture<>();

    Application(Path classes, LibraryLoader libraries, ThreadGroup threads, Consumer<String> console) {
        this.classes = classes;
        this.loader = new ApplicationLoader(classes, libraries);
        this.leftovers = new Leftovers(loader, threads, console);
        this.console = console;
    }

    /**
     * Calls {@code main}, and waits until it returns.
     *
     * @throws ExecutionException if {@code main} throws; its message names the failure and the place
     */
    void start(String mainClass) throws ExecutionException, InterruptedException {
        Thread main = leftovers.thread(() -> call(mainClass), "main");
        main.start();
        try {
            started.get(START_SECONDS, TimeUnit.SECONDS);
            leftovers.releaseLibraries();
        } catch (ExecutionException e) {
            throw new ExecutionException(Failure.text(e.getCause(), classes), e.getCause());
        } catch (TimeoutException e) {
            console.accept("main has not returned after " + START_SECONDS
                    + " s; it must return when the application has started");
        }
    }

    private void call(String mainClass) {
        try {
            Method main = Class.forName(mainClass, true, loader).getMethod("main", String[].class);
            main.setAccessible(true); // its class need not be public
            main.invoke(null, (Object) new String[0]);
            started.complete(null);
        } catch (InvocationTargetException e) {
            started.completeExceptionally(e.getCause());
        } catch (Throwable e) { // also a class that cannot be loaded
            started.completeExceptionally(e);
        }
    }

    /** Stops the application, and removes what else refers to its classes. What does not stop is reported, and left behind. */
    void stop() throws IOException {
        try {
            ActorSystems.stop(STOP_SECONDS);
        } catch (Exception e) {
            console.accept("The application did not stop in order: " + e);
        }
        leftovers.remove();
        Build.delete(classes);
    }
}
