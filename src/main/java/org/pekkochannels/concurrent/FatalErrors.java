package org.pekkochannels.concurrent;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells errors after which the process cannot be trusted from failures of one callback, task or listener.
 *
 * <p>Code that runs an application's, a meter's or a logger's code catches {@code Throwable}, cleans up and answers as
 * for any failure, and then calls {@link #rethrow}. Everything that is not fatal ends there and must not reach Pekko,
 * whose own rule is wider: it stops the JVM for an {@code InterruptedException} or a {@code NoClassDefFoundError}.
 *
 * <p>The interrupt flag is not set again for an {@code InterruptedException}. The threads are shared, and a set flag closes
 * the next channel that the thread reads, which is another connection's. Stateless.
 */
public final class FatalErrors {
    // How messages begin where the length is beyond what an array or a string can have, however much memory is free:
    // HotSpot's, String's and StringBuilder's, ArraysSupport's, StringUTF16's and Base64's, in JDK 17 to 25.
    private static final List<String> TOO_LARGE =
            List.of("Requested ", "Required ", "Overflow: ", "UTF16 String size", "Encoded size");

    private FatalErrors() {}

    /**
     * Whether an error is fatal: a {@code VirtualMachineError}, except a {@code StackOverflowError}, the {@code InternalError}
     * that it causes where the JDK links a lambda, and the {@code OutOfMemoryError} of an array or string that is larger than the
     * JVM allows.
     *
     * @param failure any throwable; only the cause of an {@code InternalError} is looked at
     * @return false for every exception, {@code LinkageError}, {@code InterruptedException} and other {@code Error}
     */
    public static boolean isFatal(Throwable failure) {
        return failure instanceof VirtualMachineError
                && !(failure instanceof StackOverflowError)
                && !(failure instanceof InternalError && isOverflow(failure))
                && !(failure instanceof OutOfMemoryError && isTooLarge(failure));
    }

    /**
     * Throws the error again if it is fatal; to be called after everything else has been cleaned up and answered.
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
        } catch (Throwable unknown) { // a class of the application's
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
        } catch (Throwable unknown) { // a class of the application's
            return null;
        }
    }
}
