package org.pekkochannels.database.jdbc;

import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;

/**
 * Has HikariCP close each connection whose database says that it is lost. Stateless.
 *
 * <p>HikariCP knows the states of the SQL standard and of some servers. A database of H2 that was closed, after its disk was full
 * for example, has states of its own. Under load, its connections were never asked whether they are alive, and failed every call.
 */
public final class BrokenConnections implements SQLExceptionOverride {
    @java.lang.Override
    public Override adjudicate(SQLException failure) {
        return Condition.of(failure) == Condition.LOST ? Override.MUST_EVICT : Override.CONTINUE_EVICT;
    }
}
