package org.pekkochannels;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.edge.ContainedLogger;
import org.pekkochannels.edge.ContainedLoggingFilter;

/** Which loggers Pekko has in a system that Channels makes. */
final class PekkoLoggingTest {
    private static Config config(String lines) {
        return ConfigFactory.parseString(lines).withFallback(ConfigFactory.defaultReference());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "pekko.loggers = [org.apache.pekko.event.slf4j.Slf4jLogger]"})
    void areThoseThatContainFailuresByDefault(String lines) {
        Config contained = PekkoLogging.contained(config(lines));

        assertThat(contained.getStringList("pekko.loggers")).containsExactly(ContainedLogger.class.getName());
        assertThat(contained.getString("pekko.logging-filter")).isEqualTo(ContainedLoggingFilter.class.getName());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pekko.loggers = [org.example.OwnLogger]",
                "pekko.logging-filter = org.example.OwnFilter",
                "pekko.use-slf4j = off"
            })
    void areTheApplicationsIfItNamesOthers(String lines) {
        Config own = config(lines);

        assertThat(PekkoLogging.contained(own)).isSameAs(own);
    }
}
