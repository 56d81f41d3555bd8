package org.pekkochannels.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The bounds that a section's comments speak of are those that its reader keeps. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class BoundsContract {
    private final String section;

    protected BoundsContract(String section) {
        this.section = section;
    }

    /**
     * Reads the section.
     *
     * @param root the whole configuration
     */
    protected abstract void read(Config root);

    final Stream<Bounds> bounds() {
        return Manual.keys()
                .filter(key -> key.path().startsWith(section + "."))
                .flatMap(key -> Bounds.of(key).stream());
    }

    final Stream<Bounds> times() {
        return bounds().filter(Bounds::isTime);
    }

    private void readWith(String key, String value) {
        read(ConfigFactory.parseMap(Map.of(key, value)).withFallback(Manual.defaults()));
    }

    @ParameterizedTest
    @MethodSource("bounds")
    final void takesTheLeastAndTheMost(Bounds bounds) {
        assertThat(List.of(bounds.least(), bounds.most())).allSatisfy(value -> readWith(bounds.key(), value));
    }

    @ParameterizedTest
    @MethodSource("bounds")
    final void refusesWhatIsJustOutsideWithKeyBoundsAndValue(Bounds bounds) {
        assertThat(bounds.justOutside())
                .allSatisfy(value -> assertThatExceptionOfType(ConfigException.class)
                        .isThrownBy(() -> readWith(bounds.key(), value))
                        .withMessageContaining("'" + bounds.key() + "'")
                        .withMessageContaining(bounds.rule() + ", was '" + value + "'"));
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("times")
    final void refusesATimeWithoutAUnit(Bounds bounds) {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> readWith(bounds.key(), "1000"))
                .withMessageContaining("'" + bounds.key() + "'")
                .withMessageContaining("written with its unit, for example '60s', was '1000'");
    }
}
