package org.pekkochannels.concurrent;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Distinguishes errors that leave the process in an unreliable state from failures of one callback, task or listener.
 *
 * <p>Code that calls an application, a meter or a logger catches {@code Throwable}, cleans up and answers as for any failure, and then
 * calls {@link #rethrow}. Failures that are not fatal end there and must not reach Pekko, which treats more errors as fatal: it stops the
 * JVM for an {@code InterruptedException} or a {@code NoClassDefFoundError}.
 *
 * <p>The interrupt flag is not set again after an {@code InterruptedException}. The threads are shared, and a set flag closes the next
 * channel that the thread reads, which belongs to another connection. Stateless.
 */
public final class FatalErrors {
    // Prefixes of the messages for a length that no array or string can have, however much memory is free: those of
    // HotSpot, String and
    // StringBuilder, ArraysSupport, StringUTF16 and Base64, in JDK 17 to 25.
    private static final List<String> TOO_LARGE =
            List.of("Requested ", "Required ", "Overflow: ", "UTF16 String size", "Encoded size");

    private FatalErrors() {}

    /**
     * Whether an error is fatal: a {@code VirtualMachineError}, except a {@code StackOverflowError}, the {@code InternalError} that it
     * causes when the JDK links a lambda, and the {@code OutOfMemoryError} of an array or string that is larger than the JVM allows.
     *
     * @param failure any throwable; the cause is examined only for an {@code InternalError}
     * @return false for every exception, {@code LinkageError}, {@code InterruptedException} and other {@code Error}
     */
    public static boolean isFatal(Throwable failure) {
        return failure instanceof VirtualMachineError
                && !(failure instanceof StackOverflowError)
                && !(failure instanceof InternalError && isOverflow(failure))
                && !(failure instanceof OutOfMemoryError && isTooLarge(failure));
    }

    /**
     * Throws the error again if it is fatal. Call it last, after cleanup and answers.
     *
     * @param failure any throwable
     */
    public static void rethrow(Throwable failure) {
        if (isFatal(failure)) {
            throw (VirtualMachineError) failure;
        }
    }

    private static boolean isOverflow(Throwable failure) {
        try {
            return failure.getCause() instanceof StackOverflowError;
        } catch (Throwable unknown) { // the class may be the application's
            return false;
        }
    }

    private static boolean isTooLarge(Throwable failure) {
        String message = message(failure);
        return message != null && TOO_LARGE.stream().anyMatch(message::startsWith);
    }

    private static @Nullable String message(Throwable failure) {
        try {
            return failure.getMessage();
        } catch (Throwable unknown) { // the class may be the application's
            return null;
        }
    }
}
