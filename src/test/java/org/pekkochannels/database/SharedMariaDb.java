package org.pekkochannels.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;

/**
 * One real MariaDB for all test classes of a JVM that use it: started for the first of them, stopped after the last test.
 * These classes are skipped on systems for which Maven has no server.
 */
public final class SharedMariaDb implements ExecutionCondition, BeforeAllCallback {
    private @Nullable EmbeddedMariaDb server;

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return EmbeddedMariaDb.isAvailable()
                ? ConditionEvaluationResult.enabled("there is a MariaDB for this system")
                : ConditionEvaluationResult.disabled("of Maven's MariaDBs, we depend on the one for 64-bit Linux");
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        server = context.getStore(StoreScope.LAUNCHER_SESSION, Namespace.create(SharedMariaDb.class))
                .getOrComputeIfAbsent(EmbeddedMariaDb.class, key -> start(), EmbeddedMariaDb.class);
    }

    EmbeddedMariaDb server() {
        return Objects.requireNonNull(server);
    }

    /** As JDBC has it. */
    public String url() {
        return server().url();
    }

    private static EmbeddedMariaDb start() {
        try {
            return EmbeddedMariaDb.start();
        } catch (IOException e) {
            throw new UncheckedIOException("MariaDB did not start", e);
        }
    }
}
