package org.pekkochannels.testkit;

/** How the clients of a test reach its application. */
public enum TestEdge {
    /** Within the process, without sockets, and with a time that the test lets pass. */
    MEMORY(InProcessEdge.class.getName()),
    /** Over sockets of {@code channels.edge = http}, in real time. */
    HTTP("http"),
    /** Over sockets of {@code channels.edge = netty}, in real time. */
    NETTY("netty");

    private final String edge;

    TestEdge(String edge) {
        this.edge = edge;
    }

    /** The value of {@code channels.edge}. */
    String edge() {
        return edge;
    }
}
