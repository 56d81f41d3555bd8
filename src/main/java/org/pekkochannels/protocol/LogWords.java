package org.pekkochannels.protocol;

import static java.util.Objects.requireNonNull;

import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.LogContext;
import org.pekkochannels.concurrent.Printable;

/**
 * What log lines contain about one connection: its id, the client's address, and words of the application's own. Thread-safe.
 *
 * <p>The id is a number until a line or a turn needs its text.
 *
 * <p>Not API: applications use {@link Scope#connectionId} and the {@code logContext(..)} of their consumers.
 *
 * @hidden
 */
@InternalApi
@SuppressWarnings("InvalidBlockTag") // Error Prone knows @hidden for members only; the doclet leaves types out too
public final class LogWords {
    /** The key of the connection id in the logging context (MDC). */
    public static final String CONNECTION = "connection";
    /** The key of the client's address, without its port, in the logging context (MDC). */
    public static final String CLIENT = "client";

    private static final int MAX_WORDS = 16;
    private static final int MAX_LENGTH = 200;
    private static final int NODE_LENGTH = 5;
    private static final String NODE = new SecureRandom()
            .ints(NODE_LENGTH, 0, Character.MAX_RADIX)
            .mapToObj(digit -> String.valueOf(Character.forDigit(digit, Character.MAX_RADIX)))
            .collect(Collectors.joining());
    private static final AtomicLong CONNECTIONS = new AtomicLong();
    private static final Pattern KEY = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]{0,63}");

    private final long number = CONNECTIONS.incrementAndGet();
    private final String path;
    private final Optional<InetSocketAddress> client;
    private volatile Map<String, String> own = Map.of();
    // Kept once a turn has needed them; computing them twice is harmless.
    private @Nullable String knownId;
    private @Nullable String knownHost;

    LogWords(String path, Optional<InetSocketAddress> client) {
        this.path = path;
        this.client = client;
    }

    /**
     * The connection id.
     *
     * @return the id
     */
    public String id() {
        return NODE + "-" + Long.toString(number, Character.MAX_RADIX);
    }

    /** Adds these words to the logging context (MDC) of this thread. Called at each turn, so it creates no map. */
    public void putIntoContext() {
        LogContext.put(CONNECTION, keptId());
        client.ifPresent(address -> LogContext.put(CLIENT, keptHost(address)));
        own.forEach(LogContext::put);
    }

    private String keptId() {
        String kept = knownId;
        if (kept == null) {
            kept = id();
            knownId = kept;
        }
        return kept;
    }

    private String keptHost(InetSocketAddress address) {
        String kept = knownHost;
        if (kept == null) {
            kept = address.getHostString();
            knownHost = kept;
        }
        return kept;
    }

    /**
     * The connection's path.
     *
     * @return {@link Scope#printablePath}
     */
    public String path() {
        return path;
    }

    /**
     * Runs code that logs, with these words added to the thread's logging context (MDC).
     *
     * @param line may throw
     */
    public void inLogContext(Runnable line) {
        LogContext.of(all()).addedTo(line);
    }

    /**
     * The application's words, sorted by their keys.
     *
     * @return the words, without id and address
     */
    public Map<String, String> own() {
        return own;
    }

    /**
     * Everything: id, address if known, and the application's words.
     *
     * @return a new map
     */
    public Map<String, String> all() {
        Map<String, String> all = new TreeMap<>(own);
        all.put(CONNECTION, id());
        client.ifPresent(address -> all.put(CLIENT, address.getHostString()));
        return all;
    }

    /**
     * Adds a word, or replaces the one of the same key.
     *
     * @param key 1 to 64 of {@code [A-Za-z0-9_.-]}, beginning with a letter or an underscore, but neither {@link #CONNECTION} nor
     *     {@link #CLIENT}
     * @param value the value; control characters become question marks, and it is cut after 200 characters
     * @return the value as it is logged
     * @throws IllegalArgumentException for another key
     * @throws IllegalStateException if the connection has 16 words already
     */
    public synchronized String put(String key, String value) {
        requireNonNull(key, "the key of a word of the log must not be null");
        requireNonNull(value, () -> "the word '" + key + "' of the log must not be null; use an empty text");
        if (!KEY.matcher(key).matches() || key.equals(CONNECTION) || key.equals(CLIENT)) {
            throw new IllegalArgumentException("the key of a word of the log must be 1 to 64 of [A-Za-z0-9_.-], begin"
                    + " with a letter or an underscore, and be neither 'connection' nor 'client', was '"
                    + key + "'");
        }
        if (own.size() >= MAX_WORDS && !own.containsKey(key)) {
            throw new IllegalStateException("a connection has at most " + MAX_WORDS + " words in the log, and '" + key
                    + "' would be one more; replace words instead");
        }
        String printable = Printable.line(value, MAX_LENGTH);
        Map<String, String> more = new TreeMap<>(own);
        more.put(key, printable);
        own = Collections.unmodifiableMap(more);
        return printable;
    }
}
