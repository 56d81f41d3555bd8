package org.pekkochannels.consumer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.MissingInjectableValueExcepion;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.time.DateTimeException;
import java.util.Optional;
import java.util.stream.Stream;
import org.pekkochannels.concurrent.Causes;

/**
 * What the code of a message's type (a constructor, a setter, a factory) threw while a value of it was read. Jackson wraps
 * whatever it is, as it wraps what is wrong with the text. Stateless.
 */
final class TypeFailure {
    private static final String JACKSON = "com.fasterxml.jackson.";
    // Jackson keeps only the words of an IOException that no member wraps.
    private static final String UNEXPECTED = "Unexpected IOException (of type ";

    private TypeFailure() {}

    /** An exception by which the type refuses the client's value: an IllegalArgumentException or a DateTimeException. */
    static Optional<RuntimeException> refusal(JsonProcessingException failure) {
        return thrown(failure).filter(TypeFailure::isRefusal).map(RuntimeException.class::cast);
    }

    /** The failure itself where the client's text is at fault, and otherwise what the application's code threw. */
    static Exception unwrapped(JsonMappingException failure) {
        if (failure instanceof MissingInjectableValueExcepion) {
            return new IllegalStateException(
                    "@JacksonInject is not supported: " + failure.getOriginalMessage(), failure);
        }
        if (failure.getCause() == null && failure.getOriginalMessage().startsWith(UNEXPECTED)) {
            return new IOException(failure.getOriginalMessage(), failure);
        }
        Throwable fault = thrown(failure).filter(thrown -> !isRefusal(thrown)).orElse(failure);
        if (fault instanceof Error error) {
            throw error;
        }
        return fault instanceof Exception exception ? exception : new InvocationTargetException(fault);
    }

    // Subclasses of MismatchedInputException have causes, too: what a deserializer of Jackson's caught in a malformed
    // value.
    private static Optional<Throwable> thrown(JsonProcessingException failure) {
        return failure instanceof ValueInstantiationException || failure.getClass() == JsonMappingException.class
                ? Causes.cause(failure).filter(cause -> !isOfJackson(cause))
                : Optional.empty();
    }

    private static boolean isRefusal(Throwable thrown) {
        return thrown instanceof IllegalArgumentException || thrown instanceof DateTimeException;
    }

    /** Whether Jackson, or a class of the JDK that Jackson fills, complains: a queue does of a null that a client sends. */
    private static boolean isOfJackson(Throwable cause) {
        return cause instanceof JsonProcessingException
                || cause instanceof FiniteNumbers.NotFinite
                || thrower(cause).startsWith(JACKSON);
    }

    private static String thrower(Throwable thrown) {
        try {
            return Stream.of(thrown.getStackTrace())
                    .map(StackTraceElement::getClassName)
                    .filter(name -> !isOfJdk(name))
                    .findFirst()
                    .orElse("");
        } catch (Throwable unknown) { // an exception of the application's
            return "";
        }
    }

    private static boolean isOfJdk(String className) {
        return className.startsWith("java.") || className.startsWith("jdk.") || className.startsWith("sun.");
    }
}
