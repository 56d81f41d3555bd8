package org.pekkochannels.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
    private static Settings of(String value) {
        return Settings.of(ConfigFactory.parseString("a.b { key = " + value + " }"), "a.b");
    }

    @Test
    void readsEachKindOfValue() {
        assertThat(of("7").integer("key", 1, 10)).isEqualTo(7);
        assertThat(of("64 KiB").bytes("key", 1, 100_000)).isEqualTo(65_536);
        assertThat(of("250ms").duration("key", Duration.ZERO, Duration.ofSeconds(1)))
                .isEqualTo(Duration.ofMillis(250));
        assertThat(of("off").flag("key")).isFalse();
        assertThat(of("seconds").choice("key", TimeUnit.class)).isEqualTo(TimeUnit.SECONDS);
        assertThat(of("\"\"").text("key")).isEmpty();
    }

    @Test
    void readsTextsSwitchesAndLists() {
        assertThat(of("hello").text("key")).isEqualTo("hello");
        assertThat(of("on").flag("key")).isTrue();
        assertThat(of("[a, b]").texts("key")).containsExactly("a", "b");
        assertThat(of("20ms").durationOrOff("key", Duration.ZERO, Duration.ofSeconds(1)))
                .contains(Duration.ofMillis(20));
        assertThat(Settings.isDevelopment(ConfigFactory.parseString("channels.development = on")))
                .isTrue();
        assertThat(Settings.isDevelopment(ConfigFactory.parseString("channels.development = off")))
                .isFalse();
    }

    @Test
    void theBoundsAreLegalValues() {
        assertThat(of("1").integer("key", 1, 10)).isEqualTo(1);
        assertThat(of("10").integer("key", 1, 10)).isEqualTo(10);
        assertThat(of("1").bytes("key", 1, 1024)).isEqualTo(1);
        assertThat(of("1 KiB").bytes("key", 1, 1024)).isEqualTo(1024);
        assertThat(of("1s").duration("key", Duration.ofSeconds(1), Duration.ofSeconds(1)))
                .isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void readsSectionsInTheirOrder() {
        List<Settings> sections = of("[{x = 7}, {x = 8, y = abc}]").sections("key", List.of("x", "y"));

        assertThat(sections).hasSize(2);
        assertThat(sections.get(0).integer("x", 1, 10)).isEqualTo(7);
        assertThatThrownBy(() -> sections.get(1).integer("y", 1, 10))
                .hasMessageContaining("'a.b.key.1.y': must be a whole number from 1 to 10, was 'abc'");
    }

    @Test
    void namesTheKeysThatASectionMayHave() {
        assertThatThrownBy(() -> of("[{x = 7}, {z = 8}]").sections("key", List.of("x", "y")))
                .hasMessageContaining("'a.b.key': must be a list of sections with the keys x, y, was 'z'");
        assertThatThrownBy(() -> of("7").sections("key", List.of("x", "y")))
                .hasMessageContaining("'a.b.key': must be a list of sections with the keys x, y, was '7'");
    }

    @Test
    void namesTheVariableThatSetsAKey() {
        Config root = ConfigFactory.parseString("channels.http { port = abc, other = abc }");

        assertThatThrownBy(() -> Settings.of(root, "channels.http").integer("port", 1, 10))
                .message()
                .endsWith("was 'abc' (environment variable PORT sets it)");
        assertThatThrownBy(() -> Settings.of(root, "channels.http").integer("other", 1, 10))
                .message()
                .endsWith("was 'abc'");
    }

    @Test
    void writesTimesInTheUnitOfTheirPrecision() {
        assertThat(Settings.written(Duration.ZERO)).isEqualTo("0s");
        assertThat(Settings.written(Duration.ofMillis(1_001))).isEqualTo("1001ms");
        assertThat(Settings.written(Duration.ofSeconds(Long.MAX_VALUE, 1_000_000)))
                .isEqualTo(Long.MAX_VALUE + "s");
    }

    @Test
    void showsABadValueInOneLineAndCutsALongOne() {
        Settings section =
                Settings.of(ConfigFactory.parseMap(Map.of("a.b.broken", "1\n2", "a.b.long", "3".repeat(1000))), "a.b");

        assertThatThrownBy(() -> section.integer("broken", 1, 10)).hasMessageContaining(", was '1?2'");
        assertThatThrownBy(() -> section.integer("long", 1, 10))
                .hasMessageContaining("3".repeat(300) + "..'")
                .hasMessageNotContaining("3".repeat(301));
    }

    @Test
    void doesNotShowASecret() {
        assertThat(of("hunter2").secret("key", "must be right"))
                .hasMessageContaining("'a.b.key': must be right")
                .hasMessageNotContaining("hunter2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "11", "abc", "\"\"", "1.5", "99999999999", "{}", "[5]", "null"})
    void namesKeyBoundsAndValueOfABadNumber(String value) {
        assertThatThrownBy(() -> of(value).integer("key", 1, 10))
                .isInstanceOf(ConfigException.BadValue.class)
                .hasMessageContaining(
                        "'a.b.key': must be a whole number from 1 to 10, was '" + value.replace("\"", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "5", "2 MiB", "abc", "-1", "10.5", "64 KB", "1kib", "{}", "[5]", "null", "1e2", "20d", "20f", "0x1p5",
                "NaN"
            })
    void namesKeyBoundsAndValueOfABadSize(String value) {
        assertThatThrownBy(() -> of(value).bytes("key", 10, 1_000))
                .hasMessageContaining(
                        "'a.b.key': must be a size in bytes (65536, 64 KiB, 1 MiB) from 10 to 1000, was '" + value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"9ms", "2s", "abc", "10 parsecs", "5min", "60 secs", "{}", "[5]", "null"})
    void namesKeyBoundsAndValueOfABadTime(String value) {
        assertThatThrownBy(() -> of(value).duration("key", Duration.ofMillis(10), Duration.ofSeconds(1)))
                .hasMessageContaining(
                        "'a.b.key': must be a length of time (250ms, 10s, 5m) from 10ms to 1s, was '" + value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"60", "\"60\"", "0", "1.5", "-1", "\" 60 \"", "1e3", "6E+1", "0x1p3"})
    void refusesANumberWithoutAUnitForATime(String value) {
        assertThatThrownBy(() -> of(value).duration("key", Duration.ZERO, Duration.ofMinutes(2)))
                .isInstanceOf(ConfigException.BadValue.class)
                .hasMessageContaining(
                        "'a.b.key': must be a length of time (250ms, 10s, 5m) from 0s to 120s, written with its unit,"
                                + " for example '60s', was '" + value.replace("\"", ""));
        assertThatThrownBy(() -> of(value).durationOrOff("key", Duration.ZERO, Duration.ofMinutes(2)))
                .hasMessageContaining("'off' or a length of time")
                .hasMessageContaining("written with its unit");
    }

    @Test
    void refusesATimeWithoutAUnitThatTheEnvironmentSets() {
        Config root = ConfigFactory.parseMap(Map.of("A_TIMEOUT", "60"))
                .withFallback(ConfigFactory.parseString("a.b { key = 10s, key = ${?A_TIMEOUT} }"))
                .resolve();

        assertThatThrownBy(() -> Settings.of(root, "a.b").duration("key", Duration.ZERO, Duration.ofMinutes(2)))
                .hasMessageContaining("written with its unit, for example '60s', was '60'");
    }

    @Test
    void saysThatATimeMayBeOffWhereItMay() {
        assertThat(of("off").durationOrOff("key", Duration.ZERO, Duration.ofSeconds(1)))
                .isEmpty();
        assertThatThrownBy(() -> of("2s").durationOrOff("key", Duration.ZERO, Duration.ofSeconds(1)))
                .hasMessageContaining(
                        "'a.b.key': must be 'off' or a length of time (250ms, 10s, 5m) from 0s to 1s, was '2s'");
    }

    @Test
    void namesTheChoicesThereAre() {
        assertThatThrownBy(() -> of("weeks").choice("key", TimeUnit.class))
                .hasMessageContaining("'a.b.key': must be one of nanoseconds, ")
                .hasMessageContaining("was 'weeks'");
        assertThatThrownBy(() -> of("perhaps").flag("key"))
                .hasMessageContaining("'a.b.key': must be on or off, was 'perhaps'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[5]", "null"})
    void namesRuleAndValueWhereOneValueIsAskedFor(String value) {
        assertThatThrownBy(() -> of(value).flag("key"))
                .hasMessageContaining("'a.b.key': must be on or off, was '" + value + "'");
        assertThatThrownBy(() -> of(value).choice("key", TimeUnit.class))
                .hasMessageContaining("'a.b.key': must be one of nanoseconds, ")
                .hasMessageContaining("was '" + value + "'");
        assertThatThrownBy(() -> of(value).durationOrOff("key", Duration.ZERO, Duration.ofSeconds(1)))
                .hasMessageContaining("'a.b.key': must be 'off' or a length of time")
                .hasMessageContaining("was '" + value + "'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {"{x = hunter2}; object", "[hunter2]; list", "null; null"})
    void doesNotShowWhatMayBeASecretWhereATextIsAskedFor(String value, String type) {
        assertThatThrownBy(() -> of(value).text("key"))
                .hasMessageContaining(
                        "'a.b.key': must be a single value, in quotes if it is a text, was of type " + type)
                .hasMessageNotContaining("hunter2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "{}", "null", "[null]", "[[\"a\"]]"})
    void namesTheFormOfAList(String value) {
        assertThatThrownBy(() -> of(value).texts("key"))
                .hasMessageContaining(
                        "'a.b.key': must be a list of texts in quotes, written [\"a\", \"null\"], was '" + value + "'");
    }
}
