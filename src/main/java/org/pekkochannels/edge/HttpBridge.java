package org.pekkochannels.edge;

import java.time.Duration;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.Offloader;
import org.pekkochannels.http1.RefusedRequestException;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.websocket.Handshake;
import org.pekkochannels.websocket.Transport;

/**
 * Connects a socket to Pekko HTTP: requests enter Pekko HTTP's stream in canonical form, and the stream's output is written.
 *
 * <p>Two rules give back-pressure. The socket is read only when the stream has requested bytes. The stream is asked for output only when
 * the kernel has taken the last piece, or nearly all of it. A request that Pekko HTTP must not answer ends the stream after all responses;
 * then a {@link Reception} takes the connection again.
 *
 * <p>Bridge and stage only send each other messages: the bridge through {@link HttpBridgeStage#tell}, the stage through {@link #execute}.
 * Each direction keeps its order, but messages in opposite directions cross. So every method called "from the stage" checks the phase
 * first, and has no effect if the connection has moved on. The bridge is confined to the connection's thread. The stage runs where the
 * materializer puts it: on {@code http} fused with the connection's own stream, where no message leaves the thread, on {@code netty} on
 * another dispatcher.
 */
final class HttpBridge implements HalfClosing {
    private static final Refusal BODY_LATE = Refusal.of(408, "Request Timeout").because(Refusal.Reason.BODY_TIMEOUT);

    private final ServedApplication service;
    private final Reception.Host host;
    private final OwedAnswers.Debt debt;
    private final byte[] early;
    private final HttpInput input;
    private final HttpOutput output;
    private final HttpClock clock;
    private final HttpExchange exchange;
    private final HttpBridgeStage stage;
    private final Offloader tasks;
    private Phase phase = Phase.OPEN;
    // Demand of the stream: how many pieces it was given, and whether it has asked for one more since.
    private int given;
    private boolean inputWanted;
    // The stage waits for the message that all output is written.
    private boolean writtenDue;
    // Beside the phase, because the client may end its side in each of the first three.
    private boolean clientEnded;

    /**
     * The phase of the exchange. A phase is never entered again; phases may be skipped.
     *
     * <pre>
     *   from             event                                                     to
     *   OPEN             a request is malformed, or its body is late               REFUSING
     *   OPEN, REFUSING   the stream has ended in order                             ENDED
     *   OPEN, REFUSING   a head is late, or the client idle for too long           CUT
     *   REFUSING         the stage knows whether the refusal can be answered       CUT
     *   ENDED            all is written, and the next request is not Pekko HTTP's  GONE
     *   any              the connection has ended                                  GONE
     * </pre>
     *
     * <p>A refusal takes two steps, because responses to earlier requests come first, and only the stage knows which of them
     * Pekko HTTP still owes. Until it has answered, the stream may end by itself, and then the refusal is obsolete.
     */
    private enum Phase {
        OPEN,
        /** The current request is refused as soon as the responses to earlier ones have been written. */
        REFUSING,
        /** The stream has completed. Its earlier output is written; then the connection is passed on, or ends. */
        ENDED,
        /** Like ENDED, but the connection ends in any case, and the reason is counted already. */
        CUT,
        /** The connection has ended, or belongs to a reception again. */
        GONE
    }

    /**
     * A bridge for a connection.
     *
     * @param debt the answers that the connection owes
     * @param first its first request
     * @param early the bytes after the head of that request
     */
    HttpBridge(
            ServedApplication service,
            Reception.Host host,
            OwedAnswers.Debt debt,
            Destination.Pages first,
            byte[] early) {
        this.service = service;
        this.host = host;
        this.tasks = new Offloader(host::execute);
        this.debt = debt;
        this.early = early;
        this.input = new HttpInput(service, host.peers(), first);
        this.output = new HttpOutput(host);
        this.clock = new HttpClock(service, host, this::late);
        this.exchange = service.exchange();
        this.stage = new HttpBridgeStage(this, exchange);
    }

