package org.pekkochannels.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import org.pekkochannels.database.jdbc.DatabaseUrl;

/**
 * One real MySQL for all test classes of a JVM that use it: the server that the environment names, or else Maven's, started
 * for the first of them and stopped after the last test. Without either, these classes are skipped.
 */
public final class SharedMySql implements ExecutionCondition, BeforeAllCallback {
    private static final String VARIABLE = "MYSQL_URL";
    private static final String NAMED = Objects.requireNonNullElse(System.getenv(VARIABLE), "");

    private @Nullable EmbeddedMySql server;

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return isNamed() || EmbeddedMySql.isAvailable()
                ? ConditionEvaluationResult.enabled("there is a MySQL")
                : ConditionEvaluationResult.disabled(
                        "Maven's MySQL does not run here: on 64-bit Linux, install libaio (Debian"
                                + " 12: libaio1); or set " + VARIABLE
                                + "=mysql://user:password@host/database to one whose tables these tests may drop");
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        if (isNamed()) {
            // Its tables are dropped: one test class at a time, also among JVMs. JUnit releases the lock after the
            // class.
            context.getStore(Namespace.create(SharedMySql.class)).put(BuildLock.class, BuildLock.acquire("mysql-url"));
        } else {
            server = context.getStore(StoreScope.LAUNCHER_SESSION, Namespace.create(SharedMySql.class))
                    .getOrComputeIfAbsent(EmbeddedMySql.class, key -> start(), EmbeddedMySql.class);
        }
    }

    /** As platforms give it. */
    String platformUrl() {
        return server == null ? NAMED : server.platformUrl();
    }

    /** As JDBC has it, with user and password. */
    public String url() {
        DatabaseUrl url = DatabaseUrl.parse(platformUrl())
                .orElseThrow(() -> new IllegalArgumentException(VARIABLE + " " + DatabaseUrl.RULE));
        return url.user().isEmpty()
                ? url.jdbc()
                : url.jdbc() + (url.jdbc().contains("?") ? "&" : "?") + "user=" + encoded(url.user()) + "&password="
                        + encoded(url.password());
    }

    /** Does something while the server is stopped; skips the test where the server is not ours to stop. */
    <T> T whileStopped(Supplier<T> task) throws IOException {
        return server == null
                ? Assumptions.abort(VARIABLE + " names a server that we cannot stop")
                : server.whileStopped(task);
    }

    private static boolean isNamed() {
        return !NAMED.isEmpty();
    }

    private static EmbeddedMySql start() {
        try {
            return EmbeddedMySql.start();
        } catch (IOException e) {
            throw new UncheckedIOException("MySQL did not start", e);
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
