package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pekkochannels.concurrent.TimeSource;
import org.pekkochannels.tls.TestCertificate;
import org.pekkochannels.tls.TlsEngines;
import org.pekkochannels.tls.TlsSettings;

/** A socket counts until it has ended, though its connection has ended before. */
class TlsLingeringTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private Path directory;

    private final ActorTestKit kit = ActorTestKit.create();
    private final CompletableFuture<Done> begun = new CompletableFuture<>();
    private final CompletableFuture<Done> ended = new CompletableFuture<>();
    private CompletableFuture<Optional<ByteString>> client = new CompletableFuture<>();

    /** A connection that ends at once, over a client that does nothing by itself. */
    @BeforeEach
    void connect() throws Exception {
        Flow<ByteString, ByteString, CompletableFuture<Optional<ByteString>>> socket =
                Flow.fromSinkAndSourceMat(Sink.ignore(), Source.<ByteString>maybe(), Keep.right());
        Flow<ByteString, ByteString, NotUsed> over = Flow.fromSinkAndSource(Sink.cancelled(), Source.empty());
        Flow<ByteString, ByteString, NotUsed> tcp = socket.mapMaterializedValue(made -> {
            client = made;
            return NotUsed.getInstance();
        });
        tls().over(tcp).join(over).run(kit.system());
    }

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    private Tls tls() throws Exception {
        String config = TestCertificate.make(directory, "lingering", "EC").keyStoreConfig();
        TlsSettings settings = TlsSettings.of(ConfigFactory.parseString(config).withFallback(ConfigFactory.load()))
                .orElseThrow();
        return new Tls(
                kit.system(),
                new TlsEngines(settings, TimeSource.real()),
                Duration.ofMinutes(10),
                new Tls.Lingering(() -> begun.complete(Done.done()), () -> ended.complete(Done.done())));
    }

    @Test
    void lastsUntilTheClientHasEnded() {
        assertThat(begun).succeedsWithin(PATIENCE);
        assertThat(ended).isNotDone();

        client.complete(Optional.empty());

        assertThat(ended).succeedsWithin(PATIENCE);
    }
}
