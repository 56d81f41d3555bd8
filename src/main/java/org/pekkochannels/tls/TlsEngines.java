package org.pekkochannels.tls;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.FatalErrors;
import org.pekkochannels.concurrent.LogPace;
import org.pekkochannels.concurrent.Printable;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.concurrent.TimeSource;

/**
 * Creates the engine of each new connection, and reloads the certificate when its files have changed.
 *
 * <p>If a certificate cannot be used, a warning is logged once and the current one is kept; loading is retried at each later check. A used
 * certificate that is out of date is also logged once, even if it expires while the server runs. Thread-safe: when a check is due, one
 * connection checks the files, and the others use the current certificate.
 */
public final class TlsEngines {
    private static final SafeLog LOG = SafeLog.of(TlsEngines.class);

    private static final int MOST_LOGGED = 200;

    private final TlsSettings settings;
    private final TimeSource time;
    private final AtomicLong nextLook;
    private final LongAdder renegotiations = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final LogPace failureLines = LogPace.of(Duration.ofMinutes(1));
    private final LongAdder unreadAnswers = new LongAdder();
    private volatile SSLContext context;
    private volatile List<Optional<Stamp>> seen;
    private volatile List<Optional<Stamp>> warnedOf = List.of();
    private volatile CertificateDates dates;

    /** Modification time and size of a file; absent if the file does not exist. */
    private record Stamp(FileTime modified, long bytes) {}

    /**
     * Reads the certificate.
     *
     * @param settings its location
     * @param time when the files are checked again, and the date by which a certificate is valid
     */
    public TlsEngines(TlsSettings settings, TimeSource time) {
        this.settings = settings;
        this.time = time;
        this.nextLook = new AtomicLong(now() + settings.reloadInterval().toNanos());
        this.seen = stamps();
        Credentials credentials = settings.credentials();
        KeyStore store = credentials.load();
        this.context = context(credentials, store);
        this.dates = CertificateDates.of(store, credentials.files());
        dates.warn(time.clock().instant());
    }

    /**
     * The server-side engine of a new connection.
     *
     * @return the engine
     */
    public SSLEngine engine() {
        lookAgain();
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(settings.protocols().toArray(String[]::new));
        parameters.setAlgorithmConstraints(new OneHandshake(this::refused));
        engine.setSSLParameters(parameters);
        return engine;
    }

    /**
     * Permits no further handshake on a connection. TLS 1.2 allows the client any number of them, and each costs this server a signature;
     * the next one fails. TLS 1.3 has no such handshakes, and its key updates continue to work.
     *
     * @param engine one of these engines, after its handshake
     */
    public void established(SSLEngine engine) {
        if (!engine.getSession().getProtocol().equals("TLSv1.3")
                && engine.getSSLParameters().getAlgorithmConstraints() instanceof OneHandshake handshake) {
            handshake.established();
        }
    }

    private void refused() {
        renegotiations.increment();
        LOG.debug("TLS 1.2 connection closed: its client started a second handshake");
    }

    /** A connection ends because its client requests TLS key updates and does not read the answers. */
    public void answersUnread() {
        unreadAnswers.increment();
        LOG.debug("TLS connection closed: its client does not read the answers to its key updates");
    }

    /**
     * A connection ends because its handshake has failed.
     *
     * @param client the client's address
     * @param why the engine's message
     */
    public void handshakeFailed(InetSocketAddress client, @Nullable String why) {
        failures.increment();
        LOG.debug("the TLS handshake of {} failed: {}", client, printable(why));
        long failed = failureLines.next();
        if (failed > 0) {
            LOG.info(
                    "{} TLS handshakes failed since the last such line (logged at most once a minute); the last was"
                            + " that of {}: {} (channels.http.tls; all are at level debug)",
                    failed,
                    client,
                    printable(why));
        }
    }

    /** The engine's message may contain names that a client offered. */
    private static String printable(@Nullable String words) {
        return Printable.line(String.valueOf(words), MOST_LOGGED);
    }

    /** The number of failed handshakes. */
    public long failures() {
        return failures.sum();
    }

    /** The number of connections closed because the answers to key updates were not read. */
    public long unreadAnswers() {
        return unreadAnswers.sum();
    }

    /** The number of connections closed because of a second handshake. */
    public long renegotiations() {
        return renegotiations.sum();
    }

    private long now() {
        return time.ticker().read();
    }

    private void lookAgain() {
        long due = nextLook.get();
        long now = now();
        if (now - due >= 0 && nextLook.compareAndSet(due, Long.MAX_VALUE + now)) {
            try {
                reload();
                dates.warn(time.clock().instant());
            } finally {
                nextLook.set(now() + settings.reloadInterval().toNanos());
            }
        }
    }

    private void reload() {
        // Before the files are read, so that a change during the reading is found at the next check.
        List<Optional<Stamp>> now = stamps();
        if (!now.equals(seen)) {
            try {
                load();
                seen = now;
            } catch (Throwable failure) { // may be an Error of a security provider
                failed(now, failure);
            }
        }
    }

    private void load() {
        Credentials credentials = settings.credentials();
        KeyStore store = credentials.load();
        context = context(credentials, store);
        dates = CertificateDates.of(store, credentials.files());
        LOG.info("new connections use the new certificate (channels.http.tls)");
    }

    /** The cause may disappear without a change of the files, so the next check reads them again. */
    private void failed(List<Optional<Stamp>> files, Throwable failure) {
        if (!files.equals(warnedOf)) {
            warnedOf = files;
            LOG.warn(
                    "Cannot load the new TLS certificate, keeping the current one; the files are read again at the next connection"
                            + " after channels.http.tls.reload-interval ({} ms): {}",
                    settings.reloadInterval().toMillis(),
                    failure instanceof RuntimeException && failure.getMessage() != null
                            ? failure.getMessage()
                            : failure);
        }
        FatalErrors.rethrow(failure);
    }

    private static SSLContext context(Credentials credentials, KeyStore store) {
        try {
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, credentials.password());
            SSLContext made = SSLContext.getInstance("TLS");
            made.init(keys.getKeyManagers(), null, null);
            return made;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("channels.http.tls cannot be used: " + e.getMessage(), e);
        }
    }

    private List<Optional<Stamp>> stamps() {
        return settings.credentials().files().stream().map(TlsEngines::stamp).toList();
    }

    private static Optional<Stamp> stamp(Path file) {
        try {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            return Optional.of(new Stamp(now.lastModifiedTime(), now.size()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
