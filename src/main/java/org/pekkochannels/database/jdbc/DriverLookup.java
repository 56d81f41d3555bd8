package org.pekkochannels.database.jdbc;

import com.typesafe.config.ConfigException;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.SafeLog;

/** Finds the JDBC driver of a URL. Stateless. */
public final class DriverLookup {
    private static final SafeLog LOG = SafeLog.of(DriverLookup.class);
    private static final String SERVICES = "META-INF/services/" + Driver.class.getName();

    private DriverLookup() {}

    /**
     * The driver that accepts a URL.
     *
     * @param section the database's section, for the message
     * @param loader has the application's classes; the system's loader if null
     * @return the driver; fails with a {@link ConfigException} that names what is missing if there is none
     */
    public static Driver require(String section, DatabaseUrl url, @Nullable ClassLoader loader) {
        return registered(loader)
                .filter(driver -> accepts(driver, url.jdbc()))
                .findFirst()
                .or(() -> unregistered(section, url, loader))
                .orElseThrow(() -> new ConfigException.BadValue(section + ".url", complaint(url, loader)));
    }

    private static Stream<Driver> registered(@Nullable ClassLoader loader) {
        // DriverManager only knows drivers that its first caller's class loader can see.
        return Stream.concat(
                DriverManager.drivers(),
                ServiceLoader.load(Driver.class, loader).stream().map(ServiceLoader.Provider::get));
    }

    /** A fat jar that keeps only one of several files of that name contains drivers that the file does not name. */
    private static Optional<Driver> unregistered(String section, DatabaseUrl url, @Nullable ClassLoader loader) {
        Optional<Driver> found = Vendor.of(url).driver(loader).filter(driver -> accepts(driver, url.jdbc()));
        found.ifPresent(driver -> LOG.warn(
                "{}.url: {} is on the class path, but {} does not name it; merge the files of that name when you build a fat"
                        + " jar, and all others below META-INF/services",
                section,
                driver.getClass().getName(),
                SERVICES));
        return found;
    }

    private static String complaint(DatabaseUrl url, @Nullable ClassLoader loader) {
        String scheme = "jdbc:" + url.subprotocol() + ":";
        if (isServed(url.subprotocol(), loader)) {
            return "the driver of " + url + " does not accept this URL; check host, port (1 to 65535) and slashes";
        }
        String missing = "no driver for " + scheme + " is on the class path";
        return Vendor.of(url) == Vendor.OTHER
                ? missing + ", which has drivers for " + served(loader)
                        + "; correct the beginning of the URL, or add the JDBC driver of that database to the dependencies"
                : missing + "; add " + Vendor.of(url).artifact() + " to the dependencies";
    }

    private static String served(@Nullable ClassLoader loader) {
        String schemes = Arrays.stream(Vendor.values())
                .filter(vendor -> vendor != Vendor.OTHER && isServed(vendor.subprotocol(), loader))
                .map(vendor -> "jdbc:" + vendor.subprotocol() + ":")
                .collect(Collectors.joining(", "));
        return schemes.isEmpty() ? "no known database" : schemes;
    }

    /** A driver may not accept every URL of its vendor. */
    private static boolean isServed(String subprotocol, @Nullable ClassLoader loader) {
        return registered(loader).anyMatch(driver -> accepts(driver, "jdbc:" + subprotocol + "://localhost/database"));
    }

    private static boolean accepts(Driver driver, String url) {
        try {
            return driver.acceptsURL(url);
        } catch (SQLException e) {
            return false;
        }
    }
}
