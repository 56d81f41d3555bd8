/**
 * The layer below the handles: URLs and their parameters, drivers, vendors, logins, and the needs of pooled JDBC connections.
 *
 * <p>Not API: public only because other packages use it, and may change without notice.
 * <pre>
 *   DatabaseSection, DatabaseSettings -&gt; DatabaseUrl -&gt; DriverLookup, UrlCheck: at the start
 *   HikariCP -&gt; JdbcSource -&gt; BoundedLogin -&gt; driver: a connection, without secrets in its failures
 *   HikariCP -&gt; GrowingPool -&gt; OneConnection -&gt; JDBI: at most one connection per callback
 * </pre>
 *
 *
 * <p>It knows vendors and their errors ({@link org.pekkochannels.database.jdbc.Vendor}, {@link org.pekkochannels.database.jdbc.Condition}),
 * but neither calls nor callbacks. {@code OneConnection} therefore receives the class that runs callbacks, and {@code JdbcSource} the
 * number of connections. Failures are JDBC's; the package {@code database}, which is above, converts them to its own exceptions.
 */
@NullMarked
package org.pekkochannels.database.jdbc;

import org.jspecify.annotations.NullMarked;
