package org.pekkochannels.identity;

import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * Gives sessions the application's users. A session keeps the id; the user is read for each handshake and page.
 * <pre>{@code
 * final class Accounts implements UserLoader<Account> {
 *     public Optional<Account> load(Handle handle, String id) {
 *         return handle.select("select * from account where id = ?", Long.valueOf(id)).mapTo(Account.class).findOne();
 *     }
 *
 *     public String id(Account account) {
 *         return String.valueOf(account.id());
 *     }
 * }
 * }</pre>
 *
 *
 * <p>Must be thread-safe.
 *
 * @param <U> the class of the users
 */
public interface UserLoader<U> {
    /**
     * Reads a user. Called on a database thread, in the call that reads the session, on its handle.
     *
     * @param handle the handle, valid until this method returns
     * @param id what {@link #id} returned at the login
     * @return the user; empty if the user does not exist or must not be logged in, then the session is anonymous
     * @throws Exception fails the handshake or the page
     */
    Optional<U> load(Handle handle, String id) throws Exception;

    /**
     * The id that a session keeps. Called at a login.
     *
     * @param user a user
     * @return 1 to 200 characters, without control characters and without blanks at the ends
     */
    String id(U user);

    /**
     * A text that changes when the user must log in again, usually the hash of the password. A session in a signed cookie cannot be deleted;
     * it ends with a change of this text. The cookie contains only a keyed hash of the text. Not used with
     * {@code channels.session.store = database}.
     *
     * @param user a user
     * @return the text; by default empty, then such sessions end only by their age
     */
    default Optional<String> fingerprint(U user) {
        return Optional.empty();
    }
}