    @Override
    public void opened(Transport connection) {
        // Nothing is read until the stream requests bytes.
        connection.reading(false);
        Flow.fromGraph(stage).join(service.http(host.peers(), exchange)).run(host.materializer(service));
        clock.start();
        bytes(early, 0, early.length);
        readDone();
    }

    @Override
    public void bytes(byte[] window, int offset, int length) {
        boolean inBody = input.isInBody();
        boolean ignoring = input.isIgnoring();
        boolean beforeHead = input.isBeforeHead();
        try {
            input.read(window, offset, length);
        } catch (RefusedRequestException refused) {
            refuse(refused.refusal());
        }
        // Discarded bytes do not show that the client takes its answer, nor do empty lines show that it wants anything.
        if (!ignoring && !(beforeHead && input.isBeforeHead())) {
            clock.received(length);
        }
        if (input.isInBody() && (!inBody || input.begins())) {
            clock.beginBody();
        }
    }

    @Override
    public void readDone() {
        give();
        read();
    }

    @Override
    public void drained() {
        // Not at once: a client that reads fast must not occupy the connection's thread for a whole response.
        host.execute(this::writeOn);
    }

    /** The client has ended its side: an incomplete body will stay so; other requests are answered. */
    @Override
    public void finished() {
        clientEnded = true;
        if (phase == Phase.REFUSING) {
            return;
        }
        if (input.isInBody()) {
            stage.tell(HttpBridgeStage.Logic::cutOff);
        } else if (!input.isHolding()) {
            stage.tell(HttpBridgeStage.Logic::finished);
        }
    }

    @Override
    public void lost(@Nullable Throwable why) {
        service.deadlines().clear(host);
        debt.settle();
        endStream(why);
        phase = Phase.GONE;
        output.drop();
    }

    /**
     * From the stage: the stream requests bytes.
     *
     * @param after how many pieces the stage has received; if more are on their way to it, one of them answers this request
     */
    void wanted(int after) {
        inputWanted = after == given;
        if (phase != Phase.GONE) {
            read();
        }
    }

    /**
     * From the stage: output of the stream.
     *
     * @param asks whether to notify the stage when the output is written
     */
    void write(ByteString bytes, HttpExchange.Part part, boolean asks) {
        if (!isOpen()) {
            return;
        }
        output.add(bytes);
        writtenDue |= asks;
        // A response has begun, so the next request may be parsed.
        if (part != HttpExchange.Part.MORE) {
            begun(part);
        }
        writeOn();
    }

    /** From the stage: the stream has completed. */
    void end() {
        if (isOpen()) {
            phase = Phase.ENDED;
            // Unless a request waits for a reception, further input is useless.
            if (!input.isLeaving()) {
                ignore();
            }
            writeOn();
        }
    }

    /** From the stage: the stream has failed. */
    void fail() {
        if (phase == Phase.OPEN && clientEnded) {
            // Its earlier output is valid.
            end();
        } else if (phase == Phase.OPEN) {
            host.abort();
        }
    }

    /** From the stage: Pekko HTTP reads no more. The rest of the input is discarded, so that the client gets to read the response. */
    void ignore() {
        input.ignore();
        if (phase != Phase.GONE) {
            read();
        }
    }

    /**
     * From the stage: the current request is refused, and the stream knows it.
     *
     * @param answerable whether nothing of its response has been written
     */
    void refused(Refusal refusal, boolean answerable) {
        if (phase != Phase.REFUSING) {
            return;
        }
        phase = Phase.CUT;
        if (answerable) {
            service.refused(refusal);
            service.logRefused(host.peers(), refusal);
            output.add(ByteString.fromArrayUnsafe(Handshake.refused(refusal)));
            writeOn();
        } else {
            countUnanswered(refusal);
            host.abort();
        }
    }

    /** From the stage: runs a task on the connection's thread, where another user may have the connection by then. */
    void execute(Runnable task) {
        tasks.add(() -> attempt(task));
    }

    /** Cuts off the connection if a step fails, because its exchange cannot continue after a missed step. */
    private void attempt(Runnable task) {
        try {
            task.run();
        } catch (Throwable failure) {
            ContainedFailures.of(service.system())
                    .contain(ContainedFailures.Place.CONNECTION, "a connection of plain HTTP", failure);
            host.abort();
        }
    }

