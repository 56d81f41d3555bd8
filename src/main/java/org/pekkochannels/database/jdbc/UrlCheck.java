package org.pekkochannels.database.jdbc;

import com.typesafe.config.ConfigException;
import java.sql.Driver;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import org.pekkochannels.concurrent.SafeLog;

/**
 * Finds parameters of a database's URL that its driver ignores. Stateless.
 *
 * <p>Only for the drivers of servers whose parameters follow a question mark: those of H2 and SQLite reject unknown parameters, or pass
 * them on.
 */
public final class UrlCheck {
    private static final SafeLog LOG = SafeLog.of(UrlCheck.class);

    private static final Set<Vendor> CHECKED = Set.of(Vendor.POSTGRESQL, Vendor.MYSQL, Vendor.MARIADB);

    // MariaDB's driver supports these, but does not list them.
    private static final Set<String> UNLISTED =
            Set.of("usessl", "trustservercertificate", "disablesslhostnameverification", "enabledsslprotocolsuites");

    private static final Set<String> WITHOUT_TLS = Set.of("disable", "disabled", "allow", "prefer", "preferred");

    private UrlCheck() {}

    /**
     * Warns of parameters that the driver does not know.
     *
     * @param driver the driver for the URL
     * @param url the URL
     * @param section the path of its section
     * @throws ConfigException if such a parameter requests TLS, and the connection would not use it
     */
    public static void check(Driver driver, DatabaseUrl url, String section) {
        if (!CHECKED.contains(Vendor.of(url))) {
            return;
        }
        List<DriverPropertyInfo> known = properties(driver, url);
        if (known.isEmpty()) {
            // The driver reports what is wrong with the URL when it connects.
            return;
        }
        boolean exact = Vendor.of(url) == Vendor.POSTGRESQL;
        List<String> ignored = url.parameterNames().stream()
                .filter(name -> !isKnown(known, name, exact))
                .distinct()
                .toList();
        boolean asksForTls = ignored.stream().anyMatch(UrlCheck::isOfTls) || isSwitchedWrongly(known);
        if (asksForTls && !hasTls(known)) {
            throw new ConfigException.BadValue(
                    section + ".url",
                    "requests TLS in a way that the driver of " + url + " ignores (" + ofTls(url)
                            + "), so the connection might not use it; write " + cure(url)
                            + " and set the certificates with the driver's own parameters");
        }
        if (!ignored.isEmpty()) {
            LOG.warn(
                    "{}.url: the driver of {} does not know the parameters {}, and ignores them",
                    section,
                    url,
                    ignored);
        }
    }

    private static List<DriverPropertyInfo> properties(Driver driver, DatabaseUrl url) {
        try {
            return Arrays.asList(driver.getPropertyInfo(url.jdbc(), new Properties()));
        } catch (SQLException e) {
            return List.of();
        }
    }

    private static boolean isKnown(List<DriverPropertyInfo> known, String name, boolean exact) {
        return known.stream().anyMatch(property -> property.name.equals(name))
                || (!exact && UNLISTED.contains(name.toLowerCase(Locale.ROOT)))
                || (!exact && known.stream().anyMatch(property -> property.name.equalsIgnoreCase(name)));
    }

    private static boolean isOfTls(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.contains("ssl") || lower.contains("tls");
    }

    /** The parameters' names, never their values. */
    private static String ofTls(DatabaseUrl url) {
        return url.parameterNames().stream()
                .filter(UrlCheck::isOfTls)
                .distinct()
                .collect(Collectors.joining(", "));
    }

    /** PostgreSQL's driver reads every value of ssl that is neither empty nor "true" as off. */
    private static boolean isSwitchedWrongly(List<DriverPropertyInfo> known) {
        return value(known, "ssl").stream()
                .anyMatch(
                        value -> !value.isEmpty() && !Set.of("true", "false").contains(value.toLowerCase(Locale.ROOT)));
    }

    private static boolean hasTls(List<DriverPropertyInfo> known) {
        return known.stream()
                .filter(property -> property.name.equalsIgnoreCase("sslmode") && property.value != null)
                .anyMatch(property -> !WITHOUT_TLS.contains(property.value.toLowerCase(Locale.ROOT)));
    }

    private static Set<String> value(List<DriverPropertyInfo> known, String name) {
        return known.stream()
                .filter(property -> property.name.equals(name) && property.value != null)
                .map(property -> property.value)
                .collect(Collectors.toSet());
    }

    private static String cure(DatabaseUrl url) {
        return Vendor.of(url) == Vendor.POSTGRESQL
                ? "sslmode=require, or sslmode=disable to go without"
                : "sslMode=REQUIRED, or sslMode=DISABLED to go without";
    }
}
