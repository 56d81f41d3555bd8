package org.pekkochannels.websocket.codec;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.Header;
import org.pekkochannels.protocol.Scope;
import org.pekkochannels.protocol.Wire.SharedMessage;

/**
 * The permessage-deflate (RFC 7692) that one session has negotiated with its client, or none. Immutable.
 *
 * <p>No context is taken over from message to message, in either direction: the server's response always demands this, and a client must
 * comply. So connections can share compressors. A smaller window for the server's messages is granted by deflating that many bytes at a
 * time; one for the client's messages needs no support.
 */
public final class Compression {
    private static final String HEADER = "Sec-WebSocket-Extensions";
    private static final String NAME = "permessage-deflate";
    private static final String SERVER_BITS = "server_max_window_bits";
    private static final String CLIENT_BITS = "client_max_window_bits";
    private static final Set<String> SWITCHES = Set.of("server_no_context_takeover", "client_no_context_takeover");
    private static final int MOST_BITS = 15;
    private static final int DEFAULT_LEVEL = 6;

    private final Pool<Deflation> deflations;
    private final Pool<Inflation> inflations;
    private final String agreed;
    private final int threshold;
    private final int window;
    private final Form form;

    /** The parameters of a message's deflated form. */
    private record Form(int level, int window) {}

    private Compression(Compressors compressors, String agreed, int threshold, int level, int window) {
        this.deflations = compressors.deflations(level);
        this.inflations = compressors.inflations();
        this.agreed = agreed;
        this.threshold = threshold;
        this.window = window;
        this.form = new Form(level, window);
    }

    /** The first of the client's offers that can be granted. */
    public static Compression of(Scope scope, CompressionSettings settings, Compressors compressors) {
        if (!settings.enabled()) {
            return compressors.unused();
        }
        return scope.headers().stream()
                .filter(header -> header.is(HEADER))
                .flatMap(header -> ExtensionOffer.parse(header.value()))
                .filter(Compression::canGrant)
                .findFirst()
                .map(offer -> grant(offer, settings, compressors))
                .orElseGet(compressors::unused);
    }

    static Compression none(Compressors compressors) {
        return new Compression(compressors, "", Integer.MAX_VALUE, DEFAULT_LEVEL, Integer.MAX_VALUE);
    }

    boolean isOn() {
        return !agreed.isEmpty();
    }

    /** The acceptance, with the header for the client if there is anything to announce. */
    public Acceptance announce(Acceptance acceptance) {
        if (acceptance.headers().stream().anyMatch(header -> header.is(HEADER))) {
            throw new IllegalArgumentException(
                    HEADER + " is set by the server; configure channels.websocket.compression instead");
        }
        if (!isOn()) {
            return acceptance;
        }
        List<Header> headers = new ArrayList<>(acceptance.headers());
        headers.add(new Header(HEADER, agreed));
        return new Acceptance(acceptance.subprotocol(), headers);
    }

    /** Whether a message of this many characters or bytes is worth deflating. */
    public boolean wants(int length) {
        return length >= threshold && isOn();
    }

    /** Deflates a message for which {@link #wants} is true, on the caller's thread. */
    public boolean deflate(Deflation deflation, byte[] message) {
        return deflation.deflate(message, window);
    }

    /** A shared message deflated, once for all sessions with the same parameters; empty if that does not make it shorter. */
    public byte[] deflated(SharedMessage message) {
        return message.form(form, () -> {
            Deflation deflation = deflations.borrow();
            byte[] deflated = deflate(deflation, message.bytes()) ? deflation.copy() : new byte[0];
            deflations.giveBack(deflation);
            return deflated;
        });
    }

    public Pool<Deflation> deflations() {
        return deflations;
    }

    Pool<Inflation> inflations() {
        return inflations;
    }

    /** The maximum length of a message before inflating: incompressible data becomes slightly longer. */
    static int mostDeflated(int limit) {
        return (int) Math.min(Integer.MAX_VALUE - 8L, limit + (limit >> 10) + 64L);
    }

    private static boolean canGrant(ExtensionOffer offer) {
        return offer.name().equals(NAME)
                && offer.parameters().entrySet().stream()
                        .allMatch(parameter -> isKnown(parameter.getKey(), parameter.getValue()));
    }

    private static boolean isKnown(String name, Optional<String> value) {
        return switch (name) {
            case SERVER_BITS -> value.filter(Compression::isBits).isPresent();
            case CLIENT_BITS -> value.map(Compression::isBits).orElse(true);
            default -> SWITCHES.contains(name) && value.isEmpty();
        };
    }

    // "A decimal integer value without leading zeroes between 8 to 15 inclusive."
    private static boolean isBits(String value) {
        return value.matches("[89]|1[0-5]");
    }

    private static Compression grant(ExtensionOffer offer, CompressionSettings settings, Compressors compressors) {
        Optional<Integer> bits =
                offer.parameters().getOrDefault(SERVER_BITS, Optional.empty()).map(Integer::valueOf);
        String agreed = NAME + "; server_no_context_takeover; client_no_context_takeover"
                + bits.map(asked -> String.format(Locale.ROOT, "; %s=%d", SERVER_BITS, asked))
                        .orElse("");
        // zlib's window of 15 bits slides over messages of any length.
        int window =
                bits.filter(asked -> asked < MOST_BITS).map(asked -> 1 << asked).orElse(Integer.MAX_VALUE);
        return new Compression(compressors, agreed, settings.thresholdBytes(), settings.level(), window);
    }
}
