package org.pekkochannels.http;

import com.typesafe.config.ConfigFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.pekko.actor.typed.ActorSystem;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.pekkochannels.concurrent.TimeSource;
import org.pekkochannels.tls.TestCertificate;
import org.pekkochannels.tls.TlsEngines;
import org.pekkochannels.tls.TlsSettings;

/** The same transport with TLS below it; a client's end is then TLS's own, not that of TCP. */
class TlsTransportTest extends HttpTransportTest {
    @TempDir
    private static Path directory;

    private static TestCertificate certificate;

    @BeforeAll
    static void makeACertificate() throws Exception {
        certificate = TestCertificate.make(directory, "transport", "EC");
    }

    @Override
    Security security(ActorSystem<?> running) {
        TlsSettings settings = TlsSettings.of(
                        ConfigFactory.parseString(certificate.keyStoreConfig()).withFallback(ConfigFactory.load()))
                .orElseThrow();
        return new Tls(
                running,
                new TlsEngines(settings, TimeSource.real()),
                Duration.ofSeconds(3),
                new Tls.Lingering(() -> {}, () -> {}));
    }

    @Override
    Socket socket(int port) throws Exception {
        return certificate.client().getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
    }
}
