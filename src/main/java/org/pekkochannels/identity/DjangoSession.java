package org.pekkochannels.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.Optional;
import java.util.zip.InflaterInputStream;

/**
 * The login in a session that Django has stored: who, and a hash of the password at that time. Immutable.
 *
 * @param userId the primary key of the user, always a text
 * @param passwordHash {@code _auth_user_hash}, in hexadecimal digits
 */
record DjangoSession(String userId, String passwordHash) {
    private static final ObjectMapper JSON = new ObjectMapper();
    // What a site keeps in a session. A compressed one could otherwise fill the memory.
    private static final int MAX_BYTES = 1024 * 1024;

    /** {@code session_data} could not be read. */
    static final class UnreadableException extends Exception {
        private static final long serialVersionUID = 1L;

        UnreadableException(String message) {
            super(message);
        }
    }

    /**
     * Reads the column {@code session_data}: {@code payload:time:signature}. The time is not checked, because the row has an
     * {@code expire_date}.
     *
     * @param data the column's value
     * @param signer of sessions
     * @return the login; empty for the session of an anonymous user
     * @throws UnreadableException if the data is not signed with one of the keys, or is not an object of JSON
     */
    static Optional<DjangoSession> read(String data, DjangoSigner signer) throws UnreadableException {
        String signed = signer.unsign(data)
                .orElseThrow(
                        () -> new UnreadableException("it was not signed with secret-key or one of its fallbacks and"
                                + " session-salt, or is in the format before Django 3.1"));
        int colon = signed.lastIndexOf(':');
        if (colon < 0) {
            throw new UnreadableException("it has no time");
        }
        return login(parsed(signed.substring(0, colon)));
    }

    private static Optional<DjangoSession> login(JsonNode session) {
        JsonNode id = session.path("_auth_user_id");
        JsonNode hash = session.path("_auth_user_hash");
        return id.isTextual() && hash.isTextual()
                ? Optional.of(new DjangoSession(id.textValue(), hash.textValue()))
                : Optional.empty();
    }

    private static JsonNode parsed(String payload) throws UnreadableException {
        try {
            JsonNode session = JSON.readTree(bytes(payload));
            if (session != null && session.isObject()) {
                return session;
            }
        } catch (IOException | IllegalArgumentException e) {
            // As below: a site with another serializer, such as PickleSerializer, signs in the same way.
        }
        throw new UnreadableException("it is not an object of JSON; the site must use Django's JSONSerializer");
    }

    /** A dot says that the payload is compressed. */
    private static byte[] bytes(String payload) throws IOException {
        boolean compressed = payload.startsWith(".");
        byte[] bytes = Base64.getUrlDecoder().decode(compressed ? payload.substring(1) : payload);
        return compressed ? inflated(bytes) : bytes;
    }

    private static byte[] inflated(byte[] bytes) throws IOException {
        try (InflaterInputStream in = new InflaterInputStream(new ByteArrayInputStream(bytes))) {
            byte[] inflated = in.readNBytes(MAX_BYTES + 1);
            if (inflated.length > MAX_BYTES) {
                throw new IOException("more than 1 MiB");
            }
            return inflated;
        }
    }
}
