package org.pekkochannels.netty;

import org.junit.jupiter.api.condition.EnabledIf;

/** The same on Linux's epoll. */
@EnabledIf("isAvailable")
class EpollTransportTest extends NettyTransportTest {
    static boolean isAvailable() {
        return NativeTransport.EPOLL.unavailability() == null;
    }

    @Override
    NativeTransport kind() {
        return NativeTransport.EPOLL;
    }
}
