package org.pekkochannels.database;

import java.util.function.UnaryOperator;
import org.apache.pekko.annotation.InternalApi;

/**
 * Views of a database that only the callbacks of consumers need.
 *
 * <p>Not API: public only because packages differ, changed without notice, and left out of the published Javadoc. Stateless.
 *
 * @hidden
 */
@InternalApi
@SuppressWarnings("InvalidBlockTag") // Error Prone knows @hidden for members only; the doclet leaves types out too
public final class CallbackViews {
    private CallbackViews() {}

    /**
     * The same database on terms that are another's at each call, for a view that is kept: the deadline of the message at hand,
     * for example.
     *
     * @param database the database
     * @param view makes the view that a call goes by out of this one, when the call begins and on its caller's thread; what it
     *     throws, the call throws
     * @return a view; it counts, and stops, together with the database
     */
    public static Database eachCall(Database database, UnaryOperator<Database> view) {
        return database.eachCall(view);
    }

    /**
     * The same database for work that must run however much waits, such as a consumer's {@code disconnect}.
     *
     * <p>It goes before all other waiting work, and no bound of waiting holds for it: the caller has a bound.
     *
     * @param database the database
     * @return a view; it counts, and stops, together with the database
     */
    public static Database forCleanup(Database database) {
        return database.forCleanup();
    }
}
