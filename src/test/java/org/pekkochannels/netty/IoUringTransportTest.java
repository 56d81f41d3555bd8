package org.pekkochannels.netty;

import org.junit.jupiter.api.condition.EnabledIf;

/** The same on Linux's io_uring. */
@EnabledIf(value = "isAvailable", disabledReason = "this machine has no io_uring for Netty; NativeEdgeTest says why")
class IoUringTransportTest extends NettyTransportTest {
    static boolean isAvailable() {
        return NativeTransport.IO_URING.unavailability() == null;
    }

    @Override
    NativeTransport kind() {
        return NativeTransport.IO_URING;
    }
}
