package org.pekkochannels.http;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import javax.net.ssl.SSLEngine;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.TLSClosing;
import org.apache.pekko.stream.TLSClosing$;
import org.apache.pekko.stream.TLSProtocol.SendBytes;
import org.apache.pekko.stream.TLSProtocol.SessionBytes;
import org.apache.pekko.stream.TLSProtocol.SslTlsInbound;
import org.apache.pekko.stream.TLSProtocol.SslTlsOutbound;
import org.apache.pekko.stream.UniqueKillSwitch;
import org.apache.pekko.stream.javadsl.BidiFlow;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.TLS;
import org.apache.pekko.util.ByteString;
import org.pekkochannels.edge.SocketTransport;
import org.pekkochannels.tls.TlsEngines;

/**
 * TLS over TCP.
 *
 * <p>{@code Tcp.bindWithTls} is not used, because it waits forever for a client that neither completes a handshake nor answers the end of
 * the connection; here such a client is cut off. Thread-safe.
 *
 * <p>From the application's side a connection passes these stages: watch for the end, TLS (a separate actor), kill switch, TCP. When the
 * application's side has ended, the client gets {@code closeTimeout} to end the connection, too. Then the kill switch aborts it. The client
 * may take that time after the connection was counted out of {@code max-connections}, so {@link Lingering} counts its socket in again.
 */
final class Tls implements Security {
    // The TLS stage is a separate actor. No other bound covers what waits in its buffers, so they hold one element.
    private static final Attributes UNBUFFERED = Attributes.inputBuffer(1, 1);
    // Except below it: there must be room for all records of a handshake, otherwise Pekko fails ("Stuck in unwrap
    // loop").
    private static final Attributes ROOM_FOR_A_HANDSHAKE = Attributes.inputBuffer(16, 16);
    private static final BidiFlow<ByteString, SslTlsOutbound, SslTlsInbound, ByteString, NotUsed> BYTES =
            BidiFlow.fromFlows(
                    Flow.<ByteString>create().map(SendBytes::new),
                    Flow.<SslTlsInbound>create().collectType(SessionBytes.class).map(SessionBytes::bytes));
    // Our end of the connection follows the end of our output, after all of it. The end of our reading must not cause
    // it earlier.
    private static final TLSClosing CLOSING = TLSClosing$.MODULE$.ignoreCancel();

    // The failure of Pekko's TLS stage if a client requests key updates and does not read the answers.
    private static final String STUCK = "Stuck in unwrap loop, bailing out, last handshake status [NEED_WRAP]";

    private final ActorSystem<?> system;
    private final TlsEngines engines;
    private final Duration closeTimeout;
    private final Lingering lingering;
    private final Flow<ByteString, ByteString, NotUsed> stuck;

    /**
     * Notified of each socket whose connection has ended on our side, until the socket itself has ended.
     *
     * @param begun the client has not ended it yet
     * @param ended the client has ended it, or it was cut off
     */
    record Lingering(Runnable begun, Runnable ended) {}

    /** A connection's socket: the switch that cuts it off, and a stage that completes when it has ended. */
    private record Tcp(UniqueKillSwitch cut, CompletionStage<Done> ended) {}

    /**
     * TLS with these engines.
     *
     * @param closeTimeout the time for the client to end the connection after we have ended it
     * @param lingering notified of the sockets that use this time
     */
    Tls(ActorSystem<?> system, TlsEngines engines, Duration closeTimeout, Lingering lingering) {
        this.system = system;
        this.engines = engines;
        this.closeTimeout = closeTimeout;
        this.lingering = lingering;
        this.stuck = Flow.<ByteString>create().mapError(IllegalStateException.class, this::failed);
    }

    private Throwable failed(IllegalStateException failure) {
        if (String.valueOf(failure.getMessage()).startsWith(STUCK)) {
            engines.answersUnread();
        }
        return failure;
    }

    @Override
    public Flow<ByteString, ByteString, NotUsed> over(Flow<ByteString, ByteString, NotUsed> tcp) {
        SSLEngine engine = engines.engine();
        Flow<ByteString, ByteString, Tcp> encrypted = BYTES.atop(
                        TLS.create(() -> engine, session -> engines.established(engine), CLOSING))
                .join(cuttable(stuck.via(tcp)), Keep.right());
        return Flow.<ByteString>create()
                .watchTermination(Keep.right())
                .viaMat(encrypted, this::cutAfterTheEnd)
                .addAttributes(UNBUFFERED);
    }

    private static Flow<ByteString, ByteString, Tcp> cuttable(Flow<ByteString, ByteString, NotUsed> tcp) {
        return BidiFlow.fromGraph(KillSwitches.<ByteString, ByteString>singleBidi())
                .join(tcp.watchTermination(Keep.right()), Tcp::new)
                .addAttributes(ROOM_FOR_A_HANDSHAKE);
    }

    private NotUsed cutAfterTheEnd(CompletionStage<Done> ended, Tcp tcp) {
        ended.whenComplete((done, failure) -> linger(tcp));
        return NotUsed.getInstance();
    }

    private void linger(Tcp tcp) {
        lingering.begun().run();
        // Runs on the thread that completed the stage; both runnables only change counters.
        tcp.ended().whenComplete((done, failure) -> lingering.ended().run());
        system.scheduler()
                .scheduleOnce(
                        closeTimeout,
                        () -> tcp.cut().abort(new SocketTransport.ConnectionAborted()),
                        system.executionContext());
    }
}
