/**
 * The layer below the handles: URLs and their parameters, drivers, vendors, logins, and what JDBC connections of a pool need.
 *
 * <p>Not API: public only because packages differ, and changed without notice.
 *
 * <pre>
 *   DatabaseSection, DatabaseSettings -&gt; DatabaseUrl -&gt; DriverLookup, UrlCheck: at the start
 *   HikariCP -&gt; JdbcSource -&gt; BoundedLogin -&gt; driver: a connection, without secrets in what fails
 *   HikariCP -&gt; GrowingPool -&gt; OneConnection -&gt; JDBI: at most one connection per callback
 * </pre>
 *
 * <p>It knows vendors and their errors ({@link org.pekkochannels.database.jdbc.Vendor},
 * {@link org.pekkochannels.database.jdbc.Condition}), but neither calls nor callbacks. {@code OneConnection} is therefore handed
 * the class that runs callbacks, and {@code JdbcSource} the number of connections. Failures are JDBC's; the package
 * {@code database}, which is above, makes its own exceptions of them.
 */
@NullMarked
package org.pekkochannels.database.jdbc;

import org.jspecify.annotations.NullMarked;
