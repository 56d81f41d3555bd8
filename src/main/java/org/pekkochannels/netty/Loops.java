package org.pekkochannels.netty;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** The event loops of one server; new connections go round them. */
final class Loops extends MultiThreadIoEventLoopGroup {
    Loops(int count, NativeTransport transport) {
        super(count, new DefaultThreadFactory("channels-loop"), transport.handlers());
    }

    /** All of them. */
    List<Loop> all() {
        List<Loop> loops = new ArrayList<>();
        for (EventExecutor each : this) {
            loops.add((Loop) each);
        }
        return loops;
    }

    /** Ends the threads, and what connections there are; after the last actor. */
    void end() {
        Future<?> unused = shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    @Override
    protected IoEventLoop newChild(Executor executor, IoHandlerFactory handlers, Object... args) {
        return new Loop(this, executor, handlers);
    }
}
