package org.pekkochannels.testkit;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.support.AnnotationSupport;

/** Runs each case of a contract once for each choice of nodes. Thread-safe. */
final class LayerCases implements TestTemplateInvocationContextProvider {
    // Of two nodes each to the other; of three also a node to itself, and a node that neither sends nor receives.
    private static final List<Placement> PLACEMENTS = List.of(
            new Placement(1, 0, 0),
            new Placement(2, 0, 1),
            new Placement(2, 1, 0),
            new Placement(3, 0, 0),
            new Placement(3, 0, 1),
            new Placement(3, 1, 2),
            new Placement(3, 2, 0));

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return context.getTestMethod()
                .filter(method -> List.of(method.getParameterTypes()).contains(LayerNodes.class))
                .isPresent();
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        ChannelLayerContract contract = (ChannelLayerContract) context.getRequiredTestInstance();
        Optional<Case> declared = AnnotationSupport.findAnnotation(context.getRequiredTestMethod(), Case.class);
        List<Placement> placements = PLACEMENTS.stream()
                .filter(placement -> contract.nodeCounts().contains(placement.nodes())
                        && declared.map(placement::isFor).orElse(true))
                .toList();
        return placements.isEmpty()
                ? Stream.of(new Skipped("needs two nodes, and the layer has one"))
                : placements.stream().map(placement -> new CaseRun(contract, placement, declared));
    }
}
