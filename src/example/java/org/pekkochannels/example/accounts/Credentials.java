package org.pekkochannels.example.accounts;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.example.Text;

/**
 * What a form sends: {@code {"name": "Ada", "password": ".."}}. Immutable.
 *
 * @param name a name as others would see it
 * @param password the password
 */
record Credentials(String name, String password) {
    /** As in the chat. */
    static final int MAX_NAME = 40;

    static final int MIN_PASSWORD = 8;
    // Argon2 hashes any length, but not for nothing.
    static final int MAX_PASSWORD = 200;

    private static final Pattern NAME =
            Pattern.compile("[\\p{L}\\p{N}]([\\p{L}\\p{M}\\p{N} ._'-]*[\\p{L}\\p{M}\\p{N}.])?");

    /** Fails with {@link IllegalArgumentException}, whose message is for the client. */
    Credentials {
        Text.checkLength("a name", name, MAX_NAME);
        Text.checkLength("a password", password, MAX_PASSWORD);
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("a name has letters and digits, and between them spaces and . _ ' -");
        }
    }

    @JsonCreator
    static Credentials of(
            @JsonProperty("name") @Nullable String name, @JsonProperty("password") @Nullable String password) {
        return new Credentials(Text.storable(name).strip(), Text.storable(password));
    }

    /** Whether the password can be that of a new account. */
    boolean isLongEnough() {
        return password.length() >= MIN_PASSWORD;
    }

    @Override
    public String toString() {
        return "credentials of " + name;
    }
}
