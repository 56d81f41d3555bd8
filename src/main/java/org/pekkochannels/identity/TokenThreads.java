package org.pekkochannels.identity;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads on which tokens are checked, because asking for keys blocks. They end when they are idle. Stateless. */
final class TokenThreads {
    static final int MOST_WAITING = 1000;
    private static final int THREADS = 2;
    private static final AtomicInteger STARTED = new AtomicInteger();
    static final Executor EXECUTOR = executor();

    private TokenThreads() {}

    private static Executor executor() {
        ThreadPoolExecutor executor = new ThreadPoolExecutor(
                THREADS, THREADS, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MOST_WAITING), TokenThreads::thread);
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "channels-tokens-" + STARTED.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    }
}
