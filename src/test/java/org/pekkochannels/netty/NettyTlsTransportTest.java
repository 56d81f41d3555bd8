package org.pekkochannels.netty;

import com.typesafe.config.ConfigFactory;
import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.SslHandler;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.pekkochannels.concurrent.TimeSource;
import org.pekkochannels.tls.TestCertificate;
import org.pekkochannels.tls.TlsEngines;
import org.pekkochannels.tls.TlsSettings;

/** The same with TLS below it; a client's end is then TLS's own, not that of TCP. */
class NettyTlsTransportTest extends NettyTransportTest {
    @TempDir
    private static Path directory;

    private static TestCertificate certificate;

    @BeforeAll
    static void makeACertificate() throws Exception {
        certificate = TestCertificate.make(directory, "transport", "EC");
    }

    @Override
    List<ChannelHandler> below() {
        TlsSettings settings = TlsSettings.of(
                        ConfigFactory.parseString(certificate.keyStoreConfig()).withFallback(ConfigFactory.load()))
                .orElseThrow();
        return List.of(new SslHandler(new TlsEngines(settings, TimeSource.real()).engine()));
    }

    @Override
    Socket socket(int port) throws Exception {
        return certificate.client().getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
    }
}
