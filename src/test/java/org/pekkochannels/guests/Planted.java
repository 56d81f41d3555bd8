package org.pekkochannels.guests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.util.function.Supplier;
import scala.util.control.ControlThrowable;

/** What is thrown where an application's code runs; none of it is fatal. */
enum Planted {
    EXCEPTION(() -> new IllegalStateException("planted")),
    ERROR(() -> new Error("planted")),
    LINKAGE_ERROR(() -> new NoClassDefFoundError("planted/Missing")),
    STACK_OVERFLOW(() -> new StackOverflowError("planted")),
    CHECKED(() -> new IOException("planted")),
    INTERRUPTED(() -> new InterruptedException("planted")),
    THREAD_DEATH(Planted::threadDeath),
    CONTROL(Planted::control),
    TOO_LARGE(() -> {
        assertThat(new byte[Integer.MAX_VALUE]).isEmpty();
        return new AssertionError("an array that large was made");
    });

    @SuppressWarnings("ImmutableEnumChecker") // each makes a new one
    private final Supplier<Throwable> failure;

    Planted(Supplier<Throwable> failure) {
        this.failure = failure;
    }

    /** Throws it, whatever the caller declares. */
    @SuppressWarnings({"DoNotCallSuggester", "TypeParameterUnusedInFormals"}) // it stands for any value
    <T> T raise() {
        throw Planted.<RuntimeException>sneaked(failure.get());
    }

    @SuppressWarnings({"deprecation", "removal"}) // Thread.stop() threw it, and old code may still
    private static Throwable threadDeath() {
        return new ThreadDeath();
    }

    /** What Scala's own control flow throws, and Pekko never catches. */
    @SuppressWarnings("serial")
    private static Throwable control() {
        return new ControlThrowable("planted") {};
    }

    /** The same, not thrown. */
    Throwable caught() {
        return catchThrowable(this::<Object>raise);
    }

    @SuppressWarnings("unchecked") // the cast is not checked at run time, which is the point
    private static <E extends Throwable> RuntimeException sneaked(Throwable failure) throws E {
        throw (E) failure;
    }
}
