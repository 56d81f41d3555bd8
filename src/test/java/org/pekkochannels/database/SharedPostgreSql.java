package org.pekkochannels.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;

/**
 * One real PostgreSQL for all test classes of a JVM that use it, with a new database for each class. It starts for the first
 * of them and stops after the last test. A test that stops the server or changes its settings starts its own {@link
 * EmbeddedPostgreSql}.
 */
public final class SharedPostgreSql implements BeforeAllCallback {
    private @Nullable EmbeddedPostgreSql server;
    private String database = "";

    @Override
    public void beforeAll(ExtensionContext context) {
        EmbeddedPostgreSql shared = context.getStore(
                        StoreScope.LAUNCHER_SESSION, Namespace.create(SharedPostgreSql.class))
                .getOrComputeIfAbsent(EmbeddedPostgreSql.class, key -> start(), EmbeddedPostgreSql.class);
        server = shared;
        // PostgreSQL folds names that are not quoted.
        database = context.getRequiredTestClass().getSimpleName();
        Jdbi.create(shared.url()).useHandle(handle -> handle.execute("create database \"" + database + "\""));
    }

    int port() {
        return Objects.requireNonNull(server).port();
    }

    /** As JDBC has it. */
    public String url() {
        return url(port());
    }

    /** The URL of this database through a proxy that listens on a port of this machine. */
    String url(int port) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=postgres";
    }

    /** As platforms give it. */
    public String platformUrl() {
        return "postgres://postgres@127.0.0.1:" + port() + "/" + database;
    }

    private static EmbeddedPostgreSql start() {
        try {
            return EmbeddedPostgreSql.start();
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL did not start", e);
        }
    }
}
