package org.pekkochannels.example.accounts;

/**
 * A user of the chat with a password. Immutable.
 *
 * @param id identifies the user for ever
 * @param name what others see
 * @param passwordHash as {@link Passwords} makes it; never sent or logged
 */
public record Account(long id, String name, String passwordHash) {
    @Override
    public String toString() {
        return name;
    }
}
