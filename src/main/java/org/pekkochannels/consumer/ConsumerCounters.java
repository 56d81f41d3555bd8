package org.pekkochannels.consumer;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import org.pekkochannels.metrics.instrument.Measure;
import org.pekkochannels.metrics.instrument.Meters;

/** Counts failures and rejections in the consumers of one actor system. Thread-safe. */
final class ConsumerCounters {
    private final LongAdder failed = new LongAdder();
    private final LongAdder handled = new LongAdder();
    private final LongAdder unhandled = new LongAdder();
    private final LongAdder abandoned = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final Map<UnfitMessage.Kind, LongAdder> unfit = new EnumMap<>(UnfitMessage.Kind.class);
    private final LongAdder groupsRefused = new LongAdder();
    private final LongAdder timersRefused = new LongAdder();
    private final LongAdder callsRefused = new LongAdder();
    private final LongAdder callsDropped = new LongAdder();
    private final LongAdder outputRefused = new LongAdder();
    private final LongAdder missed = new LongAdder();

    ConsumerCounters() {
        for (UnfitMessage.Kind kind : UnfitMessage.Kind.values()) {
            unfit.put(kind, new LongAdder());
        }
    }

    /** A client's text was not a message of its consumer's type. */
    void unfit(UnfitMessage.Kind kind) {
        Objects.requireNonNull(unfit.get(kind)).increment();
    }

    /** A callback failed. */
    void failed() {
        failed.increment();
    }

    /** A consumer handled the failure of a callback. */
    void handled() {
        handled.increment();
    }

    /** A stage that was neither returned nor handled failed, or a send after a commit failed. */
    void unhandled() {
        unhandled.increment();
    }

    /** A callback was abandoned after its connection's end. */
    void abandoned() {
        abandoned.increment();
    }

    /** An event had no handler, or its payload could not be decoded. */
    void refused() {
        refused.increment();
    }

    /** A consumer was in the maximum number of groups, and did not join another. */
    void groupRefused() {
        groupsRefused.increment();
    }

    /** A consumer had the maximum number of timers, and did not start another. */
    void timerRefused() {
        timersRefused.increment();
    }

    /** A call from another thread exceeded a bound. */
    void callRefused() {
        callsRefused.increment();
    }

    /** A call from another thread, or a send after a commit, was made after the consumer had ended or still waited then. */
    void callDropped() {
        callsDropped.increment();
    }

    /** A blocking callback had more output than is kept until it returns. */
    void outputRefused() {
        outputRefused.increment();
    }

    /** A gap reached a consumer whose class does not override {@code missed(..)}. */
    void missed() {
        missed.increment();
    }

    void showIn(Meters meters) {
        meters.counter(
                Measure.of(
                        "channels.consumer.missed", "gaps", "Gaps of groups that no missed(..) of a consumer handled."),
                missed::sum);
        Measure messages = Measure.of(
                "channels.consumer.unfit", "messages", "Texts that were not a message of their consumer's type.");
        unfit.forEach((kind, count) -> meters.counter(messages.tag("kind", kind.tag()), count::sum));
        meters.counter(
                Measure.of("channels.consumer.groups.refused", "groups", "Groups not joined, over max-groups."),
                groupsRefused::sum);
        meters.counter(
                Measure.of("channels.consumer.timers.refused", "timers", "Timers not started, over max-timers."),
                timersRefused::sum);
        meters.counter(
                Measure.of("channels.consumer.failures", "callbacks", "Callbacks of consumers that failed."),
                failed::sum);
        meters.counter(
                Measure.of(
                        "channels.consumer.failures.handled",
                        "callbacks",
                        "Callbacks that failed, and whose failure their consumer's failed(..) handled."),
                handled::sum);
        meters.counter(
                Measure.of(
                        "channels.consumer.unhandled",
                        "stages",
                        "Stages of consumers that failed, and were neither returned nor handled; sends after a commit"
                                + " that failed."),
                unhandled::sum);
        meters.counter(
                Measure.of(
                        "channels.consumer.abandoned",
                        "callbacks",
                        "Callbacks abandoned: not done within disconnect-timeout of their connection's end."),
                abandoned::sum);
        meters.counter(
                Measure.of(
                        "channels.consumer.refused",
                        "events",
                        "Events without a handler, or that could not be decoded."),
                refused::sum);
        meters.counter(
                Measure.of(
                        "channels.consumer.calls.refused",
                        "calls",
                        "Calls from other threads over max-foreign-calls or max-outbound-bytes."),
                callsRefused::sum);
        meters.counter(
                Measure.of(
                        "channels.consumer.calls.dropped",
                        "calls",
                        "Calls from other threads, and sends after a commit, without effect because the consumer had ended."),
                callsDropped::sum);
        meters.counter(
                Measure.of(
                        "channels.consumer.output.refused",
                        "sends",
                        "Sends of blocking callbacks, and in transactions, that already held twice max-outbound-bytes."),
                outputRefused::sum);
    }
}
