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
 * first, and has no effect if the connection has moved on. The bridge is confined to the connection's thread, except {@link #execute}. The
 * stage runs where the materializer puts it. On {@code http} it is fused with the connection's own stream, so no message leaves the thread.
 * On {@code netty} it runs on another dispatcher.
 *
 * <p>Events of a request, in this order. Its head is given to the stage at once, its body whenever the stream requests bytes. The next
 * request is held unparsed until the first piece of the response. Only that piece shows what the following bytes are: a request, another
 * protocol after a 101, or nothing to be read after {@code Connection: close}. When the stream completes, the output that it has left is
 * written first; then the connection ends, or a reception takes it.
 */
final class HttpBridge implements HalfClosing {
    private static final Refusal BODY_LATE = Refusal.of(408, "Request Timeout").because(Refusal.Reason.BODY_TIMEOUT);

    private final ServedApplication service;
    private final Reception.Host host;
    // From the reception, which has counted the first request; passed on in handOver(), settled in lost().
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
        this.clock = new HttpClock(service, host, this::isOpen, this::late);
        this.exchange = service.exchange();
        this.stage = new HttpBridgeStage(this, exchange);
    }

    /**
     * Starts Pekko HTTP's stream for the connection. The head of the first request is in {@link #input} since the constructor, and reaches
     * the stream with the last call here.
     */
    @Override
    public void opened(Transport connection) {
        // Nothing is read until the stream requests bytes.
        connection.reading(false);
        Flow.fromGraph(stage).join(service.http(host.peers(), exchange)).run(host.materializer(service));
        clock.start();
        // Even without early bytes: this call notices that the first request has a body, and starts the body's clock.
        bytes(early, 0, early.length);
        readDone();
    }

    /**
     * Parses one read, which may end the current request and contain the next one. The state before it is kept: the clock counts the bytes
     * by what they were when they arrived.
     */
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
        // begins(): the read has ended one body and begun that of another request, so the state alone has not changed.
        // After received(..), so that the bytes of this read, which contain the head, earn the body no time.
        if (input.isInBody() && (!inBody || input.begins())) {
            clock.beginBody();
        }
    }

    /** First the output: whether the socket is read further depends on what the stream has been given. */
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
            // The refused body is ignored, so isInBody() is false. If the stream's input completed now, Pekko HTTP
            // would end that body as if it were complete. The stage fails it instead, with the refusal.
            return;
        }
        // A held request has not reached the stream. This method is called again when it is parsed, see begun(..).
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
        // While the phase is still the old one, which determines whether the current body must fail.
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
            // After ENDED nothing follows. After CUT it must not: the refusal, or the end, has been written behind what
            // preceded it.
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
            // The probable cause is the client's end within a body, see Logic.cutOff(). Earlier output is valid.
            end();
        } else if (isOpen()) {
            // Also while a refusal waits for the responses to earlier requests: one of them has failed, so it never
            // comes.
            // A response may have been written in part. A reset shows the client that it is incomplete; the regular end
            // of a body without a length would not.
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
     * From the stage: the current request is refused, and all earlier output has been passed to {@link #write}.
     *
     * <p>The stage fails the stream as soon as it has queued this call. The failure finds the phase CUT and has no effect.
     *
     * @param answerable whether nothing of its response has been written
     */
    void refused(Refusal refusal, boolean answerable) {
        if (phase != Phase.REFUSING) {
            return;
        }
        phase = Phase.CUT;
        if (answerable) {
            // Counted before it is written, so that a client that has the answer finds it in the counters.
            service.refused(refusal);
            service.logRefused(host.peers(), refusal);
            output.add(ByteString.fromArrayUnsafe(Handshake.refused(refusal)));
            writeOn();
        } else {
            // The pages have answered. A second head could be read as a part of the body of their response.
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

    /**
     * A response has begun: parses the held input, with the same steps as for bytes of the socket.
     *
     * <p>These bytes do not count as received again: the clock has counted them when they arrived.
     */
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
        // Its end followed the bytes that were held until now, so it is passed on after them.
        if (clientEnded) {
            finished();
        }
    }

    /** Gives the stage what was parsed, even if it has not requested bytes: it keeps them until Pekko HTTP pulls. */
    private void give() {
        if (input.hasOutput()) {
            // This piece answers the last request, and also one that is on its way from the stage, see wanted(..).
            inputWanted = false;
            given++;
            // Before take(), which resets it.
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

    /** Writes as much as the transport takes; called for new output and whenever the transport has drained. */
    private void writeOn() {
        if (output.write()) {
            clock.sent();
        }
        // What follows depends on whether the write has left anything.
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

    /**
     * The stream has ended; called again after each write until all output is taken. Each call sets the deadline again, so the client has
     * the time from its last progress: the idle timeout for a response, {@link HttpDeadlines#LINGER} in CUT. Then the connection is cut off.
     */
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

    /**
     * A reception reads the next request, as on a new connection. First the phase: messages that the stage has sent before must not touch a
     * connection that is the reception's now.
     */
    private void handOver() {
        phase = Phase.GONE;
        service.deadlines().clear(host);
        Reception.again(service, host, debt, input.rest(), clientEnded);
    }

    /**
     * The first step of a refusal: input is read and discarded from here on, and the stage finds out whether an answer is still possible. Its reply
     * is {@link #refused}.
     */
    private void refuse(Refusal refusal) {
        phase = Phase.REFUSING;
        // A request whose head is still here was never given to the stream, which then only finishes earlier responses.
        boolean known = !input.begins();
        ignore();
        stage.tell(logic -> logic.refuse(refusal, known));
    }

    /** A timeout of {@link #clock} has passed. The clock has no deadline at this moment: it sets the next one only if none has passed. */
    private void late(CutConnectionCounters.Limit limit) {
        if (limit == CutConnectionCounters.Limit.BODY_TIMEOUT) {
            // Also ends the clock's time for the body, which would otherwise be reported again instead of the idle
            // timeout.
            refuse(BODY_LATE);
            // The refusal waits for the responses to earlier requests. Without a deadline, a client that does not take
            // these would keep the connection.
            clock.start();
        } else {
            cut(limit);
        }
    }

    /** Earlier output still reaches a client that takes it within {@link HttpDeadlines#LINGER}. */
    private void cut(CutConnectionCounters.Limit limit) {
        service.cuts().count(limit);
        // As in lost(..): the old phase determines how the stream ends.
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

    /** A malformed body counts as refused, answered or not. A late one without an answer counts as a cut connection. */
    private void countUnanswered(Refusal refusal) {
        if (refusal.reason() == Refusal.Reason.BODY_TIMEOUT) {
            service.cuts().count(CutConnectionCounters.Limit.BODY_TIMEOUT);
        } else {
            service.refused(refusal);
        }
    }

    /**
     * The client has not taken the last output in time. In CUT, the reason of the end is counted already. In GONE, the deadline has passed
     * at the moment in which the connection ended or a reception took it, see {@link HttpDeadlines#set}.
     */
    private void abandon() {
        if (phase == Phase.GONE) {
            return;
        }
        if (phase == Phase.ENDED) {
            service.cuts().count(CutConnectionCounters.Limit.IDLE_TIMEOUT);
        }
        host.abort();
    }
}
