package org.pekkochannels.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.launcher.listeners.TestExecutionSummary;
import org.pekkochannels.testkit.ContractRun;

/** The layer that the guide shows keeps the contract, with the test that the guide shows. */
final class LayersPageTest {
    @Test
    void keepsTheContract(@TempDir Path classes) throws IOException, ClassNotFoundException {
        List<Snippet> snippets = Snippet.of(MarkdownPage.read(MarkdownPage.GUIDE.resolve("layers.md")))
                .toList();
        assertThat(Snippet.compile(snippets, classes)).isEmpty();

        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {classes.toUri().toURL()})) {
            TestExecutionSummary summary = ContractRun.of(selectClass(loader.loadClass("layers.MapLayerTest")));

            assertThat(summary.getFailures())
                    .map(failure -> failure.getTestIdentifier().getUniqueId() + ": " + failure.getException())
                    .isEmpty();
            assertThat(summary.getTestsSucceededCount()).isGreaterThan(200);
        }
    }
}
