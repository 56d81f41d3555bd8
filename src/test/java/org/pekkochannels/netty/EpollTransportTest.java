package org.pekkochannels.netty;

import org.junit.jupiter.api.condition.EnabledIf;

/** The same on Linux's epoll. */
@EnabledIf(value = "isAvailable", disabledReason = "this machine has no epoll for Netty; NativeEdgeTest says why")
class EpollTransportTest extends NettyTransportTest {
    static boolean isAvailable() {
        return NativeTransport.EPOLL.unavailability() == null;
    }

    @Override
    NativeTransport kind() {
        return NativeTransport.EPOLL;
    }
}
