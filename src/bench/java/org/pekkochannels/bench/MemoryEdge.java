package org.pekkochannels.bench;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.stream.IntStream;
import org.apache.pekko.Done;
import org.pekkochannels.edge.Binding;
import org.pekkochannels.edge.Edge;
import org.pekkochannels.edge.Peers;
import org.pekkochannels.edge.ServedApplication;

/**
 * An edge without sockets: its clients are in this process, and answer each ping. All else is the library's. One event loop for each
 * processor. Thread-safe.
 */
public final class MemoryEdge implements Edge {
    private static final InetSocketAddress NOWHERE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);

    // The server creates the edge, by its name, and there is one in the process.
    private static final CompletableFuture<MemoryEdge> BOUND = new CompletableFuture<>();

    private final Peers peers = new Peers(NOWHERE, NOWHERE);
    private final List<Loop> loops = IntStream.range(0, Runtime.getRuntime().availableProcessors())
            .mapToObj(Loop::start)
            .toList();
    private final CompletableFuture<ServedApplication> service = new CompletableFuture<>();
    private volatile Runnable client = () -> {};
    private int connections;

    /** A thread that runs the tasks of its connections. */
    static final class Loop {
        private final CompletableFuture<Thread> thread = new CompletableFuture<>();
        private final ExecutorService tasks;

        private Loop(ThreadFactory threads) {
            tasks = Executors.newSingleThreadExecutor(threads);
        }

        static Loop start(int number) {
            Loop loop = new Loop(task -> {
                Thread thread = new Thread(task, "memory-loop-" + number);
                thread.setDaemon(true);
                return thread;
            });
            loop.execute(() -> loop.thread.complete(Thread.currentThread()));
            loop.thread.join();
            return loop;
        }

        boolean inThread() {
            return thread.join() == Thread.currentThread();
        }

        void execute(Runnable task) {
            tasks.execute(task);
        }
    }

    /** Public for the server, which creates the edge. */
    public MemoryEdge() {}

    /** The edge of this process' server. */
    static MemoryEdge bound() {
        return BOUND.join();
    }

    @Override
    public CompletionStage<Binding> bind(ServedApplication served) {
        service.complete(served);
        BOUND.complete(this);
        return CompletableFuture.completedFuture(new Binding() {
            @Override
            public InetSocketAddress address() {
                return NOWHERE;
            }

            @Override
            public CompletionStage<Done> unbind() {
                return CompletableFuture.completedFuture(Done.getInstance());
            }
        });
    }

    /** Runs from now on when a client receives something: the answer to an upgrade, a message, or a ping. */
    void onReceived(Runnable task) {
        client = task;
    }

    /** A client connects and asks for an upgrade. Called on one thread. */
    void connect(byte[] request) {
        Loop loop = loops.get(connections++ % loops.size());
        loop.execute(() -> new MemoryConnection(this, loop).begin(request.clone()));
    }

    void received() {
        client.run();
    }

    ServedApplication service() {
        return service.join();
    }

    Peers peers() {
        return peers;
    }
}
