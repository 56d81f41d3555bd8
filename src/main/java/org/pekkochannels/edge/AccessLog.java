package org.pekkochannels.edge;

import com.typesafe.config.Config;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.concurrent.Ticker;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.LogWords;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.settings.Settings;

/**
 * One line for each connection that opens, is rejected or ends: client, event, path; then status, or code and time; then the connection's
 * id and the words of the application. Off unless
 * {@code channels.http.access-log} is on, because a line that is flushed costs a tenth of a connection's CPU.
 *
 * <p>The words are Daphne's. An unknown path is a dash, and so is a status that was not sent. A line never contains a query, a
 * header or a message, which may hold secrets. Written at level info by the logger {@code org.pekkochannels.access}.
 * Thread-safe.
 */
final class AccessLog {
    // A filter or an appender that throws must not prevent the client's answer.
    private static final SafeLog LOG = SafeLog.named("org.pekkochannels.access");

    private static final Pattern SPACES = Pattern.compile("\\p{Z}");

    private static final Entry NO_ENTRY = new Entry() {};

    private final boolean on;
    private final Ticker ticker;

    private AccessLog(boolean on, Ticker ticker) {
        this.on = on;
        this.ticker = ticker;
    }

    /** The access log of a configuration. */
    static AccessLog of(Config config, Ticker ticker) {
        return new AccessLog(Settings.of(config, "channels.http").flag("access-log"), ticker);
    }

    /** The lines of one connection. */
    Entry entry(Scope scope) {
        return on ? new Lines(scope, ticker) : NO_ENTRY;
    }

    /** The line of a client that was rejected before its request was read, or because that could not be read. */
    void refused(Optional<InetSocketAddress> client, int status) {
        if (on) {
            writeRefused(client, "-", status, "");
        }
    }

    /** The line of a client that was cut off without an answer, because there was no room. */
    void cut(InetSocketAddress client) {
        if (on) {
            LOG.info("{} WSREJECT - -", client.getHostString());
        }
    }

    private static void writeRefused(Optional<InetSocketAddress> client, String path, int status, String connection) {
        LOG.info("{} WSREJECT {} {}{}", host(client), path, status, connection);
    }

    private static String host(Optional<InetSocketAddress> client) {
        return client.map(InetSocketAddress::getHostString).orElse("-");
    }

    /** Receives the events of one connection; writes nothing while the log is off. */
    interface Entry {
        default void connected() {}

        default void refused(int status) {}

        default void disconnected(CloseReason reason) {}
    }

    private static final class Lines implements Entry {
        private final Optional<InetSocketAddress> client;
        private final String path;
        private final Optional<LogWords> words;
        private final Ticker ticker;
        private final long since;
        private volatile boolean connected;

        private Lines(Scope scope, Ticker ticker) {
            this.ticker = ticker;
            since = ticker.read();
            client = scope.client();
            path = scope.printablePath();
            words = scope.logWords();
        }

        @Override
        public void connected() {
            connected = true;
            LOG.info("{} WSCONNECT {}{}", host(client), path, connection());
        }

        @Override
        public void refused(int status) {
            writeRefused(client, path, status, connection());
        }

        @Override
        public void disconnected(CloseReason reason) {
            if (connected) {
                Duration lasted = Duration.ofNanos(ticker.read() - since);
                LOG.info(
                        "{} WSDISCONNECT {} {} {}ms{}",
                        host(client),
                        path,
                        reason.code(),
                        lasted.toMillis(),
                        connection());
            }
        }

        /** The connection's id, if the request got as far, and the application's words. A space would forge a field. */
        private String connection() {
            StringBuilder line = new StringBuilder();
            words.ifPresent(known -> {
                line.append(' ').append(known.id());
                known.own()
                        .forEach((key, value) -> line.append(' ')
                                .append(key)
                                .append('=')
                                .append(SPACES.matcher(value).replaceAll("_")));
            });
            return line.toString();
        }
    }
}
