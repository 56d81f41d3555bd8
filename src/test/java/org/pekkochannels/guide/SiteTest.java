package org.pekkochannels.guide;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The guide names no key that does not exist, its menu has every page, and its drawing of the house every package. */
final class SiteTest {
    private static final Config REFERENCE = ConfigFactory.defaultReference();
    private static final Pattern KEY = Pattern.compile("`(channels(?:\\.[a-z-]+)+)(?: = [^`]*)?`");
    private static final Pattern ITEM = Pattern.compile("<item name=\"[^\"]+\" href=\"([^\"]+)\\.html\"/>");
    // Below these the application chooses the names.
    private static final Pattern NAMED = Pattern.compile("channels\\.(databases|endpoints)\\..+");
    // Of meters and of a span's attributes, which MetricsTest and DatabaseTraceTest compare.
    private static final String MEASURES = "metrics-and-traces.md";

    @Test
    void namesOnlyKeysAndMetersThatExist() {
        String measures =
                MarkdownPage.read(MarkdownPage.GUIDE.resolve(MEASURES)).lines().toString();

        List<String> unknown = MarkdownPage.guide().stream()
                .filter(page -> !page.name().equals(MEASURES))
                .flatMap(page -> page.prose().stream()
                        .flatMap(prose -> KEY.matcher(prose.text()).results())
                        .map((MatchResult key) -> key.group(1))
                        .filter(key -> !isKey(key) && !measures.contains("`" + key + "`"))
                        .map(key -> page.name() + ": " + key))
                .toList();

        assertThat(unknown).as("neither keys nor meters").isEmpty();
    }

    @Test
    void showsOnlyKeysThatExist() {
        List<String> unknown = MarkdownPage.guide().stream()
                .flatMap(page -> page.blocks("hocon").stream()
                        .flatMap(block -> keys("", resolved(block.code())))
                        .filter(key -> key.startsWith("channels.") && !isKey(key))
                        .map(key -> page.name() + ": " + key))
                .toList();

        assertThat(unknown).as("keys that do not exist").isEmpty();
    }

    @Test
    void hasEveryPageInItsMenu() throws IOException {
        List<String> menu = ITEM.matcher(Files.readString(Path.of("src/site/site.xml")))
                .results()
                .map((MatchResult item) -> item.group(1) + ".md")
                .toList();

        assertThat(menu)
                .containsExactlyInAnyOrderElementsOf(
                        MarkdownPage.guide().stream().map(MarkdownPage::name).toList());
    }

    @Test
    void drawsAndDescribesEveryPackage() throws IOException {
        String drawing = Files.readString(MarkdownPage.GUIDE.resolve("images/packages.svg"));
        String table = Files.readString(MarkdownPage.GUIDE.resolve("how-it-works.md"));

        assertThat(packages())
                .isNotEmpty()
                .allSatisfy(name -> assertThat(drawing).contains(">" + name + "<"))
                .allSatisfy(name -> assertThat(table).contains("`" + name + "`"));
    }

    private static List<String> packages() throws IOException {
        Path root = Path.of("src/main/java/org/pekkochannels");
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.endsWith("package-info.java"))
                    .map(file -> root.relativize(file.getParent()).toString().replace('/', '.'))
                    .filter(name -> !name.isEmpty())
                    .toList();
        }
    }

    private static boolean isKey(String key) {
        return REFERENCE.hasPathOrNull(key) || NAMED.matcher(key).matches();
    }

    /** Variables of the environment may be missing. */
    private static ConfigObject resolved(String hocon) {
        return ConfigFactory.parseString(hocon)
                .resolve(ConfigResolveOptions.defaults().setAllowUnresolved(true))
                .root();
    }

    private static Stream<String> keys(String prefix, ConfigObject section) {
        return section.entrySet().stream()
                .flatMap((Map.Entry<String, ConfigValue> entry) -> entry.getValue() instanceof ConfigObject inner
                        ? keys(prefix + entry.getKey() + ".", inner)
                        : Stream.of(prefix + entry.getKey()));
    }
}
