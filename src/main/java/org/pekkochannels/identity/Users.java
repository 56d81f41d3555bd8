package org.pekkochannels.identity;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/**
 * The application's loader, with checks of what it returns. Immutable.
 *
 * @param byId makes a user of an id alone, where no database is needed
 */
record Users<U>(UserLoader<U> loader, Optional<Function<String, U>> byId) {
    private static final int MAX_ID = 200;

    /** Of applications that need only the id. */
    static final Users<String> IDS = new Users<>(
            new UserLoader<>() {
                @Override
                public Optional<String> load(Handle handle, String id) {
                    return Optional.of(id);
                }

                @Override
                public String id(String user) {
                    return user;
                }
            },
            Optional.of(Function.identity()));

    static <U> Users<U> of(UserLoader<U> loader) {
        return new Users<>(
                requireNonNull(
                        loader, "the loader of Sessions.of(..) must not be null; Sessions.ofUserIds() needs none"),
                Optional.empty());
    }

    Optional<U> load(Handle handle, String id) throws Exception {
        return requireNonNull(
                loader.load(handle, id), () -> name() + ".load(..) returned null; return an empty Optional");
    }

    String id(U user) {
        String id = requireNonNull(
                loader.id(requireNonNull(user, "the user of login(..) must not be null")),
                () -> name() + ".id(..) returned null");
        return requireId(id, name() + ".id(..) returned");
    }

    /** Fails with {@link IllegalArgumentException} unless databases can store the id; the message does not contain it. */
    static String requireId(String id, String source) {
        if (!isId(id)) {
            throw new IllegalArgumentException("the id of a user must have 1 to " + MAX_ID + " characters, no control"
                    + " characters, and no blanks at its ends; " + source + " one of " + id.length() + " characters");
        }
        return id;
    }

    /** Whether databases can store the id. */
    static boolean isId(String id) {
        return !id.isEmpty()
                && id.length() <= MAX_ID
                && id.strip().equals(id)
                && id.chars().noneMatch(Character::isISOControl)
                && isText(id);
    }

    /** Databases cannot store half of a surrogate pair. */
    private static boolean isText(String id) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(id);
    }

    Optional<String> fingerprint(U user) {
        return requireNonNull(
                loader.fingerprint(user), () -> name() + ".fingerprint(..) returned null; return an empty Optional");
    }

    private String name() {
        return loader.getClass().getName();
    }
}
