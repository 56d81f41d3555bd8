package org.pekkochannels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SmallMachineTest {
    private static final String EXECUTOR = "pekko.actor.default-dispatcher.executor";

    @Test
    void givesAThreadForEachCoreAndOneForTheSelector() {
        Config tuned = SmallMachine.tuned(configured(""), 2);

        assertThat(tuned.getString(EXECUTOR)).isEqualTo("thread-pool-executor");
        assertThat(tuned.getInt("pekko.actor.default-dispatcher.thread-pool-executor.fixed-pool-size"))
                .isEqualTo(3);
        assertThat(tuned.getBoolean("pekko.actor.default-dispatcher.thread-pool-executor.allow-core-timeout"))
                .isFalse();
        assertThat(tuned.getString("pekko.io.tcp.selector-dispatcher")).isEqualTo("pekko.actor.default-dispatcher");
        assertThat(tuned.getString("pekko.io.tcp.worker-dispatcher")).isEqualTo("pekko.actor.default-dispatcher");
    }

    @Test
    void givesAThreadForEachSelectorWhereThereAreMore() {
        Config tuned = SmallMachine.tuned(configured("pekko.io.tcp.nr-of-selectors = 2"), 4);

        assertThat(tuned.getInt("pekko.actor.default-dispatcher.thread-pool-executor.fixed-pool-size"))
                .isEqualTo(6);
    }

    @Test
    void leavesALargeMachineToPekko() {
        Config config = configured("");

        assertThat(SmallMachine.tuned(config, 8)).isEqualTo(config);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pekko.actor.default-dispatcher.executor = virtual-thread-executor",
                "pekko.actor.default-dispatcher.fork-join-executor.parallelism-min = 2",
                "pekko.actor.default-dispatcher.throughput = 20",
                "pekko.io.tcp.worker-dispatcher = pekko.actor.default-dispatcher",
                "channels.default-dispatcher = pekko"
            })
    void keepsWhatIsConfigured(String line) {
        Config config = configured(line);

        assertThat(SmallMachine.tuned(config, 2)).isEqualTo(config);
    }

    @Test
    void namesTheKeyOfABadValue() {
        assertThatThrownBy(() -> SmallMachine.tuned(configured("channels.default-dispatcher = big"), 2))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("channels.default-dispatcher")
                .hasMessageContaining("auto");
    }

    private static Config configured(String line) {
        return ConfigFactory.parseString(line)
                .withFallback(ConfigFactory.load())
                .resolve();
    }
}
