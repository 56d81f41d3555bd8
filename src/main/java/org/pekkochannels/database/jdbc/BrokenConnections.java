package org.pekkochannels.database.jdbc;

import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;

/**
 * Makes HikariCP close each connection whose database reports that it is lost. Stateless.
 *
 * <p>HikariCP knows the states of the SQL standard and of some servers. An H2 database that was closed, for example after its disk was
 * full, uses different states. Under load, its connections were never validated, and failed every call.
 */
public final class BrokenConnections implements SQLExceptionOverride {
    @java.lang.Override
    public Override adjudicate(SQLException failure) {
        return Condition.of(failure) == Condition.LOST ? Override.MUST_EVICT : Override.CONTINUE_EVICT;
    }
}
