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

/**
 * One real MariaDB for all test classes that ask for it: started for the first of them, stopped after the last test of the
 * run. Where Maven has none for us, those classes are skipped.
 */
final class SharedMariaDb implements ExecutionCondition, BeforeAllCallback {
    private @Nullable EmbeddedMariaDb server;

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return EmbeddedMariaDb.isAvailable()
                ? ConditionEvaluationResult.enabled("there is a MariaDB for this system")
                : ConditionEvaluationResult.disabled("of Maven's MariaDBs, we depend on the one for 64-bit Linux");
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        server = context.getRoot()
                .getStore(Namespace.create(SharedMariaDb.class))
                .getOrComputeIfAbsent(EmbeddedMariaDb.class, key -> start(), EmbeddedMariaDb.class);
    }

    EmbeddedMariaDb server() {
        return Objects.requireNonNull(server);
    }

    /** As JDBC has it. */
    String url() {
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
