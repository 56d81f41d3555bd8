package org.pekkochannels.testkit;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ClassTemplateInvocationContext;
import org.junit.jupiter.api.extension.ClassTemplateInvocationContextProvider;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Runs a test class with {@link ChannelsTest} over each of its edges. */
final class ChannelsTestExtension implements ClassTemplateInvocationContextProvider {
    ChannelsTestExtension() {}

    @Override
    public boolean supportsClassTemplate(ExtensionContext context) {
        return true;
    }

    @Override
    public Stream<ClassTemplateInvocationContext> provideClassTemplateInvocationContexts(ExtensionContext context) {
        ChannelsTest test = AnnotationSupport.findAnnotation(context.getRequiredTestClass(), ChannelsTest.class)
                .orElseThrow();
        return Stream.of(test.over()).map(edge -> new OverEdge(test, edge));
    }

    private record OverEdge(ChannelsTest test, TestEdge edge) implements ClassTemplateInvocationContext {
        @Override
        public String getDisplayName(int invocationIndex) {
            return edge.name().toLowerCase(Locale.ROOT);
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(new RunningApplication(test, edge));
        }
    }
}
