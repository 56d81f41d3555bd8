package org.pekkochannels.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pekkochannels.edge.HttpSettings;

/** Each mistake in {@code channels.http.tls} stops the start with the key that is to be changed. */
class TlsSettingsTest {
    @TempDir
    private static Path directory;

    @BeforeAll
    static void makeFiles() throws Exception {
        TestCertificate.make(directory, "a", "EC");
        TestCertificate.make(directory, "b", "EC");
        TestCertificate.make(directory, "rsa", "RSA");
        Files.writeString(directory.resolve("nonsense"), "nonsense");
        Files.writeString(directory.resolve("empty"), "");
        Files.writeString(
                directory.resolve("pkcs1"), "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n");
        Files.writeString(
                directory.resolve("broken"), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
    }

    /** Settings where "@a.p12" is the file of that name. */
    private static Config tls(String keys) {
        String config = keys.replace("@none", directory.resolve("none").toString())
                .replaceAll("@([a-z0-9.]+)", directory.toString().replace("\\", "/") + "/$1");
        return ConfigFactory.parseString("channels.http.tls { " + config + " }")
                .withFallback(ConfigFactory.load())
                .resolve();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "enabled; enabled = on; must be off unless key-store",
                "enabled; enabled = perhaps; must be on or off",
                "key-store; key-store = \"@none\"; the file does not exist",
                "key-store; key-store = \"@nonsense\"; must be a file that can be read as PKCS12",
                "key-store; key-store = \"@a.p12\", key-store-password = wr0ng, certificate = \"@a.crt\"; must be empty",
                "key-store-password; key-store = \"@a.p12\", key-store-password = wr0ng; must be the password",
                "key-store-password; key-store = \"@a.p12\"; must be the password",
                "key-store-password; key-store-password = wr0ng; must be empty if key-store is empty",
                "key-store-type; key-store-type = ZIP; must be a type of key store",
                "certificate; certificate = \"@a.crt\"; together with private-key",
                "certificate; certificate = \"@none\", private-key = \"@a.key\"; the file does not exist",
                "certificate; certificate = \"@nonsense\", private-key = \"@a.key\"; must be a PEM file",
                "certificate; certificate = \"@empty\", private-key = \"@a.key\"; it contains none",
                "private-key; private-key = \"@a.key\"; together with certificate",
                "private-key; certificate = \"@a.crt\", private-key = \"@none\"; the file does not exist",
                "private-key; certificate = \"@a.crt\", private-key = \"@nonsense\"; PKCS#8",
                "private-key; certificate = \"@rsa.crt\", private-key = \"@pkcs1\"; openssl pkcs8",
                "private-key; certificate = \"@a.crt\", private-key = \"@b.key\"; must be the key of the first",
                "private-key; certificate = \"@a.crt\", private-key = \"@rsa.key\"; must be the key of the first",
                "private-key; certificate = \"@a.crt\", private-key = \"@broken\"; must be the key of the first",
                "protocols; protocols = []; must be a list of some of",
                "protocols; protocols = [TLSv1.3, SSLv3]; was 'TLSv1.3, SSLv3'",
                "reload-interval; reload-interval = 0s; from 1ms to 86400s",
            })
    void saysWhatIsWrongWithWhichKey(String key, String keys, String what) {
        assertThatThrownBy(() -> HttpSettings.of(tls(keys)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("'channels.http.tls." + key + "'")
                .hasMessageContaining(what)
                .hasMessageNotContaining("wr0ng");
    }

    @Test
    void isOffUnlessItIsEnabled() {
        String password = "key-store-password = \"" + TestCertificate.PASSWORD + "\"";

        assertThat(HttpSettings.of(tls("")).tls()).isEmpty();
        assertThat(HttpSettings.of(tls("key-store = \"@a.p12\", " + password)).tls())
                .isEmpty();
        assertThat(HttpSettings.of(tls("enabled = on, key-store = \"@a.p12\", " + password))
                        .tls())
                .isPresent();
        assertThat(HttpSettings.of(tls("enabled = on, certificate = \"@a.crt\", private-key = \"@a.key\""))
                        .tls())
                .isPresent();
    }
}
