package org.pekkochannels;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.pekko.annotation.InternalApi;
import org.junit.jupiter.api.Test;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.concurrent.Ticker;
import org.pekkochannels.concurrent.TimeSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The law of the house: a package imports only from lower levels, never from its own level or a higher one. */
final class ArchitectureTest {
    private static final String ROOT = "org.pekkochannels";

    // By name below the root package, which is "" itself.
    private static final Map<String, Integer> LEVELS = Map.ofEntries(
            // With it every package reads its keys.
            Map.entry("settings", -1),
            // What observes work logs its failures by the same rule as the work.
            Map.entry("concurrent", -1),
            Map.entry("metrics.instrument", 0),
            Map.entry("tracing.span", 0),
            // For applications; nothing here uses them.
            Map.entry("metrics", 1),
            Map.entry("tracing", 1),
            Map.entry("layer", 1),
            Map.entry("database.jdbc", 1),
            Map.entry("protocol", 1),
            Map.entry("tls", 1),
            Map.entry("layer.cluster", 2),
            Map.entry("layer.redis", 2),
            Map.entry("layer.postgres", 2),
            Map.entry("database", 2),
            Map.entry("http1", 2),
            Map.entry("proxy", 2),
            Map.entry("websocket.codec", 2),
            Map.entry("websocket", 3),
            Map.entry("routing", 3),
            Map.entry("middleware", 3),
            Map.entry("consumer", 3),
            Map.entry("identity", 3),
            Map.entry("edge", 4),
            Map.entry("http", 5),
            Map.entry("netty", 5),
            Map.entry("", 6),
            // Starts whole applications.
            Map.entry("testkit", 7));

    private static final String EXCLUDED = "<excludePackageNames>";
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    @Test
    void packagesImportOnlyFromLowerLevels() {
        List<String> violations = CLASSES.stream()
                .flatMap(ArchitectureTest::violations)
                .distinct()
                .sorted()
                .toList();

        assertThat(CLASSES).isNotEmpty();
        assertThat(violations)
                .as("imports from the same or a higher level, see the table of levels in this test")
                .isEmpty();
    }

    /** What an application may write against, and has to read; nested types belong to the page of their outer type. */
    @Test
    void publishesFewerThanAHundredTypes() {
        List<String> published = CLASSES.stream()
                .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC) && type.isTopLevelClass())
                .filter(type -> !type.isAnnotatedWith(InternalApi.class) && isApi(type.getPackageName()))
                .map(JavaClass::getName)
                .sorted()
                .toList();

        assertThat(published).as("public types of the API").hasSizeBetween(30, 120);
    }

    /** The count above holds for the published Javadoc too. */
    @Test
    void publishedJavadocLeavesOutWhatIsNotApi() throws IOException {
        String pom = Files.readString(Path.of("pom.xml"));
        String excluded =
                pom.substring(pom.indexOf(EXCLUDED) + EXCLUDED.length(), pom.indexOf("</excludePackageNames>"));
        List<String> internal = CLASSES.stream()
                .map(JavaClass::getPackageName)
                .distinct()
                .filter(name -> !isApi(name))
                .toList();
        List<String> tagged = CLASSES.stream()
                .filter(type -> type.isAnnotatedWith(InternalApi.class) && isApi(type.getPackageName()))
                .filter(type -> !source(type.getName()).contains("@hidden"))
                .map(JavaClass::getName)
                .toList();

        assertThat(excluded.split(","))
                .as("excludePackageNames of pom.xml")
                .containsExactlyInAnyOrderElementsOf(internal);
        assertThat(tagged).as("internal types without @hidden").isEmpty();
    }

    /** A filter or an appender of the application's may throw at each line, and {@link SafeLog} lets none of it out. */
    @Test
    void onlySafeLogLogs() {
        List<String> loggers = CLASSES.stream()
                .filter(type -> type.getDirectDependenciesFromSelf().stream()
                        .map(Dependency::getTargetClass)
                        .anyMatch(target ->
                                target.isEquivalentTo(Logger.class) || target.isEquivalentTo(LoggerFactory.class)))
                .map(JavaClass::getName)
                .toList();

        assertThat(loggers).as("classes that use a logger other than SafeLog").containsExactly(SafeLog.class.getName());
    }

    /** Otherwise a test that moves the time of a system would move only a part of it. */
    @Test
    void onlyTheTimeSourceReadsTheClock() {
        List<String> readers = CLASSES.stream()
                .filter(type -> type.getCodeUnitAccessesFromSelf().stream()
                        .anyMatch(access -> isClock(access.getTargetOwner().getName(), access.getName())))
                .map(JavaClass::getName)
                .sorted()
                .toList();

        assertThat(readers)
                .as("classes that read the clock; use the Ticker or the Clock of TimeSource.of(system)")
                .containsExactly(Ticker.class.getName(), TimeSource.class.getName());
    }

    private static boolean isClock(String owner, String method) {
        return (owner.equals("java.lang.System") && (method.equals("nanoTime") || method.equals("currentTimeMillis")))
                || (owner.startsWith("java.time.") && (method.equals("now") || method.startsWith("system")));
    }

    private static boolean isApi(String name) {
        return !source(name + ".package-info").contains("Not API");
    }

    private static String source(String type) {
        try {
            return Files.readString(Path.of("src/main/java", type.replace('.', '/') + ".java"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<String> violations(JavaClass type) {
        String from = packageOf(type);
        if (!LEVELS.containsKey(from)) {
            return Stream.of("package '" + from + "' has no level: add it to the table");
        }
        return type.getDirectDependenciesFromSelf().stream()
                .map(Dependency::getTargetClass)
                .map(JavaClass::getBaseComponentType)
                .filter(target -> isOurs(target) && !isBelow(packageOf(target), from))
                .map(target -> "%s -> %s: %s uses %s"
                        .formatted(described(from), described(packageOf(target)), type.getName(), target.getName()));
    }

    private static boolean isBelow(String target, String from) {
        return target.equals(from)
                || LEVELS.getOrDefault(target, Integer.MAX_VALUE) < LEVELS.getOrDefault(from, Integer.MIN_VALUE);
    }

    private static boolean isOurs(JavaClass type) {
        return type.getPackageName().equals(ROOT) || type.getPackageName().startsWith(ROOT + ".");
    }

    private static String packageOf(JavaClass type) {
        return type.getPackageName().equals(ROOT) ? "" : type.getPackageName().substring(ROOT.length() + 1);
    }

    private static String described(String name) {
        return (name.isEmpty() ? "(root)" : name) + " (level " + LEVELS.get(name) + ")";
    }
}
