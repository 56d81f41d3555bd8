package org.pekkochannels.database;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pekkochannels.database.jdbc.DatabaseUrl;
import org.pekkochannels.tracing.span.CallTracer;
import org.pekkochannels.tracing.span.Tracing;

/**
 * The database that the spans of calls describe, by OpenTelemetry's semantic conventions for databases. Immutable.
 *
 * @param span the name of the spans: the database's name, or else its kind
 * @param attributes attributes of all spans
 */
record CallTarget(String span, Map<String, Object> attributes) {
    /** A database over a pool or Jdbi of the application. */
    static final CallTarget UNKNOWN = new CallTarget("other_sql", Map.of("db.system.name", "other_sql"));

    private static final Map<String, String> SYSTEMS = Map.of(
            "h2", "h2database",
            "mariadb", "mariadb",
            "mysql", "mysql",
            "oracle", "oracle.db",
            "postgresql", "postgresql",
            "sqlite", "sqlite",
            "sqlserver", "microsoft.sql_server");

    // One server, in the form of most drivers; credentials and everything after the name are ignored.
    private static final Pattern SERVER = Pattern.compile(
            "^jdbc:\\w+://(?<host>[\\w.-]+|\\[[0-9a-fA-F:.]+])(?::(?<port>\\d{1,5}))?/(?<name>[\\w-]*)");

    CallTarget {
        attributes = Map.copyOf(attributes);
    }

    /** Taken from the section and its URL, without secrets. */
    static CallTarget of(String label, DatabaseUrl url) {
        String system = SYSTEMS.getOrDefault(url.subprotocol(), "other_sql");
        Map<String, Object> attributes = new TreeMap<>();
        attributes.put("db.system.name", system);
        attributes.put("channels.database.name", label);
        Matcher server = SERVER.matcher(url.jdbc());
        if (!server.find()) {
            return new CallTarget(system, attributes);
        }
        attributes.put("server.address", server.group("host"));
        if (server.group("port") != null) {
            attributes.put("server.port", Integer.parseInt(server.group("port")));
        }
        String name = server.group("name");
        if (name.isEmpty()) {
            return new CallTarget(system, attributes);
        }
        attributes.put("db.namespace", name);
        return new CallTarget(name, attributes);
    }

    CallTracer tracer(Tracing tracing) {
        return tracing.calls(span, attributes);
    }
}
