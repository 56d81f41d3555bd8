package org.pekkochannels.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the development server requires. */
final class ProjectTest {
    @Test
    void takesOptionsOfTheCompilerAnywhereAmongItsArguments() {
        assertThat(Project.of("-g", "app.Main", "target/dev", "-Xlint:all", "src"))
                .isEqualTo(new Project(
                        "app.Main", Path.of("target/dev"), List.of(Path.of("src")), List.of("-g", "-Xlint:all")));
    }

    @Test
    void namesTheMissingArguments() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Project.of("app.Main", "target/dev"))
                .withMessage(
                        "DevServer requires the main class, the output folder, at least one source folder, and then"
                                + " options of javac such as -parameters; the arguments were app.Main target/dev");
    }

    @Test
    void requiresACompiler() {
        assertThatIllegalStateException()
                .isThrownBy(() -> Build.required(null))
                .withMessageMatching("DevServer requires a JDK: the Java in .* has no compiler; set JAVA_HOME .*");
    }
}
