package org.pekkochannels.tls;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.Provider;
import java.security.Security;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactorySpi;
import javax.net.ssl.ManagerFactoryParameters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.concurrent.TimeSource;

/** A renewed certificate that cannot be loaded is tried again, although its files do not change. */
@Isolated
@Timeout(60)
class TlsEnginesTest {
    private static final String ALGORITHM = "ssl.KeyManagerFactory.algorithm";
    // The renewed one is out of date, so that the log tells when it is used.
    private static final String LOADED = "has expired on ";
    private static final String KEPT = "Cannot load the new TLS certificate, keeping the current one";

    private final String algorithm = Security.getProperty(ALGORITHM);
    private final RecordedLog log = new RecordedLog("org.pekkochannels.tls");

    @TempDir
    private Path directory;

    private TlsEngines engines;

    @BeforeEach
    void renewWhatCannotBeLoaded() throws Exception {
        TestCertificate used = TestCertificate.make(directory, "used", "EC");
        TestCertificate renewed = TestCertificate.make(directory, "renewed", "EC", "-3m");
        engines = new TlsEngines(
                TlsSettings.of(ConfigFactory.parseString(
                                        "channels.http.tls.reload-interval = 1ms\n" + used.keyStoreConfig())
                                .withFallback(ConfigFactory.load())
                                .resolve())
                        .orElseThrow(),
                TimeSource.real());
        Security.addProvider(new Broken());
        Files.move(renewed.keyStore(), used.keyStore(), StandardCopyOption.REPLACE_EXISTING);
    }

    @AfterEach
    void restore() {
        Security.setProperty(ALGORITHM, algorithm);
        Security.removeProvider("broken");
        log.close();
    }

    /** A provider whose key managers cannot be loaded, for want of a class. */
    private static final class Broken extends Provider {
        private static final long serialVersionUID = 1L;

        Broken() {
            super("broken", "1", "fails");
            put("KeyManagerFactory.Broken", Keys.class.getName());
        }
    }

    /** Fails with an {@code Error}. */
    public static final class Keys extends KeyManagerFactorySpi {
        @Override
        protected void engineInit(KeyStore keys, char[] password) {
            throw new NoClassDefFoundError("planted");
        }

        @Override
        protected void engineInit(ManagerFactoryParameters parameters) {
            throw new NoClassDefFoundError("planted");
        }

        @Override
        protected KeyManager[] engineGetKeyManagers() {
            return new KeyManager[0];
        }
    }

    @Test
    void triesAgainAfterAnError() {
        failWith("Broken", "java.lang.NoClassDefFoundError: planted");
    }

    @Test
    void triesAgainAfterAnException() {
        failWith("NotThere", "channels.http.tls cannot be used: NotThere");
    }

    private void failWith(String broken, String why) {
        Security.setProperty(ALGORITHM, broken);
        while (log.soFar(KEPT).isEmpty()) {
            assertThat(engines.engine()).isNotNull();
        }
        for (int again = 0; again < 100; again++) {
            assertThat(engines.engine()).isNotNull();
        }
        assertThat(log.soFar(KEPT)).singleElement().asString().contains(why);

        Security.setProperty(ALGORITHM, algorithm);
        while (log.soFar(LOADED).isEmpty()) {
            assertThat(engines.engine()).isNotNull();
        }
    }
}
