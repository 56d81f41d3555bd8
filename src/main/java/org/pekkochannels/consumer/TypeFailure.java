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
 * Finds the exception that the code of a message's type (a constructor, a setter, a factory) threw while a value was read. Jackson wraps it
 * in the same way as errors in the text. Stateless.
 */
final class TypeFailure {
    private static final String JACKSON = "com.fasterxml.jackson.";
    // Jackson keeps only the message of an IOException that is not wrapped by a member.
    private static final String UNEXPECTED = "Unexpected IOException (of type ";

    private TypeFailure() {}

    /** The exception by which the type rejects the client's value: an IllegalArgumentException or a DateTimeException. */
    static Optional<RuntimeException> refusal(JsonProcessingException failure) {
        return thrown(failure).filter(TypeFailure::isRefusal).map(RuntimeException.class::cast);
    }

    /** The failure itself if the client's text is at fault, otherwise the exception of the application's code. */
    static Exception unwrapped(JsonMappingException failure) {
        if (failure instanceof MissingInjectableValueExcepion) {
            return new IllegalStateException(
                    "@JacksonInject needs a mapper with InjectableValues, set by Channels.json(..): "
                            + failure.getOriginalMessage(),
                    failure);
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

    // Subclasses of MismatchedInputException have causes, too: exceptions that a Jackson deserializer caught for a
    // malformed value.
    private static Optional<Throwable> thrown(JsonProcessingException failure) {
        return failure instanceof ValueInstantiationException || failure.getClass() == JsonMappingException.class
                ? Causes.cause(failure).filter(cause -> !isOfJackson(cause))
                : Optional.empty();
    }

    private static boolean isRefusal(Throwable thrown) {
        return thrown instanceof IllegalArgumentException || thrown instanceof DateTimeException;
    }

    /**
     * Whether the exception is from Jackson, or from a JDK class that Jackson fills: a queue, for example, rejects a null from the client.
     */
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
        } catch (Throwable unknown) { // the exception's class may be the application's
            return "";
        }
    }

    private static boolean isOfJdk(String className) {
        return className.startsWith("java.") || className.startsWith("jdk.") || className.startsWith("sun.");
    }
}
