package org.pekkochannels.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.Collections;
import java.util.ServiceConfigurationError;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The sorting of errors into fatal ones and failures of one guest, and what the JDK itself throws for lengths. */
final class FatalErrorsTest {
    static Stream<Throwable> failuresOfOneGuest() {
        return Stream.of(
                new IllegalStateException(),
                new InterruptedException(),
                new AssertionError(),
                new Error(),
                new NoClassDefFoundError("com/example/Missing"),
                new UnsatisfiedLinkError(),
                new ExceptionInInitializerError(),
                new ServiceConfigurationError("no provider"),
                new ThreadDeath(),
                new StackOverflowError(),
                new InternalError(new StackOverflowError()),
                new OutOfMemoryError("Requested array size exceeds VM limit"),
                new OutOfMemoryError("Required length exceeds implementation limit"),
                new OutOfMemoryError("Required array length 2147483647 + 1 is too large"),
                new OutOfMemoryError("Overflow: String length out of range"));
    }

    static Stream<Throwable> fatalErrors() {
        return Stream.of(
                new OutOfMemoryError("Java heap space"),
                new OutOfMemoryError("Metaspace"),
                new OutOfMemoryError(),
                new InternalError(),
                new InternalError(new IllegalStateException()),
                new UnknownError());
    }

    static Stream<ThrowingCallable> tooLargeAllocations() {
        return Stream.of(
                () -> assertThat(new byte[Integer.MAX_VALUE]).isEmpty(),
                () -> assertThat("ab".repeat(Integer.MAX_VALUE)).isEmpty(),
                () -> assertThat("\u20ac".repeat(1 << 30)).isEmpty(),
                () -> assertThat(Collections.nCopies(Integer.MAX_VALUE, "x").toArray())
                        .isEmpty());
    }

    @ParameterizedTest
    @MethodSource("failuresOfOneGuest")
    void keepsAFailureOfOneGuest(Throwable failure) {
        assertThat(FatalErrors.isFatal(failure)).isFalse();
        assertThatCode(() -> FatalErrors.rethrow(failure)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("fatalErrors")
    void rethrowsAFatalError(Throwable failure) {
        assertThat(FatalErrors.isFatal(failure)).isTrue();
        assertThatThrownBy(() -> FatalErrors.rethrow(failure)).isSameAs(failure);
    }

    @ParameterizedTest
    @MethodSource("tooLargeAllocations")
    void keepsWhatThisJdkThrowsForATooLargeArray(ThrowingCallable allocation) {
        Throwable thrown = catchThrowable(allocation);

        assertThat(thrown).isInstanceOf(OutOfMemoryError.class);
        assertThat(FatalErrors.isFatal(thrown)).as("%s", thrown).isFalse();
    }
}
