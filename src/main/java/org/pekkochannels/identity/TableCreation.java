package org.pekkochannels.identity;

import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;

/**
 * Creates a table where it does not exist. Immutable.
 *
 * @param statements each of which does nothing the second time
 * @param probe a query that fails without the table
 */
record TableCreation(List<String> statements, String probe) {
    /** Another node may create the table at the same time, which some databases report as a failure. */
    void run(Handle handle) {
        for (String statement : statements) {
            try {
                handle.execute(statement);
            } catch (JdbiException failed) {
                requireTable(handle, failed);
            }
        }
    }

    private void requireTable(Handle handle, JdbiException failed) {
        try {
            handle.select(probe).mapTo(Long.class).list();
        } catch (JdbiException missing) {
            failed.addSuppressed(missing);
            throw failed;
        }
    }
}
