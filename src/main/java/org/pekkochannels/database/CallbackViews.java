package org.pekkochannels.database;

import java.util.function.UnaryOperator;
import org.apache.pekko.annotation.InternalApi;

/**
 * Views of a database that only the callbacks of consumers need.
 *
 * <p>Not API: public only because packages differ, and may change without notice. Stateless.
 *
 * @hidden
 */
@InternalApi
@SuppressWarnings("InvalidBlockTag") // Error Prone knows @hidden for members only; the doclet leaves types out too
public final class CallbackViews {
    private CallbackViews() {}

    /**
     * A view whose options are determined at each call, for a view that is kept in a field: for example the deadline of the current
     * message.
     *
     * @param database the database
     * @param view derives the view of a call from this one, when the call is made and on the caller's thread; the call throws what it
     *     throws
     * @return a view; it counts, and stops, together with the database
     */
    public static Database eachCall(Database database, UnaryOperator<Database> view) {
        return database.eachCall(view);
    }

    /**
     * A view for work that must run however many calls wait, such as a consumer's {@code disconnect}.
     *
     * <p>It runs before all other waiting work and is exempt from the bounds of waiting, so its callers must bound it themselves.
     *
     * @param database the database
     * @return a view; it counts, and stops, together with the database
     */
    public static Database forCleanup(Database database) {
        return database.forCleanup();
    }
}
