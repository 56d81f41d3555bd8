package org.pekkochannels.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** The contract is worth what it finds: each fault fails the case that is for it, with what a developer needs. */
final class ContractFindsFaultsTest {
    @ParameterizedTest
    @EnumSource
    void findsTheFault(Fault fault) {
        BrokenLayerContract.fault = fault;

        TestExecutionSummary summary =
                ContractRun.of(selectMethod(BrokenLayerContract.class, fault.foundBy, LayerNodes.class.getName()));

        assertThat(summary.getTestsFoundCount()).isPositive();
        assertThat(summary.getFailures())
                .isNotEmpty()
                .allSatisfy(failure -> assertThat(failure.getException())
                        .isInstanceOf(AssertionError.class)
                        .hasMessageContaining("2 nodes, node ")
                        .hasMessageContaining("node 0 counted LayerStats[")
                        .hasMessageContaining("node 1 counted LayerStats["));
    }

    @AfterAll
    static void stopsWhatHasNotStopped() {
        BrokenLayers.Unstoppable.stopAll();
    }
}
