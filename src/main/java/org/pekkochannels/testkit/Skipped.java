package org.pekkochannels.testkit;

import java.util.List;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;

/**
 * A case that does not run, and is reported with the reason.
 *
 * @param reason why
 */
record Skipped(String reason) implements TestTemplateInvocationContext, ExecutionCondition {
    @Override
    public String getDisplayName(int invocationIndex) {
        return reason;
    }

    @Override
    public List<Extension> getAdditionalExtensions() {
        return List.of(this);
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return ConditionEvaluationResult.disabled(reason);
    }
}
