package org.pekkochannels.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;

/** {@code src/starter}: copied, built with this library as a reader of the guide builds it, started, used and stopped. */
@EnabledIf(
        value = "org.pekkochannels.example.StarterBuild#isPossible",
        disabledReason = "Maven's executable mvn is neither in maven.home nor on the path")
final class StarterTest {
    private static final String ADDED = "{\"type\":\"added\",\"id\":1,\"text\":\"milk\"}";

    @TempDir
    private static Path folder;

    private static StarterBuild build;

    @TempDir
    private Path empty;

    // On a new machine, Maven fetches the plugins.
    @BeforeAll
    @Timeout(600)
    static void build() throws Exception {
        build = StarterBuild.copy(folder);
        build.run();
        build.repeat();
    }

    @AfterAll
    static void removeLinks() throws IOException {
        build.close();
    }

    @Test
    void passesItsOwnTest() throws IOException {
        String report = Files.readString(build.target("surefire-reports/TEST-com.example.notes.NotesTest.xml"));

        assertThat(report).contains("tests=\"4\"", "errors=\"0\"", "skipped=\"0\"", "failures=\"0\"");
    }

    @Test
    void servesStoresAndStopsFromOneJar() throws Exception {
        try (StarterServer server = StarterServer.start(build.target("notes.jar"), empty)) {
            assertThat(Client.HTTP
                            .send(HttpRequest.newBuilder(server.page()).build(), BodyHandlers.ofString())
                            .body())
                    .contains("<title>Notes</title>");
            Client one = Client.open(server.socket());
            one.send("{\"type\": \"add\", \"text\": \"milk\"}");
            assertThat(one.text()).isEqualTo(ADDED);
            Client two = Client.open(server.socket());
            assertThat(two.text()).isEqualTo(ADDED);

            List<String> last = server.stop();

            assertThat(one.closed()).startsWith("1012");
            assertThat(two.closed()).startsWith("1012");
            // 128 and the number of SIGTERM: its handlers ran, and nothing else went wrong.
            assertThat(server.process().exitValue()).isEqualTo(143);
            assertThat(last).anyMatch(line -> line.contains("stopped; http://" + server.authority()));
            assertThat(last).noneMatch(line -> line.contains("WARN") || line.contains("ERROR"));
            assertThat(empty.resolve("data")).isNotEmptyDirectory();
        }
    }

    @Test
    @EnabledIf(
            value = "org.pekkochannels.example.Browser#isInstalled",
            disabledReason = "Debian's chromium and chromium-driver are not installed")
    void addsAndRemovesNotesOnItsPage() throws Exception {
        try (StarterServer server = StarterServer.start(build.target("notes.jar"), empty);
                Browser browser = Browser.start()) {
            Browser.Window one = browser.open(server.page());
            Browser.Window two = browser.open(server.page());
            two.waitForCount("#text[placeholder='Write a note and press Enter']", 1);
            one.waitForCount("#text[placeholder='Write a note and press Enter']", 1);

            one.click("#text");
            one.type("milk", Keys.ENTER, "bread", Keys.ENTER);
            two.waitForCount("li", 2);
            two.click("li:first-child button");

            one.waitForText("ul", "bread\nRemove");
            assertThat(one.element("#text").getDomProperty("value")).isEmpty();
        }
    }

    @Test
    void joinsWhatEveryLibraryHasInFilesOfOneName() throws IOException {
        try (JarFile jar = new JarFile(build.target("notes.jar").toFile())) {
            assertThat(text(jar, "META-INF/services/java.sql.Driver"))
                    .contains("org.h2.Driver", "org.postgresql.Driver");
            assertThat(text(jar, "reference.conf")).contains("channels.database {", "pekko.http", "pekko {");
            assertThat(text(jar, "META-INF/LICENSE")).contains("Apache License", "PostgreSQL");
            assertThat(jar.getManifest().getMainAttributes().getValue("Multi-Release"))
                    .isEqualTo("true");
            assertThat(jar.stream()).noneMatch(entry -> entry.getName().matches("META-INF/.*\\.(SF|RSA|DSA)"));
        }
    }

    @Test
    void addsTheLibrariesToANewJarInEachBuild() throws IOException {
        try (JarFile jar = new JarFile(build.target("original-notes.jar").toFile())) {
            assertThat(jar.stream()).noneMatch(entry -> entry.getName().startsWith("org/"));
        }
    }

    private static String text(JarFile jar, String entry) throws IOException {
        try (InputStream in = jar.getInputStream(jar.getEntry(entry))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void putsItsClassesAndItsLibrariesIntoAnImage() throws IOException {
        Path image = build.target("jib-image.tar");
        List<TarEntry> parts = TarEntry.read(Files.newInputStream(image));
        String config = parts.stream()
                .filter(part -> part.name().equals("config.json"))
                .map(part -> new String(part.content(), StandardCharsets.UTF_8))
                .findFirst()
                .orElseThrow();

        assertThat(parts.stream()
                        .filter(part -> part.name().endsWith(".tar.gz"))
                        .flatMap(StarterTest::names))
                .contains(
                        "app/classes/com/example/notes/NotesServer.class",
                        "app/resources/application.conf",
                        "app/resources/notes.html",
                        "app/libs/pekko-channels-0.1.0-SNAPSHOT.jar")
                .noneMatch(name -> name.contains("junit"));
        assertThat(config).contains("HOST=0.0.0.0", "\"8000/tcp\"", "\"com.example.notes.NotesServer\"]");
    }

    private static Stream<String> names(TarEntry layer) {
        try {
            return TarEntry.read(new GZIPInputStream(new ByteArrayInputStream(layer.content()))).stream()
                    .map(TarEntry::name);
        } catch (IOException e) {
            throw new AssertionError(layer.name(), e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"logback.version", "postgresql.version", "junit.version"})
    void usesTheVersionsThatTheLibraryIsTestedWith(String property) throws IOException {
        assertThat(StarterBuild.element(build.project().resolve("pom.xml"), property))
                .isEqualTo(StarterBuild.element(Path.of("pom.xml"), property));
    }
}
