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
 * <p>Not {@code Tcp.bindWithTls}, which waits for ever for a client that neither ends a handshake nor answers the end of
 * the connection: here such a client is cut. Thread-safe.
 */
final class Tls implements Security {
    // TLS stands in an actor of its own; what waits there is in no other bound, so it may be but one element.
    private static final Attributes UNBUFFERED = Attributes.inputBuffer(1, 1);
    // Except below it: a handshake's records must all find room, or Pekko gives up ("Stuck in unwrap loop").
    private static final Attributes ROOM_FOR_A_HANDSHAKE = Attributes.inputBuffer(16, 16);
    private static final BidiFlow<ByteString, SslTlsOutbound, SslTlsInbound, ByteString, NotUsed> BYTES =
            BidiFlow.fromFlows(
                    Flow.<ByteString>create().map(SendBytes::new),
                    Flow.<SslTlsInbound>create().collectType(SessionBytes.class).map(SessionBytes::bytes));
    // Our end of the connection is ended by the end of our output, after all of it, and not before by ours of reading.
    private static final TLSClosing CLOSING = TLSClosing$.MODULE$.ignoreCancel();

    // What Pekko's TLS fails with when a client requests key updates and does not read the answers.
    private static final String STUCK = "Stuck in unwrap loop, bailing out, last handshake status [NEED_WRAP]";

    private final ActorSystem<?> system;
    private final TlsEngines engines;
    private final Duration closeTimeout;
    private final Lingering lingering;
    private final Flow<ByteString, ByteString, NotUsed> stuck;

    /**
     * Hears of each socket whose connection has ended, until it has itself.
     *
     * @param begun the client is yet to end it
     * @param ended it has, or was cut
     */
    record Lingering(Runnable begun, Runnable ended) {}

    /** A connection's socket: what cuts it, and when its client has ended. */
    private record Tcp(UniqueKillSwitch cut, CompletionStage<Done> ended) {}

    /**
     * TLS with the engines.
     *
     * @param closeTimeout how long a client may take to end the connection when we have ended it
     * @param lingering hears of the sockets that take it
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
        tcp.ended().whenComplete((done, failure) -> lingering.ended().run());
        system.scheduler()
                .scheduleOnce(
                        closeTimeout,
                        () -> tcp.cut().abort(new SocketTransport.ConnectionAborted()),
                        system.executionContext());
    }
}
