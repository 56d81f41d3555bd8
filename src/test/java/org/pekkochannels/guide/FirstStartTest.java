package org.pekkochannels.guide;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What {@code mvn} alone fetches and compiles to start the example. */
final class FirstStartTest {
    private static final Pattern AT_RUN_TIME = Pattern.compile(
            "<additionalClasspathDependency>\\s*<groupId>[^<]+</groupId>\\s*<artifactId>([^<]+)</artifactId>");
    // Of 120 MB; Maven's plugins take the rest.
    private static final long MOST_BYTES = 100_500_000;

    @Test
    void fetchesNoServersToStartTheExample() throws IOException {
        List<String> runTime = AT_RUN_TIME
                .matcher(Files.readString(Path.of("pom.xml")))
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();

        assertThat(runTime).isNotEmpty();
        assertThat(jars().filter(jar ->
                                runTime.stream().noneMatch(name -> jar.getName().startsWith(name + "-")))
                        .mapToLong(File::length)
                        .sum())
                .as("bytes of the dependencies; move what only running tests need to additionalClasspathDependencies")
                .isBetween(40_000_000L, MOST_BYTES);
    }

    private static Stream<File> jars() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> entry.endsWith(".jar"))
                .map(File::new);
    }

    @Test
    void startsTheExampleWithoutCompilingTests() throws IOException {
        String pom = Files.readString(Path.of("pom.xml"));

        assertThat(pom.substring(pom.indexOf("<defaultGoal>"), pom.indexOf("</defaultGoal>")))
                .endsWith("compiler:compile@quick resources:testResources compiler:testCompile@examples exec:java");
        assertThat(Path.of(".mvn/maven.config")).hasContent("-ntp");
    }
}
