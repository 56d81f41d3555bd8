package org.pekkochannels.edge;

import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.http.javadsl.model.AttributeKey;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.BidiShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AbstractInOutHandler;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.TimerGraphStageLogic;
import org.apache.pekko.util.ByteString;

/**
 * The times of one connection of plain HTTP, around which the bytes pass to and from Pekko HTTP: how long it may rest, and
 * how long a later request's head may take from its first byte; {@link Reception} has kept the first one's. Over either,
 * which is counted, the stream fails with {@link TimeoutException}.
 *
 * <p>Run once. Confined to the stream's interpreter, in which requests and answers pass too.
 */
final class HttpTimes extends GraphStage<BidiShape<ByteString, ByteString, ByteString, ByteString>> {
    /** On the answer that makes the connection a WebSocket of ours, whose session keeps times of its own. */
    static final AttributeKey<Boolean> UPGRADED = AttributeKey.create("channels-upgraded", Boolean.class);

    private static final int SWITCHING_PROTOCOLS = 101;
    private static final Duration LONGEST_TICK = Duration.ofSeconds(1);
    // How often a time is looked at while it passes: it may take a quarter longer than it should.
    private static final int LOOKS = 4;

    private final Inlet<ByteString> toSend = Inlet.create("HttpTimes.toSend");
    private final Outlet<ByteString> sent = Outlet.create("HttpTimes.sent");
    private final Inlet<ByteString> received = Inlet.create("HttpTimes.received");
    private final Outlet<ByteString> toRead = Outlet.create("HttpTimes.toRead");
    private final BidiShape<ByteString, ByteString, ByteString, ByteString> shape =
            BidiShape.of(toSend, sent, received, toRead);
    private final Duration headerTimeout;
    private final Duration idleTimeout;
    private final Cuts cuts;
    private long moved = System.nanoTime();
    private long begun;
    private Reading reading = Reading.ANYTHING;
    private int unanswered;
    private BodyEnd body = new BodyEnd();
    private boolean upgraded;

    /** What the client sends. */
    private enum Reading {
        /** A head that is timed already, or a body. */
        ANYTHING,
        /** The next head, or the rest of a body that is answered already. */
        NEXT_HEAD,
        REST_OF_HEAD
    }

    HttpTimes(Duration headerTimeout, Duration idleTimeout, Cuts cuts) {
        this.headerTimeout = headerTimeout;
        this.idleTimeout = idleTimeout;
        this.cuts = cuts;
    }

    @Override
    public BidiShape<ByteString, ByteString, ByteString, ByteString> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes inheritedAttributes) {
        return new Logic();
    }

    /** A head is complete. */
    HttpRequest asked(HttpRequest request) {
        unanswered++;
        reading = Reading.ANYTHING;
        body = new BodyEnd();
        return body.watch(request);
    }

    /**
     * An answer begins, and what the client sends after its request's body is its next head; there is none if that has not
     * ended yet, for then Pekko HTTP ends the connection after the answer.
     */
    HttpResponse answered(HttpResponse response) {
        unanswered--;
        upgraded = response.getAttribute(UPGRADED).isPresent();
        if (unanswered == 0 && response.status().intValue() != SWITCHING_PROTOCOLS) {
            reading = Reading.NEXT_HEAD;
        }
        return response;
    }

    private void heard() {
        if (reading == Reading.NEXT_HEAD && body.isReached()) {
            reading = Reading.REST_OF_HEAD;
            begun = System.nanoTime();
        }
    }

    private Duration tick() {
        Duration shorter = headerTimeout.compareTo(idleTimeout) < 0 ? headerTimeout : idleTimeout;
        Duration tick = shorter.dividedBy(LOOKS);
        return tick.compareTo(LONGEST_TICK) < 0 ? tick : LONGEST_TICK;
    }

    private static boolean hasPassed(Duration time, long since) {
        return System.nanoTime() - since >= time.toNanos();
    }

    private final class Logic extends TimerGraphStageLogic {
        Logic() {
            super(shape);
            pass(toSend, sent, () -> {});
            pass(received, toRead, HttpTimes.this::heard);
        }

        private void pass(Inlet<ByteString> in, Outlet<ByteString> out, Runnable passes) {
            Passage passage = new Passage(in, out, passes);
            setHandler(in, passage);
            setHandler(out, passage);
        }

        @Override
        public void preStart() {
            scheduleWithFixedDelay(HttpTimes.this, tick(), tick());
        }

        @Override
        public void onTimer(Object timer) {
            if (upgraded) {
                cancelTimer(timer);
            } else if (reading == Reading.REST_OF_HEAD && hasPassed(headerTimeout, begun)) {
                cut(Cuts.Limit.HEADER_TIMEOUT, "a request's head took too long");
            } else if (hasPassed(idleTimeout, moved)) {
                cut(Cuts.Limit.IDLE_TIMEOUT, "the connection rested too long");
            }
        }

        private void cut(Cuts.Limit limit, String why) {
            cuts.count(limit);
            failStage(new TimeoutException(why + " (channels.http." + limit.key() + ")"));
        }

        private final class Passage extends AbstractInOutHandler {
            private final Inlet<ByteString> in;
            private final Outlet<ByteString> out;
            private final Runnable passes;

            Passage(Inlet<ByteString> in, Outlet<ByteString> out, Runnable passes) {
                this.in = in;
                this.out = out;
                this.passes = passes;
            }

            @Override
            public void onPush() {
                moved = System.nanoTime();
                passes.run();
                push(out, grab(in));
            }

            @Override
            public void onPull() {
                pull(in);
            }

            @Override
            public void onUpstreamFinish() {
                complete(out);
            }

            @Override
            public void onDownstreamFinish(Throwable cause) {
                cancel(in, cause);
            }
        }
    }
}
