package org.pekkochannels.netty;

import com.typesafe.config.Config;
import org.pekkochannels.settings.Settings;

/**
 * The keys of {@code channels.netty}. Immutable.
 *
 * @param transport the transport of bytes
 * @param loops the number of event loops
 * @param proxyProtocol whether trusted proxies begin a connection with a PROXY protocol header
 */
record NettySettings(NativeTransport transport, int loops, boolean proxyProtocol) {
    private static final int MOST_LOOPS = 1024;

    static NettySettings of(Config config) {
        Settings settings = Settings.of(config, "channels.netty");
        NettySettings read = new NettySettings(
                settings.choice("transport", NativeTransport.class), loops(settings), settings.flag("proxy-protocol"));
        if (read.proxyProtocol
                && config.getStringList("channels.http.trusted-proxies").isEmpty()) {
            throw settings.bad("proxy-protocol", "must be off if channels.http.trusted-proxies is empty", "on");
        }
        if (read.proxyProtocol) {
            requireDecoder(settings);
        }
        read.transport.requireAvailable(settings);
        return read;
    }

    /** The decoder's absence would otherwise show only when the first connection arrives. */
    private static void requireDecoder(Settings settings) {
        try {
            Class.forName("io.netty.handler.codec.haproxy.HAProxyMessageDecoder");
        } catch (ClassNotFoundException missing) {
            throw settings.bad(
                    "proxy-protocol", "must be off without the dependency io.netty:netty-codec-haproxy", "on");
        }
    }

    private static int loops(Settings settings) {
        String text = settings.text("loops");
        // One loop per processor: a loop never blocks, so more of them would only compete.
        return text.equals("auto") ? Runtime.getRuntime().availableProcessors() : counted(settings, text);
    }

    private static int counted(Settings settings, String text) {
        // As many digits as the bound has.
        int loops = text.matches("[0-9]{1,4}") ? Integer.parseInt(text) : 0;
        if (loops < 1 || loops > MOST_LOOPS) {
            throw settings.bad("loops", "must be 'auto' or a whole number from 1 to " + MOST_LOOPS, text);
        }
        return loops;
    }
}