    private boolean isOpen() {
        return phase == Phase.OPEN || phase == Phase.REFUSING;
    }

    private void begun(HttpExchange.Part part) {
        try {
            input.begun(part);
        } catch (RefusedRequestException refused) {
            refuse(refused.refusal());
        }
        if (input.isInBody() && input.begins()) {
            clock.beginBody();
        }
        readDone();
        if (clientEnded) {
            finished();
        }
    }

    private void give() {
        if (input.hasOutput()) {
            inputWanted = false;
            given++;
            boolean begins = input.begins();
            HttpInput.Kind kind = input.kind();
            ByteString bytes = input.take();
            stage.tell(begins ? logic -> logic.begun(bytes, kind) : logic -> logic.received(bytes));
        }
        // The stream gets no further request, and completes after its last response; then a reception takes over.
        if (input.isLeaving()) {
            stage.tell(HttpBridgeStage.Logic::finished);
        }
    }

    /** Reads from the socket only if the stream has requested bytes, or if they are discarded. */
    private void read() {
        boolean on = input.isIgnoring() || (inputWanted && !input.isHolding());
        clock.follow(input, on);
        host.reading(on);
    }

    private void writeOn() {
        if (output.write()) {
            clock.sent();
        }
        if (isOpen()) {
            writeNext();
        } else if (phase != Phase.GONE) {
            finish();
        }
    }

    private void writeNext() {
        if (writtenDue && output.isWritten()) {
            writtenDue = false;
            stage.tell(HttpBridgeStage.Logic::written);
        }
    }

    /** The client gets the idle timeout to take the rest of the last response; after it, the connection is cut off. */
    private void finish() {
        if (!output.isWritten()) {
            Duration rest = phase == Phase.CUT
                    ? HttpDeadlines.LINGER
                    : service.settings().idleTimeout();
            service.deadlines().set(host, rest, this::abandon);
        } else if (input.isLeaving() && phase == Phase.ENDED) {
            handOver();
        } else {
            service.deadlines().linger(host, service.settings().idleTimeout(), this::abandon);
        }
    }

    /** A reception reads the next request, as on a new connection. */
    private void handOver() {
        phase = Phase.GONE;
        service.deadlines().clear(host);
        Reception.again(service, host, debt, input.rest(), clientEnded);
    }

    private void refuse(Refusal refusal) {
        phase = Phase.REFUSING;
        // A request whose head is still here was never given to the stream, which then only finishes earlier responses.
        boolean known = !input.begins();
        input.ignore();
        stage.tell(logic -> logic.refuse(refusal, known));
    }

    private void late(CutConnectionCounters.Limit limit) {
        if (!isOpen()) {
            return;
        }
        if (limit == CutConnectionCounters.Limit.BODY_TIMEOUT) {
            refuse(BODY_LATE);
            // The rest of the first request's input has a time limit, too.
            clock.start();
        } else {
            cut(limit);
        }
    }

    /** Earlier output still reaches the client. */
    private void cut(CutConnectionCounters.Limit limit) {
        service.cuts().count(limit);
        endStream(null);
        phase = Phase.CUT;
        ignore();
        writeOn();
    }

    /** A body that is incomplete or refused must not seem complete. */
    private void endStream(@Nullable Throwable why) {
        if (input.isInBody() || phase == Phase.REFUSING) {
            stage.tell(HttpBridgeStage.Logic::truncated);
        } else {
            stage.tell(logic -> logic.lost(why));
        }
    }

    private void countUnanswered(Refusal refusal) {
        if (refusal.reason() == Refusal.Reason.BODY_TIMEOUT) {
            service.cuts().count(CutConnectionCounters.Limit.BODY_TIMEOUT);
        } else {
            service.refused(refusal);
        }
    }

    /** The client has not taken the last response within the idle timeout. */
    private void abandon() {
        if (phase == Phase.ENDED) {
            service.cuts().count(CutConnectionCounters.Limit.IDLE_TIMEOUT);
        }
        host.abort();
    }
}
