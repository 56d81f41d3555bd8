package org.pekkochannels.tls;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.concurrent.TimeSource;

/** A certificate that clients reject because of its dates is warned of, once. */
@Isolated
class CertificateDatesTest {
    @TempDir
    private static Path directory;

    private static TlsEngines start(String keys) {
        return new TlsEngines(
                TlsSettings.of(ConfigFactory.parseString("channels.http.tls.reload-interval = 1ms\n" + keys)
                                .withFallback(ConfigFactory.load())
                                .resolve())
                        .orElseThrow(),
                TimeSource.real());
    }

    @Test
    void areWarnedOfAtTheStart() throws Exception {
        TestCertificate expired = TestCertificate.make(directory, "expired", "EC", "-3m");
        TestCertificate early = TestCertificate.make(directory, "early", "EC", "+1d");
        TestCertificate good = TestCertificate.make(directory, "good", "EC");
        try (RecordedLog log = new RecordedLog("org.pekkochannels.tls")) {
            start(good.pemConfig());
            assertThat(log.soFar("the certificate of")).isEmpty();

            start(expired.pemConfig());
            start(early.keyStoreConfig());

            assertThat(log.soFar("expired.crt"))
                    .singleElement()
                    .asString()
                    .contains("has expired on ")
                    .contains("renew the files");
            assertThat(log.soFar("early.p12")).singleElement().asString().contains("is not valid before ");
        }
    }

    @Test
    @Timeout(60)
    void areWarnedOfWhenTheFilesAreReadAgain() throws Exception {
        TestCertificate used = TestCertificate.make(directory, "used", "EC");
        TestCertificate expired = TestCertificate.make(directory, "replacement", "RSA", "-3m");
        try (RecordedLog log = new RecordedLog("org.pekkochannels.tls")) {
            TlsEngines engines = start(used.keyStoreConfig());
            Files.move(expired.keyStore(), used.keyStore(), StandardCopyOption.REPLACE_EXISTING);

            while (log.soFar("used.p12").isEmpty()) {
                assertThat(engines.engine()).isNotNull();
            }
            assertThat(engines.engine()).isNotNull();

            assertThat(log.soFar("used.p12")).singleElement().asString().contains("has expired on ");
        }
    }
}
