package org.pekkochannels.http;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.Inet6Address;
import java.net.NetworkInterface;
import java.net.SocketException;

/** Whether this machine has it. */
public final class Ipv6 {
    private Ipv6() {}

    /** Skips the test where an address is of IPv6, and the machine has none. */
    public static void assumeItIsHereFor(String host) throws SocketException {
        assumeTrue(host.indexOf(':') < 0 || isHere(), "this machine has no IPv6");
    }

    private static boolean isHere() throws SocketException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .anyMatch(address -> address instanceof Inet6Address && address.isLoopbackAddress());
    }
}
