package org.pekkochannels.testkit;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/** One run of a case: opens its nodes, adds to a failure what the nodes have counted, and closes them. */
final class CaseRun
        implements TestTemplateInvocationContext, ParameterResolver, TestExecutionExceptionHandler, AfterEachCallback {
    // Longer than any case takes.
    private static final Duration NO_EXPIRY = Duration.ofHours(1);

    private final ChannelLayerContract contract;
    private final Placement placement;
    private final int capacity;
    private final Duration expiry;
    private @Nullable LayerNodes nodes;

    CaseRun(ChannelLayerContract contract, Placement placement, Optional<Case> declared) {
        this.contract = contract;
        this.placement = placement;
        this.capacity = declared.map(Case::capacity).orElse(Case.FEW);
        this.expiry = declared.map(Case::expires).orElse(false) ? contract.expiry() : NO_EXPIRY;
    }

    @Override
    public String getDisplayName(int invocationIndex) {
        return placement.toString();
    }

    @Override
    public List<Extension> getAdditionalExtensions() {
        return List.of(this);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == LayerNodes.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        nodes = LayerNodes.open(contract, placement, capacity, expiry);
        return nodes;
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        if (failure instanceof TestAbortedException) {
            throw failure;
        }
        throw reported(failure);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (nodes != null) {
            try {
                nodes.end();
            } catch (Exception | AssertionError failure) {
                throw reported(failure);
            }
        }
    }

    private AssertionFailedError reported(Throwable failure) {
        String message = failure + System.lineSeparator() + requireNonNull(nodes, "nodes are open");
        return failure instanceof AssertionFailedError failed && failed.isExpectedDefined()
                ? new AssertionFailedError(message, failed.getExpected(), failed.getActual(), failure)
                : new AssertionFailedError(message, failure);
    }
}
