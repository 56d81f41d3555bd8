package org.pekkochannels;

/** The event loops are measured as the default edge is. */
final class NettyMetricsTest extends MetricsTest {
    @Override
    String edge() {
        return "netty";
    }
}
