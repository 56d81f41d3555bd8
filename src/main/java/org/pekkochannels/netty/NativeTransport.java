package org.pekkochannels.netty;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.settings.Settings;

/**
 * The values of {@code channels.netty.transport}.
 *
 * <p>{@code NIO} is Java's own selector and works everywhere. {@code EPOLL} and {@code IO_URING} call Linux through a native library, which
 * is an optional dependency with a classifier per platform. Their classes are loaded only when they are selected: each constant refers to
 * its classes within its methods.
 *
 * <p>{@link #requireAvailable} is called once, when the settings are read. So a server does not start with a transport that fails later, and
 * never falls back to a slower one silently. {@link #handlers} and {@link #serverChannel} may be called only after it.
 */
enum NativeTransport {
    NIO {
        @Override
        IoHandlerFactory handlers() {
            return NioIoHandler.newFactory();
        }

        @Override
        Class<? extends ServerChannel> serverChannel() {
            return NioServerSocketChannel.class;
        }

        @Override
        @Nullable
        Throwable unavailability() {
            return null;
        }
    },
    EPOLL {
        @Override
        IoHandlerFactory handlers() {
            return EpollIoHandler.newFactory();
        }

        @Override
        Class<? extends ServerChannel> serverChannel() {
            return EpollServerSocketChannel.class;
        }

        @Override
        @Nullable
        Throwable unavailability() {
            return Epoll.unavailabilityCause();
        }
    },
    IO_URING {
        @Override
        IoHandlerFactory handlers() {
            return IoUringIoHandler.newFactory();
        }

        @Override
        Class<? extends ServerChannel> serverChannel() {
            return IoUringServerSocketChannel.class;
        }

        @Override
        @Nullable
        Throwable unavailability() {
            return IoUring.unavailabilityCause();
        }
    };

    /** Creates the selector of each loop. */
    abstract IoHandlerFactory handlers();

    /** The type of the listening socket, which determines that of its connections. Works only on loops with {@link #handlers}. */
    abstract Class<? extends ServerChannel> serverChannel();

    /** Why Netty cannot use the transport here; null if it can. The first call loads the library. */
    abstract @Nullable Throwable unavailability();

    /**
     * Whether a read is complete when no further buffer is requested. With io_uring a read may be in progress for any time, so its buffer
     * cannot be shared.
     */
    boolean readsAtOnce() {
        return this != IO_URING;
    }

    /** Fails if the machine or the class path does not support the transport. */
    void requireAvailable(Settings settings) {
        Throwable why = causeOfUnavailability();
        if (why != null) {
            throw settings.bad(
                    "transport",
                    "must be one that this machine and the class path support (" + rootOf(why) + "); add io.netty:"
                            + "netty-transport-native-" + name().toLowerCase(Locale.ROOT)
                            + " with this machine's classifier, or use nio",
                    settings.text("transport"));
        }
    }

    /** A missing class is an error of the JVM here; a missing library or an old kernel is a cause that Netty reports. */
    private @Nullable Throwable causeOfUnavailability() {
        try {
            return unavailability();
        } catch (LinkageError missing) {
            return missing;
        }
    }

    /** Netty wraps the failure to load a library several times; only the innermost one names the file or the kernel's answer. */
    private static Throwable rootOf(Throwable failure) {
        return failure.getCause() == null ? failure : rootOf(failure.getCause());
    }
}
