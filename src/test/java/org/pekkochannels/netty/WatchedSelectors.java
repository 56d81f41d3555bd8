package org.pekkochannels.netty;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Java's own selectors, of each of which is known how often others have woken it, and whether it may sleep. Thread-safe. */
final class WatchedSelectors implements IoHandlerFactory {
    private final IoHandlerFactory selectors = NioIoHandler.newFactory();
    private final List<Watched> all = new CopyOnWriteArrayList<>();

    /** How often other threads have woken each. */
    List<Integer> wakeUps() {
        return all.stream().map(each -> each.wakeUps.get()).toList();
    }

    /** Whether the only one was free to sleep when it last looked at its sockets. */
    boolean couldSleep() {
        return all.get(0).couldSleep;
    }

    @Override
    public IoHandler newHandler(ThreadAwareExecutor loop) {
        Watched made = new Watched(loop, selectors.newHandler(loop));
        all.add(made);
        return made;
    }

    private static final class Watched implements IoHandler {
        private final ThreadAwareExecutor loop;
        private final IoHandler selector;
        private final AtomicInteger wakeUps = new AtomicInteger();
        private volatile boolean couldSleep;

        Watched(ThreadAwareExecutor loop, IoHandler selector) {
            this.loop = loop;
            this.selector = selector;
        }

        @Override
        public void initialize() {
            selector.initialize();
        }

        @Override
        public int run(IoHandlerContext context) {
            couldSleep = context.canBlock();
            return selector.run(context);
        }

        @Override
        public void wakeup() {
            if (!loop.isExecutorThread(Thread.currentThread())) {
                wakeUps.incrementAndGet();
            }
            selector.wakeup();
        }

        @Override
        public IoRegistration register(IoHandle handle) throws Exception {
            return selector.register(handle);
        }

        @Override
        public boolean isCompatible(Class<? extends IoHandle> handleType) {
            return selector.isCompatible(handleType);
        }

        @Override
        public void prepareToDestroy() {
            selector.prepareToDestroy();
        }

        @Override
        public void destroy() {
            selector.destroy();
        }
    }
}
